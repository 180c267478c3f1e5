"""How the messages of gateway and console lie in topics: under which key, in which partition, with which headers."""

import uuid
from typing import TYPE_CHECKING, Any

from schemas.actions import AlertAction, SubjectAction
from schemas.avro import Kind, kind_of
from schemas.dead_letters import DeadLetter
from schemas.keys import report_key
from schemas.positions import LogPosition
from schemas.reports import EventType, Report
from streams.kafka.headers import ORIGIN, Headers, headers_for
from streams.kafka.records import Out
from streams.kafka.wire import Wire
from streams.partitions import partition_of
from streams.topic import Topic, named
from streams.topics import ALERT_ACTIONS, DEAD_LETTERS, REPORTS, SUBJECT_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable


class Outbox:
    """Makes records; safe to use from threads. ``partitions``: how many each topic has."""

    def __init__(self, wire: Wire, *, role: str, partitions: int, prefix: str = "") -> None:
        self._wire = wire
        self._role = role
        self._partitions = partitions
        self._prefix = prefix
        self._headers: dict[Kind, Callable[[Any], Headers]] = {}

    def report(self, report: Report, origin: LogPosition | None = None) -> Out:
        """On ``reports.<type>``, dated when it occurred; a withdrawal when it was recorded, as far as that can be.

        Whoever recorded it may have a clock that is ahead, and brokers refuse what is dated an hour from now.
        ``origin``: where in ``intake.*`` it comes from, if it does.
        """
        at = report.recorded_at if report.occurred_at is None else report.occurred_at
        topic = REPORTS[EventType(report.type)]
        out = self._out(topic, report, report_key(report), by=report.event_id, at=min(at, report.known_at))
        if origin is None:
            return out
        return out._replace(headers=[*out.headers, (ORIGIN, "/".join(map(str, origin)).encode())])

    def dead_letter(self, letter: DeadLetter) -> Out:
        """On ``dead-letters``. What came by HTTP has no origin in a log: it is given one of its own."""
        key = f"{self._role}/{uuid.uuid4()}"
        return self._out(DEAD_LETTERS, letter, key, by=key, at=letter.known_at)

    def alert_action(self, action: AlertAction, subject: str) -> Out:
        """On ``alert-actions``, beside the alert, whose subject this is."""
        return self._out(ALERT_ACTIONS, action, action.alert_id, by=subject, at=action.at)

    def subject_action(self, action: SubjectAction) -> Out:
        """On ``subject-actions``."""
        return self._out(SUBJECT_ACTIONS, action, action.subject, by=action.subject, at=action.at)

    def _out(self, topic: Topic, message: Any, key: str, *, by: str, at: int) -> Out:
        kind = kind_of(message)
        headers = self._headers.get(kind)
        if headers is None:
            headers = self._headers[kind] = headers_for(kind, self._role)
        return Out(
            named(self._prefix, topic),
            partition_of(by, self._partitions),
            key.encode(),
            self._wire.encoder(topic, kind)(message),
            headers(message),
            at,
        )
