"""REGISTER on Kafka: the register of one partition number, between its topics (docs/distributed.md)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from processors.registrar import Head, Registrar, ReportReader
from schemas import avro
from schemas.avro import REPORT_KINDS
from schemas.avro_ids import pinned_id
from schemas.reports import EventType, Report
from schemas.undecodable import Undecodable
from streams.kafka.records import Out, Record
from streams.kafka.register_outs import RegisterOuts
from streams.kafka.tally import APPLIED, TOMBSTONE, UNDECODABLE, Tally
from streams.kafka.task import PlainRole, PlainTask, Reading
from streams.kafka.wire import Wire
from streams.topic import named
from streams.topics import DESTROYED, REPORTS

_FRAME_BYTES = 5
_TYPES = tuple(EventType)


@dataclass(frozen=True, slots=True)
class RegisterParts:
    """What the composition root puts into the role."""

    term_of: Callable[[Report], int | None]
    """How long a report may be kept after it occurred (ms); None: no end."""
    term_min_ms: int
    """No legal term is shorter."""
    wire: Wire
    partitions: int
    prefix: str = ""


class RegisterRole(PlainRole):
    """The role of a process."""

    name = "register"

    def __init__(self, parts: RegisterParts) -> None:
        self._parts = parts
        reports = tuple(named(parts.prefix, topic) for topic in REPORTS.values())
        self.reading = Reading(inputs=(*reports, named(parts.prefix, DESTROYED)), folded=frozenset(reports))

    def task(self, number: int, tallies: Mapping[str, Tally], noted: Mapping[str, Any]) -> "RegisterTask":
        """A new register for a partition number."""
        del noted
        return RegisterTask(self._parts, number, tallies)


class RegisterTask(PlainTask):
    """One register (``streams.kafka.task.Task``). What is held of a report is its value after a byte for its type."""

    def __init__(self, parts: RegisterParts, number: int, tallies: Mapping[str, Tally]) -> None:
        self._tallies = tallies
        self._types = {named(parts.prefix, topic): type_ for type_, topic in REPORTS.items()}
        self._read = {type_: parts.wire.decoder(topic) for type_, topic in REPORTS.items()}
        self._read_destroyed = parts.wire.decoder(DESTROYED)
        self._outs = RegisterOuts(parts.wire, parts.prefix, parts.partitions, number)
        self._registrar = Registrar(ReportReader(self._whole, self._head), parts.term_of, parts.term_min_ms)
        self._usual = {type_: avro.frame(pinned_id(kind), b"") for type_, kind in REPORT_KINDS.items()}
        """How a report begins that is written with the present schema: its head can be read by itself."""

    # Recovery

    def restore(self, record: Record) -> None:
        """See Task."""
        type_ = self._types[record.topic]
        if record.value is None:
            self._registrar.forget(_key(record))
            return
        try:
            self._registrar.restore(_held(type_, record.value))
        except Undecodable:
            return

    # New records

    def process(self, records: Sequence[Record], now: int) -> Iterator[Out]:
        """See Task."""
        for record in records:
            type_ = self._types.get(record.topic)
            if type_ is None:
                yield from self._destroy(record, now)
            elif record.value is None:
                self._registrar.forget(_key(record))
                self._tallies[record.topic].add(TOMBSTONE)
            else:
                yield from self._apply(type_, record, record.value, now)

    def given_up(self, record: Record, now: int) -> Iterator[Out]:
        """See Task."""
        yield from self._outs.failed(record, self._types.get(record.topic), now)

    def _apply(self, type_: EventType, record: Record, value: bytes, now: int) -> Iterator[Out]:
        try:
            report: Report = self._read[type_](value)
        except Undecodable:
            self._tallies[record.topic].add(UNDECODABLE)
            yield from self._outs.undecodable(record, now)
            return
        step = self._registrar.apply(report, record.offset, _held(type_, value))
        assert step.verdict is not None
        self._tallies[record.topic].add(str(step.verdict))
        yield from self._outs.of_report(report, record, step)

    def _destroy(self, record: Record, now: int) -> Iterator[Out]:
        try:
            order = None if record.value is None else self._read_destroyed(record.value)
        except Undecodable:
            order = None
        if order is None:
            self._tallies[record.topic].add(TOMBSTONE if record.value is None else UNDECODABLE)
            return
        self._tallies[record.topic].add(APPLIED)
        yield from self._outs.of_step(self._registrar.destroy(order), now)

    def tick(self, now: int) -> Iterator[Out]:
        """See Task."""
        yield from self._outs.of_step(self._registrar.tick(now), now)

    # What is held

    def _whole(self, held: bytes) -> Report:
        report: Report = self._read[_TYPES[held[0]]](held[1:])
        return report

    def _head(self, held: bytes) -> Head:
        type_ = _TYPES[held[0]]
        if held.startswith(self._usual[type_], 1):
            return avro.report_head(held[1 + _FRAME_BYTES :])
        return _HeadOf(self._whole(held))


class _HeadOf:
    """The head of a report that was read whole."""

    def __init__(self, report: Report) -> None:
        self.key, self.rank = report.key, report.rank
        self.known_at, self.occurred_at = report.known_at, report.occurred_at


def _held(type_: EventType, value: bytes) -> bytes:
    return bytes((_TYPES.index(type_),)) + value


def _key(record: Record) -> str:
    return (record.key or b"").decode(errors="replace")
