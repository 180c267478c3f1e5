"""What a role does with the logs of one partition number: the port between what moves records and a heart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from streams.kafka.records import Out, Record
from streams.kafka.tally import Tally


class Task(Protocol):
    """One role over one partition number, with the state of that number alone. Called by one thread.

    What it answers is a function of what it was told and of ``now`` (UTC ms): done again it is the same. It never
    raises for what a record holds: such a record is counted under a reason. Every record given to ``process`` is
    counted once in the tally of its topic, before the call returns.
    """

    def restore(self, record: Record) -> None:
        """A record of the fold from before: nothing is written for it, and nothing counted."""
        ...

    def restored(self, now: int) -> Iterable[Out]:
        """The fold is whole: what was said differs from what follows in this."""
        ...

    def process(self, records: Sequence[Record], now: int) -> Iterable[Out]:
        """New records of inputs; those of one topic in their order."""
        ...

    def given_up(self, record: Record, now: int) -> Iterable[Out]:
        """Instead of ``process``: a record of an input at which it raised before is left out. What is told of that."""
        ...

    def overheard(self, record: Record, now: int) -> Iterable[Out]:
        """A new record of a topic that was read to its end: written by this task itself, or by somebody else."""
        ...

    def caught_up(self, now: int) -> Iterable[Out]:
        """All that lay in the inputs when this began is processed. Called once."""
        ...

    def tick(self, now: int) -> Iterable[Out]:
        """Time has passed; called about once a second."""
        ...

    def wrote(self, topic: str, offset: int) -> None:
        """The last record of its own in one of ``Reading.told_of`` lies there; all before it are acknowledged."""
        ...

    def noted(self) -> Mapping[str, Any]:
        """What is noted with the next commit, besides the tallies, as JSON has it; ``task`` is given it again."""
        ...

    def halted(self) -> Mapping[str, "Halt"]:
        """Inputs that the last ``process`` left off at some record. Asked after every one."""
        ...


class Halt(NamedTuple):
    """An input waits."""

    at: int
    """The offset of the first record that was not processed."""
    again_s: float | None = None
    """After so long it is tried again; None: when an operator says so."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Which topics a role reads, by partition number. All have the same number of partitions."""

    inputs: tuple[str, ...]
    """What it processes. How far it is lies in the group's offsets."""
    folded: frozenset[str] = frozenset()
    """Those inputs that are restored from their beginning up to the committed offset."""
    to_end: tuple[str, ...] = ()
    """What is restored from the beginning to the end, and overheard from then on; no offsets are kept of it."""
    told_of: frozenset[str] = frozenset()
    """Those of ``to_end`` of which a task is told where its own records lie (``Task.wrote``)."""


class Role(Protocol):
    """A role as a process plays it: makes tasks, and has what they share."""

    @property
    def name(self) -> str:
        """``intake``, ``register``, ``relocation`` or ``desk``."""
        ...

    @property
    def reading(self) -> Reading:
        """What it reads."""
        ...

    def task(self, number: int, tallies: Mapping[str, Tally], noted: Mapping[str, Any]) -> Task:
        """A new task for a partition number; ``tallies`` count what becomes of each input. ``noted``: by the last."""
        ...

    def withheld(self) -> frozenset[str]:
        """Inputs of which nothing may be processed at this moment; asked again before every batch."""
        ...

    def start(self) -> None:
        """Begin with what tasks share."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class PlainTask:
    """A ``Task`` with nothing to say of what its role has no use for: a role overrides what it has."""

    def restore(self, record: Record) -> None:
        """It folds nothing."""

    def restored(self, now: int) -> Iterable[Out]:
        """What it says depends on its inputs alone, so nothing can differ."""
        del now
        return ()

    def overheard(self, record: Record, now: int) -> Iterable[Out]:
        """It reads nothing to its end."""
        del record, now
        return ()

    def caught_up(self, now: int) -> Iterable[Out]:
        """There is nothing to compare."""
        del now
        return ()

    def tick(self, now: int) -> Iterable[Out]:
        """Nothing waits for time."""
        del now
        return ()

    def wrote(self, topic: str, offset: int) -> None:
        """Nothing depends on where its records lie."""

    def noted(self) -> Mapping[str, Any]:
        """The tallies are all."""
        return {}

    def halted(self) -> Mapping[str, Halt]:
        """Nothing ever is: what it reads was written by the platform."""
        return {}


class PlainRole:
    """A ``Role`` whose tasks share nothing but how to read and write."""

    def withheld(self) -> frozenset[str]:
        """Nothing ever has to wait."""
        return frozenset()

    def start(self) -> None:
        """There is nothing to begin with."""

    def close(self) -> None:
        """There is nothing to let go of."""
