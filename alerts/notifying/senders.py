"""Hands a delivery to its channel. Whatever goes wrong is NotSent, with words that hold nothing of what was sent."""

import asyncio
import smtplib
from collections.abc import Callable
from email.message import EmailMessage

import httpx

from alerts.notifying.channels import Channel, Way
from alerts.notifying.letters import body_of, subject_of
from alerts.notifying.outbox import Delivery

TIMEOUT_S = 10.0
KEY_HEADER = "Idempotency-Key"


class NotSent(Exception):
    """The channel did not take it, or did not say so: it is sent again, with the same key."""


Send = Callable[[Channel, Delivery], None]


def send(channel: Channel, delivery: Delivery, timeout_s: float = TIMEOUT_S) -> None:
    """When it returns the other side has it. Raises NotSent.

    A webhook is given so long for all of its answer, a mail server for each of its words.
    """
    by_way = {Way.WEBHOOK: _post, Way.EMAIL: _mail}
    by_way[channel.way](channel, delivery, timeout_s)


def _post(channel: Channel, delivery: Delivery, timeout_s: float) -> None:
    try:
        status = asyncio.run(_answered(channel, delivery, timeout_s))
    except (httpx.HTTPError, TimeoutError) as error:
        raise NotSent(type(error).__name__) from None
    if not httpx.codes.is_success(status):
        raise NotSent(f"status {status}")


async def _answered(channel: Channel, delivery: Delivery, timeout_s: float) -> int:
    """The status of the answer; what else it says is not read, for it may have no end."""
    told = {"channel": channel.name, "key": delivery.key, "alerts": list(delivery.items)}
    key = {KEY_HEADER: delivery.key}
    async with (
        asyncio.timeout(timeout_s),
        httpx.AsyncClient(timeout=timeout_s) as client,
        client.stream("POST", channel.url, json=told, headers=key) as answer,
    ):
        return answer.status_code


def _mail(channel: Channel, delivery: Delivery, timeout_s: float) -> None:
    host, _, port = channel.server.rpartition(":")
    try:
        with smtplib.SMTP(host, int(port), timeout=timeout_s) as server:
            server.send_message(_message(channel, delivery))
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(type(error).__name__) from None


def _message(channel: Channel, delivery: Delivery) -> EmailMessage:
    """The key makes the Message-ID too, so that mail programs show what came twice once."""
    message = EmailMessage()
    message["From"], message["To"] = channel.sender, ", ".join(channel.to)
    message["Subject"] = subject_of(delivery.items, channel)
    message["Message-ID"] = f"<{delivery.key.replace(':', '.')}@{channel.sender.rpartition('@')[2]}>"
    message[KEY_HEADER] = delivery.key
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body_of(delivery.items, channel))
    return message
