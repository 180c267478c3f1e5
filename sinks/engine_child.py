"""The child process of the embedded engine: holds the folder, serves calls from the pipe, ends when the pipe does."""

import contextlib
import fcntl
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sinks.store import ClientStore, StoreFailed

THREADS = 4
NICENESS = 5
"""Alerts come first: history gets the processor when nobody else wants it."""
END_SECONDS = 5


def main() -> None:
    """``python -m sinks.engine_child FOLDER FD SECONDS``: this end of the pipe, and how long to wait for the folder."""
    folder, pipe = Path(sys.argv[1]), Connection(int(sys.argv[2]))
    os.nice(NICENESS)
    if not _held(folder / "lock", float(sys.argv[3])):
        pipe.send((0, "unusable", f"the history in {folder} is held by process {_holder(folder / 'lock')}"))
        return
    _serve(pipe, folder)


def _serve(pipe: Connection, folder: Path) -> None:
    from sinks.connecting import folder_store  # the lock first: importing takes a second

    store = folder_store(folder / "chdb")
    answering = _Answering(store, pipe)
    pool = ThreadPoolExecutor(THREADS)
    while (call := _received(pipe)) is not None:
        pool.submit(answering.do, *call)
    threading.Timer(END_SECONDS, os._exit, (1,)).start()  # whoever asked is gone: do not linger on a long question
    pool.shutdown()
    store.close()
    os._exit(0)


def _received(pipe: Connection) -> tuple[int, str, tuple[Any, ...]] | None:
    try:
        call: tuple[int, str, tuple[Any, ...]] | None = pipe.recv()
    except (EOFError, OSError):
        return None
    return call


class _Answering:
    """Does calls, from several threads, and sends each answer with the number of its call."""

    def __init__(self, store: ClientStore, pipe: Connection) -> None:
        self._store = store
        self._pipe = pipe
        self._sending = threading.Lock()

    def do(self, number: int, name: str, arguments: tuple[Any, ...]) -> None:
        outcome, value = self._outcome(name, arguments)
        with self._sending, contextlib.suppress(OSError):  # whoever asked may be gone
            self._pipe.send((number, outcome, value))

    def _outcome(self, name: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
        try:
            return "done", getattr(self._store, name)(*arguments)
        except StoreFailed as failed:
            return "refused" if failed.refused else "failed", str(failed)
        except Exception as error:  # noqa: BLE001 - every call is answered
            # Its kind only: its words could carry what was asked.
            return "failed", f"the history engine failed ({type(error).__name__})"


def _held(lock: Path, seconds: float) -> bool:
    """Hold the lock until this process ends; False when somebody else keeps it."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        else:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getppid()}\n".encode(), 0)
            return True


def _holder(lock: Path) -> str:
    return lock.read_text("ascii").strip() or "unknown"


if __name__ == "__main__":
    main()
