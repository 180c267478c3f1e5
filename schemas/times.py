"""Points in time: UTC milliseconds inside, RFC 3339 outside (DESIGN section 4)."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def parse_time(text: str) -> int:
    """UTC milliseconds of an RFC 3339 time with an offset; what is finer than a millisecond is cut off.

    Raises ValueError for anything else, times before 1970 and leap seconds included.
    """
    if _RFC3339.fullmatch(text) is None:
        raise ValueError("not an RFC 3339 time with an offset")
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("no such day or time of day") from None
    at = (moment - _EPOCH) // _MILLISECOND
    if at < 0:
        raise ValueError("before 1970")
    return at


def format_time(at: int) -> str:
    """RFC 3339 in UTC with milliseconds: ``2026-03-01T20:15:00.000Z``."""
    day, ms = divmod(at, DAY_MS)
    seconds, ms = divmod(ms, SECOND_MS)
    return f"{_day_text(day)}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}Z"


@lru_cache(maxsize=4096)
def _day_text(day: int) -> str:
    return f"{date.fromordinal(_EPOCH_ORDINAL + day):%Y-%m-%d}"
