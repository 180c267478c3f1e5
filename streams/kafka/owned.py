"""A partition that is a member's for a time: what is read next of it, and what became of what was."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from streams.kafka.tally import ABSENT, LOST, Tally


@dataclass(slots=True)
class Owned:
    """A partition of this member."""

    epoch: int
    """Grows with every time that partitions are given to this member."""
    next: int
    """The offset that is read next."""
    tally: Tally
    """What became of every offset below the last commit."""
    lost: list[tuple[int, int]] = field(default_factory=list)
    """From, to: what retention took since."""

    def count(self, offsets: Iterable[tuple[int, str]]) -> None:
        """Offsets in their order, with what became of them; what is skipped was absent, or lost."""
        for offset, reason in offsets:
            while self.lost and self.lost[0][1] <= offset:
                start, end = self.lost.pop(0)
                self.tally.reach(start, ABSENT)
                self.tally.reach(end, LOST)
            self.tally.reach(offset, ABSENT)
            self.tally.add(reason)
