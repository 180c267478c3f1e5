"""What every consumer of ours that reads records is: it commits only what it is told, and never jumps over anything."""

from typing import Any

from confluent_kafka import Consumer

from streams.kafka.access import Bootstrap
from streams.kafka.clients import settings_of

FETCH_WAIT_MS = 200
"""So long a broker keeps a question open to which it has no records."""
QUEUE_KIB = 16 * 1024
"""So much is fetched ahead, and so much can a batch hold: what bounds memory is bytes, not records."""


def consumer_of(
    bootstrap: Bootstrap, group: str, *, queue_kib: int = QUEUE_KIB, fetch_wait_ms: int = FETCH_WAIT_MS, **settings: Any
) -> Consumer:
    """A consumer that begins where it is told, and tells where a log ends."""
    common = {
        "group.id": group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",  # never jump over what is missing
        "enable.partition.eof": True,
        "fetch.wait.max.ms": fetch_wait_ms,
        "fetch.queue.backoff.ms": 2,
        "queued.max.messages.kbytes": queue_kib,
    }
    return Consumer(settings_of(bootstrap, **common, **settings))
