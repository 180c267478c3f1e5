"""Waits a little for what becomes of something that was just written, as long as that is told in time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

UNMATCHED_MAX = 4_096
"""What is told of others (another gateway wrote it), or before we know to wait for it."""
OPEN_MAX = 100_000
OPEN_S = 10.0


class Awaited(Generic[T]):
    """What is told of one thing. For ``Hearing``."""

    __slots__ = ("at", "heard", "told")

    def __init__(self, at: float) -> None:
        self.at = at
        self.told: T | None = None
        self.heard = threading.Event()

    def hear(self, told: T) -> None:
        """This is told of it."""
        self.told = told
        self.heard.set()


class Hearing(Generic[T]):
    """Brings together what somebody waits for and what is told of it, each by the same key. For any thread.

    Nobody waits while what was to be told is not: who would be first after a long silence waits ``patience_s``, then
    nobody does until it is told again, or given up after OPEN_S.
    """

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._open: OrderedDict[str, Awaited[T]] = OrderedDict()
        self._unmatched: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def expect(self, key: str) -> Awaited[T]:
        """Something was just written of which something will be told. Who expects the same waits for the same."""
        awaited: Awaited[T] = Awaited(time.monotonic())
        with self._lock:
            if key in self._open:
                return self._open[key]
            told = self._unmatched.pop(key, None)
            if told is not None:
                awaited.hear(told)
                return awaited
            self._open[key] = awaited
            self._forget(awaited.at)
        return awaited

    def tell(self, key: str, told: T) -> None:
        """This is told of it."""
        with self._lock:
            awaited = self._open.pop(key, None)
            if awaited is not None:
                awaited.hear(told)
                return
            self._unmatched[key] = told
            if len(self._unmatched) > UNMATCHED_MAX:
                self._unmatched.popitem(last=False)

    def wait(self, expected: Iterable[Awaited[T]]) -> None:
        """Until something is told of each, for as long as that is worth it."""
        with self._lock:
            oldest = next(iter(self._open.values()), None)
        began = time.monotonic()
        silent = oldest is not None and began - oldest.at > self._patience_s
        deadline = began + (0 if silent else self._patience_s)
        for awaited in expected:
            awaited.heard.wait(max(0.0, deadline - time.monotonic()))

    def _forget(self, now: float) -> None:
        while self._open:
            oldest = next(iter(self._open.values()))
            if now - oldest.at < OPEN_S and len(self._open) <= OPEN_MAX:
                return
            self._open.popitem(last=False)
