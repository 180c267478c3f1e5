"""DESK on Kafka: the desk of one partition number, between its topics (docs/distributed.md)."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from processors.desk_steps import Heard
from processors.deskroom import ANSWERED_MS, DeskRoom
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.decisions import ActionAnswer, Decided
from schemas.undecodable import Undecodable
from streams.kafka.desk_outs import ROLE, DeskOuts
from streams.kafka.given_up import GivenUp
from streams.kafka.headers import ACTION, ASKED, EPOCH, HEARD, SUCCESSOR
from streams.kafka.records import Out, Record
from streams.kafka.tally import APPLIED, TOMBSTONE, UNDECODABLE, Tally
from streams.kafka.task import Halt, PlainRole, PlainTask, Reading
from streams.kafka.wire import Decode, Wire
from streams.topic import named
from streams.topics import ACTION_ANSWERS, ALERT_ACTIONS, ALERT_STATES, ALERTS, SUBJECT_ACTIONS

EARLY_MS = 10_000
"""A request may come before its alert, which whoever asked has read already: so old it waits for it no longer."""
EARLY_AGAIN_S = 0.1


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What the composition root puts into the role."""

    wire: Wire
    partitions: int
    prefix: str = ""


class DeskRole(PlainRole):
    """The role of a process."""

    name = "desk"

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts
        inputs = tuple(named(parts.prefix, topic) for topic in (ALERTS, ALERT_ACTIONS))
        self.reading = Reading(
            inputs=inputs,
            folded=frozenset(inputs),
            to_end=tuple(named(parts.prefix, topic) for topic in (ALERT_STATES, ACTION_ANSWERS)),
        )

    def task(self, number: int, tallies: Mapping[str, Tally], noted: Mapping[str, Any]) -> "DeskTask":
        """A new desk for a partition number, with an epoch of its own."""
        del noted
        return DeskTask(self._parts, number, tallies, secrets.token_hex(8))


