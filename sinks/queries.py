"""The one place that reads the history. Every read names its Viewer, and every read keeps to the legal terms.

What is past ``kept_until`` is read by nobody, whether or not the engine has dropped it already. What is past
``open_until`` (one year, DESIGN section 5) is read only by a question that names its subject.
"""

from collections.abc import Callable
from typing import Any

from processors.scope import scope_of
from schemas.problems import Code, Problem
from schemas.times import format_time
from schemas.views import AlertQuery, Refused, Viewer
from sinks.free import filters_at, require_select
from sinks.store import Row, Store

TABLE_ROWS_MAX = 10_000
"""Rows that a free question gets."""
LIMIT_MAX = 1_000

_MS = "toUnixTimestamp64Milli"

_SIGHTINGS = f"""
SELECT event_id, source, type, any(kind), any(seen.1) AS evidence, any(seen.2), max(seen.3),
    {_MS}(any(seen.4) AS occurred_at), {_MS}(any(seen.5)), {_MS}(any(seen.6)), any(seen.9)
FROM (
    SELECT event_id, source, type, any(subject_kind) AS kind,
        argMax((evidence, place, flagged, occurred_at, recorded_at, known_at, given, kept_until, unit), version) AS seen
    FROM sightings
    WHERE subject = {{subject:String}} AND changed_at <= fromUnixTimestamp64Milli({{as_of:Int64}}, 'UTC')
    GROUP BY event_id, source, type, via
)
WHERE seen.7 AND seen.8 > fromUnixTimestamp64Milli({{now:Int64}}, 'UTC')
    AND (event_id, source, type) NOT IN (
        SELECT event_id, event_source, event_type FROM subject_states FINAL
        WHERE subject = {{subject:String}} AND action IN ('strike', 'unstrike')
            AND at <= fromUnixTimestamp64Milli({{as_of:Int64}}, 'UTC')
        GROUP BY event_id, event_source, event_type HAVING argMax(action, position) = 'strike'
    )
GROUP BY event_id, source, type
ORDER BY occurred_at, indexOf(['presence', 'offer', 'passage'], evidence), event_id, source, type
"""  # noqa: S608 - names of ours
"""Of every way in which the event is told to the subject, the highest version; one that gives it is enough."""

_ALERT = (
    "revision",
    "status",
    "kind",
    "subject_kind",
    "subject",
    "from_place",
    "to_place",
    "from_unit",
    "to_unit",
    "from_last_seen",
    "arrived_at",
    "arrival_event_id",
    "arrival_source",
    "arrival_type",
    "evidence",
    "novelty",
    "certainty",
    "implausible",
    "repeat",
    "attention",
    "cross_region",
    "cross_border",
    "historical",
    "known_at",
    "reason",
    "superseded_by",
)
_FILTERS = ("status", "kind", "unit", "to", "subject", "attention")
_ALERT_TIMES = ("from_last_seen", "arrived_at", "known_at")


_LAST = "(revision, earliest)"
"""Of two messages of one revision the first in the log counts."""


def _last_said(column: str) -> str:
    value = f"{_MS}({column})" if column in _ALERT_TIMES else column
    return f"argMax({value}, {_LAST}) AS last_{column}"


_ALERTS = f"""
SELECT {", ".join(f"last_{column}" for column in _ALERT)}, alert_id, raised_at, handling, owner, acting_unit, outcome
FROM (
    SELECT alert_id, {", ".join(_last_said(column) for column in _ALERT)}, {_MS}(min(known_at)) AS raised_at,
        argMax(kept_until, {_LAST}) AS kept, argMax(open_until, {_LAST}) AS open
    FROM alerts
    WHERE known_at <= fromUnixTimestamp64Milli({{as_of:Int64}}, 'UTC')
        AND alert_id IN (SELECT alert_id FROM alerts WHERE {{subject:String}} IN ('', subject))
    GROUP BY alert_id
) AS said
LEFT JOIN (
    SELECT alert_id, argMax(handling, (version, earliest)) AS handling, argMax(owner, (version, earliest)) AS owner,
        argMax(unit, (version, earliest)) AS acting_unit, argMax(outcome, (version, earliest)) AS outcome
    FROM alert_states
    WHERE changed_at <= fromUnixTimestamp64Milli({{as_of:Int64}}, 'UTC')
    GROUP BY alert_id
) AS handled USING alert_id
WHERE kept > fromUnixTimestamp64Milli({{now:Int64}}, 'UTC')
    AND ({{subject:String}} != '' OR open > fromUnixTimestamp64Milli({{now:Int64}}, 'UTC'))
    AND {{unit:String}} IN ('', last_from_unit, last_to_unit) AND {{to:String}} IN ('', last_to_place)
    AND {{status:String}} IN ('', last_status, if(handling = '', 'new', handling))
    AND {{kind:String}} IN ('', last_kind) AND {{attention:String}} IN ('', last_attention)
    AND last_known_at >= {{since:Int64}}
    AND (empty({{scope:Array(String)}}) OR last_from_unit IN {{scope:Array(String)}}
        OR last_to_unit IN {{scope:Array(String)}} OR acting_unit IN {{scope:Array(String)}})
ORDER BY last_known_at DESC, alert_id
LIMIT {{limit:UInt32}}
"""  # noqa: S608 - names of ours

