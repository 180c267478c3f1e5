"""What a subject's own page needs besides its timeline: whom it was met with, how it is followed, when records go."""

from dataclasses import dataclass
from typing import NamedTuple

from schemas.reports import EventKey
from schemas.sightings import Sighting
from schemas.views import StayView


@dataclass(frozen=True, slots=True)
class Companion:
    """A subject that shares counting events with another: never merged with it. Times are UTC ms."""

    subject: str
    subject_kind: str
    events: int
    """How many they share."""
    first_at: int
    last_at: int
    stays: tuple[StayView, ...]
    """Its own, whoever else was there."""
    transit: tuple[StayView, ...] = ()
    """Where it passed without a stay, a moment each."""


@dataclass(frozen=True, slots=True)
class Retained:
    """The records of one type of event under one term: how many, and when the law has them go (UTC ms)."""

    type: str
    records: int
    first_goes_at: int
    last_goes_at: int
    targeted_from: int | None
    """From when the oldest is shown to targeted queries only; None where the policy knows no such limit."""


@dataclass(frozen=True, slots=True)
class FollowedUntil:
    """A coordinator's follow of a vehicle."""

    since: int
    until: int
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """A coordinator ended the follow of a vehicle, whoever had asked for it (UTC ms)."""

    at: int
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class StruckBecause:
    """Why a sighting was struck from a subject, by whom and when (UTC ms)."""

    event: EventKey
    reason: str
    by: str
    at: int


class Known(NamedTuple):
    """One sighting that a history holds of a subject. Times are UTC milliseconds."""

    sighting: Sighting
    kind: str
    """The subject's."""
    kept_until: int
    open_until: int
    """After it only targeted queries show it."""
    struck: StruckBecause | None = None
    """A coordinator took it out."""


class Met(NamedTuple):
    """Another subject that a history's counting events of this one name, too. Times are UTC milliseconds."""

    subject: str
    kind: str
    events: int
    first_at: int
    last_at: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is so around a subject."""

    retained: tuple[Retained, ...]
    follow: FollowedUntil | Unfollowed | None
    """What coordinators last asked; None: nothing, or it ended by itself and is not kept."""
    struck: tuple[StruckBecause, ...]
