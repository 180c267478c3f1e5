"""The embedded engine, chDB, in a process of its own: its faults, memory and start do not touch the platform."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sinks.store import Parameters, Row, StoreFailed

ANSWER_SECONDS_MAX = 300
"""Longer than any question may last; the longest is erasing from a table of years."""
END_SECONDS = 10
LOCK_SECONDS = 10.0
"""A child whose owner was killed may still be letting go of the folder."""


class EngineProcess:
    """A Store in a child process over ``folder``. It starts when first needed and anew after it died.

    The child holds the folder's lock and ends by itself when this process ends, however that happens.
    """

    def __init__(self, folder: Path, *, lock_seconds: float = LOCK_SECONDS) -> None:
        """``lock_seconds``: how long to wait for a folder that another process holds."""
        self._folder = folder
        self._lock_seconds = lock_seconds
        self._starting = threading.Lock()
        self._child: _Child | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the child, None while there is none."""
        child = self._child
        return child.pid if child is not None and child.alive else None

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """See Store."""
        rows: list[Row] = self._call("query", sql, parameters)
        return rows

    def ask_freely(self, sql: str, filters: Mapping[str, str]) -> tuple[list[str], list[Row]]:
        """See Store."""
        table: tuple[list[str], list[Row]] = self._call("ask_freely", sql, dict(filters))
        return table

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """See Store."""
        self._call("insert", table, list(columns), list(rows))

    def command(self, sql: str, parameters: Parameters | None = None) -> None:
        """See Store."""
        self._call("command", sql, parameters)

    def close(self) -> None:
        """End the child once it has finished what it is doing."""
        with self._starting:
            self._closed = True
            child, self._child = self._child, None
        if child is not None:
            child.end()

    def _call(self, name: str, *arguments: Any) -> Any:
        return self._running().call(name, arguments)

    def _running(self) -> "_Child":
        with self._starting:
            if self._closed:
                raise StoreFailed("the history is closed")
            if self._child is None or not self._child.alive:
                if self._child is not None:
                    self._child.end()
                self._child = _Child(self._folder, self._lock_seconds)
            return self._child


class _Child:
    """One run of the child: calls go down the pipe with a number, answers come back with it, in any order."""

    def __init__(self, folder: Path, lock_seconds: float) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._pipe, far = Pipe()
        try:
            self._process = _start(folder, far, lock_seconds)
        finally:
            far.close()
        self.pid = self._process.pid
        self._sending = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._last = 0
        self._gone: str | None = None
        threading.Thread(target=self._receive, name="relocation-history-answers", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self._gone is None

    def call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        answer = self._send(name, arguments)
        try:
            return answer.result(ANSWER_SECONDS_MAX)
        except FutureTimeout:
            self._process.kill()
            raise StoreFailed("the history engine did not answer and was ended") from None

    def _send(self, name: str, arguments: tuple[Any, ...]) -> "Future[Any]":
        answer: Future[Any] = Future()
        with self._sending:
            if self._gone is not None:
                raise StoreFailed(self._gone)
            self._last += 1
            self._waiting[self._last] = answer
            with contextlib.suppress(OSError):  # a child that died is noticed by the receiving thread
                self._pipe.send((self._last, name, arguments))
        return answer

    def _receive(self) -> None:
        why = "the history engine ended unexpectedly"
        with contextlib.suppress(EOFError, OSError):
            while True:
                number, outcome, value = self._pipe.recv()
                if outcome == "unusable":
                    why = value
                    continue
                self._settle(number, outcome, value)
        with self._sending:
            self._gone = why
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            answer.set_exception(StoreFailed(why))

    def _settle(self, number: int, outcome: str, value: Any) -> None:
        with self._sending:
            answer = self._waiting.pop(number)
        if outcome == "done":
            answer.set_result(value)
        else:
            answer.set_exception(StoreFailed(value, refused=outcome == "refused"))

    def end(self) -> None:
        with self._sending, contextlib.suppress(OSError):
            self._pipe.send(None)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._pipe.close()


def _start(folder: Path, far: Connection, lock_seconds: float) -> "subprocess.Popen[bytes]":
    """A session of its own: Ctrl-C at the terminal is for the platform, which then ends the child in order."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "sinks.engine_child", str(folder), str(far.fileno()), str(lock_seconds)],
        pass_fds=(far.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(_emptied(folder / "passing"))},
        start_new_session=True,
    )


def _emptied(passing: Path) -> Path:
    """Where the client lays blocks for the engine to read; what a killed child left there is removed."""
    passing.mkdir(mode=0o700, exist_ok=True)
    for left in passing.iterdir():
        left.unlink(missing_ok=True)
    return passing
