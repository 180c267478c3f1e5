"""Orders to a thread from others: done by it between two rounds, and awaited by whoever gave them."""

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any


class Orders:
    """First given, first done."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()

    def give(self, do: Callable[[], Any]) -> "Future[Any]":
        """From any thread: have this done. The future has what it returns, or raises."""
        done: Future[Any] = Future()
        self._waiting.put((do, done))
        return done

    def obey(self, wait_s: float) -> None:
        """Do all that was ordered; waits for the first order for so long. Raises what an order raises."""
        while True:
            try:
                do, done = self._waiting.get(timeout=wait_s) if wait_s else self._waiting.get_nowait()
            except Empty:
                return
            wait_s = 0
            try:
                done.set_result(do())
            except BaseException as error:
                done.set_exception(error)
                raise
