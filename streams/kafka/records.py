"""A record as it lies in a log, and one that is to be written."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from confluent_kafka import Message

from schemas.positions import LogPosition

Partition = tuple[str, int]
"""Topic and number."""
Headers = Sequence[tuple[str, bytes]]


def _no_headers() -> None:
    return None


class Record(NamedTuple):
    """One record of a log. Times are UTC milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    """What the topic says: when it happened, or the broker's append time."""
    key: bytes | None
    value: bytes | None
    """None is a tombstone."""
    read_headers: Callable[[], list[tuple[str, bytes | None]] | None] = _no_headers

    @property
    def headers(self) -> dict[str, bytes]:
        """Its headers, read when they are asked for; of one given twice the last."""
        return {name: value for name, value in self.read_headers() or () if value is not None}

    @property
    def position(self) -> LogPosition:
        """Where it lies."""
        return LogPosition(self.topic, self.partition, self.offset)

    @classmethod
    def of_message(cls, message: Message) -> "Record":
        """The record of a message that is no error."""
        return cls._make(
            (
                message.topic(),
                message.partition(),
                message.offset(),
                message.timestamp()[1],
                message.key(),
                message.value(),
                message.headers,
            )
        )


class Out(NamedTuple):
    """One record to write. The partition is always chosen by us."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    """None erases what the key said before."""
    headers: Headers
    timestamp_ms: int
    """UTC milliseconds."""
