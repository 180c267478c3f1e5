"""What a step of the heart changes: the messages a runtime must make durable, in one transaction with the report."""

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.alerts import Alert
from schemas.reports import EventKey, Rank, Report
from schemas.sightings import Sighting


@dataclass(frozen=True, slots=True)
class Entry:
    """What REGISTER remembers of an event: the winning revision and every rank it was shown."""

    rank: Rank
    seen: tuple[Rank, ...]
    known_at: int
    """Of the winning revision."""
    report: Report | None
    """The winning revision if it counts, else None."""


@dataclass(frozen=True, slots=True)
class EntryPut:
    """REGISTER now remembers this of the event."""

    key: EventKey
    entry: Entry


@dataclass(frozen=True, slots=True)
class EntryDropped:
    """REGISTER forgets the event, its reports are to be destroyed: past its term, or a passage no longer followed."""

    key: EventKey


@dataclass(frozen=True, slots=True)
class SightingGiven:
    """The subject has (or now has in this form) the sighting."""

    subject: str
    subject_kind: str
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class SightingTaken:
    """The subject no longer has the sighting."""

    subject: str
    subject_kind: str
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class Follow:
    """A coordinator's follow of a vehicle, from ``since`` until ``until`` (UTC ms)."""

    token: str
    since: int
    until: int
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class FollowPut:
    """The coordinator's follow of this vehicle is now so."""

    follow: Follow


@dataclass(frozen=True, slots=True)
class FollowDropped:
    """The coordinator's follow of this vehicle is over."""

    token: str


@dataclass(frozen=True, slots=True)
class FollowedEnded:
    """Nothing follows this vehicle any more: passages with ``known_at`` < ``ended_at`` never count again."""

    token: str
    ended_at: int


@dataclass(frozen=True, slots=True)
class Strike:
    """A coordinator took a sighting out of a subject's set, with a reason."""

    subject: str
    event: EventKey
    reason: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class StrikePut:
    """The sighting is struck from the subject."""

    strike: Strike


@dataclass(frozen=True, slots=True)
class StrikeDropped:
    """The strike is taken back."""

    subject: str
    event: EventKey


Change = (
    EntryPut
    | EntryDropped
    | SightingGiven
    | SightingTaken
    | FollowPut
    | FollowDropped
    | FollowedEnded
    | StrikePut
    | StrikeDropped
)


class Verdict(StrEnum):
    """What became of a report at REGISTER."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    """Exactly this revision was seen before."""
    OUTRANKED = "outranked"
    """New to us, but another revision of the event wins."""


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of one message: what became of it, what is told (in its order), and what changes."""

    verdict: Verdict
    alerts: tuple[Alert, ...] = ()
    changes: tuple[Change, ...] = field(default=())
