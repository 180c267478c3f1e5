"""The fence: a process that stood still for longer than its session allows writes nothing more.

Whoever watches the group gave its work to somebody else by then (a stopped process, a machine that slept).
"""

import time
from collections.abc import Callable

from streams.kafka.ending import FENCED, end


def now_s() -> float:
    """Seconds since the machine was started, those it slept included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


HEARTBEATS = 6
"""So many go to the broker within a session."""


class Fence:
    """Touched again and again by what keeps the session alive; looked at before every write."""

    def __init__(self, session_s: float, *, clock: Callable[[], float] = now_s) -> None:
        """``session_s``: the broker gives up a member that it has not heard of for so long.

        The last it heard may be a whole heartbeat older than the last touch, so it may stand still for less.
        """
        self._still_max_s = session_s * (HEARTBEATS - 1) / HEARTBEATS
        self._clock = clock
        self._touched = clock()

    def touch(self) -> None:
        """The process runs. Ends it when it did not for too long: the gap must not go unnoticed."""
        self.check()
        self._touched = self._clock()

    def check(self) -> None:
        """Before a write: ends the process when the last touch is too long ago."""
        still_s = self._clock() - self._touched
        if still_s > self._still_max_s:
            end(FENCED, "fenced", still_s=round(still_s, 3), still_max_s=round(self._still_max_s, 3))
