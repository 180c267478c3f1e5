"""The database of a process that only reads topics: as good as a file, and gone with the process."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from streams.lists.nameless import NamelessDatabase

SCRIPT = "CREATE TABLE said (number INTEGER PRIMARY KEY, told TEXT)"


def test_readers_see_whole_batches_beside_the_writer():
    database = NamelessDatabase(SCRIPT, readers=4)
    done, seen = threading.Event(), []

    def read():
        while not done.is_set():
            with database.reading() as connection:
                seen.append(connection.execute("SELECT count(*), coalesce(max(number), 0) FROM said").fetchone())

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for batch in range(200):
        database.writer.execute("BEGIN")
        rows = [(batch * 50 + number, "x" * 400) for number in range(1, 51)]
        database.writer.executemany("INSERT INTO said VALUES (?,?)", rows)
        database.writer.execute("COMMIT")
    done.set()
    for reader in readers:
        reader.join()
    database.close()
    assert all(count == newest and count % 50 == 0 for count, newest in seen)
    assert len(set(seen)) > 1


def test_a_process_that_is_killed_leaves_nothing_of_it(tmp_path: Path):
    script = (
        "from streams.lists.nameless import NamelessDatabase\n"
        f"database = NamelessDatabase({SCRIPT!r})\n"
        "database.writer.execute(\"INSERT INTO said VALUES (1, 'secret')\")\n"
        "print('written', flush=True)\n"
        "input()\n"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        assert list(tmp_path.iterdir()) == []
        process.kill()
    assert list(tmp_path.iterdir()) == []
