"""Makes the history anew from the topics, beside running sinks or without any."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice

from relocation.asking import asked
from relocation.clock import now_ms
from relocation.clusters import cluster_of
from relocation.exits import UNREACHABLE, Failure
from relocation.progress import Told
from relocation.reconciling.log import KafkaLog
from relocation.settings import Settings
from relocation.sinking.joining import history_of, server_of
from relocation.sinking.stored import STREAMS, StoredTopics
from sinks.history import Mark, StoredHistory
from sinks.messages import Recorded, Stream
from sinks.shared_log import LogFailed, Partition

BATCH = 20_000


def rebuild_from_topics(settings: Settings, tell: Told, *, keeps: bool) -> int:
    """Store all that the topics hold; how many records that is. ``keeps``: what is there stays. Raises Failure.

    What a sink stores meanwhile is either taken out before where the topics end is asked, and read again, or stays.
    """
    with closing(server_of(settings)) as store:
        history, cluster = history_of(settings, store), cluster_of(settings)
        asked(history.require_kafka if keeps else history.empty)
        log = KafkaLog(cluster, StoredTopics(cluster.wire, cluster.prefix, now_ms))
        with closing(log):
            try:
                return _Rebuilding(log, history).run(tell)
            except LogFailed as failed:
                raise Failure(str(failed), UNREACHABLE) from None


class _Rebuilding:
    def __init__(self, log: KafkaLog, history: StoredHistory) -> None:
        self._log, self._history = log, history

    def run(self, tell: Told) -> int:
        at, streams = now_ms(), {topic.name: stream for topic, stream in STREAMS}
        extents = self._log.extents(self._log.partitions(streams))
        done: dict[str, int] = defaultdict(int)
        stored = 0
        for partition, extent in extents.items():
            of = sum(one.end - one.first for where, one in extents.items() if where[0] == partition[0])
            for recorded, passed in self._batches(partition, extent.first, extent.end):
                self._put(streams[partition[0]], recorded)
                stored += len(recorded)
                done[partition[0]] += passed
                tell(partition[0], done[partition[0]], of)
            self._mark(streams[partition[0]], partition, extent.end, at)
        return stored

    def _batches(self, partition: Partition, first: int, end: int) -> Iterator[tuple[list[Recorded], int]]:
        """What is to be stored, and how many records it was of."""
        records = (one for piece in self._log.read(partition, first, end) for one in piece)
        while batch := list(islice(records, BATCH)):
            taken = [one.taken() for one in batch]
            yield [one.recorded for one in taken if one.recorded is not None], len(batch)

    def _put(self, stream: Stream, recorded: list[Recorded]) -> None:
        asked(lambda: self._history.put({stream: recorded}))

    def _mark(self, stream: Stream, partition: Partition, end: int, at: int) -> None:
        marks: Iterable[Mark] = [Mark(stream, *partition, max(0, end - 1), at)]
        asked(lambda: self._history.mark(marks))
