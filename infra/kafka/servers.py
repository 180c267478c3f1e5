"""Servers that are gone when nobody needs them any more, also when whoever needed them was killed.

A warden (``warden.py``) starts them, each with a log file, and ends them once the last that holds their folder lets go.
Holding is a shared lock on a file, which the kernel drops with the process that had it, however that ends.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

WARDEN = Path(__file__).with_name("warden.py")
READY_WITHIN_S = 90.0
"""Far more than the two to ten seconds it takes: the machine may be busy with other tests."""
POLL_S = 0.02
TAIL_LINES = 40
INFORMATION = " INFO "
"""In a line of a log: there are hundreds of those when a broker ends because of an error."""


class NotStarted(RuntimeError):
    """A server ended, or did not get ready in time; the message ends with what its log last complained of."""

    def __init__(self, why: str, log: str = "") -> None:
        """Why in a few words, and all that the server said."""
        complaints = [line for line in log.splitlines() if INFORMATION not in line][-TAIL_LINES:]
        super().__init__("\n".join([why, *complaints]))
        self.log = log


class Hold:
    """A share in the life of a folder of servers: they stay until every hold is let go of."""

    def __init__(self, folder: Path) -> None:
        """Hold the servers of ``folder``; FileNotFoundError or BlockingIOError when they are on their way out."""
        self._file: IO[str] = (folder / "held").open("r")
        try:
            fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise

    def release(self) -> None:
        """Let go; the last to do so ends the servers."""
        self._file.close()


class Servers:
    """Processes with names, in a temporary folder of their own that goes with them."""

    def __init__(self) -> None:
        """Make the folder and start its warden; no server yet."""
        self.folder = Path(tempfile.mkdtemp(prefix="relocation-servers-"))
        (self.folder / "held").touch()
        self._hold = Hold(self.folder)
        self._one_at_a_time = threading.Lock()
        self._read_from: dict[str, int] = {}
        command = [sys.executable, "-I", str(WARDEN), str(self.folder)]
        asked, asks = os.pipe()
        answers, answered = os.pipe()
        with open(asked, "rb") as stdin, open(answered, "wb") as stdout:  # noqa: PTH123 - descriptors, not paths
            subprocess.run(command, stdin=stdin, stdout=stdout, check=True)  # it goes into the background at once
        self._asks, self._answers = os.fdopen(asks, "wb"), os.fdopen(answers, "rb")

    def start(self, name: str, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> None:
        """Start the server ``name``, anew if it ended; its output goes to ``log(name)``."""
        self._read_from[name] = self.log(name).stat().st_size if self.log(name).exists() else 0
        self._ask(
            do="start", name=name, command=[str(word) for word in command], folder=str(self.folder),
            log=str(self.log(name)), environment=dict(environment or {}),
        )  # fmt: skip

    def log(self, name: str) -> Path:
        """The file that has what the server wrote, over all its starts."""
        return self.folder / f"{name}.log"

    def said(self, name: str) -> str:
        """What the server wrote since it was last started."""
        with self.log(name).open("rb") as log:
            log.seek(self._read_from[name])
            return log.read().decode(errors="replace")

    def wait_until_said(self, name: str, words: str) -> None:
        """Return when the server has written ``words`` since it was last started; NotStarted when it never does."""
        deadline = time.monotonic() + READY_WITHIN_S
        while words not in self.said(name):
            ended = self.exit_code(name)
            if (ended is not None and words not in self.said(name)) or time.monotonic() > deadline:
                why = f"did not get ready within {READY_WITHIN_S:.0f} s" if ended is None else f"ended with {ended}"
                raise NotStarted(f"{name} {why}", self.said(name))
            time.sleep(POLL_S)

    def wait_until_ended(self, name: str) -> None:
        """Return when the server has ended; NotStarted when it never does."""
        deadline = time.monotonic() + READY_WITHIN_S
        while self.exit_code(name) is None:
            if time.monotonic() > deadline:
                raise NotStarted(f"{name} did not end within {READY_WITHIN_S:.0f} s", self.said(name))
            time.sleep(POLL_S)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to the server and all that it started.

        When this returns it is gone after SIGKILL, and stands still after SIGSTOP.
        """
        self._ask(do="signal", name=name, number=int(number))

    def pid(self, name: str) -> int:
        """The process id of the server."""
        return int(self._ask(do="look", name=name)["pid"])

    def exit_code(self, name: str) -> int | None:
        """How the server ended, None while it runs."""
        code: int | None = self._ask(do="look", name=name)["exit"]
        return code

    def release(self) -> None:
        """Let go: servers that nobody else holds are killed, and their folder removed, without waiting for that."""
        self._hold.release()
        self._asks.close()
        self._answers.close()

    def close(self) -> None:
        """Let go of servers that nobody else holds, and return when they are gone."""
        self._hold.release()
        self._asks.close()
        self._answers.read()
        self._answers.close()
        shutil.rmtree(self.folder, ignore_errors=True)  # in case the warden was killed

    def _ask(self, **asked: Any) -> dict[str, Any]:
        with self._one_at_a_time:
            self._asks.write(json.dumps(asked).encode() + b"\n")
            self._asks.flush()
            answer: dict[str, Any] = json.loads(self._answers.readline())
        if "failed" in answer:
            raise NotStarted(answer["failed"])
        return answer

    def __enter__(self) -> Self:
        """Keep the servers until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """End them."""
        self.close()
