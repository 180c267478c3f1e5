"""Publishing straight to Kafka: an event is sent once all replicas in sync have it; receipts say what became of it."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    UnknownTopicOrPartitionError,
    UnsupportedVersionError,
)

from relocation.integration.answers import Answer, Status
from relocation.integration.checking import EVENT_BYTES_MAX, Outgoing
from relocation.integration.failures import NotAccepted, Unreachable
from relocation.integration.quiet import keep_quiet
from relocation.integration.receipts import Receipts
from relocation.integration.servers import Kafka
from schemas.positions import LogPosition

_IN_FLIGHT_MAX = 2_000
"""Events sent and not yet acknowledged; at 64 KiB each they fit in memory."""
_ENVELOPE_BYTES = 4 * 1024
"""Key, headers and the record's own fields, generously."""
_CONTENT_TYPE = ("content-type", b"application/json")


class OverKafka:
    """One publisher, for one thread at a time."""

    def __init__(self, kafka: Kafka, patience_s: float) -> None:
        self._kafka = kafka
        self._patience_s = patience_s
        self._producer: KafkaProducer | None = None
        self._receipts = Receipts(kafka)
        self._known: set[str] = set()

    def send(self, events: Iterable[Outgoing]) -> Iterator[Answer]:
        """The answers, in order. Raises Unreachable and NotAccepted, and then those not yet given are not known."""
        waiting: deque[_Sent] = deque()
        try:
            for event in events:
                waiting.append(self._sent(event))
                while waiting and (len(waiting) > _IN_FLIGHT_MAX or waiting[0].future.is_done):
                    yield self._answer(waiting.popleft())
            while waiting:
                yield self._answer(waiting.popleft())
        except KafkaError as error:
            self._begin_anew()
            raise _meaning(error) from None

    def receipts(self, answers: Iterable[Answer], patience_s: float) -> Iterator[Answer]:
        """The same events with what became of them, as their receipts come."""
        try:
            yield from self._receipts.of(list(answers), patience_s)
        except KafkaError as error:
            self._receipts.close()
            raise _meaning(error) from None

    def close(self) -> None:
        """Wait until what was sent is acknowledged, and let go."""
        self._receipts.close()
        if self._producer is not None:
            self._producer.close(timeout=self._patience_s)
            self._producer = None

    def _sent(self, event: Outgoing) -> "_Sent":
        if self._producer is None:
            self._producer = self._made()
        topic, key = self._kafka.topic(f"intake.{event.type}"), event.event_id.encode()
        if topic not in self._known:
            self._receipts.require(topic)
            self._known.add(topic)
        return _Sent(event, self._producer.send(topic, value=event.raw, key=key, headers=[_CONTENT_TYPE]))

    def _made(self) -> KafkaProducer:
        patience_ms = max(1, int(self._patience_s * 1000))
        producer = KafkaProducer(
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            compression_type="gzip",
            linger_ms=5,
            max_request_size=16 * (EVENT_BYTES_MAX + _ENVELOPE_BYTES),
            max_block_ms=patience_ms,
            bootstrap_timeout_ms=patience_ms,
            delivery_timeout_ms=patience_ms,
            request_timeout_ms=min(30_000, patience_ms - 1),
            **self._kafka.client_settings,
        )
        keep_quiet()
        return producer

    def _answer(self, sent: "_Sent") -> Answer:
        written = sent.future.get(timeout=self._patience_s)
        position = LogPosition(written.topic, written.partition, written.offset)
        return Answer(sent.event.event_id, sent.event.type, Status.SENT, position=position, sent_at=written.timestamp)

    def _begin_anew(self) -> None:
        """After an error the producer may be stuck in it: the next event makes another."""
        if self._producer is not None:
            self._producer.close(timeout=0)
            self._producer = None


class _Sent(NamedTuple):
    event: Outgoing
    future: Any


def _meaning(error: KafkaError) -> Exception:
    """What it means for who publishes. Kafka's own words could repeat what was sent, so only its kind is told."""
    kind = type(error).__name__
    if isinstance(error, AuthorizationError):
        return NotAccepted(f"Kafka does not let you write or read this topic ({kind})")
    if isinstance(error, UnknownTopicOrPartitionError | UnsupportedVersionError):
        return NotAccepted(f"this Kafka has no topics of the platform, or is too old ({kind})")
    return Unreachable(f"Kafka did not take it ({kind}); publish again later")
