"""What the feeder reads of the log: the streams, and the messages that are not contracts elsewhere."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.dead_letters import DeadLetter
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
    RECEIPTS = "receipts"
    DEAD_LETTERS = "dead_letters"


@dataclass(frozen=True, slots=True)
class SightingMove:
    """A subject was given a sighting, or had it taken away, at ``changed_at`` (UTC ms)."""

    given: bool
    subject: str
    subject_kind: str
    sighting: Sighting
    changed_at: int


Message = Report | SightingMove | Alert | AlertState | AlertAction | SubjectAction | Receipt | DeadLetter | EventKey


class Recorded(NamedTuple):
    """A message with its place in its stream; positions only grow."""

    position: int
    message: Message


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one partition of one stream, in order, up to and including ``last``."""

    stream: Stream
    messages: Sequence[Recorded]
    last: int
    partition: int = 0
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
