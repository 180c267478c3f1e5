"""Which topics the history stores, and what their records are to it: messages, or why nothing of them is stored."""

from collections.abc import Callable
from typing import NamedTuple

from schemas.actions import AlertState
from schemas.dead_letters import DeadLetter, Fault
from schemas.positions import LogPosition
from schemas.receipts import Receipt
from schemas.sightings import SubjectSighting
from schemas.undecodable import Reason, Undecodable
from sinks.messages import Message, Recorded, SightingMove, Stream
from sinks.shared_log import TOMBSTONE, Taken
from streams.kafka.headers import ACTION, CAUSE, ORIGIN
from streams.kafka.records import Record
from streams.kafka.wire import Decode, Wire
from streams.topic import Cleanup, Topic, named
from streams.topics import (
    ALERT_ACTIONS,
    ALERT_STATES,
    ALERTS,
    DEAD_LETTERS,
    DESTROYED,
    EVENTS,
    RECEIPTS,
    SIGHTINGS,
    SUBJECT_ACTIONS,
    SUBJECT_STATES,
)

STREAMS: tuple[tuple[Topic, Stream], ...] = (
    (DESTROYED, Stream.DESTROYED),
    *((topic, Stream.REPORTS) for topic in EVENTS.values()),
    *((topic, Stream.SIGHTINGS) for topic in SIGHTINGS.values()),
    (ALERTS, Stream.ALERTS),
    (ALERT_STATES, Stream.ALERT_STATES),
    (ALERT_ACTIONS, Stream.ACTIONS),
    (SUBJECT_ACTIONS, Stream.ACTIONS),
    (SUBJECT_STATES, Stream.SUBJECT_STATES),
    (RECEIPTS, Stream.RECEIPTS),
    (DEAD_LETTERS, Stream.DEAD_LETTERS),
)
"""Every topic that ends in the history, and as what."""

OF_DOCUMENT = "of_document"
"""It is told to the keeper of a document, which says to the subject what follows."""
HANDED_DOWN = "handed_down"
"""A state that an alert inherits; what DESK makes of it is on ``alert-states``."""


class StoredTopic(NamedTuple):
    """One topic as it is stored."""

    topic: Topic
    stream: Stream
    decode: Decode

    @property
    def is_compacted(self) -> bool:
        """Whether offsets go missing without a loss."""
        return self.topic.cleanup is not Cleanup.DELETE


class StoredTopics:
    """Turns records into what the history takes."""

    def __init__(self, wire: Wire, prefix: str, now: Callable[[], int]) -> None:
        """``now``: UTC ms, of dead letters."""
        self._now = now
        self.prefix = prefix
        self.topics = {topic.name: topic for topic, _ in STREAMS}
        """By the name that we know."""
        self.by_name = {
            named(prefix, topic): StoredTopic(topic, stream, wire.decoder(topic)) for topic, stream in STREAMS
        }
        """By the name that brokers know."""

    def taken(self, record: Record, epoch: int = 0) -> Taken:
        """What a record is to the history. Raises Unresolved where waiting helps."""
        stored = self.by_name[record.topic]
        position = LogPosition(stored.topic.name, record.partition, record.offset)
        size = len(record.value or b"")
        if record.value is None:
            return Taken(position, size, stored.stream, dropped=TOMBSTONE, epoch=epoch)
        try:
            message = stored.decode(record.value)
        except Undecodable as fault:
            return Taken(position, size, stored.stream, letter=self._letter(position, fault), epoch=epoch)
        dropped, message = _stored_as(stored.stream, message)
        if dropped:
            return Taken(position, size, stored.stream, dropped=dropped, epoch=epoch)
        recorded = Recorded(
            position.offset,
            message,
            position.partition,
            position.topic,
            self._about(record, message),
            _name(stored.stream, record),
        )
        return Taken(position, size, stored.stream, recorded, epoch=epoch)

    def _letter(self, position: LogPosition, fault: Undecodable) -> DeadLetter:
        kind = Fault.TOO_LARGE if fault.reason is Reason.TOO_LARGE else Fault.UNDECODABLE
        return DeadLetter(kind, "sink", self._now(), position=position)

    def _about(self, record: Record, message: object) -> LogPosition | None:
        if not isinstance(message, Receipt):
            return None
        headers = record.headers
        told = headers.get(CAUSE) or headers.get(ORIGIN)
        return message.position if told is None else position_in(told, self.prefix)


def _stored_as(stream: Stream, message: object) -> tuple[str, Message]:
    if isinstance(message, SubjectSighting):
        return OF_DOCUMENT if message.is_document else "", _moved(message)
    if stream is Stream.ACTIONS and isinstance(message, AlertState):
        return HANDED_DOWN, message
    return "", message  # type: ignore[return-value]  # what these topics hold


def _moved(told: SubjectSighting) -> SightingMove:
    return SightingMove(
        not told.taken,
        told.subject,
        told.subject_kind,
        told.sighting,
        told.changed_at or told.sighting.known_at,
        told.via or "",
        told.version,
        told.kept_until,
    )


def _name(stream: Stream, record: Record) -> str:
    if stream is Stream.DEAD_LETTERS:
        return (record.key or b"").decode("utf-8", "replace")
    if stream is Stream.ALERT_STATES:
        return record.headers.get(ACTION, b"").decode("utf-8", "replace")
    return ""


def position_in(told: bytes, prefix: str = "") -> LogPosition | None:
    """The position that a header tells: ``topic/partition/offset``, without the prefix of a shared cluster."""
    topic, _, rest = told.decode("utf-8", "replace").removeprefix(prefix).partition("/")
    partition, _, offset = rest.partition("/")
    if not (topic and partition.isdecimal() and offset.isdecimal()):
        return None
    return LogPosition(topic, int(partition), int(offset))
