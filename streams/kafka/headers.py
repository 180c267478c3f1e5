"""The headers of our messages: CloudEvents in binary mode, and what is our own (docs/distributed.md, Headers).

No header ever holds an identifier. An id is a function of the message, so that a message written twice has the same.
"""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.avro import Kind
from schemas.dead_letters import DeadLetter
from schemas.decisions import ActionAnswer, Agreement, SubjectState
from schemas.following import Destroyed, Followed
from schemas.keys import sighting_key
from schemas.receipts import Receipt
from schemas.reports import Report
from schemas.sightings import SubjectSighting

ORIGIN = "relocation_origin"
"""Where in ``intake.*`` it comes from: ``topic/partition/offset``; on reports, dead letters and receipts."""
CAUSE = "relocation_cause"
"""The position of the report, on receipts; the offset of the request in ``subject-actions``, on ``subject-states``."""
EPOCH = "relocation_epoch"
"""Who wrote an alert: another than one's own is a zombie's."""
SETTLED = "relocation_settled"
SUCCESSOR = "relocation_successor"
HEARD = "relocation_heard"
"""``revision/offset``: of the alert, and of the last record of ``alert-actions``, that a state knows of."""
ACTION = "relocation_action"
"""The ``action_id``, on ``alert-states``."""
ASKED = "relocation_asked"
"""On ``alert-states``: what the state asks of the subject once it counts, as a message of ``subject-actions``."""

CONTENT_TYPE = b"application/avro"
Header = tuple[str, bytes]
Headers = list[Header]


def headers_for(kind: Kind, role: str) -> Callable[[Any], Headers]:
    """What makes the CloudEvents headers of messages of one kind that one role writes; looked up once."""
    identify = _ID_OF[kind]
    usual = [
        ("ce_specversion", b"1.0"),
        ("ce_source", f"/relocation/{role}".encode()),
        ("ce_type", f"relocation.{kind}".encode()),
        ("content-type", CONTENT_TYPE),
    ]

    def headers(message: Any) -> Headers:
        return [*usual, ("ce_id", identify(message).encode())]

    return headers


def _report(report: Report) -> str:
    revision, standing, digest = report.rank
    return f"{report.source}/{report.type}/{report.event_id}/{revision}.{standing}.{digest[:16]}"


def _sighting(told: SubjectSighting) -> str:
    return f"{sighting_key(told)}/{told.version}"


def _alert(alert: Alert) -> str:
    return f"{alert.alert_id}/{alert.revision}"


def alert_of(headers: Mapping[str, bytes]) -> tuple[str, int]:
    """Which alert, and which of its messages, as the headers of one of ours say."""
    alert_id, _, revision = headers["ce_id"].decode().partition("/")
    return alert_id, int(revision)


def _alert_state(state: AlertState) -> str:
    return f"{state.alert_id}/{state.version}"


def _request(request: AlertAction | SubjectAction | ActionAnswer) -> str:
    return request.action_id


def _subject_state(state: SubjectState) -> str:
    return state.action.action_id


def _outcome(told: Receipt | DeadLetter) -> str:
    if told.position is not None:
        return "/".join(map(str, told.position))
    return "/".join(map(str, (told.source, told.type, told.event_id, told.known_at)))


def _followed(followed: Followed) -> str:
    return f"{followed.token}/{int(followed.named)}/{followed.asked_until}/{followed.ended_at}"


def _destroyed(destroyed: Destroyed) -> str:
    return "/".join((*destroyed.event, str(destroyed.at)))


def _agreement(agreement: Agreement) -> str:
    return f"{agreement.name}/{agreement.value}"


_ID_OF: dict[Kind, Callable[[Any], str]] = {
    Kind.REPORT_CONTROL: _report,
    Kind.REPORT_BVH_MUTATION: _report,
    Kind.REPORT_AD: _report,
    Kind.REPORT_VEHICLE: _report,
    Kind.SIGHTING: _sighting,
    Kind.ALERT: _alert,
    Kind.ALERT_ACTION: _request,
    Kind.ALERT_STATE: _alert_state,
    Kind.SUBJECT_ACTION: _request,
    Kind.SUBJECT_STATE: _subject_state,
    Kind.ACTION_ANSWER: _request,
    Kind.RECEIPT: _outcome,
    Kind.DEAD_LETTER: _outcome,
    Kind.FOLLOWED: _followed,
    Kind.DESTROYED: _destroyed,
    Kind.AGREEMENT: _agreement,
}
"""How a message is told apart from every other of its kind and source."""
