"""Writes records and waits until every one is acknowledged. Whatever fails is final."""

import time
from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException, Message

from streams.kafka.access import Bootstrap
from streams.kafka.ending import Unworkable
from streams.kafka.failing import in_words
from streams.kafka.producing import hand_over, producer_of
from streams.kafka.records import Out, Partition

LINGER_MS = 20
"""What is handed over within so long goes in one request. ``flush`` sends at once what is left: nobody waits for it."""
QUEUED_MAX = 200_000
POLL_EVERY = 1_000


class NotWritten(Unworkable):
    """A record was not acknowledged. Whoever wrote it cannot know what the log holds: it ends and begins anew."""


class Writer:
    """One idempotent producer (``acks=all``), which keeps the order of each partition. Belongs to one thread."""

    def __init__(self, bootstrap: Bootstrap, *, patience_s: float, told_of: frozenset[str] = frozenset()) -> None:
        """``patience_s``: a record that is not acknowledged for so long is given up. ``told_of``: see ``ends``."""
        self._patience_s = patience_s
        self._told_of = told_of
        self.ends: dict[Partition, int] = {}
        """Of the topics ``told_of``: one past the last record that was written here."""
        self._failed: KafkaError | None = None
        self._producer = producer_of(
            bootstrap,
            patience_s=patience_s,
            **{
                "linger.ms": LINGER_MS,
                "delivery.report.only.error": not told_of,
                "on_delivery": self._on_delivery,
                "queue.buffering.max.messages": QUEUED_MAX,
            },
        )

    def write(self, outs: Iterable[Out]) -> int:
        """Write all of these; they are acknowledged when it returns. How many they were. Raises NotWritten."""
        count = self.hand_over(outs)
        if count:
            self.flush()
        return count

    def hand_over(self, outs: Iterable[Out]) -> int:
        """Hand these to the producer, which sends them by and by; ``flush`` waits for them. Raises NotWritten."""
        count = 0
        for out in outs:
            self._send(out)
            count += 1
            if count % POLL_EVERY == 0:
                self._producer.poll(0)
        return count

    def flush(self) -> None:
        """All that was handed over is acknowledged when it returns. Raises NotWritten.

        In one call: each wakes every sender of the producer, to say that nothing may linger.
        """
        self._producer.flush(self._patience_s + 1)
        if self._failed is not None:
            raise NotWritten(in_words(self._failed))
        if len(self._producer):
            raise NotWritten("not acknowledged in time")

    def _send(self, out: Out) -> None:
        deadline = time.monotonic() + self._patience_s
        while True:
            try:
                hand_over(self._producer, out, None)
            except BufferError:  # its queue is full: the brokers are slower than we are
                if time.monotonic() > deadline:
                    raise NotWritten("the producer's queue stays full") from None
                self._producer.poll(0.05)
            except KafkaException as failed:
                raise NotWritten(f"{out.topic}: {in_words(failed.args[0])}") from None
            else:
                return

    def _on_delivery(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._failed = self._failed or error
        elif message.topic() in self._told_of:
            self.ends[message.topic() or "", message.partition() or 0] = (message.offset() or 0) + 1
