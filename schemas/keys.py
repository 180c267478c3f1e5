"""The keys of messages whose key is finer than their partition, so that a tombstone reaches a single fact."""

from schemas.reports import EventKey, EventType, Report
from schemas.sightings import SubjectSighting

_DIGEST_CHARS = 8
"""Enough to tell apart what a publisher sent of one event, with one revision, in one millisecond."""


def report_key(report: Report) -> str:
    """The key of a report on ``reports.<type>`` and ``events.<type>``.

    Every passage sent has one of its own: compaction keeps the last of a key, and the winning revision of an event
    need not be the last that came; and a tombstone must not reach what was sent anew since.
    """
    if report.type != EventType.VEHICLE:
        return report.event_id
    revision, standing, digest = report.rank
    sent = f"{report.known_at}/{revision}.{standing}.{digest[:_DIGEST_CHARS]}"
    return f"{report.event_id}/{report.source}/{sent}"


def sighting_key(record: SubjectSighting) -> str:
    """The key of a record on ``sightings.<class>``."""
    key = fact_key(record.subject, record.sighting.event)
    return key if record.via is None else f"{key}/{record.via}"


def fact_key(subject: str, event: EventKey) -> str:
    """The key of what an event itself tells of a subject, on ``sightings.<class>``."""
    return f"{subject}/{event.source}/{event.type}/{event.event_id}"


def passage_of(key: str) -> EventKey:
    """The event that a key of ``reports.vehicle`` or ``events.vehicle`` speaks of."""
    event_id, source, _ = key.split("/", 2)
    return EventKey(source, EventType.VEHICLE, event_id)


def fact_of(key: str) -> tuple[str, EventKey]:
    """The subject and the event that a key of ``sightings.<class>`` speaks of."""
    subject, source, type_, event_id = key.split("/")[:4]
    return subject, EventKey(source, type_, event_id)


def event_key(event: EventKey) -> str:
    """The key on ``destroyed``, which is partitioned by ``event_id``."""
    return f"{event.event_id}/{event.source}" if event.type == EventType.VEHICLE else event.event_id
