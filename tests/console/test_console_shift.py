"""Handing over a shift, and the weekly agenda of a region."""

import re
from dataclasses import replace
from itertools import pairwise
from uuid import uuid4

import pytest

from alerts.console.lines import LINES_MAX, Found, table_of
from alerts.console.shift import began_at
from processors.alias import alias_of
from processors.desk import Desk
from schemas.actions import AlertAction
from schemas.times import DAY_MS, HOUR_MS, parse_time
from schemas.views import SilentSource, Viewer
from tests.console.test_console_pages import a_browser
from tests.console.told import (
    AMSTERDAM,
    HAARLEM,
    NOW,
    UTRECHT,
    ZWOLLE,
    a_sighting,
    a_telling,
    a_token,
    a_view,
    an_alert,
    an_arrival,
)

UNIT = Viewer("S. Voorbeeld", region="midden-nederland")


def a_move(name, *, hours_ago=1.0, to=UTRECHT, **more):
    known_at = NOW - int(hours_ago * HOUR_MS)
    return an_alert(subject=a_token(name), arrival=an_arrival(name, to), known_at=known_at, **more)


def asked(browser, alert, action, by="R. Verzonnen", at=NOW, **more):
    request = AlertAction(str(uuid4()), alert.alert_id, action, 1, by, at, **more)
    browser.platform.act_on_alert(request, Viewer(by))


def section(page, name):
    """What stands under a heading, without markup."""
    _, _, rest = page.partition(f'<section aria-labelledby="{name}-title">')
    return " ".join(re.sub(r"<[^>]*>", " ", rest.partition("</section>")[0]).split())


def test_what_is_open_is_told_by_who_has_it_nobody_first():
    mine, theirs, free = a_move("mine"), a_move("theirs"), a_move("free")
    browser = a_browser(mine, theirs, free, viewer=lambda _: Viewer("S. Voorbeeld"))
    asked(browser, mine, "take", "S. Voorbeeld")
    asked(browser, theirs, "take", "A. Bedacht")
    told = section(browser.get("/shift").text, "open")
    places = [told.index(word) for word in ("Van niemand", alias_of(free.subject), "S. Voorbeeld", "A. Bedacht")]
    assert places == sorted(places)


def test_transfers_that_are_open_and_snoozes_that_end_soon_are_told_with_to_whom_and_when():
    offered, soon, later = a_move("offered"), a_move("soon"), a_move("later")
    browser = a_browser(offered, soon, later)
    asked(browser, offered, "offer", unit="kmar")
    asked(browser, soon, "snooze", until=NOW + 7 * HOUR_MS)
    asked(browser, later, "snooze", until=NOW + 9 * HOUR_MS)
    page = browser.get("/shift").text
    assert "aan Koninklijke Marechaussee, sinds 9 mrt 21:00" in section(page, "offered")
    assert alias_of(soon.subject) in section(page, "waking")
    assert "10 mrt 04:00" in section(page, "waking")
    assert alias_of(later.subject) not in section(page, "waking")


def test_what_was_closed_and_opened_again_is_not_told_as_new():
    alert = a_move("fresh", hours_ago=2)
    browser = a_browser(alert)
    asked(browser, alert, "snooze", until=NOW + HOUR_MS)
    revised = replace(alert, revision=2, finding=replace(alert.finding, from_place=ZWOLLE), known_at=NOW)
    browser.platform.tell(revised)
    snoozed = browser.platform.alert(alert.alert_id, UNIT).state
    browser.platform._decide(Desk.told(snoozed, alert, revised))
    told = section(browser.get("/shift").text, "changed")
    assert "opnieuw open, 9 mrt" in told
    assert "nieuw, 9 mrt" not in told.replace("opnieuw", "")


def test_what_is_new_and_open_is_told_once_and_what_is_done_with_it_among_what_changed():
    fresh, closed = a_move("fresh", hours_ago=2), a_move("closed", hours_ago=2)
    browser = a_browser(fresh, closed)
    asked(browser, closed, "close", outcome="no_ground")
    page = browser.get("/shift").text
    assert alias_of(fresh.subject) in section(page, "open")
    assert alias_of(fresh.subject) not in section(page, "changed")
    assert "Bij wat open is, hierboven, staat één nieuwe melding." in section(page, "changed")
    assert alias_of(closed.subject) in section(page, "changed")


def test_what_changed_is_told_from_the_beginning_of_the_shift_on_and_an_earlier_one_can_be_chosen():
    fresh, older, left = a_move("fresh", hours_ago=2), a_move("older", hours_ago=10), a_move("left", hours_ago=9)
    browser = a_browser(fresh, older, left)
    browser.platform.silent = [SilentSource("anpr-voorbeeld", "vehicle", NOW - 8 * HOUR_MS)]
    page = browser.get("/shift").text
    assert "sinds 9 mrt 15:00" in page
    told = section(page, "open")
    assert told.count("nieuw, 9 mrt") == 1
    assert f"{alias_of(fresh.subject)} Haarlem" in told.partition("nieuw, 9 mrt 19:00")[0]
    assert section(browser.get("/shift?back=1").text, "open").count("nieuw, 9 mrt") == 3
    assert alias_of(left.subject) in section(page, "waiting")
    assert "anpr-voorbeeld zwijgt" in section(page, "quiet")


