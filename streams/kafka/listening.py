"""What gateway and console hear of topics: values decoded, and what is no message left aside."""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from schemas.undecodable import Undecodable
from schemas.views import Unavailable
from streams.kafka.cluster import Cluster
from streams.kafka.records import Record
from streams.kafka.tail import Tail
from streams.kafka.wire import Decode, Unresolved, Wire
from streams.topic import Topic, named

LOG = logging.getLogger("relocation.kafka")
RETRY_S = 1.0
_CATCH_UP_STEP_S = 1.0
Hear = Callable[[Record, Any], None]
"""A record and its message; a tombstone has none."""


class Listening:
    """Hands each record to who hears its topic. Records that are no messages are logged and left aside.

    It waits with what only a registry could explain that is away: whoever needs to know sees how far it is behind.
    """

    def __init__(self, wire: Wire, hearers: Mapping[Topic, Hear], *, prefix: str = "") -> None:
        self._ending = threading.Event()
        self._hearers = {named(prefix, topic): (wire.decoder(topic), hear) for topic, hear in hearers.items()}

    @property
    def topics(self) -> tuple[str, ...]:
        """The names of the topics that are heard."""
        return tuple(self._hearers)

    def hear(self, record: Record) -> None:
        """One record."""
        decode, hear = self._hearers[record.topic]
        try:
            message = None if record.value is None else self._decoded(decode, record.value)
        except Undecodable as fault:
            LOG.error("a record is no message", extra={"position": record.position.as_json(), "reason": str(fault)})  # noqa: TRY400
            return
        if not self._ending.is_set():
            hear(record, message)

    def end(self) -> None:
        """Wait for nothing any more."""
        self._ending.set()

    def _decoded(self, decode: Decode, value: bytes) -> Any:
        while not self._ending.is_set():
            try:
                return decode(value)
            except Unresolved as why:
                LOG.warning("a message cannot be read yet", extra={"reason": str(why)})
                self._ending.wait(RETRY_S)
        return None


def hear_topics(stack: ExitStack, cluster: Cluster, hearers: Mapping[Topic, Hear], **more: Any) -> Tail:
    """Hear these topics, from now until ``stack`` ends it. ``more`` is for the Tail."""
    listening = Listening(cluster.wire, hearers, prefix=cluster.prefix)
    tail = Tail(cluster.bootstrap, listening.topics, listening.hear, **more)
    stack.callback(tail.close)
    stack.callback(listening.end)
    tail.start()
    return tail


def wait_for(tail: Tail, what: str) -> None:
    """Until it was read to its end, however long that takes. Raises Unavailable for what cannot be read."""
    while not tail.wait_caught_up(_CATCH_UP_STEP_S):
        if tail.failed is not None:
            raise Unavailable(f"{what} cannot be read ({tail.failed})")
