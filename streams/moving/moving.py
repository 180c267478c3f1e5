"""The move of one embedded log to the topics of one platform, from its mark to what the roles are told."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from processors.keeper import Keeper
from processors.marks import Marks
from schemas.reports import Report
from schemas.times import DAY_MS
from streams.embedded.reading import LogReader
from streams.kafka.access import Bootstrap
from streams.kafka.clients import Brokers
from streams.kafka.desk_task import DeskRole
from streams.kafka.records import Partition
from streams.kafka.register_task import RegisterRole
from streams.kafka.relocation_task import MARKS, RelocationRole
from streams.kafka.shape import Difference
from streams.kafka.tally import Tally
from streams.kafka.topic_admin import TopicAdmin
from streams.kafka.wire import Wire
from streams.kafka.writer import Writer
from streams.moving.carrying import Carrier
from streams.moving.contents import Contents
from streams.moving.documents import Documents
from streams.moving.handing import Place, hand_over
from streams.moving.mark import Mark
from streams.moving.packing import Packing
from streams.moving.registers import Registers
from streams.topic import Topic, named
from streams.topics import (
    ALERT_ACTIONS,
    ALERT_STATES,
    ALERTS,
    CONTROL,
    DESTROYED,
    INTAKE,
    REPORTS,
    SIGHTINGS,
    SUBJECT_ACTIONS,
    TOPICS,
)

MOVED = "moved"
"""What became of a record that was moved: the role has nothing to do with it any more."""
_ROLES: Mapping[str, tuple[Topic, ...]] = {
    RegisterRole.name: (*REPORTS.values(), DESTROYED),
    RelocationRole.name: (*SIGHTINGS.values(), SUBJECT_ACTIONS),
    DeskRole.name: (ALERTS, ALERT_ACTIONS),
}
"""What each role processes, and is done with."""
_VERSIONED = (*SIGHTINGS.values(), ALERTS, ALERT_STATES)
"""Topics in which an earlier record of a key says what was so earlier."""
_HELD_MS = 10 * 365 * DAY_MS
"""Longer than anything is kept."""
_PATIENCE_S = 120.0


class NotEmpty(Exception):
    """The topics hold another platform's data, or this one's from another moment."""


class NotWhole(Exception):
    """Topics do not end where they should: somebody else wrote to them meanwhile."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where it goes."""

    bootstrap: Bootstrap
    prefix: str
    partitions: int
    wire: Wire

    def logs(self, topics: Iterable[Topic]) -> list[Partition]:
        """Every partition of these."""
        counts = {named(self.prefix, topic): topic.partitions(self.partitions) for topic in topics}
        return [(name, number) for name, count in counts.items() for number in range(count)]


@dataclass(frozen=True, slots=True)
class Heart:
    """What roles are made of, as far as it is needed."""

    make_keeper: Callable[[], Keeper]
    term_of: Callable[[Report], int | None]


Tell = Callable[[str, int, int], None]
"""Told what is carried, how many messages of it, of how many."""


def hold_compaction(target: Target) -> None:
    """Keep every version of what is moved, however old it is, until the history has it: compaction goes by its times.

    ``relocation topics create --lower`` lets it begin. Raises Unreachable and NotAllowed.
    """
    changes = [
        Difference(named(target.prefix, topic), setting, "", str(_HELD_MS), "")
        for topic in _VERSIONED
        for setting in ("max.compaction.lag.ms", "min.compaction.lag.ms")
    ]
    TopicAdmin(target.bootstrap).alter(changes)


def require_empty(target: Target) -> None:
    """Raises NotEmpty where a topic that is moved to holds anything, or ever did; and Unreachable."""
    ends = Brokers(target.bootstrap).ends(target.logs(_moved_to()))
    filled = sorted({topic for (topic, _), end in ends.items() if end})
    if filled:
        raise NotEmpty(", ".join(filled))


def move(log: Path, target: Target, heart: Heart, mark: Mark, tell: Tell) -> Counter[str]:
    """Carry all of it over; how many records lie in each topic then. Begun again it goes on where it stopped.

    Raises NotWritten, NotWhole, Unreachable: then begin again.
    """
    packing = Packing(target.wire, partitions=target.partitions, prefix=target.prefix)
    documents = Documents(packing, [heart.make_keeper() for _ in range(target.partitions)])
    registers = Registers(packing, documents, heart.term_of)
    logs = target.logs(_moved_to())
    carrier = Carrier(Writer(target.bootstrap, patience_s=_PATIENCE_S), Brokers(target.bootstrap).ends(logs))
    with closing(LogReader(log)) as reader:
        reader.snapshot()
        for part in Contents(reader, packing, registers, mark.moved_at).parts():
            for done, outs in enumerate(part.messages):
                carrier.carry(outs)
                if done % 500 == 0:
                    tell(part.name, done, part.of)
            carrier.flush()
            tell(part.name, part.of, part.of)
    _require_whole(target, carrier.ends, logs)
    _tell_roles(target, carrier.ends, registers.verdicts)
    counted: Counter[str] = Counter()
    for (topic, _), end in carrier.ends.items():
        counted[topic] += end
    return counted


def _moved_to() -> list[Topic]:
    """Publishers may have begun to write events already."""
    return [topic for topic in TOPICS if topic is not CONTROL and topic not in INTAKE.values()]


def _require_whole(target: Target, expected: Counter[Partition], logs: Iterable[Partition]) -> None:
    ends = Brokers(target.bootstrap).ends(logs)
    differing = sorted({topic for (topic, number), end in ends.items() if end != expected[topic, number]})
    if differing:
        raise NotWhole(", ".join(differing))


def _tell_roles(target: Target, ends: Counter[Partition], verdicts: Mapping[Partition, Counter[str]]) -> None:
    for role, topics in _ROLES.items():
        places = {}
        for log in target.logs(topics):
            more = {MARKS: _marks(target, ends, log[1])} if role == RelocationRole.name else {}
            tally = Tally(0, dict(verdicts.get(log, {})), more=more)
            tally.reach(ends[log], MOVED)
            places[log] = Place(tally.end, tally.noted())
        hand_over(target.bootstrap, f"{target.prefix}relocation-{role}", places)


def _marks(target: Target, ends: Counter[Partition], number: int) -> dict[str, list[object]]:
    """All that was said follows from what is committed."""
    alerts = named(target.prefix, ALERTS)
    return {alerts: Marks("", ends[alerts, number]).as_json()}
