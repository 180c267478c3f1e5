"""The sink: carries records of Kafka into the history, and says that they are there only when they are.

Whatever is away, it waits: nothing is taken meanwhile, so memory stays what one batch needs, and nothing is committed,
so that whoever comes after it reads the same again. Storing the same again is harmless.
"""

import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from schemas.dead_letters import DeadLetter, Fault
from schemas.positions import LogPosition
from sinks.history import Mark
from sinks.messages import Recorded, Stream
from sinks.shared_log import DEAD_LETTERED, STORED, Archive, Done, LogFailed, Partition, SharedLog, Taken
from sinks.store import StoreFailed

_logger = logging.getLogger("relocation.sink")

UNREADABLE_SHARE_MAX = 0.05
UNREADABLE_IN_A_ROW_MAX = 500
"""More than that of a batch is a fault of ours, or of a whole publisher, and nothing to clear away without a word."""
_FEW = 20
"""So many records or fewer have no share worth telling."""
_MARK_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class SinkPace:
    """How the sink takes its time. Seconds, rows and bytes."""

    rows: int = 20_000
    bytes: int = 16 * 1024 * 1024
    """A batch has at most so many (but one record, however large)."""
    age_s: float = 1.0
    """What has come waits at most so long to be stored: fewer, larger blocks merge better."""
    backoff_s: float = 0.5
    """After a failure; doubled at each further one, up to ``backoff_max_s``."""
    backoff_max_s: float = 30.0


