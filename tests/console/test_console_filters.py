"""Filters in the address: what each asks for, what is left out of a strange one, chips, and saved views."""

import pytest

from alerts.console.filter_bar import filter_bar
from alerts.console.filters import Circumstances, filters_of
from alerts.console.outlook import Outlook, View, outlook_at, outlook_of, query_of, waiting_of
from alerts.console.rail import rail_of
from alerts.console.saved_views import (
    COOKIE_MAX,
    VIEWS_MAX,
    SavedView,
    cookie_of,
    views_in,
    with_view,
    without_view,
)
from schemas.times import DAY_MS, parse_time
from schemas.views import AlertQuery, ListChoices, Viewer
from tests.console.told import NOW, PlatformInMemory, a_telling, an_alert, an_arrival

ONE = Viewer("S. Voorbeeld", region="midden-nederland")
AROUND = Circumstances(a_telling(), ONE, ListChoices(("R. Verzonnen", "S. Voorbeeld"), ("avim-voorbeeld",)))
OPEN = {"pushed": True, "put_aside": False, "withdrawn_since": NOW - 7 * DAY_MS}
MIDNIGHT = {"9 mrt": parse_time("2026-03-08T23:00:00Z"), "10 mrt": parse_time("2026-03-09T23:00:00Z")}


def asked(**filters):
    return query_of(outlook_of(filters), ONE, NOW)


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        ({}, OPEN),
        ({"what": "file"}, OPEN | {"pushed": None, "attention": "file"}),
        ({"what": "historical"}, OPEN | {"pushed": None, "historical": True}),
        ({"what": "repeats"}, OPEN | {"pushed": None, "repeat": True}),
        ({"what": "all"}, OPEN | {"pushed": None}),
        ({"status": "taken"}, {"pushed": True, "status": "taken"}),
        ({"status": "withdrawn"}, {"pushed": True, "status": "withdrawn"}),
        ({"status": "closed"}, {"pushed": True, "status": "closed", "put_aside": True}),
        ({"status": "all", "what": "all"}, {}),
        ({"unit": "rotterdam"}, OPEN | {"unit": "rotterdam"}),
        ({"kind": "vehicle"}, OPEN | {"subject_kind": "vehicle"}),
        ({"evidence": "offer"}, OPEN | {"evidence": (1,)}),
        ({"certainty": "sure"}, OPEN | {"certainty": "confirmed", "evidence": (0,)}),
        ({"certainty": "likely"}, OPEN | {"certainty": "confirmed", "evidence": (1, 2)}),
        ({"certainty": "provisional"}, OPEN | {"certainty": "provisional"}),
        ({"certainty": "sure", "evidence": "offer"}, OPEN | {"certainty": "confirmed", "evidence": ()}),
        ({"novelty": "return"}, OPEN | {"novelty": "return"}),
        ({"border": "country"}, OPEN | {"cross_border": True}),
        ({"border": "unit"}, OPEN | {"cross_region": True}),
        ({"border": "none"}, OPEN | {"cross_region": False}),
        ({"owner": "R. Verzonnen"}, OPEN | {"owner": "R. Verzonnen"}),
        ({"owner": "."}, OPEN | {"owner": "S. Voorbeeld"}),
        ({"owner": "-"}, OPEN | {"unowned": True}),
        ({"source": "avim-voorbeeld"}, OPEN | {"source": "avim-voorbeeld"}),
        ({"period": "week"}, OPEN | {"since": NOW - 7 * DAY_MS}),
        ({"since": "2026-03-09"}, OPEN | {"since": MIDNIGHT["9 mrt"]}),
        ({"period": "week", "since": "2026-03-09"}, OPEN | {"since": MIDNIGHT["9 mrt"]}),
        ({"period": "week", "since": "2026-01-09"}, OPEN | {"since": NOW - 7 * DAY_MS}),
        ({"until": "2026-03-09"}, OPEN | {"until": MIDNIGHT["10 mrt"]}),
    ],
)
def test_a_filter_in_the_address_narrows_the_list(filters, query):
    assert asked(**filters) == AlertQuery(**query)


@pytest.mark.parametrize(
    ("view", "query"),
    [
        (View.UNIT, {"involving": "midden-nederland"}),
        (View.UNOWNED, {"unowned": True, "closed": False}),
        (View.MINE, {"owner": "S. Voorbeeld", "closed": False}),
        (View.HANDOVER, {"offered": True, "involving": "midden-nederland"}),
        (View.BORDER, {"cross_border": True}),
        ("nonsense", {}),
    ],
)
def test_a_view_of_the_rail_is_where_filters_begin(view, query):
    assert asked(view=view) == AlertQuery(**OPEN | query)
    closed = query_of(outlook_of({"view": view, "status": "closed"}), ONE, NOW)
    assert (closed.closed, closed.status) == (None, "closed")


