"""The map of the country: flows, journeys over time, blind spots; and the same in words."""

import pytest

from alerts.console.atlas import Spot
from alerts.console.blind_spots import blind_spots
from alerts.console.journey import Stop, amid, draw
from alerts.console.map_page import MapFacts, Wishes, map_context, wishes_of
from schemas.times import DAY_MS
from schemas.views import SilentSource, StayView, Timeline
from tests.console.test_console_map import box_of, overlap
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
    an_alert,
    an_arrival,
)

SILENT = SilentSource("avim-voorbeeld", "control", NOW - 3 * DAY_MS)


def told(*alerts, timelines=(), silent=(), **wishes):
    return map_context(MapFacts(alerts, True, timelines, silent), Wishes(**wishes), a_telling())


def a_timeline(name, *stays):
    told = tuple(StayView(place, NOW - days * DAY_MS, NOW - days * DAY_MS) for place, days in stays)
    return Timeline(a_token(name), "person", (), (), told, NOW, followed=False)


def test_relocations_between_the_same_places_are_one_flow_with_their_number():
    alerts = [
        an_alert(arrival=an_arrival(f"arrival {n}", days_ago=n + 1), subject=a_token(f"her {n}")) for n in range(3)
    ]
    shown = told(*alerts)
    [flow] = shown["flows"]
    assert (flow.from_name, flow.to_name, flow.count, len(flow.people)) == ("Haarlem", "Utrecht", 3, 3)
    assert [line.look for line in shown["lines"]] == ["flow flow-3"]


def test_what_happened_after_the_moment_that_is_shown_is_hidden_and_not_left_out():
    early, late = (
        an_alert(arrival=an_arrival("early", days_ago=20)),
        an_alert(left=a_sighting(ZWOLLE, days_ago=9), arrival=an_arrival("late", days_ago=2)),
    )
    assert [line.later for line in told(early, late, until=15)["lines"]] == [False, True]
    assert not any(line.later for line in told(early, late)["lines"])


def test_several_journeys_are_drawn_apart_and_each_can_be_taken_off():
    shown = told(
        timelines=(a_timeline("one", (HAARLEM, 9), (UTRECHT, 2)), a_timeline("two", (ZWOLLE, 8), (HAARLEM, 1))),
        subjects=(a_token("one"), a_token("two")),
    )
    assert [line.look for line in shown["lines"]] == ["walk walk-0", "walk walk-1"]
    assert a_token("one") not in shown["walks"][0].without
    assert a_token("two") in shown["walks"][0].without


def test_the_name_of_a_unit_makes_way_for_what_is_drawn():
    left = a_sighting("GM0153", days_ago=9)  # Enschede, whose name reaches into that of its unit
    shown = told(an_alert(left=left, arrival=an_arrival("arrival", AMSTERDAM, days_ago=1)))
    names = dict(shown["unit_names"])
    labels = [box_of(label) for label, *_ in shown["labels"]]
    for name, spot in names.items():
        box = spot.x - len(name) * 2.6, spot.y - 8, spot.x + len(name) * 2.6, spot.y
        assert not any(overlap(box, label) for label in labels), name
    assert {"Noord-Nederland", "Limburg", "Oost-Nederland"} <= set(names)


