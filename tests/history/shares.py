"""A share of a log in memory, as the sink sees Kafka: partitions, a committed offset each, other members."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from history_stories import NOW

from schemas.dead_letters import DeadLetter
from schemas.positions import LogPosition
from sinks.messages import Message, Recorded, Stream
from sinks.shared_log import Done, LogFailed, Partition, Taken


class MemoryShare:
    """What a group reads. ``restart`` is what becomes of a member that was killed: the next begins at the commits."""

    def __init__(self) -> None:
        self.records: dict[Partition, list[Taken]] = defaultdict(list)
        self.committed: dict[Partition, int] = defaultdict(int)
        self.counted: Counter[str] = Counter()
        self.letters: dict[LogPosition, DeadLetter] = {}
        self.waits = 0
        self.deaf = 0
        """So many commits and letters are not taken."""
        self.refusals = 0
        """So many commits are not taken, and owed."""
        self.owed: list[Done] = []
        self.now = NOW
        self.given: set[Partition] = set()
        self.restart()

    def restart(self) -> None:
        self.at = dict(self.committed)

    def give_away(self, partition: Partition) -> None:
        """To another member, which begins at the commit."""
        self.given.add(partition)

    def put(self, stream: Stream, *messages: Message, topic: str = "made-up", partition: int = 0) -> None:
        for message in messages:
            position = self._next(topic, partition)
            recorded = Recorded(position.offset, message, partition, topic)
            self.records[topic, partition].append(Taken(position, 100, stream, recorded))

    def drop(self, stream: Stream, reason: str, *, topic: str = "made-up", partition: int = 0) -> None:
        position = self._next(topic, partition)
        self.records[topic, partition].append(Taken(position, 100, stream, dropped=reason))

    def spoil(self, stream: Stream, letter: DeadLetter, *, topic: str = "made-up", partition: int = 0) -> None:
        position = self._next(topic, partition)
        self.records[topic, partition].append(Taken(position, 100, stream, letter=letter))

    def _next(self, topic: str, partition: int) -> LogPosition:
        return LogPosition(topic, partition, len(self.records[topic, partition]))

    def take(self, wait_s: float, count_max: int) -> Sequence[Taken]:
        del wait_s
        found: list[Taken] = []
        for partition, records in self.records.items():
            if partition not in self.given:
                at = self.at.get(partition, 0)
                new = records[at : at + count_max - len(found)]
                self.at[partition] = at + len(new)
                found += new
        return found

    def wait(self, wait_s: float) -> None:
        del wait_s
        self.waits += 1

    def is_mine(self, taken: Taken) -> bool:
        return taken.partition not in self.given

    def give_up(self, letters: Iterable[tuple[LogPosition, DeadLetter]]) -> None:
        told = dict(letters)
        if told and self.deaf:
            self.deaf -= 1
            raise LogFailed("made-up")
        self.letters.update(told)

    def commit(self, done: Sequence[Done]) -> bool:
        self.owed += done
        if done and self.refusals:
            self.refusals -= 1
            return False
        for position, reason in self.owed:
            self.counted[reason] += 1
            self.committed[position.topic, position.partition] = position.offset + 1
        self.owed = []
        return True

    def complete(self) -> Mapping[Partition, tuple[int, int]]:
        return {at: (len(records), self.now) for at, records in self.records.items() if self.at.get(at) == len(records)}

    @property
    def is_done(self) -> bool:
        return all(self.committed[at] == len(records) for at, records in self.records.items() if at not in self.given)