_STATS = """
SELECT place, period, sum(event) AS events, sum(sighting) AS sightings, sum(seen) AS subjects, sum(arrival) AS arrivals
FROM (
    SELECT last.1 AS place, toStartOfMonth(last.2) AS period, count() AS event, 0 AS sighting, 0 AS seen, 0 AS arrival
    FROM (
        SELECT argMax((place, dated_at, standing, open_until, unit), (revision, standing, digest)) AS last
        FROM events GROUP BY type, source, event_id
    )
    WHERE last.3 = 0 AND last.4 > fromUnixTimestamp64Milli({now:Int64}, 'UTC')
        AND (empty({scope:Array(String)}) OR last.5 IN {scope:Array(String)})
    GROUP BY place, period
    UNION ALL
    SELECT seen.1 AS place, toStartOfMonth(seen.2) AS period, 0, count(), uniqExact(subject), 0
    FROM (
        SELECT subject, any(last) AS seen
        FROM (
            SELECT subject, type, source, event_id,
                argMax((place, occurred_at, given, open_until, unit), version) AS last
            FROM sightings GROUP BY subject, type, source, event_id, via
        )
        WHERE last.3 AND last.4 > fromUnixTimestamp64Milli({now:Int64}, 'UTC')
        AND (empty({scope:Array(String)}) OR last.5 IN {scope:Array(String)})
            AND (subject, type, source, event_id) NOT IN (
                SELECT subject, event_type, event_source, event_id FROM subject_states FINAL
                WHERE action IN ('strike', 'unstrike')
                GROUP BY subject, event_type, event_source, event_id HAVING argMax(action, position) = 'strike'
            )
        GROUP BY subject, type, source, event_id
    )
    GROUP BY place, period
    UNION ALL
    SELECT last.1 AS place, toStartOfMonth(last.2) AS period, 0, 0, 0, count()
    FROM (
        SELECT argMax((to_place, arrived_at, status, open_until, to_unit), (revision, earliest)) AS last
        FROM alerts GROUP BY alert_id
    )
    WHERE last.3 != 'withdrawn' AND last.4 > fromUnixTimestamp64Milli({now:Int64}, 'UTC')
        AND (empty({scope:Array(String)}) OR last.5 IN {scope:Array(String)})
    GROUP BY place, period
)
WHERE place != '' AND {place:String} IN ('', place)
GROUP BY place, period
ORDER BY period, place
"""

_WHOLE_COUNTRY_ONLY = Problem(Code.NOT_AUTHORISED, "Free questions are for those who see the whole country.")

_DAY = len("2026-03-09")
FAR = 4_102_444_800_000
"""2100-01-01, UTC ms: as of the end of time."""


