"""Hands a delivery to its channel. Whatever goes wrong is NotSent, with words that hold nothing of what was sent."""

import asyncio
from collections.abc import Callable

import httpx
from httpx import codes

from alerts.notifying.channels import Channel, Way
from alerts.notifying.letters import KEY_HEADER
from alerts.notifying.mail import mail
from alerts.notifying.not_sent import NotSent
from alerts.notifying.outbox import Delivery
from alerts.notifying.tls import trusting, word_of

TIMEOUT_S = 10.0
_FOR_WHAT_IT_SAYS = {codes.BAD_REQUEST, codes.REQUEST_ENTITY_TOO_LARGE, codes.UNPROCESSABLE_ENTITY}

Send = Callable[[Channel, Delivery], None]


def send(channel: Channel, delivery: Delivery, timeout_s: float = TIMEOUT_S) -> None:
    """When it returns the other side has it. Raises NotSent.

    A webhook is given so long for all of its answer, a mail server for each of its words.
    """
    by_way = {Way.WEBHOOK: _post, Way.EMAIL: mail}
    try:
        by_way[channel.way](channel, delivery, timeout_s)
    except NotSent:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a library makes of an address, it holds up no other channel
        raise NotSent(type(error).__name__) from None


def _post(channel: Channel, delivery: Delivery, timeout_s: float) -> None:
    try:
        status = asyncio.run(_answered(channel, delivery, timeout_s))
    except (httpx.HTTPError, TimeoutError) as error:
        raise NotSent(word_of(error) or type(error).__name__) from None
    if not codes.is_success(status):
        raise NotSent(f"status {status}", for_what_it_says=status in _FOR_WHAT_IT_SAYS)


async def _answered(channel: Channel, delivery: Delivery, timeout_s: float) -> int:
    """The status of the answer; what else it says is not read, for it may have no end."""
    told = {"channel": channel.name, "key": delivery.key, "alerts": list(delivery.items)}
    key = {KEY_HEADER: delivery.key}
    verify = trusting(channel.ca) if channel.ca else True
    async with (
        asyncio.timeout(timeout_s),
        httpx.AsyncClient(timeout=timeout_s, verify=verify) as client,
        client.stream("POST", channel.url, json=told, headers=key) as answer,
    ):
        return answer.status_code