class DeskTask(PlainTask):
    """One desk (``streams.kafka.task.Task``).

    That a request was done is answered once its state was read back from the log: nobody is told what a crash could
    take back. Where that did not come about, the next desk answers (``restored``).
    """

    def __init__(self, parts: DeskParts, number: int, tallies: Mapping[str, Tally], epoch: str) -> None:
        self._tallies, self._epoch = tallies, epoch.encode()
        topics = (ALERTS, ALERT_ACTIONS, ALERT_STATES, ACTION_ANSWERS)
        self._read = {named(parts.prefix, topic): parts.wire.decoder(topic) for topic in topics}
        self._alerts, self._actions, self._states, self._answers = self._read
        self._read_asked = parts.wire.decoder(SUBJECT_ACTIONS)
        self._outs = DeskOuts(parts.wire, parts.prefix, parts.partitions, number, epoch)
        self._given_up = GivenUp(ROLE, parts.wire, parts.prefix, parts.partitions)
        self._room = DeskRoom()
        self._before: dict[str, list[Record]] = {self._alerts: [], self._actions: []}
        """Alerts and inheritances of the fold: they are taken in after the states."""
        self._unanswered: dict[str, ActionAnswer] = {}
        """By ``action_id``: what is answered when its state is read back."""
        self._answered: set[str] = set()
        """Requests whose answers lie in the log; only while restoring."""
        self._halted: dict[str, Halt] = {}
        self._met: tuple[int, int] | None = None
        """The offset of the last request that came early, and when it was first met."""

    # Recovery

    def restore(self, record: Record) -> None:
        """See Task."""
        if record.topic in self._before:
            self._before[record.topic].append(record)
            return
        message = self._message(record)
        if isinstance(message, AlertState):
            cause = _text(record.headers, ACTION)
            self._room.restore_state(message, "", _heard(record.headers), cause, self._asked(record.headers))
            if cause is not None and not cause.startswith("inherit/"):
                self._unanswered.setdefault(cause, ActionAnswer(cause, Decided.DONE, message.changed_at, state=message))
        elif isinstance(message, ActionAnswer):
            self._room.restore_answer(message)
            self._answered.add(message.action_id)

    def restored(self, now: int) -> Iterator[Out]:
        """Alerts, then inheritances; then what a desk before this one did not come to ask or to answer."""
        for record in self._before.pop(self._alerts):
            message = self._message(record)
            if message is not None:
                self._room.restore_alert(message, _text(record.headers, SUCCESSOR))
        for record in self._before.pop(self._actions):
            message = self._message(record)
            if isinstance(message, AlertState):
                self._room.restore_inheritance(message, _key(record), _cause(record), record.offset)
        yield from self._said(self._room.restored(self._answered, now))
        for action_id, answer in self._unanswered.items():
            if action_id not in self._answered and answer.at > now - ANSWERED_MS:
                yield self._outs.answer(answer)
        self._unanswered.clear()
        self._answered.clear()

    # New records

    def given_up(self, record: Record, now: int) -> Iterable[Out]:
        """See Task."""
        return self._given_up.failed(record, now)

    def process(self, records: Sequence[Record], now: int) -> Iterator[Out]:
        """See Task."""
        self._halted = {}
        for record in records:
            if record.topic in self._halted:
                continue
            message = self._message(record)
            if isinstance(message, AlertAction) and self._is_early(message, record, now):
                self._halted[record.topic] = Halt(record.offset, EARLY_AGAIN_S)
                continue
            self._count(record, message)
            if message is None:
                continue
            if record.topic == self._alerts:
                step = self._room.hear(message, _text(record.headers, SUCCESSOR))
            elif isinstance(message, AlertAction):
                step = self._room.decide(message, now, record.offset)
            else:
                step = self._room.inherit(message, _key(record), _cause(record), record.offset)
            yield from self._said(step)

    def halted(self) -> Mapping[str, Halt]:
        """See Task."""
        return self._halted

    def _is_early(self, action: AlertAction, record: Record, now: int) -> bool:
        if self._room.can_decide(action):
            return False
        if self._met is None or self._met[0] != record.offset:
            self._met = record.offset, now
        # By both clocks: one that runs ahead where it was asked must not have others wait for as long.
        return now < min(record.timestamp_ms, self._met[1]) + EARLY_MS

    def _said(self, step: Any) -> Iterator[Out]:
        caused = {told.cause for told in step.states if told.cause is not None}
        for answer in step.answers:
            if answer.action_id in caused:
                self._unanswered[answer.action_id] = answer
        yield from self._outs.of_step(step, withheld=caused)

    def _count(self, record: Record, message: Any) -> None:
        absent = TOMBSTONE if record.value is None else UNDECODABLE
        self._tallies[record.topic].add(absent if message is None else APPLIED)

    def overheard(self, record: Record, now: int) -> Iterator[Out]:
        """See Task."""
        del now
        message = self._message(record)
        if isinstance(message, ActionAnswer):
            self._unanswered.pop(message.action_id, None)
        elif isinstance(message, AlertState):
            headers = record.headers
            ours, cause = headers.get(EPOCH) == self._epoch, _text(headers, ACTION)
            asked = self._asked(headers)
            yield from self._said(self._room.hear_state(message, _heard(headers), cause, asked, ours=ours))
            answer = self._unanswered.pop(cause, None) if cause is not None else None
            if answer is not None:
                yield self._outs.answer(answer)

    def tick(self, now: int) -> Iterator[Out]:
        """See Task."""
        yield from self._said(self._room.tick(now))

    def _asked(self, headers: Mapping[str, bytes]) -> SubjectAction | None:
        asked: SubjectAction | None = _decoded(self._read_asked, headers.get(ASKED))
        return asked

    def _message(self, record: Record) -> Any:
        return _decoded(self._read[record.topic], record.value)


def _decoded(read: Decode, body: bytes | None) -> Any:
    if body is None:
        return None
    try:
        return read(body)
    except Undecodable:
        return None


def _text(headers: Mapping[str, bytes], name: str) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode(errors="replace")


def _heard(headers: Mapping[str, bytes]) -> Heard:
    try:
        revision, offset = map(int, headers.get(HEARD, b"").split(b"/"))
    except ValueError:
        return Heard()
    return Heard(revision, offset)


def _key(record: Record) -> str:
    return (record.key or b"").decode(errors="replace")


def _cause(record: Record) -> str:
    return _text(record.headers, ACTION) or f"{record.topic}/{record.partition}/{record.offset}"
