"""The sink's share of Kafka: a port, so that the sink knows records and reasons, and nothing of brokers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from schemas.dead_letters import DeadLetter
from schemas.positions import LogPosition
from sinks.history import Mark
from sinks.messages import Recorded, Stream

STORED = "stored"
DEAD_LETTERED = "dead_lettered"
TOMBSTONE = "tombstone"
"""What became of a record; a record that is dropped says why in a word of its own."""

Partition = tuple[str, int]


class Taken(NamedTuple):
    """One record of the log, read. Exactly one of ``recorded``, ``dropped`` and ``letter`` is there."""

    position: LogPosition
    size: int
    """Bytes that it takes."""
    stream: Stream
    recorded: Recorded | None = None
    """What is to be stored."""
    dropped: str = ""
    """Why nothing of it is to be stored: one word."""
    letter: DeadLetter | None = None
    """It is no message: what is to be told of it."""
    epoch: int = 0
    """In which time of its partition as this member's it was taken."""

    @property
    def partition(self) -> Partition:
        """Where it comes from."""
        return self.position.topic, self.position.partition


class Done(NamedTuple):
    """What became of one record."""

    position: LogPosition
    reason: str


class SharedLog(Protocol):
    """What a member of the group reads. For one thread, which calls it often: that keeps the membership.

    Records of a partition come in their order and, after a crash or a change of owners, again from the last commit.
    """

    def take(self, wait_s: float, count_max: int) -> Sequence[Taken]:
        """What there is, at most so many; waits for the first one only."""
        ...

    def wait(self, wait_s: float) -> None:
        """Stay a member for so long, and take nothing."""
        ...

    def is_mine(self, taken: Taken) -> bool:
        """Whether its partition was this member's ever since it was taken. If not, somebody else takes it again."""
        ...

    def give_up(self, letters: Iterable[tuple[LogPosition, DeadLetter]]) -> None:
        """Make these known as dead letters; they are durable when it returns. Raises LogFailed."""
        ...

    def commit(self, done: Sequence[Done]) -> bool:
        """None of these, in the order in which they were taken, need be read again; their reasons are counted with it.

        False: the log does not take it now. Then it is owed, and done with the next, be that of nothing.
        """
        ...

    def complete(self) -> Mapping[Partition, tuple[int, int]]:
        """Of partitions whose end was reached: (next offset, UTC ms since when nothing more was there)."""
        ...


class LogFailed(Exception):
    """The log takes nothing now; ask again later."""


class Archive(Protocol):
    """Where the records end (``sinks.history.StoredHistory``). Calls block; they raise StoreFailed."""

    def put(self, streams: Mapping[Stream, Sequence[Recorded]]) -> None:
        """Make all of them durable; again is harmless."""
        ...

    def mark(self, marks: Iterable[Mark]) -> None:
        """Remember how far partitions have come."""
        ...
