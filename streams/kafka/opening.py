"""Where the logs of a partition number stand when a worker takes it over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from streams.kafka.clients import Brokers, Extent
from streams.kafka.committed import Committed
from streams.kafka.task import Reading


@dataclass(frozen=True, slots=True)
class Opening:
    """Asked of the brokers while nobody else may commit."""

    number: int
    committed: Mapping[str, Committed]
    """By input; of one that was never committed nothing."""
    extents: Mapping[str, Extent]
    """By topic."""


def look_up(brokers: Brokers, group: str, reading: Reading, numbers: Iterable[int]) -> list[Opening]:
    """Where these numbers stand. May block; raises Unreachable."""
    wanted = sorted(numbers)
    committed = brokers.committed(group, [(topic, number) for number in wanted for topic in reading.inputs])
    topics = (*reading.inputs, *reading.to_end)
    extents = brokers.extents([(topic, number) for number in wanted for topic in topics])
    return [
        Opening(
            number,
            {topic: committed[topic, number] for topic in reading.inputs if (topic, number) in committed},
            {topic: extents[topic, number] for topic in topics},
        )
        for number in wanted
    ]
