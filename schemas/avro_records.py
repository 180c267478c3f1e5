"""How messages lie in Avro records: the fields of the ``.avsc`` files to and from our dataclasses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas.actions import AlertAction, AlertState, Handling, SubjectAction
from schemas.alerts import Alert, AlertStatus, Finding, WithdrawnReason
from schemas.dead_letters import DeadLetter, Fault
from schemas.decisions import ActionAnswer, Agreement, Decided, SubjectState
from schemas.following import Destroyed, Followed
from schemas.positions import LogPosition
from schemas.problems import Code, Problem
from schemas.receipts import Became, Receipt
from schemas.reports import EventKey, Rank, Report, ReportedPerson, Standing
from schemas.sightings import Evidence, Sighting, SubjectSighting

Record = dict[str, Any]

EVIDENCE_OF_WORD = {evidence.word: int(evidence) for evidence in Evidence}
_WORD_OF_EVIDENCE = {int(evidence): evidence.word for evidence in Evidence}
_STANDING_OF_WORD = {standing.name.lower(): int(standing) for standing in Standing}
_WORD_OF_STANDING = {standing: word for word, standing in _STANDING_OF_WORD.items()}
_PERSON_FIELDS = ("role", "bvh_person", "document", "name", "nationality", "age_band")
_LISTS = ("indicators", "vehicles", "phones", "photos")


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind of message lies in records. ``of_record`` raises ValueError or KeyError for a word not known."""

    message: type
    to_record: Callable[[Any], Record]
    of_record: Callable[[Record], Any]


def _report_to_record(report: Report) -> Record:
    record = {name: getattr(report, name) for name in _REPORT_FIELDS}
    record["persons"] = [{name: getattr(person, name) for name in _PERSON_FIELDS} for person in report.persons]
    record["revision"], standing, record["digest"] = report.rank
    record["standing"] = _WORD_OF_STANDING[standing]
    return record


_REPORT_FIELDS = tuple(name for name in Report.__slots__ if name not in ("rank", "persons"))


def _report_of_record(record: Record) -> Report:
    rank = Rank(record.pop("revision"), _STANDING_OF_WORD[record.pop("standing")], record.pop("digest"))
    for name in _LISTS:
        if name in record:
            record[name] = tuple(record[name])
    if "persons" in record:
        record["persons"] = tuple(ReportedPerson(**person) for person in record["persons"])
    return Report(rank=rank, **record)


def _sighting_to_record(told: SubjectSighting) -> Record:
    record = _evidence_to_record(told.sighting)
    record |= {name: getattr(told, name) for name in _WAY_FIELDS}
    return record


_WAY_FIELDS = tuple(name for name in SubjectSighting._fields if name != "sighting")


def _sighting_of_record(record: Record) -> SubjectSighting:
    way = {name: record.pop(name) for name in _WAY_FIELDS}
    way["owners"], way["gained"] = tuple(way["owners"]), tuple(way["gained"])
    return SubjectSighting(sighting=_evidence_of_record(record), **way)


def _evidence_to_record(sighting: Sighting) -> Record:
    record = sighting._asdict()
    record["evidence"] = _WORD_OF_EVIDENCE[sighting.evidence]
    return record


def _evidence_of_record(record: Record) -> Sighting:
    record["evidence"] = EVIDENCE_OF_WORD[record["evidence"]]
    return Sighting(**record)


def _alert_to_record(alert: Alert) -> Record:
    found = alert.finding
    record = {name: getattr(alert, name) for name in _ALERT_FIELDS}
    record |= {name: getattr(found, name) for name in _FINDING_FIELDS}
    record["from"], record["to"] = found.from_place, found.to_place
    record["evidence"] = _WORD_OF_EVIDENCE[found.evidence]
    record["based_on"] = [_evidence_to_record(sighting) for sighting in alert.based_on]
    return record


_ALERT_FIELDS = tuple(name for name in Alert.__slots__ if name not in ("finding", "based_on"))
_FINDING_FIELDS = tuple(name for name in Finding.__slots__ if name not in ("from_place", "to_place", "evidence"))


def _alert_of_record(record: Record) -> Alert:
    finding = Finding(
        from_place=record["from"],
        to_place=record["to"],
        evidence=EVIDENCE_OF_WORD[record["evidence"]],
        **{name: record[name] for name in _FINDING_FIELDS},
    )
    told = {name: record[name] for name in _ALERT_FIELDS}
    told["status"] = AlertStatus(record["status"])
    told["reason"] = None if record["reason"] is None else WithdrawnReason(record["reason"])
    based_on = tuple(_evidence_of_record(sighting) for sighting in record["based_on"])
    return Alert(finding=finding, based_on=based_on, **told)


