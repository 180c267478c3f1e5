"""How long each row may be kept, and until when it may be read without naming its subject (DESIGN section 5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from schemas.reports import Report

FOREVER = 7_258_118_400_000
"""2200-01-01, UTC ms: later times do not fit the engine's type."""


class Span(NamedTuple):
    """How long after it occurred (ms) something is kept, and how long any question may read it."""

    kept_ms: int
    open_ms: int


class Until(NamedTuple):
    """UTC ms: the end of keeping, and the end of reading by any but a targeted query."""

    kept: int
    open: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The policy in force, as the history needs it."""

    of_report: Callable[[Report], Span | None]
    """Of an event; None for one that the policy says nothing of, such as a withdrawal."""
    of_type: Mapping[str, Span]
    """Of what follows from an event of the type: sightings, alerts, receipts."""
    dead_letters_ms: int

    def until_report(self, at: int, report: Report) -> Until:
        """The ends for a report of the time ``at`` (UTC ms)."""
        return _until(at, self.of_report(report) or self.of_type.get(report.type, self._of_anything))

    def until_by_type(self, at: int, type_: str | None) -> Until:
        """The ends for what follows from an event of this type."""
        return _until(at, self.of_type.get(type_ or "", self._of_anything))

    def until_handled(self, at: int) -> Until:
        """The ends for what coordinators did and said."""
        return _until(at, self._of_anything)

    def until_dead_letter(self, at: int) -> Until:
        """The ends for a dead letter."""
        return _until(at, Span(self.dead_letters_ms, self.dead_letters_ms))

    @property
    def _of_anything(self) -> Span:
        """Kept as long as the longest, open as long as the shortest."""
        spans = self.of_type.values()
        return Span(max(span.kept_ms for span in spans), min(span.open_ms for span in spans))


def _until(at: int, span: Span) -> Until:
    kept = min(at + span.kept_ms, FOREVER)
    return Until(kept, min(at + span.open_ms, kept))
