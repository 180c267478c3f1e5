"""Waits until nothing moves any more: roles have done all that was written, and nothing more is."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from streams.kafka.cluster import Cluster
from streams.kafka.records import Partition
from streams.topics import TOPICS

POLL_S = 0.3
STUCK_S_MIN = 60.0
STUCK_TIMES = 5


class Stuck(Exception):
    """Something is left to do, and nobody does it."""


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group that does some of the work, and the topics that it works on, by their names without prefix."""

    name: str
    topics: tuple[str, ...]


def wait_until_settled(cluster: Cluster, groups: Iterable[Group], settle_s: float) -> None:
    """Until no group has anything left to do and nothing has moved for ``settle_s``. Raises Stuck and Unreachable.

    Stuck: something is left, and nothing has moved for five times as long, and a minute at least.
    """
    looking = _Looking(cluster, tuple(groups))
    seen, since = looking.look(), time.monotonic()
    while True:
        still_s = time.monotonic() - since
        if still_s >= settle_s and not seen.behind:
            return
        if still_s >= max(STUCK_S_MIN, STUCK_TIMES * settle_s):
            raise Stuck(f"nothing moves, and {', '.join(seen.behind)} are not done: does a worker run?")
        time.sleep(min(POLL_S, settle_s))
        now = looking.look()
        if now != seen:
            seen, since = now, time.monotonic()


@dataclass(frozen=True, slots=True)
class _Seen:
    ends: Mapping[Partition, int]
    positions: Mapping[tuple[str, Partition], int]
    behind: tuple[str, ...]


class _Looking:
    def __init__(self, cluster: Cluster, groups: tuple[Group, ...]) -> None:
        self._brokers = cluster.brokers
        self._all = [partition for topic in TOPICS for partition in cluster.numbered(topic)]
        of = {topic.name: cluster.numbered(topic) for topic in TOPICS}
        self._groups = [
            (cluster.group(group.name), [at for name in group.topics for at in of[name]]) for group in groups
        ]

    def look(self) -> _Seen:
        # Positions first: what is written in between is seen as left to do, never as done.
        positions = {
            (group, at): committed.offset
            for group, partitions in self._groups
            for at, committed in self._brokers.committed(group, partitions).items()
        }
        extents = self._brokers.extents(self._all)
        behind = {
            at[0]
            for group, partitions in self._groups
            for at in partitions
            if positions.get((group, at), extents[at].first) < extents[at].end
        }
        return _Seen({at: extent.end for at, extent in extents.items()}, positions, tuple(sorted(behind)))
