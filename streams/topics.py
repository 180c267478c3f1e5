"""Every topic of the platform: the table of docs/distributed.md.

Names here are without the prefix of a shared cluster (``streams.topic.named``). docs/topics.md and docs/asyncapi.yaml
are made from it.
"""

from dataclasses import replace

from processors.policy import Policy
from schemas.avro import EVENT_KINDS, REPORT_KINDS, Kind
from schemas.reports import EventType
from schemas.sightings import Evidence
from schemas.times import DAY_MS, HOUR_MS, MINUTE_MS
from streams.topic import Cleanup, Held, Lasting, Stamped, Topic

YEAR_MS = 365 * DAY_MS


def topics_for(policy: Policy) -> tuple[Topic, ...]:
    """All topics, each as long as this policy lets the longest of what it holds be kept."""
    return tuple(_within(policy, topic) for topic in TOPICS)


def _within(policy: Policy, topic: Topic) -> Topic:
    types = TYPES_OF.get(topic.held, ())
    terms = [rule.term_ms for rule in policy.rules if rule.type in types]
    if not terms or topic.lasting.term_ms is None or topic.lasting.term_ms < _LONGEST_LOG_MS:
        return topic
    return replace(topic, lasting=replace(topic.lasting, term_ms=max(terms)))


TYPES_OF = {
    Held.PRESENCE: (EventType.CONTROL, EventType.BVH_MUTATION),
    Held.OFFER: (EventType.AD,),
    Held.PASSAGE: (EventType.VEHICLE,),
    Held.FINDING: tuple(EventType),
}
"""Of which events a topic may hold something, so that their terms are its own."""

_5_YEARS = Lasting(5 * YEAR_MS, segment_ms=14 * DAY_MS, compacted_within_ms=7 * DAY_MS, is_folded=True)
_YEAR = Lasting(YEAR_MS, segment_ms=2 * DAY_MS, compacted_within_ms=DAY_MS, is_folded=True)
"""Times come in any order: a segment ends with the first record so much later than the one it began with."""
_PASSAGES = replace(_YEAR, compacted_after_ms=DAY_MS)
"""What a tombstone, or a correction, takes away stays for so long: a fold up to an offset before it may need it."""
_MONTH = Lasting(30 * DAY_MS, segment_ms=DAY_MS)
_WEEK = Lasting(7 * DAY_MS, segment_ms=HOUR_MS)
_UNTIL_NEWER = Lasting(None, segment_ms=7 * DAY_MS)
_SAID = replace(_5_YEARS, compacted_after_ms=30 * DAY_MS)
_IN_THE_CLEAR = Lasting(72 * HOUR_MS, segment_ms=HOUR_MS)
_PASSAGES_IN_THE_CLEAR = Lasting(HOUR_MS, segment_ms=10 * MINUTE_MS)
_LONGEST_LOG_MS = 60 * DAY_MS
"""What is kept for less is no matter of a policy."""

_OF_TYPE = {
    EventType.CONTROL: (Held.PRESENCE, _5_YEARS),
    EventType.BVH_MUTATION: (Held.PRESENCE, _5_YEARS),
    EventType.AD: (Held.OFFER, _YEAR),
    EventType.VEHICLE: (Held.PASSAGE, _PASSAGES),
}
_OF_CLASS = {
    Evidence.PRESENCE: (Held.PRESENCE, _5_YEARS),
    Evidence.OFFER: (Held.OFFER, _YEAR),
    Evidence.PASSAGE: (Held.PASSAGE, _PASSAGES),
}
_OCCURRED = "occurred_at; recorded_at of a withdrawal"


def _intake(type_: EventType) -> Topic:
    return Topic(
        f"intake.{type_}",
        "Events as publishers write them: Avro, or JSON as over HTTP.",
        EVENT_KINDS[type_],
        key="the publisher's; event_id is advised",
        held=Held.CLEAR,
        lasting=_PASSAGES_IN_THE_CLEAR if type_ is EventType.VEHICLE else _IN_THE_CLEAR,
        partitioned_by="the publisher",
        stamp="when the broker appended it",
        stamped=Stamped.BY_BROKER,
    )


def _of_reports(name: str, about: str, type_: EventType) -> Topic:
    held, lasting = _OF_TYPE[type_]
    is_passage = type_ is EventType.VEHICLE
    return Topic(
        f"{name}.{type_}",
        about,
        REPORT_KINDS[type_],
        key="event_id/source" if is_passage else "event_id",
        held=held,
        lasting=lasting,
        partitioned_by="event_id",
        cleanup=Cleanup.BOTH if is_passage else Cleanup.DELETE,
        stamp=_OCCURRED,
        has_tombstones=is_passage,
    )


