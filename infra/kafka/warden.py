"""The process that keeps servers for as long as anybody holds their folder: ``python -I warden.py FOLDER``.

It is a process of its own so that it outlives whoever asked for the servers, even one that was killed: when its stdin
closes, and nobody else shares the lock on ``FOLDER/held``, it kills the servers, removes the folder and ends. Until
then it does what each line on stdin asks, and answers each with a line: JSON both ways. Standard library only.
"""

import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
Asked = dict[str, Any]


def main() -> None:
    """Answer until stdin closes and nobody holds the folder; then leave nothing behind."""
    folder = Path(sys.argv[1])
    if os.fork():
        os._exit(0)  # nobody's child: whoever asked has nothing to wait for, and no zombie is left in a container
    os.setsid()  # a Ctrl-C in the terminal is for whoever asked
    servers: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for line in sys.stdin:
            print(json.dumps(_answer_or_excuse(servers, json.loads(line))), flush=True)
        with (folder / "held").open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
    finally:
        for server in servers.values():
            _kill(server)
        shutil.rmtree(folder, ignore_errors=True)


def _answer_or_excuse(servers: dict[str, subprocess.Popen[bytes]], asked: Asked) -> Asked:
    try:
        return _answer(servers, asked)
    except OSError as failed:
        return {"failed": str(failed)}


def _answer(servers: dict[str, subprocess.Popen[bytes]], asked: Asked) -> Asked:
    name = asked["name"]
    if asked["do"] == "start":
        servers[name] = _started(asked)
    elif asked["do"] == "signal":
        _signal(servers[name], asked["number"])
    return {"pid": servers[name].pid, "exit": servers[name].poll()}


def _started(asked: Asked) -> subprocess.Popen[bytes]:
    with Path(asked["log"]).open("ab") as log:
        return subprocess.Popen(
            asked["command"], cwd=asked["folder"], env=os.environ | asked["environment"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - there is one thread
        )  # fmt: skip


def die_with_parent() -> None:
    """Have Linux kill this process when the one that started it ends; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _signal(server: subprocess.Popen[bytes], number: int) -> None:
    if number == signal.SIGKILL:
        _kill(server)
    elif server.poll() is None:
        os.killpg(server.pid, number)
        if number == signal.SIGSTOP:
            os.waitid(os.P_PID, server.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)


def _kill(server: subprocess.Popen[bytes]) -> None:
    """Kill the server and all that it started, frozen or not; it is gone when this returns."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


if __name__ == "__main__":
    main()