def _plain_to_record(message: Any) -> Record:
    return {name: getattr(message, name) for name in message.__slots__}


def _alert_action_of_record(record: Record) -> AlertAction:
    return AlertAction(**record)


def _alert_state_to_record(state: AlertState) -> Record:
    record = _plain_to_record(state)
    record["comments"] = [{"at": at, "by": by, "text": text} for at, by, text in state.comments]
    return record


def _alert_state_of_record(record: Record) -> AlertState:
    record["handling"] = Handling(record["handling"])
    record["comments"] = tuple((said["at"], said["by"], said["text"]) for said in record["comments"])
    return AlertState(**record)


def _subject_action_to_record(action: SubjectAction) -> Record:
    return _plain_to_record(action) | {"event": _tuple_to_record(action.event)}


def _subject_action_of_record(record: Record) -> SubjectAction:
    event = record.pop("event")
    return SubjectAction(**record, event=None if event is None else EventKey(**event))


def _followed_of_record(record: Record) -> Followed:
    return Followed(**record)


def _destroyed_to_record(destroyed: Destroyed) -> Record:
    return destroyed.event._asdict() | {"at": destroyed.at}


def _destroyed_of_record(record: Record) -> Destroyed:
    at = record.pop("at")
    return Destroyed(EventKey(**record), at)


def _subject_state_to_record(state: SubjectState) -> Record:
    return {"action": _subject_action_to_record(state.action), "followed": state.followed}


def _subject_state_of_record(record: Record) -> SubjectState:
    return SubjectState(_subject_action_of_record(record["action"]), record["followed"])


def _answer_to_record(answer: ActionAnswer) -> Record:
    record = _plain_to_record(answer)
    record["problems"] = [_plain_to_record(problem) for problem in answer.problems]
    record["state"] = None if answer.state is None else _alert_state_to_record(answer.state)
    return record


def _answer_of_record(record: Record) -> ActionAnswer:
    state = record["state"]
    record["decided"] = Decided(record["decided"])
    record["problems"] = tuple(_problem_of_record(problem) for problem in record["problems"])
    record["state"] = None if state is None else _alert_state_of_record(state)
    return ActionAnswer(**record)


def _agreement_of_record(record: Record) -> Agreement:
    return Agreement(**record)


def _outcome_to_record(message: Receipt | DeadLetter) -> Record:
    record = _plain_to_record(message)
    record["problems"] = [_plain_to_record(problem) for problem in message.problems]
    record["position"] = _tuple_to_record(message.position)
    return record


def _receipt_of_record(record: Record) -> Receipt:
    record["became"] = Became(record["became"])
    return Receipt(**_with_outcome(record))


def _dead_letter_of_record(record: Record) -> DeadLetter:
    record["fault"] = Fault(record["fault"])
    return DeadLetter(**_with_outcome(record))


def _with_outcome(record: Record) -> Record:
    position = record["position"]
    record["position"] = None if position is None else LogPosition(**position)
    record["problems"] = tuple(_problem_of_record(problem) for problem in record["problems"])
    return record


def _problem_of_record(record: Record) -> Problem:
    record["code"] = Code(record["code"])
    record["candidates"] = tuple(record["candidates"])
    return Problem(**record)


def _tuple_to_record(named: Any) -> Record | None:
    return None if named is None else named._asdict()


_REPORT = Mapping(Report, _report_to_record, _report_of_record)

MAPPINGS = {
    "report_control": _REPORT,
    "report_bvh_mutation": _REPORT,
    "report_ad": _REPORT,
    "report_vehicle": _REPORT,
    "sighting": Mapping(SubjectSighting, _sighting_to_record, _sighting_of_record),
    "alert": Mapping(Alert, _alert_to_record, _alert_of_record),
    "alert_action": Mapping(AlertAction, _plain_to_record, _alert_action_of_record),
    "alert_state": Mapping(AlertState, _alert_state_to_record, _alert_state_of_record),
    "subject_action": Mapping(SubjectAction, _subject_action_to_record, _subject_action_of_record),
    "receipt": Mapping(Receipt, _outcome_to_record, _receipt_of_record),
    "dead_letter": Mapping(DeadLetter, _outcome_to_record, _dead_letter_of_record),
    "followed": Mapping(Followed, Followed._asdict, _followed_of_record),
    "destroyed": Mapping(Destroyed, _destroyed_to_record, _destroyed_of_record),
    "subject_state": Mapping(SubjectState, _subject_state_to_record, _subject_state_of_record),
    "action_answer": Mapping(ActionAnswer, _answer_to_record, _answer_of_record),
    "agreement": Mapping(Agreement, _plain_to_record, _agreement_of_record),
}
"""By kind; those of events are in ``schemas.avro_events``."""
