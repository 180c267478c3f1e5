"""Messages as rows of the history's tables. The names here are those of ``migrations/``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.dead_letters import DeadLetter
from schemas.decisions import SubjectState
from schemas.following import Destroyed
from schemas.positions import LogPosition
from schemas.receipts import Receipt
from schemas.reports import Report, ReportedPerson
from schemas.sightings import Evidence, Sighting
from sinks.messages import Recorded, SightingMove, Stream
from sinks.store import Row
from sinks.terms import FOREVER, Terms, Until

TABLES: Mapping[Stream, str] = {
    Stream.REPORTS: "events",
    Stream.SIGHTINGS: "sightings",
    Stream.ALERTS: "alerts",
    Stream.ALERT_STATES: "alert_states",
    Stream.ACTIONS: "actions",
    Stream.SUBJECT_STATES: "subject_states",
    Stream.RECEIPTS: "receipts",
    Stream.DEAD_LETTERS: "dead_letters",
}
"""Where each stream ends. DESTROYED empties these; on Kafka what it names is remembered, for what comes late."""

_PERSON = ("role", "bvh_person", "document", "name", "nationality", "age_band")
_SEEN = ("occurred_at", "event_id", "source", "type", "place", "flagged", "recorded_at", "known_at")


@dataclass(frozen=True, slots=True)
class Writing:
    """What a row says beyond its message."""

    terms: Terms
    unit_of: Callable[[str], str]
    """The police unit of a place, abroad its country code."""


Cells = dict[str, Any]


def rows_of(messages: Sequence[Recorded], writing: Writing) -> tuple[list[str], list[Row]]:
    """The columns of the table of one stream, and a row per message, of which there is at least one."""
    cells = [_cells(recorded, writing) for recorded in messages]
    return list(cells[0]), [tuple(one.values()) for one in cells]


def kept_until(recorded: Recorded, writing: Writing) -> int:
    """UTC ms: until when the row of a message may be kept."""
    return _told(recorded, writing)[1].kept


def _cells(recorded: Recorded, writing: Writing) -> Cells:
    cells, until = _told(recorded, writing)
    cells["kept_until"] = until.kept
    if not isinstance(recorded.message, Destroyed):  # nothing of it is read by a question
        cells["open_until"] = until.open
    cells["topic"], cells["partition"], cells["position"] = recorded.topic, recorded.partition, recorded.position
    return cells


def _told(recorded: Recorded, writing: Writing) -> tuple[Cells, Until]:
    told = _of_sources(recorded, writing) or _of_people(recorded, writing)
    if told is None:
        raise TypeError("this is no row")
    return told


def _of_sources(recorded: Recorded, writing: Writing) -> tuple[Cells, Until] | None:
    """What became of what sources published."""
    terms, message = writing.terms, recorded.message
    match message:
        case Report():
            return _event(message, writing), terms.until_report(_dated_at(message), message)
        case SightingMove():
            return _move(recorded, message, writing), _until_moved(message, terms)
        case Receipt():
            return _receipt(recorded, message), terms.until_by_type(message.known_at, message.type)
        case DeadLetter():
            return _letter(recorded, message), terms.until_dead_letter(message.known_at)
        case Destroyed():
            return {**message.event._asdict(), "at": message.at}, terms.until_by_type(message.at, message.event.type)
    return None


def _of_people(recorded: Recorded, writing: Writing) -> tuple[Cells, Until] | None:
    """What coordinators are told, and what they do."""
    terms, message = writing.terms, recorded.message
    match message:
        case Alert():
            return _alert(message, writing), terms.until_by_type(message.finding.arrived_at, message.arrival_type)
        case AlertState():
            return _state(recorded, message), terms.until_handled(message.changed_at)
        case AlertAction():
            return _alert_action(message), terms.until_handled(message.at)
        case SubjectAction():
            return _subject_action(message), terms.until_handled(message.at)
        case SubjectState():
            return _subject_state(message), terms.until_handled(message.action.at)
    return None


def _until_moved(move: SightingMove, terms: Terms) -> Until:
    """REGISTER said how long it may be kept; the embedded log leaves it to the policy in force."""
    until = terms.until_by_type(move.sighting.occurred_at, move.sighting.type)
    if not move.kept_until:
        return until
    kept = min(move.kept_until, FOREVER)
    return Until(kept, min(until.open, kept))


def _dated_at(report: Report) -> int:
    """By when an event is kept and partitioned: a withdrawal has no ``occurred_at``."""
    return report.recorded_at if report.occurred_at is None else report.occurred_at


def _event(report: Report, writing: Writing) -> Cells:
    rank, place = report.rank, report.place or ""
    return {
        "type": report.type,
        "source": report.source,
        "event_id": report.event_id,
        "revision": rank.revision,
        "standing": int(rank.standing),
        "digest": rank.digest,
        "occurred_at": report.occurred_at,
        "recorded_at": report.recorded_at,
        "known_at": report.known_at,
        "dated_at": min(_dated_at(report), FOREVER),
        "ground": report.ground,
        "place": place,
        "unit": writing.unit_of(place) if place else "",
        "indicators": list(report.indicators),
        **{f"persons.{name}": [_of_person(person, name) for person in report.persons] for name in _PERSON},
        "vehicles": list(report.vehicles),
        "phones": list(report.phones),
        "photos": list(report.photos),
        "address": report.address or "",
        "conducted_by": report.conducted_by or "",
        "licensed": report.licensed,
        "venue": report.venue or "",
        "mutation": report.mutation or "",
        "incident_class": report.incident_class or "",
        "site": report.site or "",
        "ad": report.ad or "",
        "police_involved": report.police_involved,
        "online": report.online,
        "camera": report.camera or "",
    }


def _of_person(person: ReportedPerson, name: str) -> str:
    return getattr(person, name) or ""


def _move(recorded: Recorded, move: SightingMove, writing: Writing) -> Cells:
    return {
        "subject": move.subject,
        "subject_kind": move.subject_kind,
        "given": move.given,
        "changed_at": move.changed_at,
        "evidence": Evidence(move.sighting.evidence).word,
        "unit": writing.unit_of(move.sighting.place),
        **{name: getattr(move.sighting, name) for name in _SEEN},
        "via": move.via,
        "version": recorded.position if move.version is None else move.version,
    }


def _alert(alert: Alert, writing: Writing) -> Cells:
    found = alert.finding
    return {
        "alert_id": alert.alert_id,
        "revision": alert.revision,
        "status": str(alert.status),
        "kind": alert.kind,
        "subject_kind": alert.subject_kind,
        "subject": alert.subject,
        "from_place": found.from_place,
        "to_place": found.to_place,
        "from_unit": writing.unit_of(found.from_place),
        "to_unit": writing.unit_of(found.to_place),
        "from_last_seen": found.from_last_seen,
        "arrived_at": found.arrived_at,
        "arrival_event_id": found.arrival_event_id,
        "arrival_source": alert.arrival_source,
        "arrival_type": alert.arrival_type,
        "evidence": Evidence(found.evidence).word,
        "novelty": found.novelty,
        "certainty": found.certainty,
        "implausible": found.implausible,
        "repeat": found.repeat,
        "attention": found.attention,
        "cross_region": found.cross_region,
        "cross_border": found.cross_border,
        "historical": alert.historical,
        "known_at": alert.known_at,
        "reason": "" if alert.reason is None else str(alert.reason),
        "superseded_by": alert.superseded_by or "",
        **_based_on(alert.based_on),
    }


def _based_on(sightings: tuple[Sighting, ...]) -> Cells:
    cells: Cells = {"based_on.evidence": [Evidence(seen.evidence).word for seen in sightings]}
    return cells | {f"based_on.{name}": [getattr(seen, name) for seen in sightings] for name in _SEEN}


def _state(recorded: Recorded, state: AlertState) -> Cells:
    return {
        "alert_id": state.alert_id,
        "version": state.version,
        "handling": str(state.handling),
        "changed_at": state.changed_at,
        "owner": state.owner or "",
        "unit": state.unit or "",
        "offered_to": state.offered_to or "",
        "outcome": state.outcome or "",
        "snoozed_until": state.snoozed_until,
        "comments.at": [at for at, _, _ in state.comments],
        "comments.by": [by for _, by, _ in state.comments],
        "comments.text": [text for _, _, text in state.comments],
        "action_id": recorded.name,
    }


def _alert_action(action: AlertAction) -> Cells:
    about = {"alert_id": action.alert_id, "unit": action.unit, "outcome": action.outcome, "words": action.comment}
    return _action(action, about)


def _subject_action(action: SubjectAction) -> Cells:
    source, type_, event_id = action.event or ("", "", "")
    named = {"event_source": source, "event_type": type_, "event_id": event_id}
    return _action(action, {"subject": action.subject, "words": action.reason, **named})


_ABOUT = ("alert_id", "subject", "event_source", "event_type", "event_id", "unit", "outcome", "words")


def _action(action: AlertAction | SubjectAction, about: Mapping[str, str | None]) -> Cells:
    return {
        **{name: about.get(name) or "" for name in _ABOUT},
        "action_id": action.action_id,
        "action": action.action,
        "by": action.by,
        "at": action.at,
        "until": action.until,
    }


def _subject_state(state: SubjectState) -> Cells:
    cells = _subject_action(state.action)
    return {name: cells[name] for name in cells if name not in ("alert_id", "unit", "outcome")} | {
        "followed": state.followed
    }


def _receipt(recorded: Recorded, receipt: Receipt) -> Cells:
    cause = recorded.about or LogPosition(recorded.topic, recorded.partition, recorded.position)
    return {
        "type": receipt.type or "",
        "source": receipt.source or "",
        "event_id": receipt.event_id or "",
        "revision": receipt.revision or 0,
        "became": str(receipt.became),
        "known_at": receipt.known_at,
        "codes": [str(problem.code) for problem in receipt.problems],
        "cause_topic": cause.topic,
        "cause_partition": cause.partition,
        "cause_position": cause.offset,
    }


def _letter(recorded: Recorded, letter: DeadLetter) -> Cells:
    return {
        "known_at": letter.known_at,
        "fault": str(letter.fault),
        "role": letter.role,
        "type": letter.type or "",
        "source": letter.source or "",
        "event_id": letter.event_id or "",
        "codes": [str(problem.code) for problem in letter.problems],
        "fields": [problem.field or "" for problem in letter.problems],
        "messages": [problem.message for problem in letter.problems],
        "origin": recorded.name or f"{recorded.topic}/{recorded.partition}/{recorded.position}",
    }