def test_names_of_the_land_lie_over_the_lines_and_beside_them_where_there_is_room():
    north, south = (Stop(str(y), Spot(200, y, outside=False), "") for y in (100, 400))
    drawing = draw([(north, south)], "")
    amid_the_line = drawing.along[len(drawing.along) // 2]
    middle = Spot(amid_the_line[0] + 3, amid_the_line[1] + 3, outside=False)
    for shaded in ([], [Spot(middle.x - 20, middle.y, outside=False)]):
        [(_, spot)] = amid([("Limburg", middle)], drawing, shaded)
        box = spot.x - 16, spot.y - 8, spot.x + 16, spot.y
        blind = [(one.x - 11, one.y - 11, one.x + 11, one.y + 11) for one in shaded]
        assert not any(overlap(box, other) for other in (*drawing.along, *blind))
    page = a_browser(an_alert()).get("/map").text
    assert page.index('class="arc') < min(page.index('class="unit-name"'), page.index('class="neighbour"'))


def test_a_silent_source_is_a_blind_spot_where_it_reported_before():
    [spot] = blind_spots([SILENT], [an_alert()], a_telling())
    assert "avim-voorbeeld zwijgt sinds" in spot.words
    assert spot.places == "Haarlem, Utrecht"
    assert len(spot.spots) == 2


def test_a_source_that_tells_late_is_a_blind_spot_too():
    late = [a_sighting(place, days_ago=9, source="bvh", recorded_after=4 * DAY_MS) for place in (HAARLEM, ZWOLLE)]
    [spot] = blind_spots([], [an_alert(based_on=tuple(late))], a_telling())
    assert spot.words == "bvh is laat: meestal vier dagen na de gebeurtenis bij ons."
    assert blind_spots([], [an_alert()], a_telling()) == []


@pytest.mark.parametrize(
    ("days", "until", "strange"),
    [("", "", ()), ("30", "30", ()), ("x", "-1", ("days", "until")), ("31", "9999", ("days", "until"))],
)
def test_an_address_that_nobody_can_make_out_is_the_last_month(days, until, strange):
    assert wishes_of(days, until, []) == Wishes(30, 30, (), strange=strange)


@pytest.mark.parametrize("days", ["365", "0", "-7", "07", "٣٠", "a month"])
def test_a_period_that_there_is_not_is_told_with_those_that_there_are(days):
    wishes = wishes_of(days, "", [a_token()])
    [told] = map_context(MapFacts((), True, (), ()), wishes, a_telling("en"))["unread"]
    assert told.words == ("The address asks for a period that does not exist; 30 days are shown. You can choose:")
    assert [choice.word for choice in told.choices] == ["7 days", "30 days", "90 days"]
    assert told.choices[0].href == f"/map?days=7&subject={a_token()}"


def test_a_day_outside_the_period_is_told():
    [told] = map_context(MapFacts((), True, (), ()), wishes_of("7", "8", []), a_telling())["unread"]
    assert told.words == "Het adres noemt een dag die niet in deze periode ligt; getoond is tot en met vandaag."
    assert wishes_of("7", "7", []).strange == wishes_of("7", "0", []).strange == ()


def test_a_replay_begins_when_she_was_first_seen():
    journey = a_timeline("one", (HAARLEM, 20.5), (UTRECHT, 2))
    begun = told(timelines=(journey,), subjects=(a_token("one"),), days=90, until=70)
    assert begun["first"] == 70
    assert {label.text: later for label, _, later in begun["labels"]} == {"Haarlem": False, "Utrecht": True}
    assert (told(timelines=(journey,), days=7)["first"], told()["first"]) == (0, 0)


def test_journeys_beyond_four_and_such_as_nothing_is_known_of_are_told():
    tokens = [a_token(str(n)) for n in range(6)]
    wishes = wishes_of("", "", tokens)
    assert (wishes.subjects, wishes.left_out) == (tuple(tokens[2:]), 2)
    browser = a_browser(an_alert())
    page = browser.get("/map?" + "&".join(f"subject={token}" for token in [*tokens, a_token()])).text
    assert "de eerste drie uit het adres staan er niet bij." in page
    assert "Van drie reizen die het adres noemt, is hier niets bekend." in page
    assert 'class="unread"' not in browser.get(f"/map?subject={a_token()}").text


def test_the_page_says_all_of_it_in_a_table_and_works_without_a_script():
    browser = a_browser(an_alert())
    browser.platform.silent = [SILENT]
    page = browser.get(f"/map?days=90&until=90&subject={a_token()}").text
    for words in ("De kaart als tabel", "avim-voorbeeld zwijgt sinds", 'action="/map"', "De reis van"):
        assert words in page
    assert "style=" not in page


def test_nothing_to_show_is_said():
    page = a_browser().get("/map").text
    assert "Geen verplaatsingen in deze periode." in page
