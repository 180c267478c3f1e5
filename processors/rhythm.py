"""How often a source is heard, and so whether it is silent: what is not seen then is not absent."""

from typing import NamedTuple

from schemas.times import DAY_MS, HOUR_MS

FORTNIGHT_MS = 14 * DAY_MS
KNOWN_FOR_MS = DAY_MS
"""A source that was heard for less than this has no rhythm yet."""
SILENCE_MS_MIN = 6 * HOUR_MS
SILENCE_TIMES = 2
"""So many times the longest silence of the last two to four weeks is more than chance."""
ENDED_MS = 30 * DAY_MS
"""Silent for longer it is a source that was, and nobody waits for it."""


class Rhythm(NamedTuple):
    """When a source was heard first and last, and its longest silences. UTC ms and ms."""

    first_heard_at: int
    last_heard_at: int
    longest_ms: int = 0
    """The longest silence that ended in the present fortnight."""
    longest_before_ms: int = 0
    """The same of the fortnight before."""

    def heard(self, at: int) -> "Rhythm":
        """It was heard again; what comes out of order is as if it came at once."""
        gap_ms = at - self.last_heard_at
        if gap_ms <= 0:
            return self
        passed = at // FORTNIGHT_MS - self.last_heard_at // FORTNIGHT_MS
        longest = self.longest_ms if passed == 0 else 0
        before = (self.longest_before_ms, self.longest_ms, 0)[min(passed, 2)]
        return Rhythm(self.first_heard_at, at, max(longest, gap_ms), before)

    def is_silent(self, now: int) -> bool:
        """Whether it has been quiet for longer than its rhythm explains."""
        if self.last_heard_at - self.first_heard_at < KNOWN_FOR_MS:
            return False
        usual_ms = SILENCE_TIMES * max(self.longest_ms, self.longest_before_ms)
        return max(SILENCE_MS_MIN, usual_ms) < now - self.last_heard_at <= ENDED_MS
