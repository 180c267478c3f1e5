"""The receipt: what became of an event, told to who published it (DESIGN section 3)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemas.positions import LogPosition
from schemas.problems import Problem
from schemas.reports import EventType
from schemas.times import format_time


class Became(StrEnum):
    """What can become of an event."""

    ACCEPTED = "accepted"
    """A passage, whatever came of it: nobody may learn from an answer which plates are followed."""
    APPLIED = "applied"
    DUPLICATE = "duplicate"
    """Exactly this revision was seen before."""
    OUTRANKED = "outranked"
    """It is new, but another revision of the event wins."""
    REJECTED = "rejected"
    """Its problems say what to mend; then send it again."""
    UNDECODABLE = "undecodable"
    """It could not be read and was not kept: send it again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message of a publisher. Raises ValueError if it would tell what came of a passage."""

    became: Became
    known_at: int
    """UTC ms."""
    type: str | None = None
    """This, ``source``, ``event_id`` and ``revision`` only where they were valid."""
    source: str | None = None
    event_id: str | None = None
    revision: int | None = None
    problems: tuple[Problem, ...] = ()
    position: LogPosition | None = None
    """Where in the source log the event lies; None for one that came by HTTP or file."""

    def __post_init__(self) -> None:
        """A passage that could be read and is valid was accepted, and that is all."""
        if self.type == EventType.VEHICLE and self.became in _TELLING:
            raise ValueError("a receipt never tells what came of a passage")

    def as_json(self) -> dict[str, Any]:
        """The JSON form of an export; absent fields are left out."""
        told: dict[str, Any] = {"became": str(self.became), "known_at": format_time(self.known_at)}
        for name in ("type", "source", "event_id", "revision"):
            if getattr(self, name) is not None:
                told[name] = getattr(self, name)
        if self.problems:
            told["problems"] = [problem.as_json() for problem in self.problems]
        if self.position is not None:
            told["position"] = self.position.as_json()
        return told


_TELLING = (Became.APPLIED, Became.DUPLICATE, Became.OUTRANKED)
