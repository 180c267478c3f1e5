"""Named points at which a worker kills itself, for the fault suite: where a crash hurts most is hit on purpose."""

import os
import signal
from collections.abc import Callable, Mapping

POINTS = (
    "amid_produce",  # the first record of a batch is written, the others are not
    "after_produce",  # all is acknowledged, nothing committed
    "before_commit",
    "after_commit",
    "mid_restore",
    "after_restore",  # what the fold was told when it was whole is written
    "at_revocation",
)
CRASH = "RELOCATION_CRASH"
TESTING = "RELOCATION_TESTING"


class UnusableCrash(Exception):
    """What to write instead."""


class Crash:
    """``RELOCATION_CRASH=role:point:nth``: kill -9 when this role comes to this point for the nth time."""

    def __init__(self, point: str | None = None, nth: int = 1) -> None:
        """``point`` None: never."""
        self._point, self._left = point, nth

    def at(self, point: str, *, first: Callable[[], None] = lambda: None) -> None:
        """The worker is at this point; ``first`` is what must be done before it may die here."""
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            first()
            os.kill(os.getpid(), signal.SIGKILL)

    @classmethod
    def asked_for(cls, role: str, environment: Mapping[str, str]) -> "Crash":
        """What the environment asks of this role. Raises UnusableCrash where that is no test, or not understood."""
        told = environment.get(CRASH)
        if not told:
            return cls()
        if environment.get(TESTING) != "1":
            raise UnusableCrash(f"{CRASH} is set, which is for tests: unset it ({TESTING}=1 says that this is one)")
        named, _, rest = told.partition(":")
        point, _, nth = rest.partition(":")
        if point not in POINTS or not nth.isdigit():
            raise UnusableCrash(f"{CRASH} cannot be used: write role:point:nth; the points are {', '.join(POINTS)}")
        return cls(point, int(nth)) if named == role else cls()
