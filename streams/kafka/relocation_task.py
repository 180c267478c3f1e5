"""RELOCATION on Kafka: the keeper of one partition number, between its topics (docs/distributed.md)."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from processors.archive import KeeperReader
from processors.geography import Geography
from processors.keeper import Keeper
from processors.keeper_steps import NOTHING
from processors.marks import Marks
from processors.rules import Rules
from schemas import avro
from schemas.avro import Kind
from schemas.avro_alerts import alert_head
from schemas.avro_ids import pinned_id
from schemas.sightings import Evidence
from schemas.times import HOUR_MS
from schemas.undecodable import Undecodable
from streams.kafka.given_up import GivenUp
from streams.kafka.headers import CAUSE, EPOCH, SETTLED, alert_of
from streams.kafka.records import Out, Record
from streams.kafka.relocation_outs import ROLE, RelocationOuts
from streams.kafka.tally import APPLIED, TOMBSTONE, UNDECODABLE, Tally
from streams.kafka.task import PlainRole, PlainTask, Reading
from streams.kafka.wire import Decode, Wire
from streams.topic import named
from streams.topics import ALERTS, FOLLOWED, SIGHTINGS, SUBJECT_ACTIONS, SUBJECT_STATES

if TYPE_CHECKING:
    from schemas.alerts import Alert

MARKS = "marks"
"""In the metadata of commits."""


@dataclass(frozen=True, slots=True)
class RelocationParts:
    """What the composition root puts into the role."""

    rules: Rules
    geography: Geography
    term_min_ms: int
    """No legal term is shorter."""
    wire: Wire
    partitions: int
    prefix: str = ""


class RelocationRole(PlainRole):
    """The role of a process."""

    name = "relocation"

    def __init__(self, parts: RelocationParts) -> None:
        self._parts = parts
        alerts = named(parts.prefix, ALERTS)
        sightings = tuple(named(parts.prefix, topic) for topic in SIGHTINGS.values())
        self.reading = Reading(
            inputs=(*sightings, named(parts.prefix, SUBJECT_ACTIONS)),
            folded=frozenset(sightings),
            to_end=(alerts, named(parts.prefix, SUBJECT_STATES), named(parts.prefix, FOLLOWED)),
            told_of=frozenset((alerts,)),
        )

    def task(self, number: int, tallies: Mapping[str, Tally], noted: Mapping[str, Any]) -> "RelocationTask":
        """A new keeper for a partition number, with an epoch of its own."""
        marks = _marks_of(secrets.token_hex(8), self._parts.prefix, noted.get(MARKS, {}))
        return RelocationTask(self._parts, number, tallies, marks)


class RelocationTask(PlainTask):
    """One keeper (``streams.kafka.task.Task``)."""

    def __init__(self, parts: RelocationParts, number: int, tallies: Mapping[str, Tally], marks: "_Marked") -> None:
        self._tallies, self._marked = tallies, marks
        self._names = _Names(parts.prefix)
        self._read = {name: parts.wire.decoder(topic) for name, topic in self._names.topics.items()}
        self._outs = RelocationOuts(parts.wire, parts.prefix, parts.partitions, number, marks.epoch)
        self._given_up = GivenUp(ROLE, parts.wire, parts.prefix, parts.partitions)
        reader = KeeperReader(
            sighting=_or_none(self._read[self._names.presence]),
            alert=_or_none(self._read[self._names.alerts]),
            alert_head=_alert_head(self._read[self._names.alerts]),
        )
        acted_until = tallies[self._names.actions].end
        self._keeper = Keeper(parts.rules, parts.geography, reader, parts.term_min_ms, acted_until=acted_until)
        self._compared_at: int | None = None
        """When ``followed`` was last compared with what follows; None: before all was read."""

    # Recovery

    def restore(self, record: Record) -> None:
        """See Task."""
        if record.topic in self._names.sightings:
            if record.key is not None:
                self._keeper.restore(record.key.decode(errors="replace"), record.value, record.timestamp_ms)
            return
        headers = record.headers
        is_later = self._marked.is_later(record, headers)
        if record.topic == self._names.alerts:
            self._restore_alert(record.value, settled=headers.get(SETTLED) == b"1", is_later=is_later)
            return
        message = self._message(record)
        if message is None:
            return
        if record.topic == self._names.states:
            self._keeper.restore_state(message, _cause_of(headers))
        else:
            self._keeper.restore_followed(message)

    def _restore_alert(self, value: bytes | None, *, settled: bool, is_later: bool) -> None:
        if value is not None:
            with suppress(Undecodable):
                self._keeper.restore_alert(value, settled=settled, is_later=is_later)

    def restored(self, now: int) -> Iterable[Out]:
        """What is past its term is let go of before anything new; the rest is compared in ``caught_up``."""
        return self._outs.of_step(self._keeper.tick(now), now)

    # New records

    def given_up(self, record: Record, now: int) -> Iterable[Out]:
        """See Task."""
        return self._given_up.failed(record, now)

    def process(self, records: Sequence[Record], now: int) -> Iterator[Out]:
        """See Task."""
        take, write, readers, actions = self._keeper.take, self._outs.of_step, self._read, self._names.actions
        applied: defaultdict[str, int] = defaultdict(int)
        for topic, _, offset, _, key, value, _ in records:
            if value is None:
                self._tallies[topic].add(TOMBSTONE)
                if topic == self._names.passage and key is not None:
                    yield from write(self._keeper.take_tombstone(key.decode(errors="replace")), now)
            else:
                try:
                    message = readers[topic](value)
                except Undecodable:
                    self._tallies[topic].add(UNDECODABLE)
                else:
                    applied[topic] += 1
                    step = self._keeper.act(message, offset) if topic == actions else take(message, offset)
                    if step is not NOTHING:
                        yield from write(step, now)
        for topic, count in applied.items():
            self._tallies[topic].add(APPLIED, count)

    def overheard(self, record: Record, now: int) -> Iterator[Out]:
        """See Task."""
        headers = record.headers
        self._marked.heard(record)
        if headers.get(EPOCH) == self._marked.epoch.encode():
            if record.topic == self._names.alerts:
                self._keeper.hear_own_alert(*alert_of(headers))
            return
        message = self._message(record)
        if message is None:
            return
        if record.topic == self._names.alerts:
            step = self._keeper.hear_alert(message)
        elif record.topic == self._names.states:
            step = self._keeper.hear_state(message, _cause_of(headers))
        else:
            step = self._keeper.hear_followed(message)
        yield from self._outs.of_step(step, now)

    def tick(self, now: int) -> Iterator[Out]:
        """See Task."""
        yield from self._outs.of_step(self._keeper.tick(now), now)
        if self._compared_at is not None and now - self._compared_at >= HOUR_MS:
            yield from self._compare_followed(now)

    def caught_up(self, now: int) -> Iterator[Out]:
        """What a restart left open is compared with what follows."""
        yield from self._outs.of_step(self._keeper.review(now), now)
        self._marked.compared()
        yield from self._compare_followed(now)

    def _compare_followed(self, now: int) -> Iterator[Out]:
        self._compared_at = now
        yield from self._outs.of_step(self._keeper.followed_now(now), now)

    # What goes with a commit

    def wrote(self, topic: str, offset: int) -> None:
        """See Task."""
        self._marked.wrote(topic, offset)

    def noted(self) -> dict[str, Any]:
        """See Task."""
        return {MARKS: self._marked.as_json()}

    def _message(self, record: Record) -> Any:
        if record.value is None:
            return None
        try:
            return self._read[record.topic](record.value)
        except Undecodable:
            return None


class _Marked:
    """The marks of ``alerts``, and how far it was heard."""

    def __init__(self, epoch: str, marks: Mapping[str, Marks]) -> None:
        self.epoch = epoch
        self._marks = marks
        self._heard = dict.fromkeys(marks, 0)

    def is_later(self, record: Record, headers: Mapping[str, bytes]) -> bool:
        """Whether a record from before need not follow from what is committed."""
        self.heard(record)
        marks = self._marks.get(record.topic)
        return marks is not None and marks.is_later(record.offset, headers.get(EPOCH, b"").decode(errors="replace"))

    def heard(self, record: Record) -> None:
        """It was read, and is being heard."""
        if record.topic in self._heard:
            self._heard[record.topic] = record.offset + 1

    def wrote(self, topic: str, offset: int) -> None:
        """A record of ours lies there."""
        self._marks[topic].wrote(offset)

    def compared(self) -> None:
        """What was left open has been compared."""
        for marks in self._marks.values():
            marks.compared()

    def as_json(self) -> dict[str, Any]:
        """By topic."""
        for topic, marks in self._marks.items():
            marks.heard(self._heard[topic])
        return {topic: marks.as_json() for topic, marks in self._marks.items()}


def _marks_of(epoch: str, prefix: str, committed: Mapping[str, Any]) -> _Marked:
    alerts = named(prefix, ALERTS)
    return _Marked(epoch, {alerts: Marks.of(epoch, committed.get(alerts))})


def _cause_of(headers: Mapping[str, bytes]) -> int:
    """The offset of the request that a state answers; of what was moved here there is none, and all of it was taken."""
    return int(headers.get(CAUSE, b"-1"))


class _Names:
    """The full names of the topics that are read."""

    def __init__(self, prefix: str) -> None:
        read = (*SIGHTINGS.values(), SUBJECT_ACTIONS, ALERTS, SUBJECT_STATES, FOLLOWED)
        self.topics = {named(prefix, topic): topic for topic in read}
        self.sightings = frozenset(named(prefix, topic) for topic in SIGHTINGS.values())
        self.presence = named(prefix, SIGHTINGS[Evidence.PRESENCE])
        self.passage = named(prefix, SIGHTINGS[Evidence.PASSAGE])
        self.actions = named(prefix, SUBJECT_ACTIONS)
        self.alerts = named(prefix, ALERTS)
        self.states = named(prefix, SUBJECT_STATES)


def _or_none(read: Decode) -> Decode:
    def read_or_none(body: bytes) -> Any:
        try:
            return read(body)
        except Undecodable:
            return None

    return read_or_none


def _alert_head(read: Decode) -> Callable[[bytes], tuple[str, str, int]]:
    """Of what is written with the present schema the head alone is read."""
    usual = avro.frame(pinned_id(Kind.ALERT), b"")

    def head(body: bytes) -> tuple[str, str, int]:
        if body.startswith(usual):
            return alert_head(body[len(usual) :])
        alert: Alert = read(body)
        return alert.subject, alert.alert_id, alert.revision

    return head
