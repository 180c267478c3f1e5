"""The topics as a proof reads them (``sinks.conservation.port.Log``)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from relocation.sinking.stored import STREAMS, StoredTopics, position_in
from schemas.positions import LogPosition
from schemas.reports import EventType
from sinks.conservation.port import Extent, GroupAt, Scanned
from sinks.conservation.reconciling import Reader as Role
from sinks.conservation.reconciling import Topics, Way
from sinks.shared_log import LogFailed, Partition, Taken
from streams.kafka.clients import Extent as Stretch
from streams.kafka.clients import Unreachable
from streams.kafka.cluster import Cluster
from streams.kafka.headers import CAUSE, ORIGIN
from streams.kafka.reader import Unreadable
from streams.kafka.records import Record
from streams.kafka.stretches import Stretches
from streams.kafka.tally import Tally
from streams.kafka.wire import Unresolved
from streams.topics import (
    ALERT_ACTIONS,
    ALERTS,
    DEAD_LETTERS,
    DESTROYED,
    INTAKE,
    RECEIPTS,
    REPORTS,
    SIGHTINGS,
    SUBJECT_ACTIONS,
)

PIECE = 10_000

TOPICS = Topics(
    stored={topic.name: stream for topic, stream in STREAMS},
    ways=tuple(Way(INTAKE[type_].name, REPORTS[type_].name, type_ is EventType.VEHICLE) for type_ in EventType),
    receipts=RECEIPTS.name,
    dead_letters=DEAD_LETTERS.name,
    readers=(
        Role("relocation-sink", "the sink", tuple(topic.name for topic, _ in STREAMS)),
        Role("relocation-intake", "INTAKE", tuple(topic.name for topic in INTAKE.values())),
        Role("relocation-register", "REGISTER", (*(topic.name for topic in REPORTS.values()), DESTROYED.name)),
        Role(
            "relocation-relocation",
            "RELOCATION",
            (*(topic.name for topic in SIGHTINGS.values()), SUBJECT_ACTIONS.name),
        ),
        Role("relocation-desk", "DESK", (ALERTS.name, ALERT_ACTIONS.name)),
    ),
)
"""Who reads what (docs/distributed.md)."""


class KafkaLog:
    """Reads one partition at a time. For one thread; ``close`` it."""

    def __init__(self, cluster: Cluster, stored: StoredTopics) -> None:
        self._cluster, self._stored = cluster, stored
        self._brokers = cluster.brokers
        self._stretches = Stretches(cluster.bootstrap, cluster.brokers)

    def close(self) -> None:
        """Let go of the connections."""
        self._stretches.close()

    def partitions(self, topics: Iterable[str]) -> list[Partition]:
        """See Log."""
        try:
            counts = self._brokers.partitions()
        except Unreachable as why:
            raise _failed(why) from None
        return [(topic, number) for topic in topics for number in range(counts.get(self._cluster.prefix + topic, 0))]

    def extents(self, partitions: Iterable[Partition]) -> Mapping[Partition, Extent]:
        """See Log."""
        wanted = {self._known(at): at for at in partitions}
        try:
            told = self._brokers.extents(wanted)
        except Unreachable as why:
            raise _failed(why) from None
        return {wanted[known]: Extent(extent.first, extent.end) for known, extent in told.items()}

    def groups_at(self, group: str, partitions: Iterable[Partition]) -> Mapping[Partition, GroupAt]:
        """See Log."""
        wanted = {self._known(at): at for at in partitions}
        try:
            told = self._brokers.committed(self._cluster.group(group), wanted)
        except Unreachable as why:
            raise _failed(why) from None
        found = {}
        for known, at in told.items():
            tally = Tally.read(at.noted, at.offset)
            found[wanted[known]] = GroupAt(at.offset, tally.first, tally.counts)
        return found

    def read(self, partition: Partition, first: int, end: int) -> Iterator[Sequence[Scanned]]:
        """See Log."""
        known, stretch = self._known(partition), Stretch(first, end)
        try:
            for records in self._stretches.pieces(known, stretch, PIECE):
                yield [self._scanned(record) for record in records]
        except (Unreadable, Unreachable) as why:
            raise _failed(why) from None

    def _scanned(self, record: Record) -> Scanned:
        return Scanned(
            record.offset,
            record.key or b"",
            record.value is None,
            partial(self._message, record),
            partial(self._header, record, CAUSE),
            partial(self._header, record, ORIGIN),
        )

    def _message(self, record: Record) -> Taken:
        try:
            return self._stored.taken(record)
        except Unresolved as why:
            raise LogFailed(str(why)) from None

    def _header(self, record: Record, name: str) -> LogPosition | None:
        told = record.headers.get(name)
        return None if told is None else position_in(told, self._cluster.prefix)

    def _known(self, partition: Partition) -> Partition:
        """As brokers know it."""
        return self._cluster.prefix + partition[0], partition[1]


def _failed(why: Exception) -> LogFailed:
    return LogFailed(f"the brokers do not answer ({why})")
