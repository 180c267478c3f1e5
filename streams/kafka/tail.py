"""Follows whole topics: reads every partition to its end, then goes on as records come, in a thread of its own."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from streams.kafka.access import Bootstrap
from streams.kafka.clients import Brokers, Unreachable
from streams.kafka.reader import OutOfRange, Reader
from streams.kafka.records import Partition, Record

LOG = logging.getLogger("relocation.kafka")
ASK_EVERY_S = 2.0
"""So often brokers are asked for the ends: how fresh ``as_of`` can be at best, when nothing comes."""
WAIT_S = 0.1

Fold = Callable[[Record], None]
T = TypeVar("T")


def _nothing() -> None:
    return None


class Tail:
    """Hands every record of some topics to ``fold``, from the first one on; each partition in its order.

    ``fold`` is called by one thread. When it fails the tail stops for good: ``failed`` says so, ``as_of`` stays.
    """

    def __init__(  # noqa: PLR0913 - what is read, and how, most of it rarely given
        self,
        bootstrap: Bootstrap,
        topics: Iterable[str],
        fold: Fold,
        *,
        from_end: bool = False,
        folded: Callable[[], None] = _nothing,
        gather_s: float = 0.0,
    ) -> None:
        """``from_end``: only what comes from now on. ``folded`` is called by the same thread after each batch.

        ``gather_s``: so long it waits after a batch, for what comes meanwhile is folded together.
        """
        self._bootstrap = bootstrap
        self._topics = tuple(topics)
        self._fold = fold
        self._from_end = from_end
        self._folded = folded
        self._gather_s = gather_s
        self._ending = threading.Event()
        self._caught_up = threading.Event()
        self._as_of: float | None = None
        self._positions: dict[Partition, int] = {}
        self._asked: tuple[float, dict[Partition, int]] | None = None
        self._asking = threading.Thread(target=self._ask, name="tail-ends", daemon=True)
        self._reading = threading.Thread(target=self._guarded, name="tail", daemon=True)
        self.failed: str | None = None
        """The kind of what ended it, or None."""

    def start(self) -> None:
        """Begin to read. Where nothing listens yet it waits."""
        self._reading.start()

    def close(self) -> None:
        """Read no more."""
        self._ending.set()
        for thread in (self._reading, self._asking):
            if thread.is_alive():
                thread.join()

    def wait_caught_up(self, timeout_s: float) -> bool:
        """Wait until all was read that was there at the start. Whether it was."""
        return self._caught_up.wait(timeout_s)

    @property
    def as_of(self) -> float | None:
        """All that was written by then (``time.monotonic()``) was folded; None before it first caught up."""
        return self._as_of

    def behind_s(self) -> float:
        """For how long it may have missed something; infinite before it first caught up."""
        return float("inf") if self._as_of is None else max(0.0, time.monotonic() - self._as_of)

    def _guarded(self) -> None:
        try:
            self._read()
        except _EndedEarly:
            return
        except Exception as error:
            self.failed = type(error).__name__
            LOG.critical("a topic is followed no more", extra={"topics": self._topics}, exc_info=True)

    def _read(self) -> None:
        reader = Reader(self._bootstrap)
        try:
            self._positions = self._starts()
            reader.add(self._positions)
            self._asking.start()
            while not self._ending.is_set():
                self._take(reader)
        finally:
            reader.close()

    def _take(self, reader: Reader) -> None:
        try:
            records = reader.take(WAIT_S)
        except OutOfRange as gone:  # retention or compaction was faster: what is left of it is the truth
            self._begin_again(reader, gone.partition)
            return
        for record in records:
            self._fold(record)
            self._positions[record.topic, record.partition] = record.offset + 1
        if records:
            self._folded()
        self._note_freshness(reader)
        if records and self._gather_s:
            self._ending.wait(self._gather_s)

    def _begin_again(self, reader: Reader, partition: Partition) -> None:
        first = self._patiently(lambda brokers: brokers.extents([partition])[partition].first)
        reader.drop([partition])
        self._positions[partition] = first
        reader.add({partition: first})

    def _note_freshness(self, reader: Reader) -> None:
        asked = self._asked
        if asked is None or asked[0] == self._as_of:
            return
        at, ends = asked
        if all(max(self._positions.get(one, 0), reader.ends.get(one, 0)) >= end for one, end in ends.items()):
            self._as_of = at
            self._caught_up.set()

    def _starts(self) -> dict[Partition, int]:
        def ask(brokers: Brokers) -> dict[Partition, int]:
            extents = brokers.extents(self._partitions(brokers))
            return {one: extent.end if self._from_end else extent.first for one, extent in extents.items()}

        return self._patiently(ask)

    def _partitions(self, brokers: Brokers) -> list[Partition]:
        counts = brokers.partitions()
        missing = [topic for topic in self._topics if topic not in counts]
        if missing:
            raise Unreachable(f"no such topic: {', '.join(missing)}")
        return [(topic, number) for topic in self._topics for number in range(counts[topic])]

    def _patiently(self, ask: Callable[[Brokers], T]) -> T:
        brokers = Brokers(self._bootstrap)
        while not self._ending.is_set():
            try:
                return ask(brokers)
            except Unreachable as why:
                LOG.warning("the brokers do not answer", extra={"reason": str(why)})
                self._ending.wait(1.0)
        raise _EndedEarly

    def _ask(self) -> None:
        """Asking may block for seconds while a broker is away, and reading must not."""
        brokers = Brokers(self._bootstrap)
        while True:
            at = time.monotonic()
            try:
                self._asked = (at, brokers.ends(self._positions))
            except Unreachable:
                LOG.warning("the ends of topics are not known for a moment", extra={"topics": self._topics})
            if self._ending.wait(ASK_EVERY_S if self._caught_up.is_set() else WAIT_S):
                return


class _EndedEarly(Exception):
    """It was closed before the brokers answered."""