@dataclass(slots=True)
class SinkStatus:
    """What the sink says of itself. Written by its thread, read by any."""

    failing: str | None = None
    """Why it waits; None while it goes on."""
    failing_since: float | None = None
    """``time.monotonic()``."""
    became: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many records became what: by stream and reason."""
    batches: int = 0
    stored_s: float = 0.0
    """Seconds spent storing."""


class Sink:
    """One member of the group that stores. ``run`` is for one thread."""

    def __init__(
        self,
        log: SharedLog,
        archive: Archive,
        *,
        now: Callable[[], int],
        pace: SinkPace | None = None,
        gives_up: bool = False,
    ) -> None:
        """``now``: UTC ms. ``gives_up``: dead-letter what cannot be read, however much it is."""
        self._log = log
        self._archive = archive
        self._now = now
        self._pace = pace or SinkPace()
        self._gives_up = gives_up
        self._streams: dict[Partition, Stream] = {}
        self._runs: dict[Partition, int] = {}
        self._marked = 0.0
        self.status = SinkStatus()

    def run(self, ending: threading.Event) -> None:
        """Carry until ``ending`` is set; the batch at hand is finished, or left to be read again."""
        while not ending.is_set():
            batch = self._gather(ending)
            if batch:
                self._carry(batch, ending)
            else:
                self._log.commit(())  # what is owed, if anything is
            if not ending.is_set():
                self._mark()

    def _gather(self, ending: threading.Event) -> list[Taken]:
        batch: list[Taken] = []
        size, until = 0, time.monotonic() + self._pace.age_s
        while len(batch) < self._pace.rows and size < self._pace.bytes and not ending.is_set():
            left = until - time.monotonic()
            if left <= 0:
                break
            taken = self._log.take(left, self._pace.rows - len(batch))
            if taken and not batch:  # from the first one on
                until = time.monotonic() + self._pace.age_s
            batch += taken
            size += sum(one.size for one in taken)
        return batch

    def _carry(self, batch: list[Taken], ending: threading.Event) -> None:
        """Store, then tell of what cannot be, then commit; each of them until it is done."""
        batch = [one for one in batch if self._log.is_mine(one)]
        self._streams |= {one.partition: one.stream for one in batch}
        poison: dict[LogPosition, DeadLetter] = {}

        def store() -> None:
            runs = self._require_readable(batch)
            poison.update(self._stored(batch))
            letters = poison | {one.position: one.letter for one in batch if one.letter is not None}
            self._log.give_up(letters.items())
            self._runs.update(runs)

        began = time.monotonic()
        if not self._until_done(store, ending):
            return
        self.status.stored_s += time.monotonic() - began
        self.status.batches += 1
        mine = [one for one in batch if self._log.is_mine(one)]
        done = [Done(one.position, _became(one, poison)) for one in mine]
        self._log.commit(done)
        self.status.became.update((str(one.stream), which.reason) for one, which in zip(mine, done, strict=True))

    def _until_done(self, work: Callable[[], None], ending: threading.Event) -> bool:
        """False when it was told to end before."""
        failures = 0
        while True:
            try:
                work()
            except (StoreFailed, LogFailed, TooManyUnreadable) as failed:
                failures += 1
                self._fail(str(failed), failures)
                if not self._wait(self._pause(failures), ending):
                    return False
            else:
                self._recover()
                return True

    def _wait(self, seconds: float, ending: threading.Event) -> bool:
        """Stay a member meanwhile. False when it is to end."""
        until = time.monotonic() + seconds
        while not ending.is_set():
            left = until - time.monotonic()
            if left <= 0:
                return True
            self._log.wait(min(left, 0.2))
        return False

    def _stored(self, batch: Sequence[Taken]) -> dict[LogPosition, DeadLetter]:
        """Store all that can be; of what the history refuses, and only that, what is to be told."""
        streams: dict[Stream, list[Recorded]] = defaultdict(list)
        for one in batch:
            if one.recorded is not None:
                streams[one.stream].append(one.recorded)
        if not streams:
            return {}
        try:
            self._archive.put(streams)
        except StoreFailed as failed:
            if not failed.refused:
                raise
        else:
            return {}
        return self._without_poison(streams)

    def _without_poison(self, streams: dict[Stream, list[Recorded]]) -> dict[LogPosition, DeadLetter]:
        """A row that the engine refuses takes its block with it: find it. Raises StoreFailed where many are refused."""
        found = [one for stream, messages in streams.items() for one in self._poison_among(stream, messages)]
        if len(found) > max(1.0, UNREADABLE_SHARE_MAX * sum(map(len, streams.values()))):
            raise StoreFailed("the history refuses much of what is to be stored: are its tables of this version?")
        return {_position(one): self._letter(one) for one in found}

    def _poison_among(self, stream: Stream, messages: list[Recorded]) -> list[Recorded]:
        try:
            self._archive.put({stream: messages})
        except StoreFailed as failed:
            if not failed.refused:
                raise
        else:
            return []
        if len(messages) == 1:
            return messages
        half = len(messages) // 2
        return self._poison_among(stream, messages[:half]) + self._poison_among(stream, messages[half:])

    def _letter(self, recorded: Recorded) -> DeadLetter:
        return DeadLetter(Fault.FAILED, "sink", self._now(), position=_position(recorded))

    def _require_readable(self, batch: Sequence[Taken]) -> dict[Partition, int]:
        """How many records in a row cannot be read at the end of each partition. Raises TooManyUnreadable."""
        by_partition: dict[Partition, list[bool]] = defaultdict(list)
        for one in batch:
            by_partition[one.partition].append(one.letter is not None)
        runs = {}
        for partition, unreadable in by_partition.items():
            longest, runs[partition] = _runs(unreadable, self._runs.get(partition, 0))
            is_share = len(unreadable) > _FEW and sum(unreadable) > UNREADABLE_SHARE_MAX * len(unreadable)
            if not self._gives_up and (is_share or longest > UNREADABLE_IN_A_ROW_MAX):
                told = f"{sum(unreadable)} of {len(unreadable)} records"
                raise TooManyUnreadable(f"{told} of {partition[0]}/{partition[1]} cannot be read")
        return runs

    def _mark(self) -> None:
        """For questions: up to when the history is complete. Best effort: the next time says it again."""
        if time.monotonic() < self._marked + _MARK_EVERY_S:
            return
        marks = [
            Mark(self._streams[partition], *partition, max(0, offset - 1), at)
            for partition, (offset, at) in self._log.complete().items()
            if partition in self._streams
        ]
        try:
            self._archive.mark(marks)
        except StoreFailed as failed:
            self._fail(str(failed), 1)
        else:
            self._marked = time.monotonic()
            self._recover()

    def _pause(self, failures: int) -> float:
        return min(self._pace.backoff_s * 2.0 ** min(failures - 1, 30), self._pace.backoff_max_s)

    def _fail(self, why: str, failures: int) -> None:
        if self.status.failing_since is None:
            self.status.failing_since = time.monotonic()
        self.status.failing = why
        _logger.warning("sink_waits", extra={"why": why, "failures": failures})

    def _recover(self) -> None:
        if self.status.failing_since is not None:
            waited = round(time.monotonic() - self.status.failing_since, 1)
            _logger.info("sink_goes_on", extra={"waited_s": waited})
        self.status.failing, self.status.failing_since = None, None


class TooManyUnreadable(Exception):
    """So much of a partition cannot be read that it is no single record's fault."""


def _runs(flags: Iterable[bool], run: int) -> tuple[int, int]:
    """The longest run of true ones and the last one, after a run of ``run`` before."""
    longest = run
    for flag in flags:
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest, run


def _became(taken: Taken, poison: dict[LogPosition, DeadLetter]) -> str:
    if taken.letter is not None or taken.position in poison:
        return DEAD_LETTERED
    return STORED if taken.recorded is not None else taken.dropped


def _position(recorded: Recorded) -> LogPosition:
    return LogPosition(recorded.topic, recorded.partition, recorded.position)
