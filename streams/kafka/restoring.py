"""What is to be restored: one partition number after the other, so that the first is back soonest."""

import logging
import time
from collections import deque
from collections.abc import Callable

from streams.kafka.numbered import Numbered
from streams.kafka.reader import Reader
from streams.kafka.restoration import Restoration

LOG = logging.getLogger("relocation.worker")
SAY_EVERY_S = 5.0

Told = Callable[[str, int, int], None]
"""Progress: what, how much is done, of how much."""


class Restoring:
    """Belongs to one thread."""

    def __init__(self, make_reader: Callable[[], Reader], tell: Told) -> None:
        self._make_reader = make_reader
        self._tell = tell
        self._waiting: deque[Numbered] = deque()
        self._current: Restoration | None = None
        self._reader: Reader | None = None
        self._began, self._said = 0.0, 0.0
        self.taken = 0
        """Records folded since the process started."""

    @property
    def numbers(self) -> dict[int, Numbered]:
        """What is under way or waits."""
        current = [] if self._current is None else [self._current.numbered]
        return {numbered.number: numbered for numbered in (*current, *self._waiting)}

    @property
    def left(self) -> int:
        """How many numbers are not restored yet."""
        return len(self._waiting) + (self._current is not None)

    @property
    def current(self) -> Numbered | None:
        """The one that is being restored."""
        return None if self._current is None else self._current.numbered

    def add(self, numbered: Numbered) -> None:
        """Restore this one too, after the others."""
        self._waiting.append(numbered)

    def drop(self, number: int) -> None:
        """It belongs to somebody else now."""
        self._waiting = deque(numbered for numbered in self._waiting if numbered.number != number)
        if self._current is not None and self._current.numbered.number == number:
            self._current.cancel()
            self._current = None

    def go_on(self) -> Numbered | None:
        """Fold a portion. The number whose fold is whole now, or None. Raises OutOfRange; then drop that number."""
        if self._current is None and not self._waiting:
            self._let_go_of_reader()
            return None
        current = self._current or self._begin()
        if not current.is_done:
            self.taken += current.take()
        self._say(current)
        if not current.is_done:
            return None
        self._current = None
        LOG.info("restored", extra=self._told(current))
        return current.numbered

    def _begin(self) -> Restoration:
        self._reader = self._reader or self._make_reader()
        self._current = Restoration(self._waiting.popleft(), self._reader)
        self._began = self._said = time.monotonic()
        return self._current

    def _say(self, current: Restoration) -> None:
        done, of = current.done_of
        self._tell(f"partition {current.numbered.number}", done, of)
        if time.monotonic() - self._said > SAY_EVERY_S:
            self._said = time.monotonic()
            LOG.info("restoring", extra=self._told(current))

    def _told(self, current: Restoration) -> dict[str, object]:
        done, of = current.done_of
        seconds = round(time.monotonic() - self._began, 3)
        return {"number": current.numbered.number, "done": done, "of": of, "seconds": seconds, "left": self.left}

    def _let_go_of_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
