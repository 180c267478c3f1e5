"""Points in time: UTC milliseconds inside, RFC 3339 outside (DESIGN section 4)."""

import re
from datetime import UTC, datetime

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|z|[+-]\d\d:\d\d)", re.ASCII
)
_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


def parse_time(text: str) -> int:
    """UTC milliseconds of an RFC 3339 time with an offset; what is finer than a millisecond is cut off.

    Raises ValueError for anything else, times before 1970 and leap seconds included.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 time with an offset")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    whole_ms = ((moment.toordinal() - _EPOCH_DAY) * 86_400 + hour * 3_600 + minute * 60 + second) * SECOND_MS
    fraction_ms = int((match[7] or "0").ljust(3, "0")[:3])
    at = whole_ms + fraction_ms - _offset_ms(match[8])
    if at < 0:
        raise ValueError("before 1970")
    return at


def _offset_ms(offset: str) -> int:
    if offset in "Zz":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError("not an offset")
    magnitude_ms = hours * HOUR_MS + minutes * MINUTE_MS
    return -magnitude_ms if offset[0] == "-" else magnitude_ms


def format_time(at: int) -> str:
    """RFC 3339 in UTC with milliseconds: ``2026-03-01T20:15:00.000Z``."""
    seconds, ms = divmod(at, SECOND_MS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"
