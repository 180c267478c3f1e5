"""A partition number that a worker has: its task, how far each of its logs is, and what became of every offset."""

import logging
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streams.kafka.ending import Unworkable
from streams.kafka.opening import Opening
from streams.kafka.records import Out, Partition, Record
from streams.kafka.tally import ABSENT, FAILED, LOST, UNCOUNTED, Tally
from streams.kafka.task import Halt, Reading, Role

LOG = logging.getLogger("relocation.worker")


class Misplaced(Unworkable):
    """A committed offset lies beyond the end of its log: the topic was made anew, or brokers lost what they had."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What has to be read of a log so that a fold is whole."""

    first: int
    until: int


class Numbered:
    """Belongs to one thread, from the opening on until the number is taken away."""

    def __init__(
        self,
        role: Role,
        opening: Opening,
        *,
        resume_halted: bool = False,
        poison: Container[tuple[Partition, int]] = (),
        careful: bool = False,
    ) -> None:
        """``poison``: records at which a task failed before. ``careful``: one at a time. Raises Misplaced."""
        self.number = opening.number
        self._poison, self.careful = poison, careful
        self.at: tuple[Partition, int] | None = None
        """The record at hand, where they are taken one at a time."""
        self.reading = role.reading
        self.tallies = {topic: _tally(topic, opening) for topic in self.reading.inputs}
        for tally in self.tallies.values():
            tally.halted = tally.halted and not resume_halted
        self.positions = {topic: tally.end for topic, tally in self.tallies.items()}
        """The next offset of each log; of what is read to its end, where that was."""
        self.positions |= {topic: opening.extents[topic].end for topic in self.reading.to_end}
        self.stretches = dict(_stretches(self.reading, opening, self.positions))
        self.task = role.task(self.number, self.tallies, _noted(opening))
        self._changed: set[str] = set()
        self._ends = {topic: opening.extents[topic].end for topic in self.reading.inputs}
        """Where inputs ended at the opening, until they have come there."""
        self._newly_halted: list[tuple[Partition, Halt]] = []

    def stands_at(self, opening: Opening) -> bool:
        """Whether what it has in memory is the fold of what is committed: nobody else worked on it since."""
        return all(
            self.positions[topic] == (opening.committed[topic].offset if topic in opening.committed else tally.first)
            for topic, tally in self.tallies.items()
        )

    def to_read(self) -> dict[Partition, int]:
        """Where to read from now on. Halted inputs are not read."""
        halted = {topic for topic, tally in self.tallies.items() if tally.halted}
        return {(topic, self.number): at for topic, at in self.positions.items() if topic not in halted}

    def process(self, records: Sequence[Record], now: int) -> Iterator[Out]:
        """What follows from new records. When it is read to its end, they are counted."""
        inputs: list[Record] = []
        for record in records:
            if record.topic in self.tallies:
                inputs.append(record)
            else:
                self.at = ((record.topic, self.number), record.offset)
                yield from () if self.is_poison(record) else self.task.overheard(record, now)
                self.positions[record.topic] = record.offset + 1
        left_off: set[str] = set()
        for one_part in [[one] for one in inputs] if self.careful else [inputs]:
            part = [record for record in one_part if record.topic not in left_off] if left_off else one_part
            if part:
                self.at = ((part[0].topic, self.number), part[0].offset)
                good = [record for record in part if not self.is_poison(record)] if self._poison else part
                for record in part if self._poison else ():
                    if self.is_poison(record):
                        yield from self.task.given_up(record, now)
                yield from self.task.process(good, now)
                left_off |= self.task.halted().keys()
                self._count(part)

    def is_poison(self, record: Record) -> bool:
        """Whether a task failed at it before: it is left out, and counted as that."""
        return bool(self._poison) and ((record.topic, record.partition), record.offset) in self._poison

    def reach(self, topic: str, offset: int, reason: str = ABSENT) -> bool:
        """There is nothing to be read below ``offset``. Whether that is news."""
        if offset <= self.positions[topic]:
            return False
        if topic in self.tallies:
            self.tallies[topic].reach(offset, reason)
            self._changed.add(topic)
        self.positions[topic] = offset
        return True

    def lose(self, topic: str, first: int) -> None:
        """Retention took what was not read yet."""
        LOG.error(
            "records were lost to retention",
            extra={"topic": topic, "partition": self.number, "count": first - self.positions[topic]},
        )
        self.reach(topic, first, LOST)

    def tell_where(self, ends: Mapping[Partition, int]) -> None:
        """How far outputs were written, and acknowledged."""
        for topic in self.reading.told_of:
            end = ends.get((topic, self.number))
            if end is not None:
                self.task.wrote(topic, end - 1)

    def has_caught_up(self) -> bool:
        """Whether all that lay in the inputs at the opening is processed; said once."""
        if not self._ends or any(self.positions[topic] < end for topic, end in self._ends.items()):
            return False
        self._ends = {}
        return True

    def newly_halted(self) -> list[tuple[Partition, Halt]]:
        """Inputs that were halted since the last call."""
        halted, self._newly_halted = self._newly_halted, []
        return halted

    def to_commit(self, *, all_of_it: bool = False) -> dict[Partition, tuple[int, str]]:
        """What changed since the last call, with what is to be noted; all inputs where the task notes something."""
        more = self.task.noted()
        for tally in self.tallies.values():
            tally.more = more
        topics = self.tallies if all_of_it or (more and self._changed) else self._changed
        told = {(topic, self.number): (self.positions[topic], self.tallies[topic].noted()) for topic in topics}
        self._changed.clear()
        return told

    def _count(self, inputs: list[Record]) -> None:
        halted = self.task.halted()
        done = inputs
        if halted:
            done = [one for one in inputs if one.topic not in halted or one.offset < halted[one.topic].at]
        for record in done if self._poison else ():
            if self.is_poison(record):
                self.tallies[record.topic].add(FAILED)
        counts = Counter(record.topic for record in done)
        ends = {record.topic: record.offset + 1 for record in done}
        for topic, halt in halted.items():
            ends[topic] = halt.at
            self._halt(topic, halt)
        for topic, end in ends.items():
            tally = self.tallies[topic]
            absent = end - self.positions[topic] - counts[topic]
            if absent:
                tally.add(ABSENT, absent)
            if tally.end != end:
                LOG.error("offsets were not counted", extra={"topic": topic, "partition": self.number})
                tally.reach(end, UNCOUNTED)
            self.positions[topic] = end
            self._changed.add(topic)

    def _halt(self, topic: str, halt: Halt) -> None:
        self._newly_halted.append(((topic, self.number), halt))
        if halt.again_s is None:
            self.tallies[topic].halted = True


def _noted(opening: Opening) -> Mapping[str, Any]:
    """All inputs are committed together where something is noted, so each has it."""
    for committed in opening.committed.values():
        return Tally.read(committed.noted, committed.offset).more
    return {}


def _tally(topic: str, opening: Opening) -> Tally:
    extent, committed = opening.extents[topic], opening.committed.get(topic)
    if committed is None:
        return Tally(extent.first)
    if committed.offset > extent.end:
        raise Misplaced(f"{topic}/{opening.number}: committed is {committed.offset}, and the log ends at {extent.end}")
    return Tally.read(committed.noted, committed.offset)


def _stretches(reading: Reading, opening: Opening, positions: dict[str, int]) -> Iterator[tuple[Partition, Stretch]]:
    for topic in (*reading.folded, *reading.to_end):
        stretch = Stretch(opening.extents[topic].first, positions[topic])
        if stretch.first < stretch.until:
            yield (topic, opening.number), stretch
