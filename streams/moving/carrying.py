"""Writes the contents of a log to topics that were empty; begun again after a crash it goes on where it stopped."""

from collections import Counter
from collections.abc import Iterable, Mapping

from streams.kafka.records import Out, Partition
from streams.kafka.writer import Writer

FLUSH_EVERY = 5_000
"""So many records may be on their way and not acknowledged yet."""


class Carrier:
    """Skips what lies there already: what is carried comes in the same order every time, and nobody else writes."""

    def __init__(self, writer: Writer, there: Mapping[Partition, int]) -> None:
        """``there``: where each log ends now."""
        self._writer = writer
        self._left_out = Counter(there)
        self._unflushed = 0
        self.ends: Counter[Partition] = Counter()
        """Where each log ends with all that was carried so far."""

    def carry(self, outs: Iterable[Out]) -> None:
        """Write these, but for what is there. Raises NotWritten."""
        missing = [out for out in outs if self._is_missing(out)]
        self._unflushed += self._writer.hand_over(missing)
        if self._unflushed >= FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """All that was carried is acknowledged when it returns. Raises NotWritten."""
        self._writer.flush()
        self._unflushed = 0

    def _is_missing(self, out: Out) -> bool:
        log = (out.topic, out.partition)
        self.ends[log] += 1
        if self._left_out[log] <= 0:
            return True
        self._left_out[log] -= 1
        return False
