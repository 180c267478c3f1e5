"""What the history knows of single subjects: their sightings, whom they were met with, who a document belongs to.

All of these are targeted questions: they name their subject, so they also read what is older than a year (DESIGN
section 5), and never what is past its term.
"""

from collections.abc import Callable, Sequence

from schemas.dossiers import FollowedUntil, Known, Met, StruckBecause, Unfollowed
from schemas.reports import EventKey
from schemas.sightings import Evidence, Sighting
from sinks.store import Row, Store

COMPANIONS_AT_MOST = 24
"""A phone that hundreds share says little of one of them."""
EVENTS_AT_MOST = 10_000
"""Of one subject, in which others are looked for."""

_MS = "toUnixTimestamp64Milli"
_NOW = "fromUnixTimestamp64Milli({now:Int64}, 'UTC')"
_EVIDENCE = {evidence.word: int(evidence) for evidence in Evidence}


def _given(where: str) -> str:
    """Of every way in which an event is told to a subject the highest version; one that gives it is enough."""
    return f"""
    SELECT subject, event_id, source, type, any(of_kind) AS kind, any(told) AS seen
    FROM (
        SELECT subject, event_id, source, type, any(subject_kind) AS of_kind, argMax(
            (given, evidence, place, flagged, occurred_at, recorded_at, known_at, kept_until, open_until), version
        ) AS told
        FROM sightings WHERE {where}
        GROUP BY subject, event_id, source, type, via
    )
    WHERE told.1 AND told.8 > {_NOW}
    GROUP BY subject, event_id, source, type
    """  # noqa: S608 - names of ours


def _struck(where: str) -> str:
    return f"""
    SELECT subject, event_id, event_source AS source, event_type AS type,
        argMax((action = 'strike', words, by, at), position) AS strike
    FROM subject_states FINAL
    WHERE action IN ('strike', 'unstrike') AND {where}
    GROUP BY subject, event_id, source, type
    """  # noqa: S608 - names of ours


_KNOWN = f"""
SELECT subject, event_id, source, type, kind, seen.2, seen.3, seen.4, {_MS}(seen.5), {_MS}(seen.6), {_MS}(seen.7),
    {_MS}(seen.8), {_MS}(seen.9), strike.1, strike.2, strike.3, {_MS}(strike.4)
FROM ({_given("subject IN {subjects:Array(String)}")}) AS given
LEFT JOIN ({_struck("subject IN {subjects:Array(String)}")}) AS struck
    USING (subject, event_id, source, type)
ORDER BY seen.5, event_id, source, type
"""  # noqa: S608 - names of ours

_MET = f"""
SELECT subject, any(kind), count() AS events, {_MS}(min(seen.5)), {_MS}(max(seen.5)) AS last_at
FROM ({_given("event_id IN {events:Array(String)} AND subject != {subject:String}")}) AS given
LEFT JOIN ({_struck("event_id IN {events:Array(String)}")}) AS struck
    USING (subject, event_id, source, type)
WHERE NOT strike.1 AND (event_id, source, type) IN {{keys:Array(Tuple(String, String, String))}}
GROUP BY subject
ORDER BY events DESC, last_at DESC, subject
LIMIT {COMPANIONS_AT_MOST}
"""  # noqa: S608 - names of ours

_BEHIND = f"""
SELECT groupUniqArray(2)(person.1) FROM (
    SELECT argMax(
        (standing, kept_until, arrayZip(persons.bvh_person, persons.document)), (revision, standing, digest)
    ) AS last
    FROM events WHERE (type, source, event_id) IN (
        SELECT type, source, event_id FROM events WHERE has(persons.document, {{document:String}})
    )
    GROUP BY type, source, event_id
) ARRAY JOIN last.3 AS person
WHERE last.1 = 0 AND last.2 > {_NOW} AND person.1 != '' AND person.2 = {{document:String}}
"""  # noqa: S608 - names of ours
"""Whom counting events name together with the document, in one person: one, or it belongs to nobody (DESIGN 4)."""

_FOLLOW = f"""
SELECT action = 'follow', {_MS}(at), {_MS}(until), words, by
FROM subject_states FINAL
WHERE subject = {{subject:String}} AND action IN ('follow', 'unfollow')
ORDER BY position DESC LIMIT 1
"""  # noqa: S608 - names of ours


class SubjectQueries:
    """Questions about single subjects. Calls block, from any thread; they raise StoreFailed. ``now``: UTC ms."""

    def __init__(self, store: Store, *, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now

    def known(self, *subjects: str) -> dict[str, list[Known]]:
        """What is known of each, in the order of its sightings; struck ones included."""
        rows = self._store.query(_KNOWN, {"subjects": list(subjects), "now": self._now()})
        known: dict[str, list[Known]] = {subject: [] for subject in subjects}
        for row in rows:
            known[row[0]].append(_known(row))
        return {subject: sorted(found) for subject, found in known.items()}

    def met_with(self, subject: str, events: Sequence[EventKey]) -> list[Met]:
        """Who and what else these events of the subject name, the most met first; at most COMPANIONS_AT_MOST."""
        if not events:
            return []
        latest = events[-EVENTS_AT_MOST:]
        asked = {
            "subject": subject,
            "now": self._now(),
            "events": [event.event_id for event in latest],
            "keys": [(event.event_id, event.source, event.type) for event in latest],
        }
        return [Met(*row) for row in self._store.query(_MET, asked)]

    def behind(self, document: str) -> str | None:
        """The BVH person that a document now belongs to."""
        [[named]] = self._store.query(_BEHIND, {"document": document, "now": self._now()})
        return str(named[0]) if len(named) == 1 else None

    def follow_of(self, vehicle: str) -> FollowedUntil | Unfollowed | None:
        """What coordinators last asked of following it: a follow, running or run out, or its end."""
        rows = self._store.query(_FOLLOW, {"subject": vehicle})
        if not rows:
            return None
        is_follow, at, until, reason, by = rows[0]
        return FollowedUntil(at, until, reason, by) if is_follow else Unfollowed(at, reason, by)


def _known(row: Row) -> Known:
    _, event_id, source, type_, kind, evidence, place, flagged, occurred_at, recorded_at, known_at, *more = row
    kept_until, open_until, is_struck, reason, by, at = more
    sighting = Sighting(
        occurred_at, _EVIDENCE[evidence], event_id, source, type_, place, bool(flagged), recorded_at, known_at
    )
    struck = StruckBecause(sighting.event, reason, by, at) if is_struck else None
    return Known(sighting, kind, kept_until, open_until, struck)
