"""Which vehicles are followed, as gateway and intake know it: what ``followed`` says, and what they just accepted."""

from schemas.following import Followed
from schemas.reports import EventType, Report
from schemas.times import SECOND_MS

AHEAD_MS = 60 * SECOND_MS
"""How long a vehicle counts as followed because what was accepted here names it: ``followed`` says so by then."""
_NAMERS = (EventType.CONTROL, EventType.BVH_MUTATION)


class FollowedPlates:
    """Whether a passage is a hit (DESIGN section 5). Times are UTC milliseconds."""

    def __init__(self) -> None:
        self._said: dict[str, Followed] = {}
        self._ahead: dict[str, int] = {}
        """Vehicles named by what was just accepted, and until when that counts."""

    def hear(self, followed: Followed) -> None:
        """A message of ``followed``, in the order of its log."""
        if followed.named or followed.asked_until is not None or followed.ended_at is not None:
            self._said[followed.token] = followed
        else:
            self._said.pop(followed.token, None)
        if followed.named:
            self._ahead.pop(followed.token, None)

    def accept(self, report: Report, now: int) -> None:
        """A report was just admitted here: vehicles that it names count as followed from ``now`` on."""
        if report.counts and report.type in _NAMERS:
            for token in report.vehicles:
                self._ahead.pop(token, None)
                self._ahead[token] = now + AHEAD_MS
            self._drop_old(now)

    def is_followed(self, token: str, known_at: int, now: int) -> bool:
        """Whether a passage of this vehicle, known at ``known_at`` and judged ``now``, is a hit."""
        said = self._said.get(token)
        if said is None:
            return self._is_ahead(token, now)
        return said.holds(known_at) or (self._is_ahead(token, now) and known_at >= (said.ended_at or 0))

    def _is_ahead(self, token: str, now: int) -> bool:
        return now < self._ahead.get(token, now)

    def _drop_old(self, now: int) -> None:
        """They lie in the order in which they end."""
        while self._ahead and self._ahead[oldest := next(iter(self._ahead))] <= now:
            del self._ahead[oldest]
