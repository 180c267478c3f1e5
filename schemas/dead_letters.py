"""The dead letter: that something could not be processed and why, with no identifier in it of what was sent."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from schemas.positions import LogPosition
from schemas.problems import Problem
from schemas.reports import EventType
from schemas.times import DAY_MS, format_time

HELD_MS = 30 * DAY_MS
"""How long what is held may be kept; the rest of a letter may be kept longer."""


class Fault(StrEnum):
    """Why something ended here."""

    REFUSED = "refused"
    """It was read, and its problems say what is wrong with it."""
    UNDECODABLE = "undecodable"
    """Its bytes are no message of their topic; who published it must send it again."""
    TOO_LARGE = "too_large"
    FAILED = "failed"
    """It was right, but a role could not process it: a fault of the platform."""


class Remedy(StrEnum):
    """What can be done about it."""

    REDRIVE = "redrive"
    """What is held of it can be tried again, once its reason has passed."""
    RESEND = "resend"
    """Nothing of it is held: who published it must send it again."""
    CORRECT = "correct"
    """Who published it must send it again without what its problems name."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What is left of a message that was given up. ``redacted`` makes one that may be kept."""

    fault: Fault
    role: str
    """Which role gave it up: ``gateway``, ``intake``, ``register`` and so on."""
    known_at: int
    """UTC ms; a refused passage tells the day only."""
    type: str | None = None
    """This, ``source`` and ``event_id`` only where they were valid."""
    source: str | None = None
    event_id: str | None = None
    problems: tuple[Problem, ...] = ()
    position: LogPosition | None = None
    """Where in the source log it lies; None for what came by HTTP or file."""
    held: str | None = None
    """What was refused for a reason that can pass, to try it again: JSON, tokens for identifiers, at most 200 KiB."""

    def remedy(self, now: int) -> Remedy:
        """What can be done about it at ``now`` (UTC ms)."""
        if self.held is not None and now < self.held_until:
            return Remedy.REDRIVE
        return Remedy.CORRECT if self.fault is Fault.REFUSED else Remedy.RESEND

    @property
    def held_until(self) -> int:
        """When what is held of it has to be destroyed (UTC ms)."""
        return self.known_at + HELD_MS

    def redacted(self) -> "DeadLetter":
        """What may be kept: a refused passage leaves line, source, codes and messages only (DESIGN section 4)."""
        if self.type != EventType.VEHICLE:
            return self
        problems = tuple(Problem(problem.code, problem.message) for problem in self.problems)
        return replace(
            self, event_id=None, problems=problems, known_at=self.known_at - self.known_at % DAY_MS, held=None
        )

    def as_json(self) -> dict[str, Any]:
        """The JSON form of an export; absent fields are left out."""
        told: dict[str, Any] = {
            "fault": str(self.fault),
            "role": self.role,
            "known_at": format_time(self.known_at),
        }
        for name in ("type", "source", "event_id"):
            if getattr(self, name) is not None:
                told[name] = getattr(self, name)
        if self.problems:
            told["problems"] = [problem.as_json() for problem in self.problems]
        if self.position is not None:
            told["position"] = self.position.as_json()
        if self.held is not None:
            told["held"] = self.held
        return told
