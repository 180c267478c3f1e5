"""Restoring a partition number: what its fold is made of is read from the beginning, in small portions."""

from streams.kafka.numbered import Numbered
from streams.kafka.reader import Reader
from streams.kafka.records import Partition

PORTION_RECORDS = 2_000
"""Some 20 ms of folding: what is live does not wait for longer."""
WAIT_S = 0.01


class Restoration:
    """One number under way. It has a reader of its own, so that what is live never waits behind what is old."""

    def __init__(self, numbered: Numbered, reader: Reader) -> None:
        """``reader`` reads nothing else meanwhile."""
        self.numbered = numbered
        self._reader = reader
        self._at = {at: stretch.first for at, stretch in numbered.stretches.items()}
        self._left = set(self._at)
        reader.add(self._at)

    @property
    def is_done(self) -> bool:
        """Whether the fold is whole."""
        return not self._left

    @property
    def done_of(self) -> tuple[int, int]:
        """How many offsets it has come along, and of how many."""
        stretches = self.numbered.stretches
        done = sum(min(self._at[at], stretch.until) - stretch.first for at, stretch in stretches.items())
        return done, sum(stretch.until - stretch.first for stretch in stretches.values())

    def take(self) -> int:
        """Fold a portion; how many records it was. Raises OutOfRange where a log begins later than it did."""
        records = self._reader.take(WAIT_S, PORTION_RECORDS)
        stretches, task = self.numbered.stretches, self.numbered.task
        for record in records:
            at = (record.topic, record.partition)
            self.numbered.at = (at, record.offset)
            if record.offset < stretches[at].until and not self.numbered.is_poison(record):
                task.restore(record)
            self._at[at] = record.offset + 1
        for at in [at for at in self._left if self._has_reached(at)]:
            self._finish(at)
        return len(records)

    def cancel(self) -> None:
        """Read no more of it."""
        self._reader.drop(self._left)
        self._left.clear()

    def _has_reached(self, at: Partition) -> bool:
        """The last offsets need not be there: compacted away, or markers."""
        return max(self._at[at], self._reader.ends.get(at, 0)) >= self.numbered.stretches[at].until

    def _finish(self, at: Partition) -> None:
        self._reader.drop([at])
        self._left.discard(at)
        self._at[at] = self.numbered.stretches[at].until
