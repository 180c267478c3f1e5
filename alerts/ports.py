"""What the gateway, the API and the console need of a runtime. Every read of personal data names its Viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.problems import Problem
from schemas.sightings import Sighting


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: until sign-in exists, the clearly marked local identity."""

    name: str = "local"
    role: str = "coordinator"
    region: str | None = None
    """A police unit id; None sees the whole country."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one published event: ``accepted``, ``duplicate`` or ``rejected`` with its problems."""

    status: str
    event_id: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert as it stands: its last message, when it was first raised, how it is handled, where it stands in the log."""

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


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One page, newest ``known_at`` first; ``next`` is the cursor of the following page or None."""

    items: tuple[AlertView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class StayView:
    """A stretch of a subject's window spent in one place, UTC ms."""

    place: str
    first_seen: int
    last_seen: int


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


class Conflict(Exception):
    """Somebody else was first; ``current`` is what is so now."""

    def __init__(self, current: AlertState) -> None:
        super().__init__("the alert was changed by somebody else in the meantime")
        self.current = current


class Refused(Exception):
    """The request cannot be done, for the problems told; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class Platform(Protocol):
    """A runtime as its faces see it. Calls block (call them from a worker thread) and are safe from many threads."""

    def publish(self, lines: Sequence[bytes]) -> list[Answer]:
        """Judge and store the events, an answer each, in order. When it returns, what it accepted survives kill -9."""
        ...

    def alerts(self, query: AlertQuery, viewer: Viewer) -> AlertPage:
        """One view per alert, newest ``known_at`` first. Raises Refused for a cursor that is none of ours."""
        ...

    def alert(self, alert_id: str, viewer: Viewer) -> AlertView | None:
        """One alert as it stands."""
        ...

    def alert_messages(self, alert_id: str, viewer: Viewer) -> list[Alert]:
        """Every message of one alert, oldest first."""
        ...

    def alerts_after(self, position: int, limit: int, viewer: Viewer) -> list[tuple[int, Alert]]:
        """Alert messages after ``position``, in order, each once, with their positions (> 0, growing)."""
        ...

    def stream_bounds(self) -> tuple[int, int]:
        """(oldest position still held, newest position); (1, 0) when there is none yet."""
        ...

    def wait_for_alerts(self, position: int, timeout_s: float) -> bool:
        """Block until there is a message after ``position``; False when the time is over."""
        ...

    def act_on_alert(self, action: AlertAction, viewer: Viewer) -> AlertState:
        """What DESK decided. Raises Conflict or Refused. The same ``action_id`` again answers the same again."""
        ...

    def act_on_subject(self, action: SubjectAction, viewer: Viewer) -> dict[str, Any]:
        """Do it and say what is now so. Raises Refused."""
        ...

    def timeline(self, subject: str, viewer: Viewer) -> Timeline | None:
        """What is known of the subject, or None."""
        ...

    def lookup(self, identifier: dict[str, Any], purpose: str, viewer: Viewer) -> Timeline | None:
        """Tokenise the identifier in memory and answer as ``timeline``. Raises Refused; keeps nothing of it.

        ``identifier`` holds exactly one of ``bvh_person``, ``document``, ``name``, ``phone``, ``vehicle``, ``photo``.
        """
        ...

    def readiness(self) -> dict[str, Any]:
        """Whether it works, and the hashes of rules, policy and signals in force."""
        ...
