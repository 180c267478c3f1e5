"""What the faces of the platform see of it: answers, alerts as they stand, timelines; and who looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schemas.actions import AlertAction, AlertState
from schemas.alerts import Alert
from schemas.problems import Problem
from schemas.sightings import Sighting

Position = tuple[int, ...]
"""How far somebody has come in a stream: a number for each part of the log, on every replica the same. The embedded log
is one part; of Kafka every partition is one."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: until sign-in exists, the clearly marked local identity."""

    name: str = "local"
    role: str = "coordinator"
    region: str | None = None
    """The unit: a police unit id or one of ``processors.scope``; None sees the whole country."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one published event: ``accepted``, ``duplicate`` or ``rejected`` with its problems."""

    status: str
    event_id: str | None = None
    problems: tuple[Problem, ...] = ()


class Chance(NamedTuple):
    """How long the chance to meet a subject where it arrived may last (``processors.chance``)."""

    earlier_ms: tuple[int, ...] = ()
    """How long earlier stays lasted, from arrival to the next arrival elsewhere, oldest first."""
    typical_ms: int | None = None
    """How long one lasts; None where that is not known."""
    is_over: bool = False
    """It was seen elsewhere since."""


UNKNOWN_CHANCE = Chance()


class Track(NamedTuple):
    """Of the alerts that share one trait: how many were closed with an outcome, and how many of those were acted on."""

    trait: str
    """``rule`` (kind and class of evidence), ``source`` (of the arrival) or ``unit`` (of the arrival)."""
    closed: int
    acted_on: int


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert as it stands: its last message, when it was first raised, and how it is handled."""

    alert: Alert
    raised_at: int
    position: int
    """Of its last message in the alert stream; grows with every message."""
    state: AlertState
    active: bool
    """Raised or revised, and neither withdrawn nor settled."""


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Filters of the alert list; None does not filter. ``since`` is UTC ms of ``known_at``."""

    status: str | None = None
    """``raised``, ``revised``, ``withdrawn``, ``active``, or a handling state."""
    kind: str | None = None
    unit: str | None = None
    """Police unit id or country code of either end."""
    to: str | None = None
    subject: str | None = None
    attention: str | None = None
    since: int | None = None
    limit: int = 50
    cursor: str | None = None
    owner: str | None = None
    """Whose it is."""
    unowned: bool | None = None
    offered_to: str | None = None
    """The unit that is asked to take it."""
    offered: bool | None = None
    """Whether a unit is asked to take it."""
    involving: str | None = None
    """A police unit: either end, or the unit that has it or is asked to take it."""
    pushed: bool | None = None
    """Whether it asks for attention by itself (``Alert.pushed``)."""
    cross_border: bool | None = None
    put_aside: bool | None = None
    """Whether a coordinator snoozed or closed it; what was withdrawn was not put aside."""
    closed: bool | None = None
    """Whether nothing is left to do, withdrawn ones included."""
    ids: tuple[str, ...] | None = None
    """Only these alerts; at most 200."""
    until: int | None = None
    """UTC ms of ``known_at``: only what was known before."""
    withdrawn_since: int | None = None
    """UTC ms: what was withdrawn earlier is left out."""
    subject_kind: str | None = None
    evidence: tuple[int, ...] | None = None
    """Any of these classes."""
    certainty: str | None = None
    novelty: str | None = None
    cross_region: bool | None = None
    source: str | None = None
    """Of the arrival."""
    repeat: bool | None = None
    historical: bool | None = None
    handled_since: int | None = None
    """UTC ms: its handling changed then or later."""
    waiting_since: int | None = None
    """UTC ms: asks for somebody since then or longer, and nobody has it (``processors.escalation``)."""


class Streamed(NamedTuple):
    """One message of the alert stream."""

    reached: Position
    """Where somebody stands who has heard it, and whatever else was heard before."""
    position: int
    """As ``AlertView.position``."""
    alert: Alert


@dataclass(frozen=True, slots=True)
class HandlingStep:
    """One change of how an alert is handled; ``action`` is None where DESK did it by itself."""

    state: AlertState
    action: AlertAction | None


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One page, newest ``known_at`` first; ``next`` is the cursor of the following page or None."""

    items: tuple[AlertView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class CardMember:
    """One alert on a card, and what it takes to say why it changed."""

    view: AlertView
    before: Alert | None
    """The message before its last one, where there is one and it is still held."""
    successor: Alert | None
    """The last message of the alert that superseded it."""
    chance: Chance = UNKNOWN_CHANCE


@dataclass(frozen=True, slots=True)
class CardView:
    """One card of the list: all that one arrival event brought about, and how often that was repeated."""

    card_id: str
    at: int
    """UTC ms of ``known_at``: when it last had news (``processors.cards``)."""
    members: tuple[CardMember, ...]
    """The alerts of its own arrival event, withdrawn ones included, in the order in which they were first told."""
    repeats: int = 0
    """Later arrival events that only repeated it."""


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page, freshest first; ``next`` is the cursor of the following page or None."""

    items: tuple[CardView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ListChoices:
    """What occurs in the alerts there are, to choose from: names of owners and sources, sorted, at most 200 of each."""

    owners: tuple[str, ...]
    sources: tuple[str, ...]


class Called(NamedTuple):
    """A subject of some alias, and the newest of its alerts."""

    subject: str
    subject_kind: str
    alert: Alert


@dataclass(frozen=True, slots=True)
class SilentSource:
    """A source that is quiet for longer than its rhythm explains (``processors.rhythm``)."""

    source: str
    type: str
    last_heard_at: int
    """UTC ms."""


@dataclass(frozen=True, slots=True)
class StayView:
    """A stretch of a subject's window spent in one place, UTC ms."""

    place: str
    first_seen: int
    last_seen: int


class Contact(NamedTuple):
    """That somebody of another unit met a subject: for who does not see more of it."""

    day: int
    """UTC ms: the beginning of that day."""
    unit: str
    """Police unit id, abroad the country code."""
    type: str
    """Of the event."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is known of a subject, oldest first, complete for everything known before ``complete_until`` (UTC ms)."""

    subject: str
    subject_kind: str | None
    sightings: tuple[Sighting, ...]
    struck: tuple[Sighting, ...]
    stays: tuple[StayView, ...]
    complete_until: int
    followed: bool
    """Vehicles: whether passages are being kept now."""
    contacts: tuple[Contact, ...] = ()
    """What the viewer does not see of it, as no more than contacts, oldest first."""


class Conflict(Exception):
    """Somebody else was first; ``current`` is what is so now."""

    def __init__(self, current: AlertState) -> None:
        super().__init__("the alert was changed by somebody else in the meantime")
        self.current = current


class CannotResume(Exception):
    """A stream cannot go on from a position: alerts after it are not held any more, or it is none of this stream."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """``too_old`` or ``unknown``."""


class Refused(Exception):
    """The request cannot be done, for the problems told; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class Unavailable(Exception):
    """The platform cannot do it now (disk full, rebuilding after a failure): nothing was lost, ask again later.

    ``answered`` are the answers that are durable of a publish that got part of the way, in order from its first line.
    """

    def __init__(self, why: str, *, retry_after_s: int = 5, answered: Sequence[Answer] = ()) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s
        self.answered = tuple(answered)


class NoHistory(Unavailable):
    """What only the history knows cannot be told: there is none here, or it cannot be asked now."""
