"""Which alerts left a scope: a revision, or a decision of DESK, took them from who saw them until then."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from processors.scope import Scope
from streams.lists import scoping


class Since(NamedTuple):
    """What came after a position, as a condition on the rows of a log."""

    condition: str
    values: tuple[int, ...]


class _Log(NamedTuple):
    """A table of messages: what counts those of one alert, and the two of its fields that say whom it touches."""

    table: str
    number: str
    touching: tuple[str, str]


_ALERTS = _Log("alerts", "revision", ("from", "to"))
_STATES = _Log("alert_states", "version", ("unit", "offered_to"))


def left_of(
    connection: sqlite3.Connection,
    alerts: Iterable[Since],
    states: Iterable[Since],
    scope: Scope,
    region_of: Callable[[str], str],
) -> list[str]:
    """Alerts that the scope does not show, but that it did by the message before those, or by one of them.

    ``alerts`` and ``states`` name messages of each log, a partition each. ``region_of`` gives the unit of a place.
    """
    units = scope or frozenset()
    revised = ((alert_id, map(region_of, places)) for alert_id, *places in _moved(connection, _ALERTS, alerts, scope))
    decided = ((alert_id, touched) for alert_id, *touched in _moved(connection, _STATES, states, scope))
    return list(
        dict.fromkeys(
            alert_id for rows in (revised, decided) for alert_id, touched in rows if not units.isdisjoint(touched)
        )
    )


def _moved(
    connection: sqlite3.Connection, log: _Log, since: Iterable[Since], scope: Scope
) -> Iterator[tuple[str, ...]]:
    """Each such alert with whom it touched, by the message before the first of those and by those after it."""
    one, other = (f"json_extract(told.body, '$.{name}')" for name in log.touching)
    for condition, values in since:
        # The plus has rows found by their positions: in the order of alerts all of the log would be read.
        yield from connection.execute(
            f"SELECT DISTINCT told.alert_id, {one}, {other}"  # noqa: S608 - names of ours
            f" FROM (SELECT alert_id, min({log.number}) AS first FROM {log.table} WHERE {condition}"
            f" AND {log.number} > 1 AND NOT {scoping.shown(scope, log.table)} GROUP BY +alert_id) moved"
            f" JOIN {log.table} told ON told.alert_id = moved.alert_id AND told.{log.number} >= moved.first - 1",
            (*values, *scoping.values(scope)),
        )