def test_what_is_no_filter_of_ours_is_left_out_and_the_rest_has_one_address():
    strange = {"status": "nonsense", "what": "", "since": "yesterday", "period": "9", "kind": "<b>", "lang": "en"}
    assert outlook_of(strange) == Outlook()
    shuffled = {"until": "2026-03-09", "border": "unit", "view": "border", "owner": "R. Verzonnen & co"}
    outlook = outlook_of(shuffled)
    assert outlook.address == "view=border&border=unit&owner=R.+Verzonnen+%26+co&until=2026-03-09"
    assert outlook_at(outlook.address) == outlook


def test_a_count_tells_what_is_left_to_do_unless_the_filter_asks_for_what_is_done():
    assert waiting_of(Outlook(), ONE, NOW).closed is False
    assert waiting_of(outlook_of({"status": "closed"}), ONE, NOW).closed is None


def test_chips_put_filters_on_and_take_them_off():
    bar = filter_bar(outlook_of({"status": "new", "unit": "rotterdam", "since": "2026-03-01"}), [], AROUND)
    assert [(chip.word, chip.on, chip.href) for chip in (*bar.quick, *bar.on)] == [
        ("nieuw", True, "/?unit=rotterdam&since=2026-03-01"),
        ("bevestigd", False, "/?status=new&unit=rotterdam&certainty=sure&since=2026-03-01"),
        ("ook archief", False, "/?what=all&status=all&unit=rotterdam&since=2026-03-01"),
        ("Rotterdam", True, "/?status=new&since=2026-03-01"),
        ("vanaf 1 mrt", True, "/?status=new&unit=rotterdam"),
    ]
    assert bar.on[0].removes == "Filter weg: Eenheid Rotterdam"


def test_a_quick_chip_that_is_on_stands_for_its_filters():
    bar = filter_bar(outlook_of({"what": "all", "status": "all"}), [], AROUND)
    assert [(chip.word, chip.on) for chip in (*bar.quick, *bar.on)] == [
        ("nieuw", False),
        ("bevestigd", False),
        ("ook archief", True),
    ]


def test_every_value_of_the_form_is_one_that_an_address_may_have():
    for each in filters_of(AROUND):
        for value in each.values:
            assert outlook_of({each.name: value}).given == {each.name: value}


def test_owners_and_sources_to_choose_from_are_those_that_occur():
    by_name = {each.name: each for each in filters_of(AROUND)}
    assert by_name["owner"].values == {"-": "van niemand", ".": "van mij", "R. Verzonnen": "R. Verzonnen"}
    assert by_name["source"].values == {"avim-voorbeeld": "avim-voorbeeld"}


def test_saved_views_survive_their_cookie():
    views = [SavedView("Nachtdienst: één grens", outlook_of({"border": "country"})), SavedView("b", Outlook(View.MINE))]
    assert views_in(cookie_of(views)) == views
    assert without_view(with_view(views, " b ", Outlook()), "Nachtdienst: één grens") == [SavedView("b", Outlook())]
    assert with_view(views, "  ", Outlook()) == views


def test_a_cookie_holds_no_more_than_browsers_keep():
    owners = outlook_of({"owner": "é" * 80})
    views = [SavedView(f"{n:040}", owners) for n in range(30)]
    kept = views_in(cookie_of(views))
    assert 0 < len(kept) <= VIEWS_MAX
    assert kept == views[-len(kept) :]
    assert len(cookie_of(views)) <= COOKIE_MAX


@pytest.mark.parametrize("cookie", ["", "nonsense", "AAAA", "W10=", "W1sxLDJdXQ==", cookie_of([]) + "x", "WyJhIl0="])
def test_a_strange_cookie_is_an_outlook_or_none(cookie):
    assert all(view.outlook == Outlook() for view in views_in(cookie))


def test_the_rail_counts_cards_and_marks_where_one_is():
    platform = PlatformInMemory()
    platform.tell(an_alert(cross_border=True), an_alert(arrival=an_arrival("2")), an_alert(subject="0" * 32))
    saved = [SavedView("grens, nieuw", outlook_of({"border": "country", "status": "new"}))]
    rail = rail_of(platform, ONE, saved[0].outlook, saved, a_telling())
    assert rail.shown == "1"
    assert {entry.name: entry.count for entry in rail.entries} == {
        "Mijn eenheid": "2",
        "Niet toegewezen": "2",
        "Blijft liggen": "0",
        "Van mij": "0",
        "Overdracht": "0",
        "Over de grens": "1",
        "grens, nieuw": "1",
    }
    assert [entry.name for entry in rail.entries if entry.current] == ["grens, nieuw"]
    elsewhere = rail_of(platform, ONE, outlook_of({"view": "border", "status": "new"}), saved, a_telling())
    assert [entry.name for entry in elsewhere.entries if entry.current] == ["Over de grens"]
