"""Sends records for many threads at once, and tells of each when it is acknowledged and where it then lies."""

import logging
import threading
import time
from collections.abc import Sequence
from functools import partial

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from streams.kafka.access import Bootstrap
from streams.kafka.producing import hand_over, producer_of
from streams.kafka.records import Out

LOG = logging.getLogger("relocation.kafka")
POLL_S = 0.1
LINGER_MS = 2
QUEUED_MAX = 100_000


class Sent:
    """Some records on their way. ``offsets`` are filled in as they are acknowledged."""

    def __init__(self, count: int) -> None:
        self.offsets: list[int | None] = [None] * count
        self._open = count
        self._counting = threading.Lock()
        self._done = threading.Event()
        if not count:
            self._done.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until each is acknowledged or given up. Whether that is so."""
        return self._done.wait(timeout_s)

    def settle(self, index: int, offset: int | None) -> None:
        """The record is acknowledged, or given up (None)."""
        self.offsets[index] = offset
        with self._counting:
            self._open -= 1
            if self._open == 0:
                self._done.set()


class Sender:
    """One idempotent producer (``acks=all``) and the thread that hears what became of its records."""

    def __init__(self, bootstrap: Bootstrap, *, patience_s: float) -> None:
        """``patience_s``: a record not acknowledged for so long is given up; it may be in the log all the same."""
        self._bootstrap = bootstrap
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._producer = self._new_producer()
        self._dead: list[Producer] = []
        """Producers that are used no more; what they still have to say is heard all the same."""
        self._ending = threading.Event()
        self._polling = threading.Thread(target=self._poll, name="sender", daemon=True)
        self._polling.start()
        self.failing = False
        """Whether the last record that was settled was given up."""

    def send(self, outs: Sequence[Out]) -> Sent:
        """Hand these over, in order; they are sent by and by.

        What cannot be handed over is given up like what is not acknowledged.
        """
        sent = Sent(len(outs))
        with self._lock:
            for index, out in enumerate(outs):
                self._hand_over(out, sent, index)
        return sent

    def close(self) -> None:
        """Send what is left; give up what cannot be sent now."""
        self._producer.flush(self._patience_s)
        self._ending.set()
        self._polling.join()

    def _new_producer(self) -> Producer:
        queued = {"queue.buffering.max.messages": QUEUED_MAX}
        return producer_of(self._bootstrap, patience_s=self._patience_s, **{"linger.ms": LINGER_MS, **queued})

    def _hand_over(self, out: Out, sent: Sent, index: int) -> None:
        deadline = time.monotonic() + self._patience_s
        while not self._ending.is_set():
            try:
                hand_over(self._producer, out, partial(self._settle, sent, index))
            except BufferError:  # its queue is full: the brokers are slower than we are
                if time.monotonic() < deadline:
                    time.sleep(0.01)
                    continue
            except KafkaException as failed:
                self._note(failed.args[0])
            else:
                return
            break
        sent.settle(index, None)

    def _settle(self, sent: Sent, index: int, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self.failing = False
            sent.settle(index, message.offset())
            return
        self._note(error)
        sent.settle(index, None)

    def _note(self, error: KafkaError) -> None:
        if not self.failing:
            LOG.warning("records are not acknowledged", extra={"reason": error.name()})
        self.failing = True
        if error.fatal():  # an idempotent producer that lost its place never finds it again
            self._dead.append(self._producer)
            self._producer = self._new_producer()

    def _poll(self) -> None:
        while not self._ending.is_set():
            self._producer.poll(POLL_S)
            for dead in self._dead:
                dead.poll(0)
            self._dead = [dead for dead in self._dead if len(dead)]
