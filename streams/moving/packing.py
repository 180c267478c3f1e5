"""The messages of an embedded log as records of topics: under which key, in which partition, with which headers."""

from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.avro import Kind, kind_of
from schemas.dead_letters import DeadLetter
from schemas.decisions import SubjectState
from schemas.following import Destroyed, Followed
from schemas.keys import report_key, sighting_key
from schemas.receipts import Receipt
from schemas.reports import EventType, Report
from schemas.sightings import Evidence, SubjectSighting
from streams.kafka import headers as named_headers
from streams.kafka.headers import Headers, headers_for
from streams.kafka.records import Out
from streams.kafka.wire import Wire
from streams.partitions import partition_of
from streams.topic import Topic, named
from streams.topics import (
    ALERT_ACTIONS,
    ALERT_STATES,
    ALERTS,
    DEAD_LETTERS,
    DESTROYED,
    EVENTS,
    FOLLOWED,
    RECEIPTS,
    REPORTS,
    SIGHTINGS,
    SUBJECT_ACTIONS,
    SUBJECT_STATES,
)

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH = b"moved"
"""In the place of who wrote an alert: nobody who is still there."""


class Packing:
    """Makes records. ``partitions``: how many each topic has; ``prefix``: before every topic's name."""

    def __init__(self, wire: Wire, *, partitions: int, prefix: str = "") -> None:
        self.partitions = partitions
        self._wire = wire
        self._prefix = prefix
        self._headers: dict[tuple[Kind, str], Callable[[Any], Headers]] = {}

    def number_of(self, key: str) -> int:
        """The partition of what is partitioned by this."""
        return partition_of(key, self.partitions)

    def report(self, report: Report) -> Out:
        """On ``reports.<type>``."""
        return self._of_report(REPORTS[EventType(report.type)], report, "gateway")

    def event(self, report: Report) -> Out:
        """On ``events.<type>``."""
        return self._of_report(EVENTS[EventType(report.type)], report, "register")

    def sighting(self, told: SubjectSighting) -> Out:
        """On ``sightings.<class>``: of the register, or what a document passes on."""
        topic = SIGHTINGS[Evidence(told.sighting.evidence)]
        role = "register" if told.via is None else "relocation"
        at = told.dated
        return self._out(topic, told, role, _Laid(sighting_key(told), told.subject, at))

    def alert(self, alert: Alert, *, successor: str | None, is_settled: bool = False) -> Out:
        """On ``alerts``; ``is_settled``: the last message again, of one that rests."""
        more: Headers = [(named_headers.EPOCH, EPOCH)]
        if successor is not None:
            more.append((named_headers.SUCCESSOR, successor.encode()))
        if is_settled:
            more.append((named_headers.SETTLED, b"1"))
        out = self._out(ALERTS, alert, "relocation", _Laid(alert.alert_id, alert.subject, alert.known_at))
        return out._replace(headers=[*out.headers, *more])

    def alert_state(self, state: AlertState, subject: str, action_id: str | None) -> Out:
        """On ``alert-states``, with the request that led to it."""
        out = self._out(ALERT_STATES, state, "desk", _Laid(state.alert_id, subject, state.changed_at))
        if action_id is None:
            return out
        return out._replace(headers=[*out.headers, (named_headers.ACTION, action_id.encode())])

    def alert_action(self, action: AlertAction, subject: str) -> Out:
        """On ``alert-actions``."""
        return self._out(ALERT_ACTIONS, action, "console", _Laid(action.alert_id, subject, action.at))

    def subject_action(self, action: SubjectAction) -> Out:
        """On ``subject-actions``."""
        return self._out(SUBJECT_ACTIONS, action, "console", _Laid(action.subject, action.subject, action.at))

    def subject_state(self, state: SubjectState) -> Out:
        """On ``subject-states``."""
        subject = state.action.subject
        return self._out(SUBJECT_STATES, state, "relocation", _Laid(subject, subject, state.action.at))

    def followed(self, followed: Followed, at: int) -> Out:
        """On ``followed``."""
        return self._out(FOLLOWED, followed, "relocation", _Laid(followed.token, followed.token, at))

    def destroyed(self, destroyed: Destroyed) -> Out:
        """On ``destroyed``."""
        event = destroyed.event
        key = f"{event.event_id}/{event.source}"
        return self._out(DESTROYED, destroyed, "relocation", _Laid(key, event.event_id, destroyed.at))

    def receipt(self, receipt: Receipt) -> Out:
        """On ``receipts``, of an event whose id is known."""
        key = receipt.event_id or ""
        return self._out(RECEIPTS, receipt, "register", _Laid(key, key, receipt.known_at))

    def dead_letter(self, letter: DeadLetter, origin: str) -> Out:
        """On ``dead-letters``. What came by HTTP has no origin in a log of Kafka: ``origin`` tells it apart."""
        return self._out(DEAD_LETTERS, letter, letter.role, _Laid(origin, origin, letter.known_at))

    def _of_report(self, topic: Topic, report: Report, role: str) -> Out:
        at = report.recorded_at if report.occurred_at is None else report.occurred_at
        return self._out(topic, report, role, _Laid(report_key(report), report.event_id, at))

    def _out(self, topic: Topic, message: Any, role: str, laid: "_Laid") -> Out:
        kind = kind_of(message)
        headers = self._headers.get((kind, role))
        if headers is None:
            headers = self._headers[kind, role] = headers_for(kind, role)
        value = self._wire.encoder(topic, kind)(message)
        number = self.number_of(laid.by)
        return Out(named(self._prefix, topic), number, laid.key.encode(), value, headers(message), laid.at)


class _Laid(NamedTuple):
    """Under which key, partitioned by what, and when (UTC ms)."""

    key: str
    by: str
    at: int
