"""Time in the simulation: UTC milliseconds, and their RFC 3339 form."""

from datetime import UTC, datetime
from functools import lru_cache
from random import Random

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def between(rng: Random, early: float, late: float) -> int:
    """A moment or duration drawn evenly from a range."""
    return int(early + (late - early) * rng.random())


def written_time(at: int) -> str:
    """``2026-03-01T20:15:00.000Z``."""
    day, rest = divmod(at, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    return f"{_date(day)}T{hours:02d}:{minutes:02d}:{rest // SECOND:02d}.{rest % SECOND:03d}Z"


@lru_cache(maxsize=4_096)
def _date(day: int) -> str:
    return f"{datetime.fromtimestamp(day * 86_400, UTC):%Y-%m-%d}"


def is_weekend(at: int) -> bool:
    """Whether it is a Saturday or Sunday (the epoch was a Thursday)."""
    return (at // DAY + 3) % 7 >= 5
