"""Dead letters: that an event was refused and why, with nothing in it of what was sent."""

from typing import Any

from processors.intake import Refusal

from schemas.reports import EventType
from schemas.times import DAY_MS, format_time


def dead_letter(refusal: Refusal, known_at: int) -> dict[str, Any]:
    """The redacted letter. A refused vehicle leaves its source, codes and messages only (DESIGN section 4)."""
    if refusal.type == EventType.VEHICLE:
        errors = [{"code": str(problem.code), "message": problem.message} for problem in refusal.problems]
        return _present(type=refusal.type, source=refusal.source, errors=errors)
    return _present(
        type=refusal.type,
        source=refusal.source,
        event_id=refusal.event_id,
        known_at=format_time(known_at),
        errors=[problem.as_json() for problem in refusal.problems],
    )


def kept_as_known(refusal: Refusal, known_at: int) -> int:
    """The time by which the letter is forgotten (UTC ms): a vehicle's tells the day only."""
    return known_at - known_at % DAY_MS if refusal.type == EventType.VEHICLE else known_at


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
