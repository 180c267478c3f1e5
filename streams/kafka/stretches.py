"""Stretches of logs, one after another: each from a first record to where the log ended when it was asked for."""

import time
from collections.abc import Iterator

from streams.kafka.access import Bootstrap
from streams.kafka.clients import Brokers, Extent, Unreachable
from streams.kafka.reader import BATCH_RECORDS, OutOfRange, Reader
from streams.kafka.records import Partition, Record

NOTHING_FOR_S = 60.0
"""Nothing was read for so long: the brokers are away."""
_WAIT_S = 0.2
_FETCH_WAIT_MS = 20
"""The next stretch must not wait for a question about the last."""


class Stretches:
    """Reads one at a time. Belongs to one thread; ``close`` it."""

    def __init__(self, bootstrap: Bootstrap, brokers: Brokers, *, patience_s: float = NOTHING_FOR_S) -> None:
        """``patience_s``: if nothing comes for so long, the brokers are away."""
        self._reader = Reader(bootstrap, fetch_wait_ms=_FETCH_WAIT_MS)
        self._brokers, self._patience_s = brokers, patience_s

    def close(self) -> None:
        """Let go of the connections."""
        self._reader.close()

    def records(self, partition: Partition, extent: Extent) -> Iterator[Record]:
        """The records of ``pieces``, one by one."""
        for piece in self.pieces(partition, extent):
            yield from piece

    def pieces(self, partition: Partition, extent: Extent, count_max: int = BATCH_RECORDS) -> Iterator[list[Record]]:
        """What is left of a stretch, so many records at once at most. Raises Unreachable, Unreadable."""
        if extent.first >= extent.end:
            return
        self._reader.add({partition: extent.first})
        try:
            yield from self._read(partition, extent.end, count_max)
        finally:
            self._reader.drop([partition])

    def _read(self, partition: Partition, end: int, count_max: int) -> Iterator[list[Record]]:
        heard = time.monotonic()
        while self._reader.ends.get(partition, 0) < end:
            records = self._taken(partition, count_max)
            if records:
                heard = time.monotonic()
                yield [record for record in records if record.offset < end]
                if records[-1].offset >= end - 1:
                    return
            if time.monotonic() - heard > self._patience_s:
                raise Unreachable(
                    f"nothing could be read of {partition[0]}/{partition[1]} for {self._patience_s:.0f} s"
                )

    def _taken(self, partition: Partition, count_max: int) -> list[Record]:
        try:
            return self._reader.take(_WAIT_S, count_max)
        except OutOfRange:  # its beginning was taken meanwhile, or a broker that comes back could not say where it is
            self._reader.drop([partition])
            self._reader.add({partition: self._brokers.extents([partition])[partition].first})
            return []
