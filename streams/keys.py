"""The keys of messages, and what they are partitioned by (docs/distributed.md, Keys and partitions).

A key is what compaction and tombstones reach: one fact. Where that is finer than the partition, the two differ.
"""

from schemas.reports import EventKey, EventType
from schemas.sightings import SubjectSighting

_SEPARATOR = "/"
"""In no token, source, type or event_id."""


def event_key(event: EventKey) -> str:
    """In ``reports.<type>``, ``events.<type>`` and ``destroyed``, which are partitioned by ``event_id``."""
    return f"{event.event_id}{_SEPARATOR}{event.source}" if event.type == EventType.VEHICLE else event.event_id


def sighting_key(told: SubjectSighting) -> str:
    """In ``sightings.<class>``, which is partitioned by ``subject``."""
    key = _SEPARATOR.join((told.subject, *told.sighting.event))
    return key if told.via is None else f"{key}{_SEPARATOR}{told.via}"
