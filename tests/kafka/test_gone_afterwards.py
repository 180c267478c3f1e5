"""Real servers are gone when nobody needs them any more, however those who did ended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from project_tree import ROOT

from infra.kafka.ports import is_free
from infra.kafka.servers import NotStarted, Servers

STARTED_WITHIN_S = 90
GONE_WITHIN_S = 10
A_SERVER = [sys.executable, "-c", "import os; print('ready', os.getpid(), flush=True); os.read(os.pipe()[0], 1)"]
"""Something that never ends by itself; what holds for it holds for a broker, which takes longer to start."""
HOLDING_A_BROKER = """
import signal
from infra.kafka.cluster import running_cluster
with running_cluster(1) as cluster:
    print(cluster.pid(1), cluster.log(1).parent, flush=True)
    signal.pause()
"""
SHARING_A_SERVER = f"""
import signal, sys
from pathlib import Path
from infra.kafka.ports import is_free
from infra.kafka.servers import Servers
from infra.kafka.sharing import shared
def start():
    servers = Servers()
    servers.start("made-up", {A_SERVER!r})
    return servers, str(servers.pid("made-up"))
with shared(Path(sys.argv[1]), start) as address:
    print(address, flush=True)
    sys.stdin.read()
"""


A_RUN_OF_TESTS = """
import os, signal
import pytest
@pytest.mark.parametrize("number", range(2))
def test_that_never_ends(kafka_broker, number):
    print(kafka_broker.bootstrap, file=open(os.environ["TOLD"], "a"))
    signal.pause()
"""


def another_process(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def killed(process):
    """Kill -9 the process; nothing of it runs when this returns."""
    process.kill()
    process.communicate()


def running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_listening(port):
    return not is_free(port)


def becomes_true(condition, *, within_s=GONE_WITHIN_S):
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_broker_and_its_data_are_gone_after_kill_9_of_whoever_ran_it(servers_from_jars):
    process = another_process(HOLDING_A_BROKER)
    pid, folder = process.stdout.readline().split()
    assert running(int(pid))
    assert Path(folder).exists()
    killed(process)
    assert becomes_true(lambda: not running(int(pid)))
    assert becomes_true(lambda: not Path(folder).exists())


def test_a_broker_shared_by_the_workers_of_a_run_is_gone_after_kill_9_of_the_run(servers_from_jars, tmp_path):
    told = tmp_path / "told"
    told.touch()
    (tmp_path / "test_inner.py").write_text(A_RUN_OF_TESTS)
    options = ["-p", "tests.real_servers", "-p", "no:cacheprovider", "-c", ROOT / "pyproject.toml", "-n", "2"]
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, tmp_path / "test_inner.py"],
        cwd=ROOT, stdout=subprocess.DEVNULL, env=os.environ | {"TOLD": str(told), "KAFKA_FOR_TESTS": "jars"},
    )  # fmt: skip
    try:
        assert becomes_true(lambda: len(told.read_text().splitlines()) == 2, within_s=STARTED_WITHIN_S)
    finally:
        run.kill()
        run.wait()
    [port] = {int(broker.rpartition(":")[2]) for broker in told.read_text().splitlines()}
    assert becomes_true(lambda: not is_listening(port))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_server_is_gone_after_kill_9_of_its_warden():
    servers = Servers()
    servers.start("made-up", A_SERVER)
    pid = servers.pid("made-up")
    psutil.Process(pid).parent().kill()
    assert becomes_true(lambda: not running(pid))
    servers.close()


def test_a_frozen_server_is_gone_as_well():
    with Servers() as servers:
        servers.start("made-up", A_SERVER)
        servers.signal("made-up", signal.SIGSTOP)
        pid = servers.pid("made-up")
        assert becomes_true(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    assert not running(pid)
    assert not servers.folder.exists()


def test_servers_are_gone_when_a_test_fails():
    pids = []

    def failing():
        with Servers() as servers:
            servers.start("made-up", A_SERVER)
            pids.append(servers.pid("made-up"))
            assert running(pids[0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert not running(pids[0])


def test_a_shared_server_stays_until_the_last_has_left_or_was_killed(tmp_path):
    first, second = (another_process(SHARING_A_SERVER, tmp_path / "note") for _ in range(2))
    [pid] = {int(process.stdout.readline()) for process in (first, second)}
    killed(first)
    third = another_process(SHARING_A_SERVER, tmp_path / "note")
    assert int(third.stdout.readline()) == pid
    second.communicate()
    assert running(pid)
    third.communicate()
    assert becomes_true(lambda: not running(pid))


def test_who_comes_after_the_last_has_left_gets_a_new_one(tmp_path):
    pids = []
    for _ in range(3):
        process = another_process(SHARING_A_SERVER, tmp_path / "note")
        pids.append(int(process.stdout.readline()))
        process.communicate()
    assert len(set(pids)) == 3
    assert all(becomes_true(lambda pid=pid: not running(pid)) for pid in pids)


def test_a_server_that_ends_by_itself_is_told_with_the_end_of_its_log():
    complaining = [sys.executable, "-c", "import sys; print('made-up complaint'); sys.exit(3)"]
    with Servers() as servers:
        servers.start("made-up", complaining)
        with pytest.raises(NotStarted, match=r"made-up ended with 3\nmade-up complaint"):
            servers.wait_until_said("made-up", "ready")


def test_a_program_that_is_not_there_is_told():
    with Servers() as servers, pytest.raises(NotStarted, match="no-such-program"):
        servers.start("made-up", ["no-such-program"])
