"""What a proof needs of the log, as a port: extents, how far groups are, and every record once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from schemas.positions import LogPosition
from sinks.shared_log import Partition, Taken


class Extent(NamedTuple):
    """A log holds records from ``first`` on; the next one will have ``end``."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class GroupAt:
    """How far a group is in one partition, and what became of every offset since it began to count."""

    offset: int
    first: int
    counts: Mapping[str, int] = field(default_factory=dict)


class Scanned(NamedTuple):
    """One record, of which as little is read as is asked for."""

    offset: int
    key: bytes
    is_tombstone: bool
    taken: Callable[[], Taken]
    """What the history makes of it."""
    cause: Callable[[], LogPosition | None]
    """The record that it follows from: of a report its origin, of a receipt its report."""
    origin: Callable[[], LogPosition | None]
    """What a publisher wrote, where it follows from that."""


class Log(Protocol):
    """Calls block; they raise LogFailed. Topics have the names that we know."""

    def partitions(self, topics: Iterable[str]) -> list[Partition]:
        """Every partition of these topics."""
        ...

    def extents(self, partitions: Iterable[Partition]) -> Mapping[Partition, Extent]:
        """What each holds now."""
        ...

    def groups_at(self, group: str, partitions: Iterable[Partition]) -> Mapping[Partition, GroupAt]:
        """How far the group is; those that it has not begun are left out."""
        ...

    def read(self, partition: Partition, first: int, end: int) -> Iterator[Sequence[Scanned]]:
        """Every record from ``first`` up to ``end``, in order, in pieces. What is not there is left out."""
        ...
