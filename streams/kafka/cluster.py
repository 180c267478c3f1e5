"""The topics of one platform as a process finds them: where, under which names, in how many partitions."""

from dataclasses import dataclass

from streams.kafka.access import Bootstrap
from streams.kafka.clients import Brokers
from streams.kafka.records import Partition
from streams.kafka.wire import Wire
from streams.topic import Topic, named


@dataclass(frozen=True, slots=True)
class Cluster:
    """What every process on Kafka shares."""

    bootstrap: Bootstrap
    prefix: str
    wire: Wire
    partitions: int
    """Of every topic but ``control``."""

    def named(self, topic: Topic) -> str:
        """The name that brokers know it by."""
        return named(self.prefix, topic)

    def numbered(self, topic: Topic) -> list[Partition]:
        """Its partitions."""
        return [(self.named(topic), number) for number in range(topic.partitions(self.partitions))]

    def group(self, name: str) -> str:
        """The name of a group on a shared cluster."""
        return self.prefix + name

    @property
    def brokers(self) -> Brokers:
        """To ask about logs and groups."""
        return Brokers(self.bootstrap)
