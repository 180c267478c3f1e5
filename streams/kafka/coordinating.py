"""Asks the coordinator of a group what confluent-kafka has no way to ask, or asks wrongly."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import KafkaError, NoError, for_code

from streams.kafka.access import Bootstrap, access_to

T = TypeVar("T")


class NotTold(Exception):
    """The brokers could not say; asking again may help."""


def ask_coordinator(bootstrap: Bootstrap, group: str, request: Any, read: Callable[[Any], T], *, within_s: float) -> T:
    """What ``read`` makes of the answer; it may raise KafkaError. May block for so long; raises NotTold."""
    try:
        return read(asyncio.run(asyncio.wait_for(_ask(bootstrap, group, request), within_s)))
    except TimeoutError:
        raise NotTold("TimeoutError") from None
    except KafkaError as failed:
        raise NotTold(type(failed).__name__) from None


def check(error_code: int) -> None:
    """Raises KafkaError unless it is the code of no error."""
    error = for_code(error_code)
    if error is not NoError:
        raise error


async def _ask(bootstrap: Bootstrap, group: str, request: Any) -> Any:
    client = AIOKafkaClient(**access_to(bootstrap).for_aiokafka())
    try:
        await client.bootstrap()
        coordinator = await client.coordinator_lookup(CoordinationType.GROUP, group)
        return await client.send(coordinator, request)
    finally:
        await client.close()
