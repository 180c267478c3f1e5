"""The topics of one platform as a process finds them: where, under which names, in how many partitions."""

from collections.abc import Iterable
from dataclasses import dataclass

from streams.kafka.clients import Brokers
from streams.kafka.records import Partition
from streams.kafka.wire import Wire
from streams.topic import Topic, named
from streams.topics import TOPICS


class TopicsMissing(Exception):
    """Some topics are not there, or not as they have to be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """What every process on Kafka shares."""

    bootstrap: str
    prefix: str
    partitions: int
    """Of every topic but ``control``."""
    wire: Wire

    def numbered(self, topic: Topic) -> list[Partition]:
        """Its partitions."""
        return [(named(self.prefix, topic), number) for number in range(topic.partitions(self.partitions))]


def find_cluster(bootstrap: str, wire: Wire, *, prefix: str = "", among: Iterable[Topic] = TOPICS) -> Cluster:
    """The cluster with the topics that are needed. Raises TopicsMissing, and Unreachable."""
    there = Brokers(bootstrap).partitions()
    wanted = {named(prefix, topic): topic for topic in among}
    missing = sorted(name for name in wanted if name not in there)
    if missing:
        raise TopicsMissing(f"these topics are not there: {', '.join(missing)}; run `relocation topics create`")
    counts = {there[name] for name, topic in wanted.items() if not topic.is_single}
    if len(counts) != 1:
        raise TopicsMissing("the topics differ in their number of partitions; see `relocation topics check`")
    return Cluster(bootstrap, prefix, counts.pop(), wire)
