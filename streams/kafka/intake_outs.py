"""What intake says, as records of its topics: every one bears where in ``intake.*`` it comes from."""

from processors.intake import Refusal
from schemas.dead_letters import DeadLetter, Fault
from schemas.keys import report_key
from schemas.problems import Problem
from schemas.receipts import Became, Receipt
from schemas.reports import EventType, Report
from schemas.times import DAY_MS
from schemas.undecodable import Reason, Undecodable
from streams.kafka.cluster import Cluster
from streams.kafka.headers import ORIGIN, headers_for
from streams.kafka.records import Out, Record
from streams.partitions import partition_of
from streams.topic import Topic, named
from streams.topics import DEAD_LETTERS, RECEIPTS, REPORTS

ROLE = "intake"


class IntakeOuts:
    """Makes records for any partition. Of passages that are right there are no receipts: none tells hit from no hit."""

    def __init__(self, cluster: Cluster) -> None:
        self._partitions = cluster.partitions
        topics = (*REPORTS.values(), RECEIPTS, DEAD_LETTERS)
        self._names = {topic.name: named(cluster.prefix, topic) for topic in topics}
        self._encode = {topic.name: cluster.wire.encoder(topic) for topic in topics}
        self._headers = {topic.name: headers_for(topic.kind, ROLE) for topic in topics}

    def report(self, record: Record, report: Report) -> Out:
        """On ``reports.<type>``, dated when it occurred; a withdrawal when it was recorded, as far as that can be.

        Whoever recorded it may have a clock that is ahead, and brokers refuse what is dated an hour from now.
        """
        at = report.recorded_at if report.occurred_at is None else report.occurred_at
        topic = REPORTS[EventType(report.type)]
        return self._out(record, topic, report, report_key(report), by=report.event_id, at=min(at, report.known_at))

    def refused(self, record: Record, refusal: Refusal, fault: Fault = Fault.REFUSED) -> list[Out]:
        """Its dead letter and its receipt, and the report where it takes something back."""
        letter = refusal.as_dead_letter(ROLE, record.timestamp_ms, position=record.position, fault=fault)
        taking_back = [] if refusal.report is None else [self.report(record, refusal.report)]
        return [*taking_back, self._dead_letter(record, letter), self._receipt(record, _rejected(record, refusal))]

    def failed(self, record: Record, refusal: Refusal) -> list[Out]:
        """As refused, and it was nobody's fault but the platform's."""
        return self.refused(record, refusal, Fault.FAILED)

    def unread(self, record: Record, type_: EventType, fault: Undecodable | None) -> list[Out]:
        """Of what cannot be read nothing is kept: who sent it must send it again."""
        is_large = fault is not None and fault.reason is Reason.TOO_LARGE
        kind = Fault.TOO_LARGE if is_large else Fault.UNDECODABLE
        letter = DeadLetter(kind, ROLE, record.timestamp_ms, type_, position=record.position).redacted()
        receipt = Receipt(Became.UNDECODABLE, letter.known_at, type_, position=record.position)
        return [self._dead_letter(record, letter), self._receipt(record, receipt)]

    def _dead_letter(self, record: Record, letter: DeadLetter) -> Out:
        key = _origin(record)
        return self._out(record, DEAD_LETTERS, letter, key, by=key, at=record.timestamp_ms)

    def _receipt(self, record: Record, receipt: Receipt) -> Out:
        key = receipt.event_id or _origin(record)
        return self._out(record, RECEIPTS, receipt, key, by=key, at=record.timestamp_ms)

    def _out(self, record: Record, topic: Topic, message: object, key: str, *, by: str, at: int) -> Out:  # noqa: PLR0913
        headers = [*self._headers[topic.name](message), (ORIGIN, _origin(record).encode())]
        number = partition_of(by, self._partitions)
        return Out(self._names[topic.name], number, key.encode(), self._encode[topic.name](message), headers, at)


def _rejected(record: Record, refusal: Refusal) -> Receipt:
    """Of a passage it tells no more than its dead letter may hold."""
    if refusal.type != EventType.VEHICLE:
        named = (refusal.type, refusal.source, refusal.event_id)
        return Receipt(
            Became.REJECTED, record.timestamp_ms, *named, problems=refusal.problems, position=record.position
        )
    problems = tuple(Problem(problem.code, problem.message) for problem in refusal.problems)
    day = record.timestamp_ms - record.timestamp_ms % DAY_MS
    return Receipt(Became.REJECTED, day, refusal.type, refusal.source, problems=problems, position=record.position)


def _origin(record: Record) -> str:
    return "/".join(map(str, record.position))
