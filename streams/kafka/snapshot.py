"""One moment of topics: every record that was there when it was taken, partition by partition, in their order."""

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from streams.kafka.cluster import Cluster
from streams.kafka.records import Partition, Record
from streams.kafka.stretches import Stretches
from streams.topic import Topic

if TYPE_CHECKING:
    from streams.kafka.clients import Extent


class Snapshot:
    """For one thread. Calls may raise Unreachable."""

    def __init__(self, cluster: Cluster, *topics: Topic) -> None:
        """Taken now; what comes later is not in it."""
        self._cluster = cluster
        self._stretches = Stretches(cluster.bootstrap, cluster.brokers)
        self._extents: Mapping[Partition, Extent] = cluster.brokers.extents(
            [partition for topic in topics for partition in cluster.numbered(topic)]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stretches.close()

    @property
    def count(self) -> int:
        """About how many records there are."""
        return sum(extent.end - extent.first for extent in self._extents.values())

    def partitions(self, topic: Topic) -> list[Partition]:
        """In their order."""
        return self._cluster.numbered(topic)

    def records(self, partition: Partition) -> Iterator[Record]:
        """The records of one partition. It may be read again."""
        return self._stretches.records(partition, self._extents[partition])
