"""Cards and alerts for who is on duty: what waits too long, how long the chance lasts, what came of others."""

from itertools import pairwise
from uuid import uuid4

import pytest

from alerts.console.cards import cards_of
from alerts.console.chance import time_to_act, tracks_told
from schemas.actions import AlertAction
from schemas.times import DAY_MS, HOUR_MS
from schemas.views import AlertQuery, Chance, Track, Viewer
from tests.console.test_console_pages import a_browser, leads_on
from tests.console.told import (
    HAARLEM,
    NOW,
    UTRECHT,
    ZWOLLE,
    PlatformInMemory,
    a_sighting,
    a_telling,
    a_token,
    an_alert,
    an_arrival,
)

ME = Viewer()
LATE = an_alert(subject=a_token("late"), arrival=an_arrival("late"), known_at=NOW - 9 * HOUR_MS)
FRESH = an_alert(subject=a_token("fresh"), arrival=an_arrival("fresh"), known_at=NOW - HOUR_MS)
DAYS = (11 * DAY_MS, 9 * DAY_MS, 10 * DAY_MS)


def the_cards(platform, telling=None):
    return cards_of(platform.cards(AlertQuery(), ME).items, telling or a_telling())


def test_what_nobody_has_for_eight_hours_says_so_and_has_a_view_of_its_own():
    browser = a_browser(LATE, FRESH)
    page = browser.get("/?view=waiting").text
    assert leads_on(page) == [LATE.alert_id]
    assert "al negen uur van niemand" in page
    assert leads_on(browser.get("/").text) == [FRESH.alert_id, LATE.alert_id]


def test_a_card_says_beforehand_when_it_will_have_waited_too_long():
    platform = PlatformInMemory()
    platform.tell(FRESH)
    [card] = the_cards(platform)
    assert (card.waits.is_too_long, card.waits.too_long_at) == (False, NOW + 7 * HOUR_MS)
    assert card.waits.words == "al acht uur van niemand"


def test_what_is_taken_waits_no_longer():
    browser = a_browser(LATE)
    browser.platform.act_on_alert(AlertAction(str(uuid4()), LATE.alert_id, "take", 1, "anna", NOW), ME)
    assert leads_on(browser.get("/?view=waiting").text) == []
    [card] = the_cards(browser.platform)
    assert card.waits is None


def a_carousel():
    """A woman who stayed eleven and nine days, and arrived in Utrecht two days ago."""
    stops = [("GM0014", 40), (ZWOLLE, 22), (HAARLEM, 11), (UTRECHT, 2)]
    seen = [a_sighting(place, days_ago=days) for place, days in stops]
    return [an_alert(left=left, arrival=arrival) for left, arrival in pairwise(seen)]


def test_card_and_alert_say_how_long_the_chance_lasts():
    alerts = a_carousel()
    browser = a_browser(*alerts)
    cards = {card.alert_id: card for card in the_cards(browser.platform)}
    assert cards[alerts[-1].alert_id].chance.words == "nog ongeveer acht dagen"
    assert cards[alerts[0].alert_id].chance is None
    page = browser.get(f"/alerts/{alerts[-1].alert_id}").text
    assert "Nog ongeveer acht dagen" in page
    assert "Eerdere verblijven, van aankomst tot de volgende plaats: 11 en 9 dagen." in page
    assert "Voorbij: sindsdien elders gezien" in browser.get(f"/alerts/{alerts[0].alert_id}").text


def test_who_has_to_act_is_told_how_long_it_lasts_whoever_met_her_before():
    *_, last = alerts = a_carousel()
    browser = a_browser(*alerts, viewer=lambda _: Viewer(region="midden-nederland"))
    page = browser.get(f"/alerts/{last.alert_id}").text
    assert "Nog ongeveer acht dagen" in page
    assert "Zwolle" not in page


def test_a_unit_is_not_told_that_she_is_still_there_when_only_another_unit_saw_her_since():
    *_, to_haarlem, _ = alerts = a_carousel()
    browser = a_browser(*alerts, viewer=lambda _: Viewer(region="oost-nederland"))
    page = browser.get(f"/alerts/{to_haarlem.alert_id}").text
    assert "Voorbij: sindsdien elders gezien" in page
    assert "was op 26 februari in Haarlem" in page
    assert "Utrecht" not in page.partition("<article")[2].partition("<footer")[0]


@pytest.mark.parametrize(
    ("chance", "days_ago", "words", "percent"),
    [
        (Chance(DAYS, 10 * DAY_MS), 4, "nog ongeveer zes dagen", 60),
        (Chance(DAYS, 10 * DAY_MS), 9.5, "nog minder dan een dag", 5),
        (Chance(DAYS, 10 * DAY_MS), 10, "al langer dan meestal: de kans kan voorbij zijn", 0),
        (Chance(DAYS, 10 * DAY_MS, is_over=True), 4, "voorbij: sindsdien elders gezien", None),
        (Chance(DAYS[:1]), 4, "onbekend: te weinig eerdere verblijven om het aan af te meten", None),
        (Chance(), 4, "onbekend: te weinig eerdere verblijven om het aan af te meten", None),
    ],
)
def test_what_is_left_of_the_usual_stay_is_told_in_words_and_as_a_length(chance, days_ago, words, percent):
    told = time_to_act(chance, NOW - int(days_ago * DAY_MS), a_telling())
    assert (told.words, told.left_percent) == (words, percent)


def test_earlier_stays_are_told_in_a_sentence():
    assert time_to_act(Chance(), NOW, a_telling()).earlier == ""
    assert time_to_act(Chance(DAYS[:1]), NOW, a_telling("en")).earlier == "One earlier stay: eleven days."
    assert time_to_act(Chance(DAYS), NOW, a_telling()).earlier.endswith("11, 9 en 10 dagen.")


def test_what_came_of_others_is_told_by_evidence_source_and_unit_and_small_counts_are_not():
    told = tracks_told([Track("rule", 40, 27), Track("source", 6, 4), Track("unit", 5, 5)], a_telling())
    assert told == [
        "Van 40 meldingen met zulk bewijs zijn er 27 opgevolgd.",
        "Van 5 meldingen naar deze eenheid zijn er 5 opgevolgd.",
    ]


def test_outcomes_of_closed_alerts_are_counted_for_those_that_come_later():
    browser = a_browser(FRESH)
    others = [an_alert(subject=a_token(f"{n}"), arrival=an_arrival(f"{n}")) for n in range(11)]
    browser.platform.tell(*others)
    for n, alert in enumerate(others):
        outcome = "found" if n < 6 else "no_ground"
        close = AlertAction(str(uuid4()), alert.alert_id, "close", 1, "anna", NOW, outcome=outcome)
        browser.platform.act_on_alert(close, ME)
    assert browser.platform.tracks(FRESH, ME) == [Track(trait, 11, 6) for trait in ("rule", "source", "unit")]
    assert "Van 11 meldingen met zulk bewijs zijn er 6 opgevolgd." in browser.get(f"/alerts/{FRESH.alert_id}").text
