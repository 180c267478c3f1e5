"""How alerts, their handling and what coordinators ask lie in rows: as JSON, and how that is read back."""

import json
from dataclasses import asdict
from typing import Any

from schemas.actions import AlertAction, AlertState, Handling, SubjectAction
from schemas.alerts import Alert, AlertStatus, Finding, WithdrawnReason
from schemas.reports import EventKey
from schemas.sightings import Evidence, Sighting
from schemas.times import parse_time

_EVIDENCE = {evidence.word: int(evidence) for evidence in Evidence}

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def compact(told: Any) -> str:
    """JSON without spaces, keys in the order they were put."""
    return _ENCODE(told)


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
    snoozed_until, unowned_since = told["snoozed_until"], told.get("unowned_since")
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
        unowned_since=None if unowned_since is None else parse_time(unowned_since),
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
