"""One set of servers for several processes of one run: the first starts it, the last to leave ends it."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.kafka.servers import Hold, Servers


@contextmanager
def shared(note: Path, start: Callable[[], tuple[Servers, str]]) -> Iterator[str]:
    """The address of the servers that ``note`` tells of; ``start`` makes them when there are none, or no more.

    All that name the same note share. Servers stay until every one of them has left, or was killed.
    """
    hold, address = _joined_or_started(note, start)
    try:
        yield address
    finally:
        hold.release()


def _joined_or_started(note: Path, start: Callable[[], tuple[Servers, str]]) -> tuple[Hold | Servers, str]:
    with note.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if note.exists():
            folder, address = note.read_text("utf-8").splitlines()
            try:
                return Hold(Path(folder)), address
            except (FileNotFoundError, BlockingIOError):
                """The last that held them has left; they are on their way out."""
        servers, address = start()
        note.write_text(f"{servers.folder}\n{address}", "utf-8")
        return servers, address
