"""What the history takes from a log: the streams, and the messages that are not contracts elsewhere."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.dead_letters import DeadLetter
from schemas.decisions import SubjectState
from schemas.following import Destroyed
from schemas.positions import LogPosition
from schemas.receipts import Receipt
from schemas.reports import EventKey, Report
from schemas.sightings import Sighting


class Stream(StrEnum):
    """The streams of the log, in the order in which a round reads them: what is destroyed goes first."""

    DESTROYED = "destroyed"
    REPORTS = "reports"
    SIGHTINGS = "sightings"
    ALERTS = "alerts"
    ALERT_STATES = "alert_states"
    ACTIONS = "actions"
    SUBJECT_STATES = "subject_states"
    RECEIPTS = "receipts"
    DEAD_LETTERS = "dead_letters"


@dataclass(frozen=True, slots=True)
class SightingMove:
    """A subject was given a sighting, or had it taken away, at ``changed_at`` (UTC ms): a fact with a version."""

    given: bool
    subject: str
    subject_kind: str
    sighting: Sighting
    changed_at: int
    via: str = ""
    """The document that passes it on; empty where the event names the subject itself."""
    version: int | None = None
    """Of what is said of a subject, an event and a way the highest counts; None: the position."""
    kept_until: int = 0
    """UTC ms; 0: as long as the policy says now."""


Message = (
    Report
    | SightingMove
    | Alert
    | AlertState
    | AlertAction
    | SubjectAction
    | SubjectState
    | Receipt
    | DeadLetter
    | EventKey
    | Destroyed
)


class Recorded(NamedTuple):
    """A message with its place in a log; the positions of a partition only grow."""

    position: int
    message: Message
    partition: int = 0
    topic: str = ""
    """Empty: the embedded log, which has one partition of every stream."""
    about: LogPosition | None = None
    """Of a receipt: the record that it is about."""
    name: str = ""
    """Of a dead letter: its key, which tells what was given up; of a state of an alert: the request that it answers."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one stream of the embedded log, in order, up to and including ``last``."""

    stream: Stream
    messages: Sequence[Recorded]
    last: int
    complete_until: int = field(default=0)
    """UTC ms: with this batch the history holds all that was known before; 0 says nothing."""


class LogView(Protocol):
    """One moment of the log."""

    @property
    def taken_at(self) -> int:
        """When it was taken (UTC ms): everything known before is in it."""
        ...

    def newest(self) -> Mapping[Stream, int]:
        """The highest position ever given in each stream; 0 where there is none yet."""
        ...

    def read(self, stream: Stream, after: int, limit: int) -> list[Recorded]:
        """The next messages after a position, in order. What was destroyed is not among them."""
        ...


class LogReader(Protocol):
    """The log as the feeder needs it; ``view`` may be asked for again and again."""

    def view(self) -> AbstractContextManager[LogView]:
        """A moment of the log, which does not change while it is open."""
        ...
