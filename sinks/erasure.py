"""Erasing: what the log destroyed goes from the history too, from every row and from every file of the engine."""

import time
from collections.abc import Iterator, Mapping, Sequence
from uuid import uuid4

from schemas.alerts import Alert
from schemas.following import Destroyed
from schemas.receipts import Receipt
from schemas.reports import EventKey, Report
from sinks.messages import Message, Recorded, SightingMove, Stream
from sinks.store import Row, Store, StoreFailed
from sinks.terms import FOREVER

TABLES = ("events", "sightings", "receipts")
"""Those with rows of an event of its own, as in the log. An alert stays; its evidence loses the event."""
FILES_SECONDS_MAX = 60
"""The engine removes the files that it replaced about a second later (``old_parts_lifetime``)."""
_POLL_SECONDS = 0.2
_IDS_MAX = 500
"""Event ids in one question: they travel in its address, which servers bound."""

_KEY = ("type", "source", "event_id", "known_at")
_EVIDENCE = ("occurred_at", "evidence", "event_id", "source", "type", "place", "flagged", "recorded_at", "known_at")
_ROWS = f"SELECT {', '.join(_KEY)} FROM erasing WHERE erasure = '<erasure> rows'"  # noqa: S608 - names of ours
_NAMED = f"({', '.join(_KEY)}) IN ({_ROWS})"
_BASED_ON = ", ".join(f"`based_on.{name}`" for name in _KEY)
_KEEPS = f"arrayMap((t, s, e, k) -> NOT ((t, s, e, k) IN ({_ROWS})), {_BASED_ON})"
_RESTS_ON_IT = f"arrayExists(keeps -> NOT keeps, {_KEEPS})"
_KEPT = "`based_on.{0}` = arrayFilter((told, keeps) -> keeps, `based_on.{0}`, {1})"
_WITHOUT = ", ".join(_KEPT.format(name, _KEEPS) for name in _EVIDENCE)
_STATEMENTS = {
    **{table: (_NAMED, f"ALTER TABLE {table} DELETE WHERE {_NAMED}") for table in TABLES},
    "alerts": (_RESTS_ON_IT, f"ALTER TABLE alerts UPDATE {_WITHOUT} WHERE {_RESTS_ON_IT}"),
}
"""By table: which rows are meant, and what is done to them."""
_FOUND = " UNION ALL ".join(
    (
        *(f"SELECT {', '.join(_KEY)} FROM {table}" for table in TABLES),  # noqa: S608 - names of ours
        f"SELECT {_BASED_ON} FROM alerts ARRAY JOIN {_BASED_ON}",  # noqa: S608
    )
)
_COLLECT = f"""
INSERT INTO erasing SELECT DISTINCT '<erasure> rows', type, source, event_id, known_at
FROM ({_FOUND}) AS found
INNER JOIN (SELECT type, source, event_id, known_at AS until FROM erasing WHERE erasure = '<erasure> keys') AS told
USING (type, source, event_id)
WHERE known_at <= until
"""  # noqa: S608 - names of ours
_REMEMBERED = "SELECT count() FROM erasing WHERE erasure = '<erasure> keys'"
_FORGET = "ALTER TABLE erasing DELETE WHERE startsWith(erasure, '<erasure>')"
_DESTROYED = """
SELECT source, type, event_id, toUnixTimestamp64Milli(max(at)) FROM destroyed
WHERE event_id IN {ids:Array(String)} GROUP BY source, type, event_id
"""


