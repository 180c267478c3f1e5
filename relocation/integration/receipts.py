"""Reading the topic ``receipts`` for what became of one's own events, and of nobody else's."""

import time
from collections.abc import Callable, Container, Iterable, Iterator
from functools import cache

from kafka import KafkaConsumer, TopicPartition
from kafka.partitioner.default import murmur2

from relocation.integration.answers import Answer, Status
from relocation.integration.failures import NotAccepted
from relocation.integration.quiet import keep_quiet
from relocation.integration.servers import Kafka
from schemas import avro
from schemas.avro_ids import pinned
from schemas.receipts import Receipt
from schemas.reports import EventType
from schemas.undecodable import Reason, Undecodable

ORIGIN = "relocation_origin"
_POLL_MS = 200


class Receipts:
    """Looks receipts up, over a connection of its own that belongs to no consumer group. For one thread at a time."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._topic = kafka.topic("receipts")
        self._consumer: KafkaConsumer | None = None

    def require(self, topic: str) -> None:
        """Raises NotAccepted when this Kafka does not have the topic."""
        if not self._connected().partitions_for_topic(topic):
            raise NotAccepted(f"this Kafka has no topic {topic}: ask who runs the platform (relocation topics create)")

    def of(self, answers: Iterable[Answer], patience_s: float) -> Iterator[Answer]:
        """Each answer once: with what became of its event as soon as that is known, else as it is at the end.

        Passages have no receipt, unless they are wrong; none is waited for.
        """
        waiting = {}
        for answer in answers:
            if answer.position is None or answer.status is not Status.SENT or answer.type == EventType.VEHICLE:
                yield answer
            else:
                waiting[self._kafka.origin("/".join(map(str, answer.position)))] = answer
        if waiting:
            self._seek(waiting.values())
        until = time.monotonic() + patience_s
        while waiting and time.monotonic() < until:
            for origin, receipt in list(self._read(waiting)):
                if origin in waiting:  # a receipt may be told twice
                    yield waiting.pop(origin).told_by(receipt)
        yield from waiting.values()

    def close(self) -> None:
        """Let go of the connection."""
        if self._consumer is not None:
            self._consumer.close(autocommit=False)
            self._consumer = None

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                fetch_max_wait_ms=_POLL_MS,
                **self._kafka.client_settings,
            )
            keep_quiet()
        return self._consumer

    def _seek(self, answers: Iterable[Answer]) -> None:
        """To the first receipt that can be theirs: none is older than the event as the broker wrote it."""
        self.require(self._topic)
        consumer = self._connected()
        count = len(consumer.partitions_for_topic(self._topic))
        since: dict[TopicPartition, int] = {}
        for answer in answers:
            at = TopicPartition(self._topic, partition_of(answer.event_id, count))
            since[at] = min(since.get(at, answer.sent_at or 0), answer.sent_at or 0)
        ends = consumer.end_offsets(list(since))  # before the times: what comes between the two must not be passed over
        found = consumer.offsets_for_times(since)
        consumer.assign(list(since))
        for partition in since:
            first = found.get(partition)
            consumer.seek(partition, ends[partition] if first is None else first.offset)

    def _read(self, wanted: Container[str]) -> Iterator[tuple[str, Receipt]]:
        polled = self._connected().poll(timeout_ms=_POLL_MS)
        for records in polled.values():
            for record in records:
                origin = self._kafka.origin(dict(record.headers).get(ORIGIN, b"").decode("ascii", "replace"))
                receipt = _receipt(record.value or b"") if origin in wanted else None
                if receipt is not None:
                    yield origin, receipt


def partition_of(key: str, count: int) -> int:
    """The partition of a key, as every Kafka client counts it (murmur2)."""
    return int((murmur2(key.encode()) & 0x7FFF_FFFF) % count)


def _receipt(framed: bytes) -> Receipt | None:
    try:
        schema_id, body = avro.unframe(framed)
        receipt: Receipt = _decoder(schema_id)(body)
    except Undecodable:
        return None  # of a later platform, or somebody else's: not ours to judge
    return receipt


@cache
def _decoder(schema_id: int) -> Callable[[bytes], Receipt]:
    """By the version that the id says; where a registry gave the id it is the one that the platform writes now."""
    kind, version = pinned().get(schema_id, (avro.Kind.RECEIPT, len(avro.versions_of(avro.Kind.RECEIPT))))
    if kind is not avro.Kind.RECEIPT:
        return _none
    return avro.decoder_of(kind, avro.versions_of(kind)[version - 1])


def _none(_body: bytes) -> Receipt:
    raise Undecodable(Reason.INCOMPATIBLE)
