"""One moment of topics: every record that was there when it was taken, partition by partition, in their order."""

import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

from streams.kafka.clients import Extent, Unreachable
from streams.kafka.cluster import Cluster
from streams.kafka.reader import OutOfRange, Reader
from streams.kafka.records import Partition, Record
from streams.topic import Topic

NOTHING_FOR_S = 60.0
"""Nothing was read for so long: the brokers are away."""
_WAIT_S = 0.2
_FETCH_WAIT_MS = 20
"""Partitions are read one after another: the next one must not wait for a question about the last."""


class Snapshot:
    """For one thread. Calls may raise Unreachable."""

    def __init__(self, cluster: Cluster, *topics: Topic) -> None:
        """Taken now; what comes later is not in it."""
        self._cluster = cluster
        self._reader = Reader(cluster.bootstrap, fetch_wait_ms=_FETCH_WAIT_MS)
        self._extents: Mapping[Partition, Extent] = cluster.brokers.extents(
            [partition for topic in topics for partition in cluster.numbered(topic)]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._reader.close()

    @property
    def count(self) -> int:
        """About how many records there are."""
        return sum(extent.end - extent.first for extent in self._extents.values())

    def partitions(self, topic: Topic) -> list[Partition]:
        """In their order."""
        return self._cluster.numbered(topic)

    def records(self, partition: Partition) -> Iterator[Record]:
        """The records of one partition. It may be read again."""
        first, end = self._extents[partition]
        if first >= end:
            return
        self._reader.add({partition: first})
        try:
            yield from self._read(partition, end)
        finally:
            self._reader.drop([partition])

    def _read(self, partition: Partition, end: int) -> Iterator[Record]:
        heard = time.monotonic()
        while True:
            for record in self._taken(partition):
                heard = time.monotonic()
                if record.offset < end:
                    yield record
                if record.offset >= end - 1:
                    return
            if self._reader.ends.get(partition, 0) >= end:
                return
            if time.monotonic() - heard > NOTHING_FOR_S:
                raise Unreachable(f"nothing could be read of {partition[0]}/{partition[1]}")

    def _taken(self, partition: Partition) -> list[Record]:
        try:
            return self._reader.take(_WAIT_S)
        except OutOfRange:  # retention took its beginning while it was read
            self._reader.drop([partition])
            self._reader.add({partition: self._cluster.brokers.extents([partition])[partition].first})
            return []