def erase(store: Store, events: Sequence[EventKey | Destroyed]) -> None:
    """Erase the events; when this returns their rows are gone, and so are the files that held them.

    Of one that was destroyed at a time, what was known of it until then; else all of it. Only ``ALTER TABLE … DELETE``
    rewrites the files: a lightweight DELETE would merely hide the rows. Doing it again is harmless, and so are several
    at once. Raises StoreFailed when something is left after FILES_SECONDS_MAX.
    """
    if not events:
        return
    erasure = uuid4().hex
    store.insert("erasing", ("erasure", *_KEY), [_row(f"{erasure} keys", event) for event in events])
    store.command(_of(erasure, _COLLECT))
    touched = [table for table in _STATEMENTS if _rows_left(store, table, erasure)]
    for table in touched:
        store.command(_of(erasure, _STATEMENTS[table][1]))
        if _rows_left(store, table, erasure):
            raise StoreFailed(f"erased events are still in the table {table}")
    _await_removal(store, touched)
    _require_remembered(store, erasure, len(events))
    store.command(_of(erasure, _FORGET))


def destroyed_among(store: Store, streams: Mapping[Stream, Sequence[Recorded]]) -> list[Destroyed]:
    """The events that these records speak of and that were destroyed, whoever was told of it."""
    types = {str(type_) for (type_,) in store.query("SELECT DISTINCT type FROM destroyed")}
    if not types:
        return []
    told = (key for messages in streams.values() for recorded in messages for key in _events_of(recorded.message))
    ids = sorted({key.event_id for key in told if key.type in types})
    found: list[Destroyed] = []
    for first in range(0, len(ids), _IDS_MAX):
        rows = store.query(_DESTROYED, {"ids": ids[first : first + _IDS_MAX]})
        found += [Destroyed(EventKey(*key), int(at)) for *key, at in rows]
    return found


def known_at_of(message: Message) -> tuple[EventKey | None, int]:
    """The event that a message is of, and when it became known (UTC ms); None for those that are of none."""
    match message:
        case Report():
            return message.key, message.known_at
        case SightingMove():
            return message.sighting.event, message.sighting.known_at
        case Receipt(event_id=str(event_id)):
            return EventKey(message.source or "", message.type or "", event_id), message.known_at
    return None, 0


def _events_of(message: Message) -> Iterator[EventKey]:
    match message:
        case Report():
            yield message.key
        case SightingMove():
            yield message.sighting.event
        case Receipt(event_id=str(event_id)):
            yield EventKey(message.source or "", message.type or "", event_id)
        case Alert():
            yield from (seen.event for seen in message.based_on)


def _row(erasure: str, event: EventKey | Destroyed) -> Row:
    key, until = (event.event, event.at) if isinstance(event, Destroyed) else (event, FOREVER)
    return erasure, key.type, key.source, key.event_id, until


def _of(erasure: str, statement: str) -> str:
    """The statement for this erasure, whose name is 32 hex digits of ours."""
    return statement.replace("<erasure>", erasure)


def _rows_left(store: Store, table: str, erasure: str) -> bool:
    question = f"SELECT count() FROM {table} WHERE {_STATEMENTS[table][0]}"  # noqa: S608 - names of ours
    [[left]] = store.query(_of(erasure, question))
    return bool(left)


def _require_remembered(store: Store, erasure: str, events: int) -> None:
    """A server that started anew meanwhile forgot what to erase, and then found nothing left of it."""
    [[known]] = store.query(_of(erasure, _REMEMBERED))
    if known != events:
        raise StoreFailed("the engine started anew while it was erasing")


def _await_removal(store: Store, tables: Sequence[str]) -> None:
    replaced = _replaced_parts(store, tables)
    deadline = time.monotonic() + FILES_SECONDS_MAX
    while replaced:
        if time.monotonic() > deadline:
            raise StoreFailed("files of the history that held erased events are still on the disk")
        time.sleep(_POLL_SECONDS)
        replaced &= _replaced_parts(store, tables)


def _replaced_parts(store: Store, tables: Sequence[str]) -> set[tuple[str, str]]:
    """Parts that no question sees any more, whose files are still there.

    Asking for ``_state`` makes the engine list the parts too whose files it is removing at this moment.
    """
    rows = store.query(
        "SELECT table, name, _state FROM system.parts"
        " WHERE database = currentDatabase() AND NOT active AND has({tables:Array(String)}, table)",
        {"tables": list(tables)},
    )
    return {(str(table), str(name)) for table, name, _ in rows}
