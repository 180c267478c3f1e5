"""Hands a delivery to its channel. Whatever goes wrong is NotSent, with words that hold nothing of what was sent."""

import asyncio
import logging
import smtplib
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.message import EmailMessage

import httpx

from alerts.notifying.channels import Channel, Way
from alerts.notifying.letters import body_of, subject_of
from alerts.notifying.outbox import Delivery
from schemas.times import SECOND_MS

TIMEOUT_S = 10.0
KEY_HEADER = "Idempotency-Key"
FOR_NOW, PERMANENTLY = 400, 500
"""From the second of these codes of a mail server on, it is no use to try again."""
_LOG = logging.getLogger("relocation.notifying")


class NotSent(Exception):
    """The channel did not take it, or did not say so: it is sent again, with the same key.

    ``left`` are the mailboxes that it is still to be sent to, where others of the channel have it; else none.
    """

    def __init__(self, why: str, left: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.left = left


Send = Callable[[Channel, Delivery], None]


def send(channel: Channel, delivery: Delivery, timeout_s: float = TIMEOUT_S) -> None:
    """When it returns the other side has it. Raises NotSent.

    A webhook is given so long for all of its answer, a mail server for each of its words.
    """
    by_way = {Way.WEBHOOK: _post, Way.EMAIL: _mail}
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
    """To each mailbox until its server took it; who is refused for good while others are not, is left out."""
    to = [mailbox for mailbox in channel.to if not delivery.left or mailbox in delivery.left]
    if not to:  # whoever was left is not in the file any more
        return
    refused = _refused(channel, delivery, to, timeout_s)
    left = tuple(mailbox for mailbox in to if refused.get(mailbox, PERMANENTLY) < PERMANENTLY)
    if len(left) < len(refused):
        why = f"{len(refused) - len(left)} mailboxes are refused for good"
        _LOG.warning("mailbox_refused", extra={"channel": channel.name, "why": why})
    if left:
        raise NotSent(f"{len(left)} mailboxes are refused for now", left)


def _refused(channel: Channel, delivery: Delivery, to: Sequence[str], timeout_s: float) -> dict[str, int]:
    """The mailboxes that the server refused, with its codes. Raises NotSent where nobody of the channel has it yet."""
    host, _, port = channel.server.rpartition(":")
    with closing(smtplib.SMTP(host, int(port), timeout=timeout_s)) as server:
        try:
            refused = server.send_message(_message(channel, delivery), to_addrs=to)
        except smtplib.SMTPRecipientsRefused as nobody:
            if not delivery.left:
                raise NotSent("refused") from None
            return {mailbox: nobody.recipients.get(mailbox, (FOR_NOW, b""))[0] for mailbox in to}
        with suppress(smtplib.SMTPException, OSError):  # it was taken: how they part says nothing of it
            server.quit()
    return {mailbox: code for mailbox, (code, _) in refused.items()}


def _message(channel: Channel, delivery: Delivery) -> EmailMessage:
    """The key makes the Message-ID too, so that mail programs show what came twice once."""
    message = EmailMessage()
    message["From"], message["To"] = channel.sender, ", ".join(channel.to)
    message["Date"] = datetime.fromtimestamp(delivery.formed_at / SECOND_MS, UTC)
    message["Subject"] = subject_of(delivery.items, channel)
    message["Message-ID"] = f"<{delivery.key.replace(':', '.')}@{channel.sender.rpartition('@')[2]}>"
    message[KEY_HEADER] = delivery.key
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body_of(delivery.items, channel))
    return message
