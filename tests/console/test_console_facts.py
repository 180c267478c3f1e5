import itertools
from dataclasses import replace

from alerts.console.evidence import evidence_of
from alerts.console.first_publish import first_publish
from alerts.console.revisions import revisions_of
from alerts.console.stays import NARROWEST, chart_of
from schemas.alerts import AlertStatus, WithdrawnReason
from schemas.times import DAY_MS, HOUR_MS
from schemas.views import StayView, Timeline
from tests.console.test_console_pages import a_browser
from tests.console.told import HAARLEM, NOW, UTRECHT, ZWOLLE, a_sighting, a_telling, an_alert, withdrawn


def test_evidence_is_newest_first_and_marks_the_arrival():
    items = evidence_of(an_alert(), a_telling())
    assert [(item.title, item.place, item.arrival) for item in items] == [
        ("Controle", "Utrecht", True),
        ("Controle", "Haarlem", False),
    ]


def test_every_event_shows_its_three_clocks_and_points_out_the_late_one():
    late = a_sighting(HAARLEM, days_ago=9, recorded_after=6 * DAY_MS, known_after=HOUR_MS)
    clocks = evidence_of(an_alert(left=late), a_telling())[1].clocks
    assert [(clock.name, clock.told, clock.late) for clock in clocks] == [
        ("gebeurd", "28 feb 21:00", False),
        ("vastgelegd", "6 mrt 21:00", True),
        ("bij ons", "22:00", False),
    ]


def test_advertisements_in_one_place_are_told_as_one_run():
    ads = [a_sighting(HAARLEM, days_ago=days, event_type="ad", flagged=days == 14) for days in (18, 14, 11)]
    arrival = a_sighting(UTRECHT, days_ago=0.1)
    items = evidence_of(an_alert(left=ads[-1], arrival=arrival, based_on=(*ads, arrival)), a_telling())
    assert [(item.title, item.count, item.flagged) for item in items] == [
        ("Controle", "", True),
        ("Advertentie", "3 keer, 19\N{EN DASH}26 feb", True),
    ]


def test_two_controls_in_one_place_stay_two():
    left = a_sighting(HAARLEM, days_ago=9)
    alert = an_alert(left=left, based_on=(a_sighting(HAARLEM, days_ago=12), left))
    assert len(evidence_of(alert, a_telling())) == 2


def test_stays_are_rows_by_place_from_the_first_to_the_last():
    chart = chart_of(a_timeline(stay(ZWOLLE, 60, 50), stay(HAARLEM, 30, 20), stay(ZWOLLE, 15, 12)), a_telling())
    assert [row.place for row in chart.rows] == ["Zwolle", "Haarlem"]
    assert [bar.latest for bar in chart.rows[0].bars] == [False, True]


def test_a_stay_seen_once_is_still_a_bar_inside_the_chart():
    chart = chart_of(a_timeline(stay(ZWOLLE, 60, 60), stay(HAARLEM, 0, 0)), a_telling())
    bars = [bar for row in chart.rows for bar in row.bars]
    assert all(bar.width >= NARROWEST and 0 <= bar.x <= 100 - NARROWEST for bar in bars)


def test_a_stay_is_filled_only_where_somebody_was_met():
    sightings = (a_sighting(ZWOLLE, days_ago=55), a_sighting(HAARLEM, days_ago=25, event_type="ad"))
    chart = chart_of(a_timeline(stay(ZWOLLE, 60, 50), stay(HAARLEM, 30, 20), sightings=sightings), a_telling())
    assert [bar.met for row in chart.rows for bar in row.bars] == [True, False]


def test_the_axis_ends_now_and_its_marks_keep_apart():
    for days in (1, 10, 45, 200):
        ticks = chart_of(a_timeline(stay(ZWOLLE, days, 0)), a_telling()).ticks
        assert ticks[-1].text == "nu"
        assert all(later.x - earlier.x >= 8 for earlier, later in itertools.pairwise(ticks))


def test_the_axis_of_a_few_weeks_begins_with_the_day_of_the_first_stay():
    weeks_later = a_telling(now=NOW + 19 * DAY_MS)
    chart = chart_of(a_timeline(stay(ZWOLLE, 29, 28), stay(HAARLEM, 1, 0)), weeks_later)
    begins, first = chart.ticks[0], chart.rows[0].bars[0]
    assert (begins.text, begins.x) == ("8 feb", first.x)


def test_without_a_stay_there_is_no_chart():
    assert chart_of(a_timeline(), a_telling()) is None


def test_the_history_says_what_each_message_changed():
    first = an_alert(left=a_sighting(ZWOLLE, days_ago=20), certainty="provisional", arrival=a_sighting(event_type="ad"))
    second = an_alert(left=a_sighting(HAARLEM, days_ago=9), arrival=a_sighting(event_type="ad"), revision=2)
    second = replace(second, status=AlertStatus.REVISED)
    told = revisions_of([first, second, withdrawn(second)], a_telling())
    assert [(step.number, step.status) for step in told] == [(3, "ingetrokken"), (2, "herzien"), (1, "gemeld")]
    assert told[1].changes == (
        "kwam uit Haarlem, niet uit Zwolle",
        "daar het laatst gezien 28 feb 21:00",
        "nu waarschijnlijk",
    )


def test_an_alert_that_comes_back_is_told_again_and_why_it_had_gone():
    alert = an_alert()
    gone, back = withdrawn(alert, reason=WithdrawnReason.IDENTITY), replace(alert, revision=3)
    again, before, first = revisions_of([alert, gone, back], a_telling())
    assert (again.status, again.why, first.why) == ("opnieuw gemeld", "", "")
    assert before.why == "Papieren bleken bij iemand anders te horen, of bij dezelfde persoon."


def test_the_history_says_why_a_withdrawal_came_and_what_is_so_instead():
    alert = an_alert()
    instead = an_alert(arrival=alert.based_on[-1]._replace(place=ZWOLLE))
    gone = withdrawn(alert, reason=WithdrawnReason.CORRECTED, superseded_by=instead.alert_id)
    last, _ = revisions_of([alert, gone], a_telling(), successor=instead)
    assert last.why == "De bron heeft de plaats verbeterd: niet Utrecht maar Zwolle."
    browser = a_browser(alert, gone, instead)
    history = browser.get(f"/alerts/{alert.alert_id}").text.partition('class="history"')[2]
    assert "Ingetrokken</strong>. De bron heeft de plaats verbeterd" in history


def test_the_command_of_the_empty_page_is_visibly_made_up_and_never_in_the_future():
    command = first_publish("http://127.0.0.1:8080/", NOW)
    assert "http://127.0.0.1:8080/api/v1/events" in command
    assert "VERZONNEN" in command
    assert first_publish("http://127.0.0.1:8080/", NOW) == first_publish("http://127.0.0.1:8080/", NOW + 1)


def stay(place, first_days_ago, last_days_ago):
    return StayView(place, NOW - first_days_ago * DAY_MS, NOW - last_days_ago * DAY_MS)


def a_timeline(*stays, sightings=()):
    return Timeline("made up", "person", sightings, (), stays, NOW, False)
