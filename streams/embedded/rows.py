"""How messages lie in the log's rows, and how they are read back."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from processors.changes import Entry
from schemas.actions import AlertAction, AlertState, Handling, SubjectAction
from schemas.alerts import Alert, AlertStatus, Finding, WithdrawnReason
from schemas.dead_letters import DeadLetter, Fault
from schemas.problems import Code, Problem
from schemas.report_form import report_as_json, report_from_log
from schemas.reports import EventKey, Rank, Report
from schemas.sightings import Evidence, Sighting
from schemas.times import parse_time

_EVIDENCE = {evidence.word: int(evidence) for evidence in Evidence}


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def compact(told: Any) -> str:
    """JSON without spaces, keys in the order they were put."""
    return _ENCODE(told)


def report_body(report: Report) -> str:
    """A report as it lies in the log: the JSON form that exports and ``replay`` share."""
    return compact(report_as_json(report))


def report_of(body: str) -> Report:
    """The report of a row."""
    return report_from_log(json.loads(body))


def alert_body(alert: Alert) -> str:
    """An alert message as it lies in the log: the black-box form of DESIGN section 8."""
    return compact(alert.as_json())


def alert_of(body: str) -> Alert:
    """The alert message of a row."""
    told = json.loads(body)
    reason = told.get("reason")
    return Alert(
        alert_id=told["alert_id"],
        revision=told["revision"],
        status=AlertStatus(told["status"]),
        subject_kind=told["subject_kind"],
        subject=told["subject"],
        finding=_finding_of(told),
        arrival_source=told["arrival_source"],
        arrival_type=told["arrival_type"],
        known_at=parse_time(told["known_at"]),
        historical=told["historical"],
        based_on=tuple(_evidence_of(seen) for seen in told["based_on"]),
        reason=None if reason is None else WithdrawnReason(reason),
        superseded_by=told.get("superseded_by"),
        kind=told["kind"],
    )


def _finding_of(told: dict[str, Any]) -> Finding:
    return Finding(
        from_place=told["from"],
        to_place=told["to"],
        from_last_seen=parse_time(told["from_last_seen"]),
        arrived_at=parse_time(told["arrived_at"]),
        arrival_event_id=told["arrival_event_id"],
        evidence=_EVIDENCE[told["evidence"]],
        novelty=told["novelty"],
        certainty=told["certainty"],
        implausible=told["implausible"],
        repeat=told["repeat"],
        attention=told["attention"],
        cross_region=told["cross_region"],
        cross_border=told["cross_border"],
    )


def _evidence_of(seen: dict[str, Any]) -> Sighting:
    return Sighting(
        occurred_at=parse_time(seen["occurred_at"]),
        evidence=_EVIDENCE[seen["evidence"]],
        event_id=seen["event_id"],
        source=seen["source"],
        type=seen["type"],
        place=seen["place"],
        flagged=seen["flagged"],
        recorded_at=parse_time(seen["recorded_at"]),
        known_at=parse_time(seen["known_at"]),
    )


def state_body(state: AlertState) -> str:
    """How an alert is handled, as it lies in the log: the JSON form of the API."""
    return compact(state.as_json())


def state_of(body: str) -> AlertState:
    """The handling state of a row."""
    told = json.loads(body)
    snoozed_until = told["snoozed_until"]
    return AlertState(
        alert_id=told["alert_id"],
        version=told["version"],
        handling=Handling(told["handling"]),
        changed_at=parse_time(told["changed_at"]),
        owner=told["owner"],
        unit=told["unit"],
        offered_to=told.get("offered_to"),
        outcome=told["outcome"],
        snoozed_until=None if snoozed_until is None else parse_time(snoozed_until),
        comments=tuple((parse_time(said["at"]), said["by"], said["text"]) for said in told["comments"]),
    )


def action_body(action: AlertAction | SubjectAction) -> str:
    """A coordinator's request as it lies in the log."""
    return compact(asdict(action))


def action_of(on_alert: int, body: str) -> AlertAction | SubjectAction:
    """The request of a row."""
    told = json.loads(body)
    if on_alert:
        return AlertAction(**told)
    event = told.pop("event")
    return SubjectAction(**told, event=None if event is None else EventKey(*event))


def dead_letter_of(body: str, known_at: int) -> DeadLetter:
    """The dead letter of a row."""
    told = json.loads(body)
    problems = tuple(_problem_of(problem) for problem in told.get("problems", ()))
    named = (told.get("type"), told.get("source"), told.get("event_id"))
    return DeadLetter(Fault(told["fault"]), told["role"], known_at, *named, problems)


def _problem_of(told: dict[str, Any]) -> Problem:
    candidates = tuple(told.get("candidates", ()))
    return Problem(Code(told["code"]), told["message"], told.get("field"), told.get("hint"), candidates)


def ranks_body(ranks: Iterable[Rank]) -> str:
    """Every rank that REGISTER was shown of an event."""
    return compact([list(rank) for rank in ranks])


def entry_of(row: tuple[Any, ...]) -> tuple[EventKey, Entry]:
    """The register entry of (source, type, event_id, revision, standing, digest, seen, known_at, report body)."""
    source, type_, event_id, revision, standing, digest, seen, known_at, body = row
    entry = Entry(
        rank=Rank(revision, standing, digest),
        seen=tuple(Rank(*rank) for rank in json.loads(seen)),
        known_at=known_at,
        report=None if body is None else report_of(body),
    )
    return EventKey(source, type_, event_id), entry
