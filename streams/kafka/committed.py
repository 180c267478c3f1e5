"""How far a group is in its logs, and what it noted with that; and how a member leaves it.

Asked through aiokafka's client: confluent-kafka 2.16 reads the noted text beyond its end, and aiokafka's own consumer
takes a coordinator that is still loading for a group that has committed nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.protocol.group import LeaveGroupRequest

from streams.kafka.access import Bootstrap
from streams.kafka.coordinating import NotTold, ask_coordinator, check
from streams.kafka.records import Partition


class Committed(NamedTuple):
    """How far a group is in a log, and what it noted with that."""

    offset: int
    noted: str


def ask_committed(
    bootstrap: Bootstrap, group: str, of: Iterable[Partition], *, within_s: float
) -> dict[Partition, Committed]:
    """A log that the group has not begun is left out. May block for so long; raises NotTold."""
    wanted = list(of)
    request = OffsetFetchRequest(group, _by_topic(wanted))
    return ask_coordinator(bootstrap, group, request, partial(_read, of=wanted), within_s=within_s)


def leave(bootstrap: Bootstrap, group: str, member_id: str, *, within_s: float) -> None:
    """A member with a name of its own is no member any more. Raises NotTold.

    librdkafka lets such a member go without a word, so that others wait for it until its session is over.
    """
    request = LeaveGroupRequest(group, member_id)
    ask_coordinator(bootstrap, group, request, lambda answer: check(answer.error_code), within_s=within_s)


def _by_topic(of: list[Partition]) -> list[tuple[str, list[int]]]:
    topics: dict[str, list[int]] = defaultdict(list)
    for topic, number in of:
        topics[topic].append(number)
    return list(topics.items())


def _read(answer: Any, of: list[Partition]) -> dict[Partition, Committed]:
    """Every partition was answered, and nothing failed. Raises KafkaError, NotTold."""
    check(answer.error_code)
    told: dict[Partition, Committed] = {}
    for topic, partitions in answer.topics:
        for number, offset, noted, error_code in partitions:
            check(error_code)
            told[topic, number] = Committed(offset, (noted or "").rstrip("\0"))  # confluent-kafka writes the zero
    if told.keys() != set(of):
        raise NotTold("not all partitions were answered")
    return {at: committed for at, committed in told.items() if committed.offset >= 0}
