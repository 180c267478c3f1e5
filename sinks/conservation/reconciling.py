"""One run: everything that groups have passed is accounted for, or named.

What groups have passed is asked first, where logs end after that, and the logs are read last: so whatever follows from
what was passed lies in what is read, however busy the platform is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sinks.conservation import outcomes, rows
from sinks.conservation.finding import Finding, Missing, Proven
from sinks.conservation.outcomes import COUNTED, NO_HIT, Told
from sinks.conservation.port import Extent, GroupAt, Log
from sinks.conservation.snapshot import IntakeAt, Snapshot, written
from sinks.conservation.stored import StoredProof
from sinks.messages import Stream
from sinks.rows import Writing
from sinks.shared_log import Partition
from sinks.store import Store

RUNS_KEPT = 4
"""So many runs back it is known where reports ended."""
_RUNS_APART = 2
"""What INTAKE says of an offset lies behind where reports ended this many advances before it came to it."""
PASSAGES_MAX = 100_000_000
"""A byte each; of more passages since the last run the latest are proven."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Reader:
    """A role, and what it reads."""

    group: str
    who: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one type of event: where publishers write it, and where it is reported."""

    intake: str
    reports: str
    is_passage: bool


@dataclass(frozen=True, slots=True)
class Topics:
    """Which topics there are, by the names that we know."""

    stored: Mapping[str, Stream]
    ways: tuple[Way, ...]
    receipts: str
    dead_letters: str
    readers: tuple[Reader, ...]
    """All roles; the first one is the sink, then INTAKE and REGISTER."""


@dataclass(slots=True)
class Outcome:
    """What a run found."""

    proven: list[Proven] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    snapshot: Snapshot = field(default_factory=Snapshot)


def _say_nothing(what: str, done: int, of: int) -> None:
    del what, done, of


class Reconciler:
    """Proves. Calls block and raise StoreFailed or LogFailed; ``now`` is UTC ms."""

    def __init__(self, log: Log, store: Store, writing: Writing, topics: Topics, now: Callable[[], int]) -> None:
        self._log, self._store, self._topics = log, store, topics
        self._proof = StoredProof(log, store, writing, now)

    def run(
        self, before: Snapshot, *, only_new: bool = False, accept: bool = False, tell: Tell = _say_nothing
    ) -> Outcome:
        """``only_new``: what ``before`` proved is not read again. ``accept``: what is missing now is not told again."""
        run = _Run(self._log, self._topics, before, only_new=only_new)
        outcome = Outcome()
        outcome.findings += run.findings()
        told = run.asked()
        self._read_reports(run, told, tell)
        for partition, stream in run.stored():
            outcome.proven.append(self._prove(run, partition, stream, told))
            tell(written(partition), len(outcome.proven), len(run.stored()))
        outcome.findings += self._missing(run, told, outcome.proven)
        outcome.snapshot = run.snapshot(outcome, accept=accept)
        return outcome

    def _read_reports(self, run: "_Run", told: Told, tell: Tell) -> None:
        for way in self._topics.ways:
            if not any(told.seen[partition].extent.end for partition in run.of(way.intake)):
                continue
            partitions = run.of(way.reports)
            for done, partition in enumerate(partitions):
                tell(way.reports, done, len(partitions))
                run.gone[way.intake] += self._read(run, way, partition, told)

    def _read(self, run: "_Run", way: Way, partition: Partition, told: Told) -> int:
        """How many offsets of reports are not there any more, of those since the last run."""
        extent, since = run.extents[partition], run.since(way, partition)
        first = since if run.only_new else extent.first
        there = 0
        for piece in self._log.read(partition, first, extent.end):
            for one in piece:
                told.report(one)
                there += one.offset >= since
        return max(0, extent.end - max(since, extent.first) - there)

    def _prove(self, run: "_Run", partition: Partition, stream: Stream, told: Told) -> Proven:
        visits = {self._topics.receipts: told.receipt, self._topics.dead_letters: told.dead_letter}
        passed, end = run.passed(partition), run.extents[partition].end
        return self._proof.prove(stream, partition, passed, end, visits.get(partition[0]))

    def _missing(self, run: "_Run", told: Told, proven: Iterable[Proven]) -> Iterator[Finding]:
        for one in proven:
            if one.missing:
                yield Finding(Missing.ROW, one.topic, one.partition, one.missing)
        for way in self._topics.ways:
            for partition in run.of(way.intake):
                self._note_letters(told, partition)
                if way.is_passage:
                    no_hits = run.no_hits(partition)
                    yield from outcomes.passages_missing(told, partition, no_hits, run.gone[way.intake])
                else:
                    yield from outcomes.outcomes_missing(told, partition)
            if not way.is_passage:
                for partition in run.of(way.reports):
                    yield from outcomes.receipts_missing(self._log, self._store, told, partition)

    def _note_letters(self, told: Told, partition: Partition) -> None:
        """Dead letters that the topic does not have any more, or that lie before what is read of it."""
        seen = told.seen[partition]
        if seen.unseen():
            for offset in rows.offsets_given_up(self._store, partition, *seen.extent):
                seen.add(offset)


class _Run:
    """One moment: how far groups were, then where logs ended."""

    def __init__(self, log: Log, topics: Topics, before: Snapshot, *, only_new: bool) -> None:
        self._topics, self._before, self.only_new = topics, before, only_new
        reports = log.partitions(way.reports for way in topics.ways)
        self._reports_ended = {written(at): extent.end for at, extent in log.extents(reports).items()}
        self._of: dict[str, list[Partition]] = {}
        for partition in log.partitions(_all(topics)):
            self._of.setdefault(partition[0], []).append(partition)
        self.groups: dict[str, Mapping[Partition, GroupAt]] = {
            reader.group: log.groups_at(reader.group, [at for topic in reader.topics for at in self.of(topic)])
            for reader in topics.readers
        }
        self.extents: Mapping[Partition, Extent] = log.extents([at for found in self._of.values() for at in found])
        self.gone = dict.fromkeys((way.intake for way in topics.ways), 0)
        self._sink, self._intake, self._register = (self.groups[reader.group] for reader in topics.readers[:3])

    def of(self, topic: str) -> Sequence[Partition]:
        """Its partitions."""
        return self._of.get(topic, ())

    def stored(self) -> Sequence[tuple[Partition, Stream]]:
        """Every partition that the sink reads."""
        return [(at, stream) for topic, stream in self._topics.stored.items() for at in self.of(topic)]

    def findings(self) -> Iterator[Finding]:
        """What was lost before it was read, by whatever role."""
        for reader in self._topics.readers:
            for partition in (at for topic in reader.topics for at in self.of(topic)):
                at = self.groups[reader.group].get(partition)
                yield from outcomes.unread(partition, at.offset if at else None, self.extents[partition], reader.who)
                accepted = self._before.accepted.get(f"{reader.group} {written(partition)}", {})
                yield from outcomes.counted_wrong(partition, at.counts if at else {}, accepted, reader.who)

    def asked(self) -> Told:
        """What is to be told of: what INTAKE and REGISTER have passed."""
        told = Told()
        for way in self._topics.ways:
            for partition in self.of(way.intake):
                told.ask(partition, self._passed_by_intake(way, partition))
            if not way.is_passage:
                for partition in self.of(way.reports):
                    told.ask(partition, self._passed(self._register, partition))
        return told

    def passed(self, partition: Partition) -> Extent:
        """What the sink has passed of a stored topic."""
        return self._passed(self._sink, partition)

    def _passed(self, group: Mapping[Partition, GroupAt], partition: Partition) -> Extent:
        extent, at = self.extents[partition], group.get(partition)
        first = max(extent.first, self._before.proven.get(written(partition), 0) if self.only_new else 0)
        if at is not None and group is self._register:  # what was moved here was registered elsewhere
            first = max(first, at.first)
        return Extent(first, max(first, at.offset if at else 0))

    def _passed_by_intake(self, way: Way, partition: Partition) -> Extent:
        extent, at = self.extents[partition], self._intake.get(partition)
        before = self._before.intake.get(written(partition))
        end = at.offset if at else 0
        first = max(extent.first, at.first if at else 0)
        if before is not None and (way.is_passage or self.only_new):
            first = max(before.offset, 0 if way.is_passage else extent.first)
        first = max(first, end - PASSAGES_MAX)
        return Extent(first, end) if end > first else Extent(0, 0)

    def no_hits(self, partition: Partition) -> int:
        """How many passages were counted as no hits of those that are asked for (without a run before: of all)."""
        at, before = self._intake.get(partition), self._before.intake.get(written(partition))
        counted = at.counts.get(NO_HIT, 0) if at else 0
        return counted - before.no_hits if before is not None else counted

    def since(self, way: Way, partition: Partition) -> int:
        """From where on in a log of reports lies what follows from what INTAKE passed since the run before."""
        earlier = [self._before.intake.get(written(at)) for at in self.of(way.intake)]
        starts = [_start(one, written(partition)) for one in earlier if one is not None]
        return min(starts, default=0)

    def snapshot(self, outcome: Outcome, *, accept: bool) -> Snapshot:
        """For the next run: what is not proven is looked at again, unless it is accepted."""
        broken = set() if accept else {(one.topic, one.partition) for one in outcome.findings}
        proven = dict(self._before.proven)
        for group, partitions in ((self._sink, [at for at, _ in self.stored()]), (self._register, self._all_reports())):
            for at in partitions:
                if at not in broken:
                    proven[written(at)] = max(self._passed(group, at).end, proven.get(written(at), 0))
        intake = {
            written(at): self._intake_at(at, is_broken=at in broken)
            for way in self._topics.ways
            for at in self.of(way.intake)
        }
        return Snapshot(proven, {at: one for at, one in intake.items() if one}, self._accepted(accept=accept))

    def _all_reports(self) -> list[Partition]:
        return [at for way in self._topics.ways if not way.is_passage for at in self.of(way.reports)]

    def _intake_at(self, partition: Partition, *, is_broken: bool) -> IntakeAt | None:
        before, at = self._before.intake.get(written(partition)), self._intake.get(partition)
        if at is None or (is_broken and before is None):
            return before
        since = before.since if before else ()
        if not since or since[-1][0] != at.offset:
            since = (*since, (at.offset, self._reports_ended))
        if before is not None and is_broken:
            return before
        return IntakeAt(at.offset, at.counts.get(NO_HIT, 0), since[-RUNS_KEPT:])

    def _accepted(self, *, accept: bool) -> Mapping[str, Mapping[str, int]]:
        if not accept:
            return self._before.accepted
        return {
            f"{group} {written(partition)}": counts
            for group, partitions in self.groups.items()
            for partition, at in partitions.items()
            if (counts := {reason: at.counts[reason] for reason in COUNTED if at.counts.get(reason)})
        }


def _all(topics: Topics) -> Iterator[str]:
    seen = [
        *topics.stored,
        *(name for way in topics.ways for name in (way.intake, way.reports)),
        *(topic for reader in topics.readers for topic in reader.topics),
    ]
    yield from dict.fromkeys(seen)


def _start(one: IntakeAt, reports: str) -> int:
    """Where reports ended, as many advances of INTAKE ago as make sure that nothing asked for lies before."""
    advances, later = 0, one.offset
    for offset, ends in reversed(one.since):
        if offset < later:
            advances, later = advances + 1, offset
        if advances >= _RUNS_APART:
            return ends.get(reports, 0)
    return 0
