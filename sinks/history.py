"""The history: what the log said, kept in ClickHouse for questions that reach back years."""

import threading
from collections.abc import Sequence
from typing import Protocol

from schemas.reports import EventKey
from sinks.erasure import erase
from sinks.messages import Batch, Stream
from sinks.migration import migrate
from sinks.rows import TABLES, Writing, rows_of
from sinks.store import Store

Partition = tuple[Stream, int]


class History(Protocol):
    """Where the streams of the log end. Calls block, may come from many threads, and raise ``StoreFailed``.

    After a failure what was being stored is there, or not, or in part: store the same again, that is harmless.
    """

    def store(self, batch: Batch) -> None:
        """Make the messages durable, then how far the stream has come. For DESTROYED: erase the events named."""
        ...

    def position(self) -> dict[Partition, int]:
        """How far each partition of each stream has come; those without anything are missing."""
        ...

    def complete_until(self) -> int:
        """UTC ms: everything that the platform knew before is in the history; 0 when that cannot be told."""
        ...


class StoredHistory:
    """The history in a store, a ClickHouse server or the embedded engine; the tables are made when first needed."""

    def __init__(self, store: Store, writing: Writing) -> None:
        self._store = store
        self._writing = writing
        self._making = threading.Lock()
        self._made = False

    def store(self, batch: Batch) -> None:
        """See History."""
        self.prepare()
        if batch.messages:
            self._put(batch)
        row = (str(batch.stream), batch.partition, batch.last, batch.complete_until)
        self._store.insert("feed", ("stream", "partition", "position", "complete_until"), [row])

    def _put(self, batch: Batch) -> None:
        if batch.stream is Stream.DESTROYED:
            erase(self._store, _keys(batch))
            return
        columns, rows = rows_of(batch, self._writing)
        self._store.insert(TABLES[batch.stream], columns, rows)

    def position(self) -> dict[Partition, int]:
        """See History."""
        self.prepare()
        rows = self._store.query("SELECT stream, partition, max(position) FROM feed GROUP BY stream, partition")
        return {(Stream(stream), int(partition)): int(position) for stream, partition, position in rows}

    def complete_until(self) -> int:
        """See History."""
        self.prepare()
        [[newest]] = self._store.query("SELECT toUnixTimestamp64Milli(max(complete_until)) FROM feed")
        return int(newest)

    def empty(self) -> None:
        """Take everything out, so that it can be fed anew."""
        self.prepare()
        for table in ("feed", *TABLES.values()):  # the positions first: broken off here, all is fed again
            self._store.command(f"TRUNCATE TABLE {table}")

    def prepare(self) -> None:
        """Make or bring up to date the tables, once. Raises MigrationMismatch."""
        if self._made:
            return
        with self._making:
            if not self._made:
                migrate(self._store)
                self._made = True


def _keys(batch: Batch) -> Sequence[EventKey]:
    return [recorded.message for recorded in batch.messages if isinstance(recorded.message, EventKey)]