def _sightings(evidence: Evidence) -> Topic:
    held, lasting = _OF_CLASS[evidence]
    is_passage = evidence is Evidence.PASSAGE
    return Topic(
        f"sightings.{evidence.word}",
        "That an event gives a subject a sighting, or takes it away, as of a version.",
        Kind.SIGHTING,
        key="token/source/type/event_id, and /via where a document passes it on",
        held=held,
        lasting=lasting,
        partitioned_by="token",
        # Only what must be erased is compacted, a day later: a fold up to an offset needs what was so until then.
        cleanup=Cleanup.BOTH if is_passage else Cleanup.DELETE,
        stamp="occurred_at; of what changes a passage when it became known" if is_passage else _OCCURRED,
        has_tombstones=is_passage,
    )


INTAKE = {type_: _intake(type_) for type_ in EventType}
REPORTS = {
    type_: _of_reports("reports", "Every revision of every event that was taken in, with tokens.", type_)
    for type_ in EventType
}
EVENTS = {
    type_: _of_reports("events", "The revision of an event that wins, whenever that changes.", type_)
    for type_ in EventType
}
SIGHTINGS = {evidence: _sightings(evidence) for evidence in Evidence}
RECEIPTS = Topic(
    "receipts",
    "What became of each event, for its publisher.",
    Kind.RECEIPT,
    key="event_id; its cause where there is none",
    held=Held.OUTCOME,
    lasting=_MONTH,
    partitioned_by="the key",
)
DEAD_LETTERS = Topic(
    "dead-letters",
    "That something was given up, and why.",
    Kind.DEAD_LETTER,
    key="its origin",
    held=Held.OUTCOME,
    lasting=_MONTH,
    partitioned_by="the key",
)
FOLLOWED = Topic(
    "followed",
    "Whether passages of a vehicle count.",
    Kind.FOLLOWED,
    key="token of the vehicle",
    held=Held.FOLLOWING,
    lasting=_UNTIL_NEWER,
    partitioned_by="token",
    cleanup=Cleanup.COMPACT,
    has_tombstones=True,
)
DESTROYED = Topic(
    "destroyed",
    "Passages that lost their ground, of which nothing may be left.",
    Kind.DESTROYED,
    key="event_id/source",
    held=Held.OUTCOME,
    lasting=_MONTH,
    partitioned_by="event_id",
)
ALERTS = Topic(
    "alerts",
    "Every message of every alert: the memory of what was said.",
    Kind.ALERT,
    key="alert_id",
    held=Held.FINDING,
    lasting=_SAID,
    partitioned_by="subject",
    cleanup=Cleanup.BOTH,
    has_tombstones=True,
)
ALERT_ACTIONS = Topic(
    "alert-actions",
    "What coordinators ask of an alert, and states that an alert inherits.",
    Kind.ALERT_ACTION,
    key="alert_id",
    held=Held.FINDING,
    lasting=_5_YEARS,
    partitioned_by="subject of the alert",
    also=Kind.ALERT_STATE,
)
ALERT_STATES = Topic(
    "alert-states",
    "How each alert is handled.",
    Kind.ALERT_STATE,
    key="alert_id",
    held=Held.FINDING,
    lasting=_SAID,
    partitioned_by="subject of the alert",
    cleanup=Cleanup.BOTH,
    has_tombstones=True,
)
SUBJECT_ACTIONS = Topic(
    "subject-actions",
    "What coordinators ask of a subject.",
    Kind.SUBJECT_ACTION,
    key="subject",
    held=Held.FINDING,
    lasting=_5_YEARS,
    partitioned_by="subject",
)
SUBJECT_STATES = Topic(
    "subject-states",
    "The requests about a subject that were done.",
    Kind.SUBJECT_STATE,
    key="subject",
    held=Held.FINDING,
    lasting=_5_YEARS,
    partitioned_by="subject",
)
ACTION_ANSWERS = Topic(
    "action-answers",
    "The answer that a request waits for.",
    Kind.ACTION_ANSWER,
    key="action_id",
    held=Held.FINDING,
    lasting=_WEEK,
    partitioned_by="subject",
)
CONTROL = Topic(
    "control",
    "What all processes have to agree on.",
    Kind.AGREEMENT,
    key="name of the setting",
    held=Held.NOBODY,
    lasting=_UNTIL_NEWER,
    partitioned_by="one partition",
    cleanup=Cleanup.COMPACT,
    is_single=True,
)

TOPICS = (
    *INTAKE.values(),
    *REPORTS.values(),
    *EVENTS.values(),
    *SIGHTINGS.values(),
    RECEIPTS,
    DEAD_LETTERS,
    FOLLOWED,
    DESTROYED,
    ALERTS,
    ALERT_ACTIONS,
    ALERT_STATES,
    SUBJECT_ACTIONS,
    SUBJECT_STATES,
    ACTION_ANSWERS,
    CONTROL,
)
"""In the order of a message's way."""
