"""0-signals in the history: the places of municipalities' controls that are not reportable."""

from sinks.store import Store

_ZERO_SIGNALS = """
SELECT last.1 FROM (
    SELECT argMax(
        (place, occurred_at, standing, conducted_by, licensed, indicators), (revision, standing, digest)
    ) AS last
    FROM events WHERE type = 'control' AND dated_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND kept_until > fromUnixTimestamp64Milli({now:Int64}, 'UTC')
    GROUP BY type, source, event_id
)
WHERE last.3 = 0 AND last.4 = 'municipality' AND last.2 >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND NOT (ifNull(last.5, true) = false AND arrayExists(code -> code != 'unlicensed', last.6))
"""  # as processors.zero_signals


def zero_signal_places(store: Store, since: int, now: int) -> list[str]:
    """The place of each that occurred since then (UTC ms)."""
    return [str(place) for (place,) in store.query(_ZERO_SIGNALS, {"since": since, "now": now})]
