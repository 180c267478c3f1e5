"""``relocation export`` on Kafka: the topics as they are at one moment."""

from collections.abc import Iterator

from relocation.agreeing import unreachable
from relocation.clusters import looked_at
from relocation.exits import FAILED, UNREACHABLE, Failure
from relocation.reconciling.log import TOPICS
from relocation.settings import Settings
from streams.kafka.clients import Unreachable
from streams.kafka.exports import Export
from streams.kafka.settling import Group, Stuck, wait_until_settled
from streams.kafka.wire import Unresolved

SINK = "relocation-sink"
"""What it is behind with is in the topics all the same."""


class TopicsExport:
    """One stream of the topics. Calls raise Failure."""

    def __init__(self, settings: Settings, what: str, settle_s: float | None) -> None:
        """The moment is now, or when everything has settled."""
        try:
            cluster = looked_at(settings)
            if settle_s is not None:
                groups = [Group(role.group, role.topics) for role in TOPICS.readers if role.group != SINK]
                wait_until_settled(cluster, groups, settle_s)
            self._export = Export(cluster, what)
        except Stuck as stuck:
            raise Failure(str(stuck), FAILED) from None
        except Unreachable as away:
            raise unreachable(away) from None

    @property
    def count(self) -> int:
        """About how many lines there will be."""
        return self._export.snapshot.count

    def lines(self) -> Iterator[str]:
        """The lines, in constant memory but for what tells repeats apart."""
        try:
            with self._export.snapshot:
                yield from self._export.lines()
        except Unreachable as away:
            raise unreachable(away) from None
        except Unresolved as why:
            raise Failure(f"RELOCATION_SCHEMA_REGISTRY is needed: {why}", UNREACHABLE) from None

    def require_whole(self) -> None:
        """When all lines were told: whether any is missing."""
        missing = sorted(set(self._export.unreadable))
        if missing:
            raise Failure(f"{len(missing)} records are no messages and are missing, the first at {missing[0]}", FAILED)
