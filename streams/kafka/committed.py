"""How far a group is in its logs, and what it noted with that.

Asked through aiokafka's client: confluent-kafka 2.16 reads the noted text beyond its end, and aiokafka's own consumer
takes a coordinator that is still loading for a group that has committed nothing.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import KafkaError, NoError, for_code
from aiokafka.protocol.commit import OffsetFetchRequest

from streams.kafka.records import Partition


class Committed(NamedTuple):
    """How far a group is in a log, and what it noted with that."""

    offset: int
    noted: str


class NotTold(Exception):
    """The brokers could not say; asking again may help."""


def ask_committed(
    bootstrap: str, group: str, of: Iterable[Partition], *, within_s: float
) -> dict[Partition, Committed]:
    """A log that the group has not begun is left out. May block for so long; raises NotTold."""
    try:
        return asyncio.run(asyncio.wait_for(_ask(bootstrap, group, list(of)), within_s))
    except TimeoutError:
        raise NotTold("TimeoutError") from None
    except KafkaError as failed:
        raise NotTold(type(failed).__name__) from None


async def _ask(bootstrap: str, group: str, of: list[Partition]) -> dict[Partition, Committed]:
    client = AIOKafkaClient(bootstrap_servers=bootstrap.split(","))
    try:
        await client.bootstrap()
        coordinator = await client.coordinator_lookup(CoordinationType.GROUP, group)
        return _read(await client.send(coordinator, OffsetFetchRequest(group, _by_topic(of))), of)
    finally:
        await client.close()


def _by_topic(of: list[Partition]) -> list[tuple[str, list[int]]]:
    topics: dict[str, list[int]] = defaultdict(list)
    for topic, number in of:
        topics[topic].append(number)
    return list(topics.items())


def _read(answer: Any, of: list[Partition]) -> dict[Partition, Committed]:
    """Every partition was answered, and nothing failed. Raises KafkaError, NotTold."""
    _check(answer.error_code)
    told: dict[Partition, Committed] = {}
    for topic, partitions in answer.topics:
        for number, offset, noted, error_code in partitions:
            _check(error_code)
            told[topic, number] = Committed(offset, (noted or "").rstrip("\0"))  # confluent-kafka writes the zero
    if told.keys() != set(of):
        raise NotTold("not all partitions were answered")
    return {at: committed for at, committed in told.items() if committed.offset >= 0}


def _check(error_code: int) -> None:
    error = for_code(error_code)
    if error is not NoError:
        raise error
