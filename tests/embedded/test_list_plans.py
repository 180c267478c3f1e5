"""How the list is found among 100,000 alerts: in an index alone, never by reading the alerts themselves."""

import sqlite3
from contextlib import closing

import pytest

from alerts.console.outlook import Outlook, View, query_of, waiting_of
from processors.alias import spoken_in
from schemas.views import AlertQuery, Viewer
from streams.lists import alert_list, called, card_list
from streams.lists.tables import ALERT_TABLES, INDICES

NOW = 1_790_000_000_000
SOMEBODY, OF_A_UNIT = Viewer("S. Voorbeeld"), Viewer("S. Voorbeeld", region="amsterdam")
FILTERS = [
    (),
    (("status", "new"),),
    (("what", "all"), ("status", "all")),
    (("certainty", "provisional"), ("kind", "phone"), ("source", "made-up")),
    (("novelty", "return"), ("border", "unit"), ("unit", "rotterdam"), ("period", "week")),
]


@pytest.mark.parametrize("view", [view for view in View if view is not View.MINE])  # found by its owner: little
@pytest.mark.parametrize("filters", FILTERS, ids=lambda filters: "+".join(name for name, _ in filters) or "none")
@pytest.mark.parametrize("viewer", [SOMEBODY, OF_A_UNIT], ids=["country", "unit"])
def test_cards_are_found_and_counted_without_reading_an_alert(view, filters, viewer):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(ALERT_TABLES + INDICES)
        asked = []
        connection.set_trace_callback(asked.append)
        outlook, scope = Outlook(view, filters), frozenset({viewer.region}) if viewer.region else None
        card_list.fitting(connection, query_of(outlook, viewer, NOW), scope)
        card_list.count_of(connection, waiting_of(outlook, viewer, NOW), scope)
        connection.set_trace_callback(None)
        assert len(asked) == 2
        for sql in asked:
            steps = [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
            touching = [step for step in steps if "alert_heads" in step]
            assert touching
            assert all("COVERING INDEX" in step for step in touching), steps


def steps_of(ask, *asking):
    """How SQLite finds what is asked for."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(ALERT_TABLES + INDICES)
        asked = []
        connection.set_trace_callback(asked.append)
        ask(connection, *asking)
        connection.set_trace_callback(None)
        return [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]


def test_offers_are_found_among_offers_and_not_among_all_alerts():
    steps = steps_of(alert_list.page_of, AlertQuery(offered=True, involving="amsterdam"))
    assert "SCAN alert_heads USING INDEX heads_on_offer" in steps


def test_what_was_handled_in_a_shift_is_found_without_looking_at_every_alert():
    steps = steps_of(alert_list.page_of, AlertQuery(pushed=True, handled_since=NOW))
    assert "SEARCH alert_heads USING INDEX heads_handled (<expr>>?)" in steps
    assert not [step for step in steps if step.startswith("SCAN alert_heads")]


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ("Stille Beekotter 41207", "heads_called (alias=?)"),
        ("Stille Beekotter", "heads_called (alias>? AND alias<?)"),
        ("Beekotter 41207", "heads_numbered (<expr>=?)"),
    ],
)
@pytest.mark.parametrize("scope", [None, frozenset({"amsterdam"})], ids=["country", "unit"])
def test_who_is_called_so_is_found_by_what_was_heard(heard, found, scope):
    steps = steps_of(called.called, spoken_in(heard), scope)
    assert [step for step in steps if "alert_heads" in step] == [f"SEARCH alert_heads USING INDEX {found}"]
