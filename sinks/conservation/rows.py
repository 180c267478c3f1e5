"""Looks in the history for what records tell: by the place of the record, else by what it tells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.decisions import SubjectState
from schemas.following import Destroyed
from schemas.positions import LogPosition
from schemas.receipts import Receipt
from schemas.reports import Report
from sinks.messages import Recorded, SightingMove, Stream
from sinks.shared_log import Partition
from sinks.store import Store

_NAMED_MAX = 500
"""Names in one question: they travel in its address."""


class _Table(NamedTuple):
    """Where a stream lies, and what tells its facts apart: a column that most are found by, and all columns."""

    name: str
    by: str
    columns: tuple[str, ...]
    identify: Callable[[Recorded], tuple[Any, ...]]


def _event(recorded: Recorded) -> tuple[Any, ...]:
    report = recorded.message
    assert isinstance(report, Report)
    return report.event_id, report.type, report.source, *report.rank


def _sighting(recorded: Recorded) -> tuple[Any, ...]:
    move = recorded.message
    assert isinstance(move, SightingMove)
    key = move.sighting.event
    return move.subject, key.event_id, key.source, key.type, move.via, move.version or 0, int(move.given)


def _alert(recorded: Recorded) -> tuple[Any, ...]:
    alert = recorded.message
    assert isinstance(alert, Alert)
    return alert.alert_id, alert.revision


def _state(recorded: Recorded) -> tuple[Any, ...]:
    state = recorded.message
    assert isinstance(state, AlertState)
    return state.alert_id, state.version


def _action(recorded: Recorded) -> tuple[Any, ...]:
    action = recorded.message
    assert isinstance(action, AlertAction | SubjectAction)
    return (action.action_id,)


def _subject_state(recorded: Recorded) -> tuple[Any, ...]:
    state = recorded.message
    assert isinstance(state, SubjectState)
    return state.action.subject, state.action.action_id


def _receipt(recorded: Recorded) -> tuple[Any, ...]:
    receipt = recorded.message
    assert isinstance(receipt, Receipt)
    cause = recorded.about or LogPosition(recorded.topic, recorded.partition, recorded.position)
    return receipt.event_id or "", receipt.type or "", receipt.source or "", receipt.revision or 0, *cause


def _letter(recorded: Recorded) -> tuple[Any, ...]:
    return (recorded.name or f"{recorded.topic}/{recorded.partition}/{recorded.position}",)


def _destroyed(recorded: Recorded) -> tuple[Any, ...]:
    destroyed = recorded.message
    assert isinstance(destroyed, Destroyed)
    return destroyed.event.event_id, destroyed.event.type, destroyed.event.source


_CAUSE = ("cause_topic", "cause_partition", "cause_position")
_REVISION = ("event_id", "type", "source", "revision")
TABLES: Mapping[Stream, _Table] = {
    Stream.REPORTS: _Table("events", "event_id", (*_REVISION, "standing", "digest"), _event),
    Stream.SIGHTINGS: _Table(
        "sightings", "subject", ("subject", "event_id", "source", "type", "via", "version", "given"), _sighting
    ),
    Stream.ALERTS: _Table("alerts", "alert_id", ("alert_id", "revision"), _alert),
    Stream.ALERT_STATES: _Table("alert_states", "alert_id", ("alert_id", "version"), _state),
    Stream.ACTIONS: _Table("actions", "action_id", ("action_id",), _action),
    Stream.SUBJECT_STATES: _Table("subject_states", "subject", ("subject", "action_id"), _subject_state),
    Stream.RECEIPTS: _Table("receipts", "event_id", (*_REVISION, *_CAUSE), _receipt),
    Stream.DEAD_LETTERS: _Table("dead_letters", "origin", ("origin",), _letter),
    Stream.DESTROYED: _Table("destroyed", "event_id", ("event_id", "type", "source"), _destroyed),
}


def positions(store: Store, stream: Stream, partition: Partition, first: int, end: int) -> set[int]:
    """The offsets from ``first`` up to ``end`` that rows of the stream's table bear."""
    [[found]] = store.query(
        f"SELECT groupUniqArray(position) FROM {TABLES[stream].name}"  # noqa: S608 - names of ours
        " WHERE topic = {topic:String} AND partition = {partition:UInt16}"
        " AND position >= {first:UInt64} AND position < {end:UInt64}",
        {"topic": partition[0], "partition": partition[1], "first": first, "end": end},
    )
    return set(found)


def told_otherwise(store: Store, stream: Stream, records: Sequence[Recorded]) -> set[int]:
    """The positions of those records whose fact is in the history, as another record says it."""
    table = TABLES[stream]
    by_identity: dict[tuple[Any, ...], list[int]] = {}
    for recorded in records:
        by_identity.setdefault(table.identify(recorded), []).append(recorded.position)
    found: set[int] = set()
    for names in _pieces(sorted({identity[0] for identity in by_identity})):
        rows = store.query(
            f"SELECT DISTINCT {', '.join(map(_read, table.columns))} FROM {table.name}"  # noqa: S608 - names of ours
            f" WHERE {table.by} IN {{names:Array(String)}}",
            {"names": names},
        )
        for row in rows:
            found.update(by_identity.get(tuple(row), ()))
    return found


def letters_about(store: Store, origins: Iterable[str]) -> set[str]:
    """Those of the origins that there is a dead letter about."""
    found: set[str] = set()
    for names in _pieces(sorted(set(origins))):
        rows = store.query(
            "SELECT DISTINCT origin FROM dead_letters WHERE origin IN {names:Array(String)}", {"names": names}
        )
        found.update(str(origin) for (origin,) in rows)
    return found


def offsets_given_up(store: Store, partition: Partition, first: int, end: int) -> set[int]:
    """The offsets of a log, from ``first`` up to ``end``, that there is a dead letter about."""
    rows = store.query(
        "SELECT DISTINCT origin FROM dead_letters WHERE startsWith(origin, {start:String})",
        {"start": f"{partition[0]}/{partition[1]}/"},
    )
    offsets = (str(origin).rpartition("/")[2] for (origin,) in rows)
    return {int(offset) for offset in offsets if offset.isdecimal() and first <= int(offset) < end}


def receipts_about(store: Store, partition: Partition, first: int, end: int) -> set[int]:
    """The offsets of a log of reports, from ``first`` up to ``end``, that there is a receipt about."""
    [[found]] = store.query(
        "SELECT groupUniqArray(cause_position) FROM receipts"
        " WHERE cause_topic = {topic:String} AND cause_partition = {partition:UInt16}"
        " AND cause_position >= {first:UInt64} AND cause_position < {end:UInt64}",
        {"topic": partition[0], "partition": partition[1], "first": first, "end": end},
    )
    return set(found)


def _read(column: str) -> str:
    return "toUInt8(given)" if column == "given" else column


def _pieces(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[at : at + _NAMED_MAX] for at in range(0, len(names), _NAMED_MAX))