@pytest.mark.parametrize(
    ("now", "back", "began"),
    [
        ("2026-03-09T20:00:00Z", 0, "2026-03-09T15:00:00+01:00"),
        ("2026-03-09T20:00:00Z", 2, "2026-03-08T23:00:00+01:00"),
        ("2026-03-09T02:00:00Z", 0, "2026-03-08T23:00:00+01:00"),
        ("2026-03-29T05:00:00Z", 0, "2026-03-29T07:00:00+02:00"),
        ("2026-03-29T05:00:00Z", 1, "2026-03-28T23:00:00+01:00"),
        ("2026-03-29T04:59:00Z", 0, "2026-03-28T23:00:00+01:00"),
    ],
)
def test_shifts_begin_by_the_clock_on_the_wall(now, back, began):
    assert began_at(parse_time(now), back) == parse_time(began)


def test_a_table_that_ends_says_how_many_more_there_are_and_where():
    many = [a_move(f"her {n}", hours_ago=9) for n in range(LINES_MAX + 3)]
    page = a_browser(*many).get("/shift").text
    for name, href in (("waiting", "/?view=waiting"), ("open", "/?owner=-")):
        assert section(page, name).count("Haarlem") == LINES_MAX
        assert "Nog drie staan hier niet. Zie de lijst" in section(page, name)
        assert f'<a href="{href}">Zie de lijst</a>' in page
    assert f"Van niemand {LINES_MAX + 3}" in section(page, "open")
    agenda = section(a_browser(*many, viewer=lambda _: UNIT, accept="en").get("/agenda").text, "here")
    assert f"Who is here {LINES_MAX + 3}" in agenda
    assert "There are three more that do not stand here. See the list" in agenda


def test_a_table_of_more_than_is_looked_at_says_so():
    views = [a_view(a_move(f"her {n}")) for n in range(3)]
    shown = table_of(Found(tuple(views), complete=False), a_telling(), "/")
    assert (shown.count, len(shown.lines)) == ("3+", 3)
    assert "naar de nieuwste 1000 meldingen gekeken" in shown.more
    many = Found(tuple(views * LINES_MAX), complete=False)
    assert table_of(many, a_telling(), "/").more == f"Nog meer dan {2 * LINES_MAX} staan hier niet."


def test_a_unit_hands_over_only_what_touches_it():
    ours = a_move("ours")
    theirs = an_alert(subject=a_token("theirs"), left=a_sighting("GM0014", 9), arrival=an_arrival("theirs", ZWOLLE))
    page = a_browser(ours, theirs, viewer=lambda _: UNIT).get("/shift").text
    assert alias_of(ours.subject) in page
    assert alias_of(theirs.subject) not in page


def test_the_agenda_says_who_is_here_once_and_not_who_went_on():
    stays, goes, returns = a_token("stays"), a_token("goes"), a_token("returns")
    seen = {
        stays: [(HAARLEM, 20), (UTRECHT, 6)],
        goes: [(HAARLEM, 20), (UTRECHT, 6), (AMSTERDAM, 2)],
        returns: [(HAARLEM, 40), (UTRECHT, 30), (ZWOLLE, 20), (UTRECHT, 3)],
    }
    told = [
        an_alert(subject=subject, left=left, arrival=arrival)
        for subject, stops in seen.items()
        for left, arrival in pairwise(a_sighting(place, days_ago=days) for place, days in stops)
    ]
    here = section(a_browser(*told, viewer=lambda _: UNIT).get("/agenda").text, "here")
    assert here.count(alias_of(stays)) == here.count(alias_of(returns)) == 1
    assert alias_of(goes) not in here
    assert here.index(alias_of(stays)) < here.index(alias_of(returns))
    assert "nog van niemand onbekend" in here


def test_a_line_on_a_phone_which_has_no_headings_says_of_what_it_speaks():
    arrived = a_move("arrived")
    page = a_browser(arrived, viewer=lambda _: UNIT).get("/agenda").text
    assert '<td data-of="Tijd om te handelen: ">onbekend</td>' in page
    assert '<td data-of="Sinds "><time' in page


def test_zero_signals_are_counted_per_municipality_of_the_region_and_small_counts_are_left_out():
    browser = a_browser(viewer=lambda _: UNIT)
    browser.platform.zero = [UTRECHT] * 6 + ["GM0307"] * 4 + [AMSTERDAM] * 9
    told = section(browser.get("/agenda").text, "zero")
    assert "Utrecht 6" in told
    assert "Amersfoort" not in told
    assert "Amsterdam" not in told


def test_who_sees_the_country_chooses_a_region_and_who_works_for_one_has_that():
    arrived = a_move("arrived")
    assert alias_of(arrived.subject) in a_browser(arrived).get("/agenda?region=midden-nederland").text
    assert "Weekagenda Amsterdam" in a_browser(arrived).get("/agenda").text
    page = a_browser(arrived, viewer=lambda _: UNIT).get("/agenda?region=limburg").text
    assert "Weekagenda Midden-Nederland" in page
    assert '<select name="region"' not in page
    assert "Weekly agenda of Midden-Nederland" in a_browser(viewer=lambda _: UNIT, accept="en").get("/agenda").text


def test_who_arrived_long_ago_is_not_said_to_be_here():
    old = an_alert(left=a_sighting(HAARLEM, 90), arrival=a_sighting(UTRECHT, 61), known_at=NOW - 61 * DAY_MS)
    assert "Niemand die wij kennen" in a_browser(old, viewer=lambda _: UNIT).get("/agenda").text
