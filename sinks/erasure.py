"""Erasing: what the log destroyed goes from the history too, from every row and from every file of the engine."""

import time
from collections.abc import Sequence

from schemas.reports import EventKey
from sinks.store import Store, StoreFailed

TABLES = ("events", "sightings", "receipts")
"""Those with rows of an event of its own, as in the log."""
FILES_SECONDS_MAX = 60
"""The engine removes the files that it replaced about a second later (``old_parts_lifetime``)."""
_POLL_SECONDS = 0.2

_NAMED = "(type, source, event_id) IN (SELECT type, source, event_id FROM erasing)"


def erase(store: Store, events: Sequence[EventKey]) -> None:
    """Erase the events; when this returns their rows are gone, and so are the files that held them.

    Only ``ALTER TABLE … DELETE`` rewrites the files: a lightweight DELETE would merely hide the rows. Doing it again
    is harmless. Raises StoreFailed when something is left after FILES_SECONDS_MAX.
    """
    store.command("TRUNCATE TABLE erasing")
    store.insert("erasing", EventKey._fields, [tuple(event) for event in events])
    touched = [table for table in TABLES if _rows_left(store, table)]
    for table in touched:
        store.command(f"ALTER TABLE {table} DELETE WHERE {_NAMED}")
        if _rows_left(store, table):
            raise StoreFailed(f"erased events are still in the table {table}")
    _await_removal(store, touched)
    store.command("TRUNCATE TABLE erasing")


def _rows_left(store: Store, table: str) -> bool:
    [[left]] = store.query(f"SELECT count() FROM {table} WHERE {_NAMED}")  # noqa: S608 - names of ours
    return bool(left)


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
