"""How often each source is heard, as the history tells it: of the reports that were taken in."""

from collections.abc import Callable
from typing import NamedTuple

from processors.rhythm import ENDED_MS, FORTNIGHT_MS, Rhythm
from sinks.store import Store

_ASKED_MS = ENDED_MS + 2 * FORTNIGHT_MS
"""A source that was not heard for ENDED_MS is none any more; before that two fortnights count."""
_MS = "toUnixTimestamp64Milli"

_RHYTHMS = f"""
WITH intDiv(at, {FORTNIGHT_MS}) AS fortnight
SELECT source, type, min(at), max(at), maxIf(silence, fortnight = latest), maxIf(silence, fortnight = latest - 1)
FROM (
    SELECT source, type, at, at - lagInFrame(at, 1, at) OVER before AS silence,
        intDiv(max(at) OVER (PARTITION BY source, type), {FORTNIGHT_MS}) AS latest
    FROM (
        SELECT DISTINCT source, type, {_MS}(known_at) AS at FROM events
        WHERE known_at > fromUnixTimestamp64Milli({{since:Int64}}, 'UTC')
    )
    WINDOW before AS (PARTITION BY source, type ORDER BY at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
GROUP BY source, type
ORDER BY source, type
"""  # noqa: S608 - numbers and names of ours


class HeardSource(NamedTuple):
    """One kind of events from one source, and its rhythm."""

    source: str
    type: str
    rhythm: Rhythm


def rhythms_of(store: Store, now: Callable[[], int]) -> list[HeardSource]:
    """The rhythm of each source that was heard of late. ``now``: UTC ms. Raises StoreFailed."""
    rows = store.query(_RHYTHMS, {"since": now() - _ASKED_MS})
    return [HeardSource(source, type_, Rhythm(*rhythm)) for source, type_, *rhythm in rows]
