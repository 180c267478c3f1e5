"""The history: what the log said, kept in ClickHouse for questions that reach back years."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from schemas.following import Destroyed
from schemas.reports import EventKey
from sinks.erasure import destroyed_among, erase
from sinks.messages import Batch, Recorded, Stream
from sinks.migration import MigrationMismatch, drop, migrate
from sinks.rows import TABLES, Writing, rows_of
from sinks.store import Store

_FEED = ("stream", "topic", "partition", "position", "complete_until")


class OtherLog(Exception):
    """The history was fed from another kind of log: it has to be made anew."""


class Mark(NamedTuple):
    """How far one partition of a topic has been stored."""

    stream: Stream
    topic: str
    partition: int
    position: int
    """The last offset that is stored, or was dropped for a reason."""
    complete_until: int
    """UTC ms: everything that this partition held before is in the history; 0 says nothing."""


class History(Protocol):
    """Where the streams of the embedded log end. Calls block, may come from many threads, and raise ``StoreFailed``.

    After a failure what was being stored is there, or not, or in part: store the same again, that is harmless.
    """

    def store(self, batch: Batch) -> None:
        """Make the messages durable, then how far the stream has come. For DESTROYED: erase the events named."""
        ...

    def position(self) -> dict[Stream, int]:
        """How far each stream has come; those without anything are missing. Raises OtherLog."""
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
        if batch.stream is Stream.DESTROYED:
            erase(self._store, _keys(batch))
        else:
            self._insert(batch.stream, batch.messages)
        self._store.insert("feed", _FEED, [(str(batch.stream), "", 0, batch.last, batch.complete_until)])

    def put(self, streams: Mapping[Stream, Sequence[Recorded]]) -> None:
        """Make records of Kafka durable, whatever partitions they come from: all of them, or again. Raises StoreFailed.

        What was destroyed is remembered before it is erased, and looked for after the others are stored: whichever
        comes first, and whoever stores them, nothing of it stays.
        """
        self.prepare()
        if destroyed := streams.get(Stream.DESTROYED):
            self._store.insert("destroyed", *rows_of(destroyed, self._writing))
            erase(self._store, [told.message for told in destroyed if isinstance(told.message, Destroyed)])
        for stream, messages in streams.items():
            if stream is not Stream.DESTROYED:
                self._insert(stream, messages)
        if late := destroyed_among(self._store, streams):
            erase(self._store, late)

    def mark(self, marks: Iterable[Mark]) -> None:
        """Remember how far partitions of Kafka have come, for questions only. Raises StoreFailed."""
        self.prepare()
        if rows := [(str(mark.stream), *mark[1:]) for mark in marks]:
            self._store.insert("feed", _FEED, rows)

    def _insert(self, stream: Stream, messages: Sequence[Recorded]) -> None:
        if messages:
            self._store.insert(TABLES[stream], *rows_of(messages, self._writing))

    def position(self) -> dict[Stream, int]:
        """See History."""
        self.prepare()
        rows = self._store.query("SELECT stream, topic, max(position) FROM feed GROUP BY stream, topic")
        if any(topic for _, topic, _ in rows):
            raise OtherLog(_OTHER_LOG.format("Kafka"))
        return {Stream(stream): int(position) for stream, _, position in rows}

    def require_kafka(self) -> None:
        """Raises OtherLog where an embedded log has been here, StoreFailed, MigrationMismatch."""
        self.prepare()
        [[embedded]] = self._store.query("SELECT count() FROM feed WHERE topic = ''")
        if embedded:
            raise OtherLog(_OTHER_LOG.format("an embedded log"))

    def reached(self) -> list[tuple[str, int, int]]:
        """Of Kafka: topic, partition, and the last offset that is stored."""
        rows = self._store.query(
            "SELECT topic, partition, max(position) FROM feed WHERE topic != '' GROUP BY topic, partition ORDER BY ALL"
        )
        return [(str(topic), int(partition), int(position)) for topic, partition, position in rows]

    def complete_until(self) -> int:
        """See History. On Kafka every partition has to have come so far."""
        self.prepare()
        [[newest]] = self._store.query(_COMPLETE_UNTIL)
        return int(newest)

    def empty(self) -> None:
        """Take everything out, so that it can be fed anew; what was destroyed is remembered.

        Tables of another version of the program are dropped, that one too.
        """
        try:
            self.prepare()
        except MigrationMismatch:
            drop(self._store)
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


_OTHER_LOG = "the history was fed from {}: make it anew with `relocation history rebuild`"
_COMPLETE_UNTIL = """
SELECT toUnixTimestamp64Milli(if(countIf(topic != '') > 0, minIf(complete, topic != ''), max(complete)))
FROM (SELECT topic, partition, max(complete_until) AS complete FROM feed GROUP BY stream, topic, partition)
"""


def _keys(batch: Batch) -> Sequence[EventKey]:
    return [recorded.message for recorded in batch.messages if isinstance(recorded.message, EventKey)]
