"""The engine in a process of its own: killed at any moment, held by one, gone when its owner goes."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from history_stories import JANE, VIEWER, a_batch, a_history, a_sighting, given, places_of, questions

from sinks.engine import EngineProcess
from sinks.messages import Stream
from sinks.store import StoreFailed

_OWNER = """
import sys, threading
from pathlib import Path
from sinks.engine import EngineProcess

engine = EngineProcess(Path(sys.argv[1]))
engine.query("SELECT 1")
print(engine.pid, flush=True)
threading.Event().wait(60)
"""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[EngineProcess]:
    process = EngineProcess(tmp_path / "history")
    yield process
    process.close()


def _gone(pid: int) -> bool:
    """Dead, or a zombie nobody has waited for yet."""
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


def _await_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while not _gone(pid):
        assert time.monotonic() < deadline, "the engine outlived its owner"
        time.sleep(0.05)


def test_it_starts_when_first_asked_and_survives_kill_9(process: EngineProcess) -> None:
    assert process.pid is None
    a_history(process).store(a_batch(Stream.SIGHTINGS, given(a_sighting(1))))
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    _await_gone(first)
    with contextlib.suppress(StoreFailed):  # what is under way when it dies fails; the next finds a new one
        process.query("SELECT 1")
    assert places_of(questions(process).subject(JANE, VIEWER)) == ["GM0363"]
    assert process.pid not in {None, first}


def test_only_one_process_holds_a_folder(process: EngineProcess, tmp_path: Path) -> None:
    process.query("SELECT 1")
    second = EngineProcess(tmp_path / "history", lock_seconds=0.1)
    with pytest.raises(StoreFailed, match=f"held by process {os.getpid()}"):
        second.query("SELECT 1")
    second.close()


def test_it_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(tmp_path / "history")], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    with owner.stdout:
        pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    _await_gone(pid)
    successor = EngineProcess(tmp_path / "history")
    assert successor.query("SELECT 1") == [(1,)]
    successor.close()


def test_a_refusal_and_a_failure_are_told_apart(process: EngineProcess) -> None:
    with pytest.raises(StoreFailed) as refused:
        process.query("SELECT nonsense")
    assert refused.value.refused
    process.close()
    with pytest.raises(StoreFailed) as failed:
        process.query("SELECT 1")
    assert not failed.value.refused


def test_questions_do_not_wait_for_each_other_or_for_inserts(process: EngineProcess) -> None:
    history = a_history(process)
    history.store(a_batch(Stream.SIGHTINGS, *(given(a_sighting(number)) for number in range(200))))
    assert len(questions(process).subject(JANE, VIEWER)["sightings"]) == 200
    assert questions(process).sql("SELECT count() FROM sightings", VIEWER)["rows"] == [[200]]


def test_a_folder_that_is_no_history_is_told(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "chdb").write_text("made-up junk")
    process = EngineProcess(tmp_path / "history")
    with pytest.raises(StoreFailed):
        process.query("SELECT 1")
    process.close()
