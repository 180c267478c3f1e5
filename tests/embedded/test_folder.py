"""The data folder: one writer, one key, and words for every kind of damage."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest

from streams.embedded.folder import DataFolder, FolderDamaged, FolderHeld
from streams.embedded.tables import SCHEMA_VERSION, open_for_writing


def a_folder(path):
    folder = DataFolder(path / "data")
    with folder.held():
        folder.token_key(None)
        folder.prepare()
    return folder


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_read_the_folder(tmp_path):
    folder = a_folder(tmp_path)
    with closing(open_for_writing(folder.log)) as log:
        log.execute("INSERT INTO meta VALUES ('a', 'b')")

        assert mode_of(folder.path) == 0o700
        assert {mode_of(inside) for inside in folder.path.iterdir()} == {0o600}


def test_a_second_writer_is_told_who_holds_the_folder(tmp_path):
    folder = DataFolder(tmp_path)

    with folder.held(), pytest.raises(FolderHeld, match=str(os.getpid())), DataFolder(tmp_path).held():
        pass


def test_a_killed_writer_lets_go(tmp_path):
    holds = "import sys,pathlib,time\nfrom streams.embedded.folder import DataFolder\n"
    holds += "with DataFolder(pathlib.Path(sys.argv[1])).held():\n print('held', flush=True)\n time.sleep(60)\n"
    with subprocess.Popen([sys.executable, "-c", holds, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderHeld, match=str(holder.pid)), DataFolder(tmp_path).held():
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()

    with DataFolder(tmp_path).held():
        pass


def test_the_first_run_makes_a_key_and_later_ones_find_it(tmp_path):
    folder = a_folder(tmp_path)
    key = folder.token_key(None)

    assert len(key) == 32
    assert folder.token_key(None) == key
    assert folder.token_key(b"given") == b"given"


def test_a_first_run_that_was_killed_while_it_made_the_log_starts_again(tmp_path):
    folder = a_folder(tmp_path)
    key = folder.token_key(None)
    folder.log.rename(folder.log.with_name("log.sqlite.new"))

    with folder.held():
        folder.prepare()

    folder.require_log()
    assert folder.token_key(None) == key


def rubbish(folder):
    folder.log.write_bytes(os.urandom(8192))


def emptied(folder):
    folder.log.write_bytes(b"")


def cut_off(folder):
    os.truncate(folder.log, folder.log.stat().st_size // 2)


def scribbled_over(folder):
    with folder.log.open("r+b") as log:
        log.seek(4096)
        log.write(os.urandom(8192))


def of_something_else(folder):
    folder.log.unlink()
    with closing(sqlite3.connect(folder.log)) as other:
        other.execute("CREATE TABLE something (x)")


def of_the_future(folder):
    with closing(sqlite3.connect(folder.log)) as log:
        log.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")


def without_log_but_with_its_write_ahead_log(folder):
    folder.log.rename(folder.log.with_name("log.sqlite-wal"))


def a_folder_instead(folder):
    folder.log.unlink()
    folder.log.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        rubbish,
        emptied,
        cut_off,
        scribbled_over,
        of_something_else,
        of_the_future,
        without_log_but_with_its_write_ahead_log,
        a_folder_instead,
    ],
)
def test_damage_is_said_and_nothing_is_made_over_it(tmp_path, damage):
    folder = a_folder(tmp_path)
    damage(folder)
    before = sorted((inside.name, inside.stat().st_size) for inside in folder.path.iterdir())

    with folder.held(), pytest.raises(FolderDamaged):
        folder.prepare()

    assert sorted((inside.name, inside.stat().st_size) for inside in folder.path.iterdir()) == before


@pytest.mark.parametrize("content", [b"", b"not hex", b"ab" * 31, b"\xff\xfe"])
def test_a_damaged_key_is_said(tmp_path, content):
    folder = a_folder(tmp_path)
    folder.key.write_bytes(content)

    with pytest.raises(FolderDamaged, match=r"token\.key"):
        folder.token_key(None)


def test_a_key_that_is_gone_is_never_made_anew_beside_a_log(tmp_path):
    folder = a_folder(tmp_path)
    folder.key.unlink()

    with pytest.raises(FolderDamaged, match="RELOCATION_TOKEN_KEY"):
        folder.token_key(None)


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "f").write_text("x")

    with pytest.raises(FolderDamaged, match="--data"), DataFolder(tmp_path / "f").held():
        pass


def test_reading_where_there_is_no_log_is_said(tmp_path):
    shutil.rmtree(tmp_path / "nothing", ignore_errors=True)

    with pytest.raises(FolderDamaged, match="no log"):
        DataFolder(tmp_path / "nothing").require_log()
