"""The feeder: a thread that carries the log into the history and never gets in the platform's way."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sinks.history import History, OtherLog
from sinks.messages import Batch, LogReader, LogView, Stream
from sinks.store import StoreFailed

_logger = logging.getLogger("relocation.history")


Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """How the feeder takes its time. Seconds and rows."""

    rows: int = 5_000
    """At most so many messages in a block: handing one over holds this process up for 40 to 80 ms."""
    age_s: float = 1.0
    """What has come waits at most so long to be stored (fewer, larger blocks merge better)."""
    round_s: float = 5.0
    """A moment of the log is held at most about so long: meanwhile the log cannot overwrite what it destroyed."""
    backoff_s: float = 1.0
    """After a failure; doubled at each further one, up to ``backoff_max_s``."""
    backoff_max_s: float = 60.0


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How far the history is behind the log."""

    positions: Mapping[Stream, int]
    newest: Mapping[Stream, int]
    complete_until: int
    """UTC ms; 0 before the first round has been through."""
    failing: str | None
    """Why the last round failed, None when it did not."""
    caught_up: bool

    @property
    def behind(self) -> int:
        """Messages of the log that are not in the history yet."""
        return sum(max(0, at - self.positions.get(stream, 0)) for stream, at in self.newest.items())


class Feeder:
    """Carries every stream of a log into a history. Rounds are for one thread; ``status`` is for any.

    A round reads one moment of the log, and what was destroyed first: so an event that was destroyed and came back
    is erased before it is stored anew, never after. A failed round is done again from the log, not from memory, since
    what was read before may have been destroyed meanwhile.
    """

    def __init__(self, log: LogReader, history: History, pace: Pace | None = None) -> None:
        self._log = log
        self._history = history
        self._pace = pace or Pace()
        self._positions: dict[Stream, int] | None = None
        self._status = FeedStatus({}, {}, 0, None, caught_up=False)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relocation-history", daemon=True)

    @property
    def status(self) -> FeedStatus:
        """As of the last round."""
        return self._status

    def start(self) -> None:
        """Begin to carry, in the background."""
        self._thread.start()

    def close(self) -> None:
        """Finish the block at hand, then end."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def catch_up(self, tell: Tell | None = None) -> None:
        """Carry over all that the log holds now. ``tell`` hears stream, position and newest. Raises StoreFailed."""
        while not self._round(tell) and not self._ending.is_set():
            pass

    def _round(self, tell: Tell | None) -> bool:
        """Whether everything was carried that this moment of the log holds."""
        with self._log.view() as view:
            newest = view.newest()
            carried = not self._has_news(newest) or self._carry(view, newest, tell)
            self._tell_status(newest, view.taken_at, caught_up=carried)
        return carried

    def _has_news(self, newest: Mapping[Stream, int]) -> bool:
        """An empty log does not even open the history: that takes a second and 300 MB."""
        if self._positions is None:
            if not any(newest.values()):
                return False
            reached = self._history.position()
            self._positions = {stream: reached.get(stream, 0) for stream in Stream}
        return any(newest.get(stream, 0) > at for stream, at in self._positions.items())

    def _carry(self, view: LogView, newest: Mapping[Stream, int], tell: Tell | None) -> bool:
        until = time.monotonic() + self._pace.round_s
        behind = [stream for stream in Stream if newest.get(stream, 0) > self._position(stream)]
        for stream in behind:
            while self._position(stream) < newest[stream]:
                if self._ending.is_set() or (stream is not Stream.DESTROYED and time.monotonic() > until):
                    return False
                self._store_next(view, stream, newest[stream], complete=stream is behind[-1])
                if tell is not None:
                    tell(str(stream), self._position(stream), newest[stream])
        return True

    def _store_next(self, view: LogView, stream: Stream, newest: int, *, complete: bool) -> None:
        messages = view.read(stream, self._position(stream), self._pace.rows)
        full = len(messages) >= self._pace.rows
        last = messages[-1].position if full else newest
        ends = complete and last >= newest
        self._history.store(Batch(stream, messages, last, complete_until=view.taken_at if ends else 0))
        if self._positions is not None:
            self._positions[stream] = last

    def _position(self, stream: Stream) -> int:
        return 0 if self._positions is None else self._positions[stream]

    def _tell_status(self, newest: Mapping[Stream, int], taken_at: int, *, caught_up: bool) -> None:
        complete_until = taken_at if caught_up else self._status.complete_until
        positions = dict(self._positions or {})
        self._status = FeedStatus(positions, dict(newest), complete_until, None, caught_up)

    def _run(self) -> None:
        failures = 0
        while not self._ending.wait(self._pause(failures)):
            try:
                self.catch_up()
                failures = 0
            except Exception as error:  # noqa: BLE001 - the platform goes on without history
                failures += 1
                self._fail(error)

    def _pause(self, failures: int) -> float:
        if failures == 0:
            return self._pace.age_s
        return min(self._pace.backoff_s * 2.0 ** min(failures - 1, 30), self._pace.backoff_max_s)

    def _fail(self, error: Exception) -> None:
        """Whatever it was, the platform goes on, and the history catches up once it can."""
        why = str(error) if isinstance(error, StoreFailed | OtherLog) else type(error).__name__
        self._positions = None
        before = self._status
        self._status = FeedStatus(before.positions, before.newest, before.complete_until, why, caught_up=False)
        _logger.warning("history_behind", extra={"why": type(error).__name__})
