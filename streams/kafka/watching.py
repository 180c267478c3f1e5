"""The watchdog: a worker that has work and makes no progress is ended, so that it begins anew."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TYPE_CHECKING

from streams.kafka.access import Bootstrap
from streams.kafka.clients import Brokers, Unreachable
from streams.kafka.ending import STUCK, end
from streams.kafka.records import Partition

if TYPE_CHECKING:
    from streams.kafka.numbered import Numbered

EVERY_S = 2.0


class Watched:
    """What can be seen of a plane from other threads: written by its own, read by any."""

    def __init__(self) -> None:
        self.rounds = 0
        self.processed = 0
        """Records since the process started."""
        self.restored = 0
        """Records folded to restore, since the process started."""
        self.restoring = 0
        """Partition numbers that are not restored yet."""
        self.suspended = True
        """It waits to be told by the group what it has."""
        self.commit_waiting_since: float | None = None
        """``time.monotonic()``"""
        self.positions: Mapping[Partition, int] = {}
        """The next offset of what is read and not withheld, half a second ago at most."""
        self.numbers: tuple[Numbered, ...] = ()
        """What is live."""
        self.ends: Mapping[Partition, int] = {}
        """Where those logs ended, as the brokers said last."""


class Patience:
    """Since when each concern is as it is."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, tuple[Hashable, float]] = {}

    def has_waited(self, concern: str, state: Hashable) -> float:
        """For how many seconds this concern has been in the same state; None is no concern."""
        if state is None:
            self._since.pop(concern, None)
            return 0.0
        known = self._since.get(concern)
        if known is None or known[0] != state:
            self._since[concern] = (state, self._clock())
            return 0.0
        return self._clock() - known[1]

    def begin_anew(self) -> None:
        """Nothing is held against anybody any more."""
        self._since.clear()


def concerns(watched: Watched, ends: Mapping[Partition, int]) -> Iterator[tuple[str, Hashable]]:
    """What would be wrong if it stayed as it is, each with what changes when it moves."""
    yield "no round", watched.rounds
    yield "not assigned", True if watched.suspended else None
    yield "not restored", (watched.restored, watched.restoring) if watched.restoring else None
    yield "not committed", watched.commit_waiting_since
    for (topic, number), position in watched.positions.items():
        is_behind = position < ends.get((topic, number), 0)
        yield f"not processed {topic}/{number}", position if is_behind else None


class Watchdog:
    """A thread of its own, and connections of its own: what is stuck cannot be asked."""

    def __init__(self, watched: Watched, bootstrap: Bootstrap, *, patience_s: float, rebalance_s: float) -> None:
        """``patience_s``: how long there may be work and no progress; a rebalance may take ``rebalance_s`` more."""
        self._watched = watched
        self._bootstrap = bootstrap
        self._patience_s, self._rebalance_s = patience_s, rebalance_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Watch from now on."""
        self._thread.start()

    def close(self) -> None:
        """Watch no more."""
        self._ending.set()

    def _watch(self) -> None:
        brokers, patience = Brokers(self._bootstrap), Patience()
        while not self._ending.wait(min(EVERY_S, self._patience_s / 4)):
            try:
                ends = self._watched.ends = brokers.ends(list(self._watched.positions) or self._anything(brokers))
            except Unreachable:  # while brokers are away nobody makes progress
                patience.begin_anew()
            else:
                self._look(patience, ends)

    def _anything(self, brokers: Brokers) -> list[Partition]:
        brokers.partitions()
        return []

    def _look(self, patience: Patience, ends: Mapping[Partition, int]) -> None:
        for concern, state in concerns(self._watched, ends):
            waited_s = patience.has_waited(concern, state)
            allowed_s = self._patience_s + (self._rebalance_s if concern == "not assigned" else 0)
            if waited_s > allowed_s and not self._ending.is_set():
                end(STUCK, "stuck", concern=concern, waited_s=round(waited_s, 1))
