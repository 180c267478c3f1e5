"""What the gateway, the API and the console need of a runtime. Every read of personal data names its Viewer."""

from collections.abc import Sequence
from typing import Any, Protocol

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.dossiers import Companion, Dossier
from schemas.views import (
    AlertPage,
    AlertQuery,
    AlertView,
    Answer,
    Conflict,
    HandlingStep,
    Refused,
    StayView,
    Timeline,
    Unavailable,
    Viewer,
)

__all__ = [
    "AlertPage",
    "AlertQuery",
    "AlertView",
    "Answer",
    "Conflict",
    "HandlingStep",
    "Platform",
    "Refused",
    "StayView",
    "Timeline",
    "Unavailable",
    "Viewer",
]


class Platform(Protocol):
    """A runtime as its faces see it. Calls block (call them from a worker thread) and are safe from many threads."""

    def publish(self, lines: Sequence[bytes]) -> list[Answer]:
        """Judge and store the events, an answer each, in order. When it returns, what it accepted survives kill -9.

        Raises Unavailable (a 503 with its ``retry_after_s``) when that cannot be promised now.
        """
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

    def alert_counts(self, queries: Sequence[AlertQuery], viewer: Viewer) -> list[int]:
        """How many alerts each query finds, counted up to 1,000; ``limit`` and ``cursor`` are ignored."""
        ...

    def alert_handling(self, alert_id: str, viewer: Viewer) -> list[HandlingStep]:
        """Every change of how an alert was handled, oldest first."""
        ...

    def states_after(self, position: int, limit: int, viewer: Viewer) -> list[tuple[int, AlertState]]:
        """What DESK decided after ``position``, in order, with positions of their own (> 0, growing)."""
        ...

    def newest_state(self) -> int:
        """The position of what DESK decided last; 0 when there is nothing yet."""
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

    def companions(self, subject: str, viewer: Viewer) -> tuple[Companion, ...]:
        """Who and what shares counting events with the subject, one hop away, the most met first; bounded."""
        ...

    def dossier(self, subject: str, viewer: Viewer) -> Dossier | None:
        """When its records go, how it is followed, why sightings were struck; None where ``timeline`` knows nothing."""
        ...

    def readiness(self) -> dict[str, Any]:
        """Whether it works, and the hashes of rules, policy and signals in force."""
        ...
