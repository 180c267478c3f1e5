"""What should come of a load, worked out in memory; and how far a job is, seen from what it wrote."""

import itertools
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import psutil

from benchmarks.made_up import TERM_MS, now_ms
from benchmarks.on_kafka import LOOK_EVERY_S, Wrong
from processors.places import Gazetteer
from processors.rules import Rules
from streams.kafka.cluster import Cluster
from streams.kafka.reader import Reader
from streams.kafka.records import Out, Partition, Record
from streams.kafka.relocation_task import RelocationParts, RelocationRole
from streams.kafka.tally import Tally
from streams.kafka.task import Role, Task

BATCH = 1_000
WARM, DONE = 0.08, 0.97
"""Between these shares of all it is measured, so that starting and ending count for nothing."""
WARM_S = 5.0
"""Who is slow is warm after so long."""


class Expected:
    """How many records every input leads to, partition by partition, and which."""

    def __init__(self) -> None:
        self.inputs = 0
        self._totals: dict[int, list[int]] = {}
        self.values: Counter[int] = Counter()

    def note(self, partition: int, values: Sequence[bytes | None]) -> None:
        """The next input of a partition leads to these."""
        totals = self._totals.setdefault(partition, [0])
        totals.append(totals[-1] + len(values))
        self.values.update(map(hash, values))
        self.inputs += 1

    @property
    def outputs(self) -> int:
        """How many records there are in the end."""
        return sum(totals[-1] for totals in self._totals.values())

    def done(self, ends: Mapping[Partition, int]) -> int:
        """How many inputs must have been processed for so much to be written."""
        return sum(
            bisect_left(self._totals[number], end) for (_, number), end in ends.items() if number in self._totals
        )


def expected_of(role: Role, outs: Sequence[Out], topic: str) -> Expected:
    """What a role says of these records in a topic of its own, once each partition number has read all of its own."""
    expected = Expected()
    tasks: dict[int, Task] = {}
    now = now_ms()
    for offset, out in zip(_offsets(outs), outs, strict=True):
        task = tasks.get(out.partition)
        if task is None:
            tallies = {name: Tally(0) for name in role.reading.inputs}
            task = tasks[out.partition] = role.task(out.partition, tallies, {})
            assert not list(task.restored(now))
        headers: Callable[[], list[Any]] = partial(list, out.headers)
        record = Record(out.topic, out.partition, offset, out.timestamp_ms, out.key, out.value, headers)
        said = [one.value for one in task.process([record], now) if one.topic == topic]
        expected.note(out.partition, said)
    return expected


def relocation_role(cluster: Cluster) -> RelocationRole:
    """The role as a worker plays it."""
    parts = RelocationParts(Rules(), Gazetteer.load(), TERM_MS, cluster.wire, cluster.partitions, cluster.prefix)
    return RelocationRole(parts)


def _offsets(outs: Iterable[Out]) -> Iterator[int]:
    counts: dict[tuple[str, int], itertools.count[int]] = {}
    for out in outs:
        yield next(counts.setdefault((out.topic, out.partition), itertools.count()))


class Speed(NamedTuple):
    """What a job did between WARM and DONE."""

    rate: float
    """Inputs a second."""
    cpu_us: float
    """Processor time of its processes, an input. Says more than the rate where others use the machine too."""


def speed(
    expected: Expected,
    look: Callable[[], Mapping[Partition, int]],
    pids: Sequence[int],
    *,
    patience_s: float,
    begins_s: float,
) -> Speed:
    """Measured until DONE, or for as long as the patience lasts. Raises Wrong if it never begins."""
    first: tuple[float, float, int] | None = None
    began: float | None = None
    deadline = time.monotonic() + begins_s
    while True:
        done, now = expected.done(look()), time.monotonic()
        began = now if began is None and done else began
        if first is None and (done >= WARM * expected.inputs or (began is not None and now - began > WARM_S)):
            first = now, _cpu_s(pids), done
            deadline = now + patience_s
        elif first is not None and (done >= DONE * expected.inputs or now > deadline):
            count = done - first[2]
            return Speed(count / (now - first[0]), (_cpu_s(pids) - first[1]) / count * 1e6)
        if now > deadline:
            raise Wrong(f"too little came of it within {begins_s:.0f} s")
        time.sleep(LOOK_EVERY_S)


def _cpu_s(pids: Sequence[int]) -> float:
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)


def values_in(bootstrap: str, ends: Mapping[Partition, int]) -> Counter[int]:
    """What these logs hold up to their ends."""
    reader, left, found = Reader(bootstrap), {at: end for at, end in ends.items() if end}, Counter[int]()
    reader.add(dict.fromkeys(left, 0))
    deadline = time.monotonic() + 60
    while left:
        for record in reader.take(0.1):
            at = record.topic, record.partition
            found[hash(record.value)] += 1
            if record.offset + 1 >= ends[at]:
                left.pop(at, None)
        if time.monotonic() > deadline:
            raise Wrong("what was written cannot be read back")
    reader.close()
    return found
