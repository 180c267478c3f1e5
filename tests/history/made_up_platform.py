"""A made-up platform's topics in memory, whole and consistent, for a proof to look at: and what can be done to them."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from history_stories import JANE, a_history, a_receipt, a_report, a_sighting, an_alert, event_id

from schemas.dead_letters import DeadLetter, Fault
from schemas.positions import LogPosition
from schemas.times import DAY_MS
from sinks.conservation.port import Extent, GroupAt, Scanned
from sinks.conservation.reconciling import Reader, Topics, Way
from sinks.messages import Message, Recorded, SightingMove, Stream
from sinks.shared_log import Partition, Taken
from sinks.store import Store

PARTITIONS = 2
CONTROL, VEHICLE = Way("intake.control", "reports.control", False), Way("intake.vehicle", "reports.vehicle", True)
STORED = {
    "destroyed": Stream.DESTROYED,
    "events.control": Stream.REPORTS,
    "sightings.presence": Stream.SIGHTINGS,
    "alerts": Stream.ALERTS,
    "receipts": Stream.RECEIPTS,
    "dead-letters": Stream.DEAD_LETTERS,
}
TOPICS = Topics(
    STORED,
    (CONTROL, VEHICLE),
    "receipts",
    "dead-letters",
    (
        Reader("sink", "the sink", tuple(STORED)),
        Reader("intake", "INTAKE", (CONTROL.intake, VEHICLE.intake)),
        Reader("register", "REGISTER", (CONTROL.reports, VEHICLE.reports)),
    ),
)


@dataclass(frozen=True)
class Said:
    """One record; what is None of it there is none of."""

    key: str = "made-up"
    message: Message | None = None
    stream: Stream = Stream.REPORTS
    dropped: str = ""
    letter: DeadLetter | None = None
    cause: LogPosition | None = None
    origin: LogPosition | None = None
    is_tombstone: bool = False


class MadeUpLog:
    """Topics in memory (``sinks.conservation.port.Log``); nothing is ever moved, only taken away."""

    def __init__(self) -> None:
        self.records: dict[Partition, list[Said | None]] = defaultdict(list)
        self.firsts: dict[Partition, int] = defaultdict(int)
        self.groups: dict[str, dict[Partition, GroupAt]] = defaultdict(dict)
        self.read_of: Counter[str] = Counter()
        self._topics = dict.fromkeys((*STORED, *(name for way in TOPICS.ways for name in (way.intake, way.reports))))

    def add(self, topic: str, partition: int, said: Said) -> LogPosition:
        records = self.records[topic, partition]
        records.append(said)
        return LogPosition(topic, partition, len(records) - 1)

    def pass_all(
        self, group: str, topics: Iterable[str], counts: Mapping[Partition, Mapping[str, int]] | None = None
    ) -> None:
        """The group has come to the end of these."""
        for at in self.partitions(topics):
            end = len(self.records[at])
            told = (counts or {}).get(at, {"stored": end})
            self.groups[group][at] = GroupAt(end, 0, told)

    def partitions(self, topics: Iterable[str]) -> list[Partition]:
        return [(topic, number) for topic in topics if topic in self._topics for number in range(PARTITIONS)]

    def extents(self, partitions: Iterable[Partition]) -> Mapping[Partition, Extent]:
        return {at: Extent(self.firsts[at], len(self.records[at])) for at in partitions}

    def groups_at(self, group: str, partitions: Iterable[Partition]) -> Mapping[Partition, GroupAt]:
        return {at: self.groups[group][at] for at in partitions if at in self.groups[group]}

    def read(self, partition: Partition, first: int, end: int) -> Iterator[Sequence[Scanned]]:
        records = self.records[partition]
        for start in range(max(first, self.firsts[partition]), min(end, len(records)), 50):
            piece = [
                self._scanned(partition, offset, said)
                for offset in range(start, min(start + 50, end, len(records)))
                if (said := records[offset]) is not None
            ]
            self.read_of[partition[0]] += len(piece)
            yield piece

    @staticmethod
    def _scanned(partition: Partition, offset: int, said: Said) -> Scanned:
        position = LogPosition(*partition, offset)

        def taken() -> Taken:
            recorded = None
            if said.message is not None:
                recorded = Recorded(offset, said.message, partition[1], partition[0], said.cause or None, _name(said))
            return Taken(position, 1, said.stream, recorded, said.dropped, said.letter)

        return Scanned(offset, said.key.encode(), said.is_tombstone, taken, lambda: said.cause, lambda: said.origin)


def _name(said: Said) -> str:
    return said.key if said.stream is Stream.DEAD_LETTERS else ""


class MadeUpPlatform:
    """Events that were written, judged, registered, and sunk; each with its outcome."""

    def __init__(self, store: Store, seed: int) -> None:
        self.log, self.store = MadeUpLog(), store
        self.random = random.Random(seed)
        self.no_hits: Counter[Partition] = Counter()
        self.events = 0

    def live(self, events: int) -> None:
        """So many further events come in, and all that follows."""
        for _ in range(events):
            self.events += 1
            self.random.choice((self._control, self._control, self._refused, self._passage))(self.events)
        self.sink_all()
        tallies = {at: {"no_hit": count} for at, count in self.no_hits.items()}
        self.log.pass_all("intake", (CONTROL.intake, VEHICLE.intake), tallies)
        self.log.pass_all("register", (CONTROL.reports, VEHICLE.reports))
        self.log.pass_all("sink", STORED)

    def sink_all(self) -> None:
        """The history has all that is to be stored."""
        for topic, stream in STORED.items():
            for at in self.log.partitions([topic]):
                records = [one.taken().recorded for piece in self.log.read(at, 0, 10**9) for one in piece]
                if found := [recorded for recorded in records if recorded is not None]:
                    a_history(self.store).put({stream: found})
        self.log.read_of.clear()

    def _at(self) -> int:
        return self.random.randrange(PARTITIONS)

    def _control(self, number: int) -> None:
        origin = self.log.add(CONTROL.intake, self._at(), Said())
        at = self._at()
        report = a_report(number, at=1 + number / 1000)
        cause = self.log.add(CONTROL.reports, at, Said(report.event_id, report, origin=origin))
        self.log.add("receipts", at, Said(report.event_id, a_receipt(number), Stream.RECEIPTS, cause=cause))
        self.log.add("events.control", at, Said(report.event_id, report))
        seen = a_sighting(number, at=1 + number / 1000)
        move = SightingMove(True, JANE, "person", seen, seen.known_at, version=cause.offset)
        key = f"{JANE}/{number}"
        self.log.add("sightings.presence", 0, Said(key, move, Stream.SIGHTINGS))
        if self.random.random() < 0.3:
            self.log.add("sightings.presence", 1, Said(key, stream=Stream.SIGHTINGS, dropped="of_document"))
        if self.random.random() < 0.2:
            self.log.add("alerts", 1, Said(event_id(1000 + number), an_alert(number), Stream.ALERTS))

    def _refused(self, number: int) -> None:
        origin = self.log.add(CONTROL.intake, self._at(), Said())
        known_at = a_report(number).known_at
        letter = DeadLetter(Fault.REFUSED, "intake", known_at - known_at % DAY_MS, position=origin)
        key = "/".join(map(str, origin))
        self.log.add("dead-letters", self._at(), Said(key, letter, Stream.DEAD_LETTERS, origin=origin))

    def _passage(self, number: int) -> None:
        at = self._at()
        origin = self.log.add(VEHICLE.intake, at, Said())
        if self.random.random() < 0.7:
            self.no_hits[VEHICLE.intake, at] += 1
            return
        self.log.add(VEHICLE.reports, at, Said(f"{event_id(number)}/made-up", origin=origin))

    def delete_row(self, topic: str, at: Partition, offset: int) -> None:
        """What nobody may do."""
        table = {"events.control": "events", "sightings.presence": "sightings", "dead-letters": "dead_letters"}
        name = table.get(topic, topic)
        self.store.command(
            f"ALTER TABLE {name} DELETE WHERE topic = '{topic}' AND partition = {at[1]} AND position = {offset}"
        )
