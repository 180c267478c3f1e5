"""INTAKE on Kafka: what publishers write to ``intake.<type>`` is judged, with no state but who is followed."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from processors.intake import SET_ASIDE, Admitted, Intake, NoHit, Refusal
from schemas.reports import EventType
from schemas.undecodable import Undecodable
from streams.kafka.cluster import Cluster
from streams.kafka.ending import Unworkable
from streams.kafka.followed import FollowedLog, hear_followed
from streams.kafka.intake_outs import IntakeOuts
from streams.kafka.invalid_share import InvalidShare
from streams.kafka.records import Out, Record
from streams.kafka.tally import Tally
from streams.kafka.task import Halt, PlainTask, Reading
from streams.kafka.wire import Unresolved
from streams.topic import named
from streams.topics import INTAKE

if TYPE_CHECKING:
    from streams.kafka.tail import Tail

LOG = logging.getLogger("relocation.worker")
ADMITTED, NO_HIT, UNDECODABLE, EMPTY, FAILED = "admitted", "no_hit", "undecodable", "empty", "failed"
"""What a record can become, besides the code of what is wrong with it first."""
BEHIND_S_MAX = 25.0
"""Further behind ``followed`` no passage is judged; the law's bound of 30 s less what a batch may take (DESIGN 5)."""
AGAIN_S = 5.0
"""After so long an event is tried again whose schema nobody could be asked for."""


@dataclass(frozen=True, slots=True)
class IntakeParts:
    """What the composition root puts into the role."""

    intake: Intake
    cluster: Cluster


class IntakeRole:
    """The role of a process: its tasks share who is followed."""

    name = "intake"

    def __init__(self, parts: IntakeParts) -> None:
        self._parts = parts
        prefix = parts.cluster.prefix
        self._passages = frozenset({named(prefix, INTAKE[EventType.VEHICLE])})
        self.reading = Reading(tuple(named(prefix, topic) for topic in INTAKE.values()))
        self._stack = ExitStack()
        self._followed = FollowedLog()
        self._tail: Tail | None = None

    def task(self, number: int, tallies: Mapping[str, Tally], noted: Mapping[str, Any]) -> "IntakeTask":
        """A new task for a partition number."""
        del noted
        return IntakeTask(self._parts, number, tallies, self._followed)

    def withheld(self) -> frozenset[str]:
        """No passage is judged while it is not known who is followed."""
        if self._tail is None:
            return self._passages
        if self._tail.failed is not None:
            raise Unworkable(f"followed cannot be read ({self._tail.failed})")
        return self._passages if self._tail.behind_s() > BEHIND_S_MAX else frozenset()

    def start(self) -> None:
        """Begin to read who is followed."""
        self._followed, self._tail = hear_followed(self._stack, self._parts.cluster)

    def close(self) -> None:
        """Read it no more."""
        self._stack.close()


class IntakeTask(PlainTask):
    """Judges what lies in one partition of each ``intake.<type>`` (``streams.kafka.task.Task``)."""

    def __init__(self, parts: IntakeParts, number: int, tallies: Mapping[str, Tally], followed: FollowedLog) -> None:
        del number  # it writes to any partition
        self._intake, self._wire = parts.intake, parts.cluster.wire
        self._tallies, self._followed = tallies, followed
        self._outs = IntakeOuts(parts.cluster)
        self._types = {named(parts.cluster.prefix, topic): type_ for type_, topic in INTAKE.items()}
        self._shares: defaultdict[str, InvalidShare] = defaultdict(InvalidShare)
        self._halted: dict[str, Halt] = {}

    def process(self, records: Sequence[Record], now: int) -> Iterator[Out]:
        """See Task."""
        self._halted = {}
        for record in records:
            if record.topic not in self._halted:
                yield from self._of(record, now)

    def given_up(self, record: Record, now: int) -> Iterator[Out]:
        """See Task."""
        del now
        yield from self._outs.failed(record, Refusal((SET_ASIDE,), self._types[record.topic]))

    def halted(self) -> Mapping[str, Halt]:
        """See Task."""
        return self._halted

    def _of(self, record: Record, now: int) -> Iterator[Out]:
        type_ = self._types[record.topic]
        try:
            if not record.value:
                became, outs = EMPTY, self._outs.unread(record, type_, None)
            else:
                became, outs = self._judged(record, self._wire.read_intake(type_, record.value), now)
        except Unresolved:
            self._halted[record.topic] = Halt(record.offset, AGAIN_S)
            return
        except Undecodable as fault:
            became, outs = UNDECODABLE, self._outs.unread(record, type_, fault)
        yield from outs
        self._tallies[record.topic].add(became)
        if self._shares[record.topic].is_too_much(is_invalid=became not in (ADMITTED, NO_HIT)):
            del self._shares[record.topic]
            self._halted[record.topic] = Halt(record.offset + 1)

    def _judged(self, record: Record, raw: bytes, now: int) -> tuple[str, list[Out]]:
        try:
            outcome = self._intake.judge(raw, known_at=record.timestamp_ms, is_followed=self._is_followed_at(now))
        except Exception as error:  # noqa: BLE001 - whatever it is, the event is set aside and the next one judged
            LOG.error("step_failed", extra={"where": type(error).__name__})  # noqa: TRY400 - a traceback could tell
            return FAILED, self._outs.failed(record, Refusal((SET_ASIDE,), self._types[record.topic]))
        match outcome:
            case Admitted(report):
                self._followed.accept(report, now)
                return ADMITTED, [self._outs.report(record, report)]
            case NoHit(_, report):
                return NO_HIT, [] if report is None else [self._outs.report(record, report)]
            case Refusal():
                return str(outcome.problems[0].code), self._outs.refused(record, outcome)

    def _is_followed_at(self, now: int) -> Callable[[str, int], bool]:
        def is_followed(token: str, known_at: int) -> bool:
            return self._followed.is_followed(token, known_at, now)

        return is_followed
