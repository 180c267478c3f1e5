"""ClickHouse for the fault suite, a process of its own: ``python -m tests.chaos.engine FOLDER PORT``.

It is the fixture of the history's tests, and misbehaves when a file tells it to: ``FOLDER/lose-reply`` has the next
statement that changes something done and its reply lost, ``FOLDER/slow`` lets every insert take a while.
"""

import sys
import time
from pathlib import Path

import chdb

from tests.history.clickhouse_over_http import LOST, Outages, _Handler, _Server

SLOW_S = 0.4


class Wishes(Outages):
    """What becomes of the next statements, as files wish."""

    def __init__(self, folder):
        super().__init__()
        self._lose = folder / "lose-reply"

    def next(self):
        if not self._lose.exists():
            return None
        self._lose.unlink(missing_ok=True)
        return LOST


class Handler(_Handler):
    def _insert(self, connection, head, block):
        if (Path(self.folder) / "slow").exists():
            time.sleep(SLOW_S)
        return _Handler._insert(connection, head, block)


def main():
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(exist_ok=True)
    Handler.folder, Handler.outages = str(folder), Wishes(folder)
    held = chdb.connect(Handler.folder)
    with _Server(("127.0.0.1", int(sys.argv[2])), Handler) as server:
        print("ready", flush=True)
        server.serve_forever(0.05)
    held.close()


if __name__ == "__main__":
    main()