class Queries:
    """Questions to the history, answered in rows fit for JSON. Calls block, from any thread; they raise StoreFailed.

    ``now`` is the clock (UTC ms), ``complete_until`` tells up to when all that was known is in the history.
    """

    def __init__(self, store: Store, *, now: Callable[[], int], complete_until: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        self._complete_until = complete_until

    def subject(self, token: str, viewer: Viewer, as_of: int | None = None) -> dict[str, Any]:
        """The sightings of a subject now valid, or those that were valid at a time (UTC ms); oldest first.

        This is the targeted query: it also reads what is older than a year, and, since its point is to say by whom
        she was met, every region; of what other units hold it tells who works for one no more than a contact.
        """
        rows = self._store.query(_SIGHTINGS, {"subject": token, "as_of": _at(as_of), "now": self._now()})
        scope = scope_of(viewer)
        seen = [row for row in rows if scope is None or row[-1] in scope]
        return {
            "subject": token,
            "subject_kind": rows[0][3] if rows else None,
            **self._dated(as_of),
            "sightings": [_sighting(row) for row in seen],
            **_contacts([row for row in rows if row not in seen]),
        }

    def alerts(self, query: AlertQuery, viewer: Viewer, as_of: int | None = None) -> dict[str, Any]:
        """Every alert as it stood then (UTC ms), settled and withdrawn ones included, newest word first.

        ``status`` is that of the last message or a handling state; there are no pages: ask narrower.
        """
        parameters = {
            **{name: getattr(query, name) or "" for name in _FILTERS},
            "since": query.since or 0,
            "as_of": _at(as_of),
            "limit": max(1, min(query.limit, LIMIT_MAX)),
            **self._seen_by(viewer),
        }
        rows = self._store.query(_ALERTS, parameters)
        return {**self._dated(as_of), "items": [_alert(row) for row in rows]}

    def stats(self, viewer: Viewer, place: str | None = None) -> dict[str, Any]:
        """Per place and month of the last year: events that count, valid sightings, subjects, standing arrivals."""
        rows = self._store.query(_STATS, {"place": place or "", **self._seen_by(viewer)})
        names = ("place", "period", "events", "sightings", "subjects", "arrivals")
        items = [dict(zip(names, (one, f"{month:%Y-%m}", *counts), strict=True)) for one, month, *counts in rows]
        return {**self._dated(None), "items": items}

    def sql(self, select: str, viewer: Viewer) -> dict[str, Any]:
        """Rows of somebody's own SELECT over the history's tables. Raises Refused for anything else.

        It cannot write, reads no table but ours, and of those only what is open to any question.
        """
        if scope_of(viewer) is not None:
            raise Refused([_WHOLE_COUNTRY_ONLY])
        require_select(self._store, select)
        wrapped = f"SELECT * FROM (\n{select}\n) LIMIT {TABLE_ROWS_MAX + 1}"  # noqa: S608 - checked above
        columns, rows = self._store.ask_freely(wrapped, filters_at(self._now()))
        told = [[_plain(value) for value in row] for row in rows[:TABLE_ROWS_MAX]]
        return {**self._dated(None), "columns": columns, "rows": told, "cut": len(rows) > TABLE_ROWS_MAX}

    def _seen_by(self, viewer: Viewer) -> dict[str, Any]:
        """The one place that knows what a viewer may see: a region's counts, alerts with an end in the region."""
        return {"scope": sorted(scope_of(viewer) or ()), "now": self._now()}

    def _dated(self, as_of: int | None) -> dict[str, Any]:
        dated = {"complete_until": format_time(self._complete_until())}
        return dated if as_of is None else {"as_of": format_time(as_of), **dated}


def _at(as_of: int | None) -> int:
    return FAR if as_of is None else min(as_of, FAR)


def _contacts(rows: list[Row]) -> dict[str, Any]:
    """What other units hold, as who met her, how, and on which day; nothing for who sees all."""
    met = {(format_time(row[7])[:_DAY], row[-1], row[2]) for row in rows}
    told = [dict(zip(("day", "unit", "type"), one, strict=True)) for one in sorted(met)]
    return {"contacts": told} if told else {}


def _sighting(row: Row) -> dict[str, Any]:
    event_id, source, type_, _, evidence, place, flagged, occurred_at, recorded_at, known_at, _ = row
    return {
        "event_id": event_id,
        "source": source,
        "type": type_,
        "evidence": evidence,
        "place": place,
        "flagged": flagged,
        "occurred_at": format_time(occurred_at),
        "recorded_at": format_time(recorded_at),
        "known_at": format_time(known_at),
    }


def _alert(row: Row) -> dict[str, Any]:
    said = dict(zip(_ALERT, row, strict=False))
    alert_id, raised_at, handling, owner, acting_unit, outcome = row[len(_ALERT) :]
    told = {"alert_id": alert_id, **said}
    told["from"], told["to"] = told.pop("from_place"), told.pop("to_place")
    for name in _ALERT_TIMES:
        told[name] = format_time(told[name])
    told |= {"reason": said["reason"] or None, "superseded_by": said["superseded_by"] or None}
    told |= {"raised_at": format_time(raised_at), "handling": handling or "new"}
    return told | {"owner": owner or None, "acting_unit": acting_unit or None, "outcome": outcome or None}


def _plain(value: Any) -> Any:
    """As JSON knows it; whatever else there is, as the engine writes it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value)
