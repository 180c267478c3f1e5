"""What became of coordinators' requests: what RELOCATION did for a subject, and the answer that a request waits for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemas.actions import AlertState, SubjectAction
from schemas.problems import Problem
from schemas.times import format_time


@dataclass(frozen=True, slots=True)
class SubjectState:
    """A request about a subject that was done. In their order they are the strikes and follows of the subject."""

    action: SubjectAction
    followed: bool
    """Whether the vehicle is followed now."""

    def as_json(self) -> dict[str, Any]:
        """What is now so, for who asked for it."""
        action = self.action
        told: dict[str, Any] = {"action_id": action.action_id, "action": action.action, "subject": action.subject}
        told["followed"] = self.followed
        if action.action == "follow" and action.until is not None:
            told["until"] = format_time(action.until)
        if action.event is not None:
            told["event"] = action.event._asdict()
        return told


class Decided(StrEnum):
    """What became of a request."""

    DONE = "done"
    CONFLICT = "conflict"
    """Somebody else was first: the state is what is so now."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ActionAnswer:
    """The answer to one request; the same request again is answered the same."""

    action_id: str
    decided: Decided
    at: int
    """UTC ms."""
    problems: tuple[Problem, ...] = ()
    """Of one that was refused."""
    state: AlertState | None = None
    """Of an alert: what is so now."""
    followed: bool | None = None
    """Of a subject: whether the vehicle is followed now."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A setting that all processes must share, by a value that tells it apart without giving it away."""

    name: str
    value: str
