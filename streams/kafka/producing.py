"""What every producer of ours is: idempotent, acknowledged by all replicas, with memory that has an end."""

from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, Message, Producer

from streams.kafka.access import Bootstrap
from streams.kafka.clients import settings_of
from streams.kafka.records import Out

MESSAGE_BYTES_MAX = 1_000_000
"""A little less than the brokers take (1 MiB with what is around it), so that a record fails here and by name."""
QUEUED_KIB_MAX = 64 * 1024


def producer_of(bootstrap: Bootstrap, *, patience_s: float, **settings: Any) -> Producer:
    """A producer that gives a record up after ``patience_s``; it may be in the log all the same."""
    common = {
        "enable.idempotence": True,
        "acks": "all",
        "compression.type": "lz4",
        "message.max.bytes": MESSAGE_BYTES_MAX,
        "message.timeout.ms": int(patience_s * 1000),
        "queue.buffering.max.kbytes": QUEUED_KIB_MAX,
    }
    return Producer(settings_of(bootstrap, **common, **settings))


def hand_over(producer: Producer, out: Out, on_delivery: Callable[[KafkaError | None, Message], None] | None) -> None:
    """Give it to the producer, which sends it by and by. Raises BufferError (its queue is full) and KafkaException."""
    producer.produce(
        out.topic,
        value=out.value,
        key=out.key,
        partition=out.partition,
        timestamp=out.timestamp_ms,
        headers=list(out.headers),
        on_delivery=on_delivery,
    )
