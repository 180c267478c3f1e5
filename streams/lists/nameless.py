"""A SQLite database without a name: nobody else can open it, and nothing of it outlives its process."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue

READERS = 12
"""The reading threads of the face, and a few: all are opened before the name is taken away."""
_WAIT_S = 60
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=OFF",  # it need not survive anything
    "temp_store=MEMORY",
    "secure_delete=OFF",
)


class ReadersBusy(Exception):
    """No connection came free for a long time."""


class NamelessDatabase:
    """One connection that writes, for one thread at a time, and several that read beside it."""

    def __init__(self, script: str, *, readers: int = READERS) -> None:
        """``script`` makes the tables."""
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue()
        with tempfile.TemporaryDirectory(prefix="relocation-") as folder:  # mode 0700, and gone when this block ends
            path = Path(folder) / "alerts.sqlite"
            self.writer = _opened(path)
            self.writer.executescript(script)
            for _ in range(readers):
                connection = _opened(path)
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # opens what lies beside it too
                connection.execute("PRAGMA query_only=ON")
                self._readers.put(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that reads. Raises ReadersBusy."""
        try:
            connection = self._readers.get(timeout=_WAIT_S)
        except Empty:
            raise ReadersBusy from None
        try:
            yield connection
        finally:
            self._readers.put(connection)

    def close(self) -> None:
        """Give the space back. Whoever still reads gives back a connection that is closed with the process."""
        self.writer.close()
        while not self._readers.empty():
            self._readers.get_nowait().close()


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection
