"""What a register says, as records of its topics."""

from collections.abc import Iterator
from dataclasses import replace

from processors.intake import SET_ASIDE
from processors.registrar import RegisterStep
from schemas.dead_letters import Fault
from schemas.following import Destroyed
from schemas.keys import event_key, report_key, sighting_key
from schemas.positions import LogPosition
from schemas.receipts import Became, Receipt
from schemas.reports import EventType, Report, Standing
from schemas.sightings import Evidence, SubjectSighting
from streams.kafka.given_up import GivenUp
from streams.kafka.headers import CAUSE, ORIGIN, headers_for
from streams.kafka.records import Headers, Out, Record
from streams.kafka.wire import Wire
from streams.partitions import partition_of
from streams.topic import Topic, named
from streams.topics import DESTROYED, EVENTS, RECEIPTS, REPORTS, SIGHTINGS

ROLE = "register"


class RegisterOuts:
    """Makes the records of one register, whose events all lie in partition ``number``."""

    def __init__(self, wire: Wire, prefix: str, partitions: int, number: int) -> None:
        self._partitions, self._number = partitions, number
        topics = (*EVENTS.values(), *REPORTS.values(), *SIGHTINGS.values(), RECEIPTS, DESTROYED)
        self._names = {topic.name: named(prefix, topic) for topic in topics}
        self._encode = {topic.name: wire.encoder(topic) for topic in topics}
        self._headers = {topic.name: headers_for(topic.kind, ROLE) for topic in topics}
        self._given_up = GivenUp(ROLE, wire, prefix, partitions)

    def of_report(self, report: Report, record: Record, step: RegisterStep) -> Iterator[Out]:
        """The records that one report led to: what is so, then what became of it."""
        yield from map(self._sighting, step.sightings)
        if step.published:
            topic = EVENTS[EventType(report.type)]
            yield self._out(topic, self._number, report_key(report), report, record.timestamp_ms, _origin(record))
        if report.type != EventType.VEHICLE:
            yield self._receipt(_became(report, step), record)

    def of_step(self, step: RegisterStep, now: int) -> Iterator[Out]:
        """The records of an order to destroy, or of a tick. ``now`` is UTC ms."""
        yield from map(self._destroyed, step.destroyed)
        for key in step.tombstones:
            for topics in (EVENTS, REPORTS):
                name = self._names[topics[EventType.VEHICLE].name]
                yield Out(name, self._number, key.encode(), None, (), now)

    def undecodable(self, record: Record, now: int) -> Iterator[Out]:
        """What is left of a record that is no report."""
        yield self._given_up.letter(record, now, Fault.UNDECODABLE)
        yield self._receipt(Receipt(Became.UNDECODABLE, now, position=record.position), record)

    def failed(self, record: Record, type_: EventType | None, now: int) -> Iterator[Out]:
        """What is told of a record at which the register failed. ``type_``: of the report, if it is one."""
        problems = () if type_ is None else (SET_ASIDE,)
        yield self._given_up.letter(record, now, Fault.FAILED, type_, problems)
        if type_ is not None and type_ is not EventType.VEHICLE:
            yield self._receipt(Receipt(Became.REJECTED, now, type_, problems=problems), record)

    def _sighting(self, told: SubjectSighting) -> Out:
        topic = SIGHTINGS[Evidence(told.sighting.evidence)]
        number = partition_of(told.subject, self._partitions)
        return self._out(topic, number, sighting_key(told), told, told.dated)

    def _receipt(self, receipt: Receipt, record: Record) -> Out:
        key = receipt.event_id or "/".join(map(str, record.position))
        cause = (CAUSE, "/".join(map(str, record.position)).encode())
        position = _position(record)
        if receipt.position is None and position is not None:
            receipt = replace(receipt, position=position)
        headers = [cause, *_origin(record)]
        return self._out(RECEIPTS, partition_of(key, self._partitions), key, receipt, receipt.known_at, headers)

    def _destroyed(self, order: Destroyed) -> Out:
        return self._out(DESTROYED, self._number, event_key(order.event), order, order.at)

    def _out(self, topic: Topic, number: int, key: str, message: object, at: int, more: Headers = ()) -> Out:  # noqa: PLR0913, PLR0917 - a record has so many parts
        headers = [*self._headers[topic.name](message), *more]
        return Out(self._names[topic.name], number, key.encode(), self._encode[topic.name](message), headers, at)


def _became(report: Report, step: RegisterStep) -> Receipt:
    refused = report.rank.standing == Standing.REFUSED
    became = Became.REJECTED if refused else Became(str(step.verdict))
    return Receipt(became, report.known_at, report.type, report.source, report.event_id, report.rank.revision)


def _origin(record: Record) -> list[tuple[str, bytes]]:
    """Where in ``intake.*`` it comes from, if it does."""
    origin = record.headers.get(ORIGIN)
    return [] if origin is None else [(ORIGIN, origin)]


def _position(record: Record) -> LogPosition | None:
    topic, partition, offset = [*record.headers.get(ORIGIN, b"").decode(errors="replace").split("/"), "", ""][:3]
    if not (partition.isdigit() and offset.isdigit()):
        return None
    return LogPosition(topic, int(partition), int(offset))
