"""Turns: a lock for which those wait in line who come again and again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Who takes a turn while another waits gets the next one after that."""

    def __init__(self) -> None:
        self._next = threading.Lock()
        self._turn = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """One turn, nobody else's."""
        with self._next:  # who waits for the turn holds this, so that whoever had it last cannot be quicker
            self._turn.acquire()
        try:
            yield
        finally:
            self._turn.release()
