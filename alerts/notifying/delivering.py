"""Hands deliveries to their channels beside one another, so that a channel that hangs holds up no other."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from prometheus_client import CollectorRegistry, Counter, Gauge

from alerts.notifying.channels import Channel, Channels
from alerts.notifying.deciding import is_quiet, retry_at
from alerts.notifying.not_sent import NotSent
from alerts.notifying.outbox import Delivery, Outbox
from alerts.notifying.senders import Send

_LOG = logging.getLogger("relocation.notifying")


class Delivering:
    """For one thread, which alone touches the outbox; what may take long is done in threads of its own."""

    def __init__(
        self, channels: Channels, outbox: Outbox, send: Send, now: Callable[[], int], registry: CollectorRegistry
    ) -> None:
        self._channels = {channel.name: channel for channel in channels.channels}
        self._outbox = outbox
        self._send = send
        self._now = now
        self._pool = ThreadPoolExecutor(max(1, len(self._channels)), thread_name_prefix="relocation-notifier")
        self._under_way: dict[str, tuple[Delivery, Future[None]]] = {}
        self._sent = Counter(
            "relocation_notifications", "Deliveries, by what became of the try.", ["channel", "became"],
            registry=registry,
        )  # fmt: skip
        self._waiting = Gauge(
            "relocation_notifications_waiting", "Deliveries that their channel did not take yet.", registry=registry
        )

    def begin(self) -> None:
        """Send what is due, of each channel one at a time."""
        now = self._now()
        for delivery in self._outbox.due(now):
            channel = self._channels.get(delivery.channel)
            if channel is None:  # it was taken out of the file: nobody waits for it
                self._outbox.delivered(delivery)
            elif channel.name not in self._under_way and not is_quiet(channel, now):
                self._under_way[channel.name] = delivery, self._pool.submit(self._send, channel, delivery)

    def settle(self, within_s: float | None = None) -> None:
        """Note what became of what was sent; wait for it so long, or until all of it ended."""
        wait([sending for _, sending in self._under_way.values()], within_s)
        ended = [name for name, (_, sending) in self._under_way.items() if sending.done()]
        for name in ended:
            delivery, sending = self._under_way.pop(name)
            self._note(self._channels[name], delivery, sending)
        self._waiting.set(self._outbox.undelivered())

    def close(self) -> None:
        """What is being sent is finished, and noted."""
        self._pool.shutdown()
        self.settle()

    def _note(self, channel: Channel, delivery: Delivery, sending: Future[None]) -> None:
        later = tuple(mailbox for mailbox in delivery.left or channel.to if mailbox in delivery.held)
        try:
            sending.result()
        except NotSent as why:
            left = why.left and (*why.left, *later)
            self._outbox.failed(delivery, retry_at(delivery.attempts + 1, self._now()), left)
            if why.for_what_it_says:
                self._outbox.leave(delivery, delivery.left)
            self._sent.labels(channel.name, "failed").inc()
            _LOG.warning("notification_failed", extra={"channel": channel.name, "why": str(why)})
            return
        if later:
            self._outbox.leave(delivery, later)
        else:
            self._outbox.delivered(delivery)
        if not later or later != (delivery.left or channel.to):  # else nobody could be told yet
            self._sent.labels(channel.name, "delivered").inc()
