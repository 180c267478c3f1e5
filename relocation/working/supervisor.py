"""Keeps a process for each role: starts anew what ends, and ends them all when it is told to."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import NoReturn

from relocation.exits import DONE, UNUSABLE

PAUSE_S = 0.5
PAUSE_MAX_S = 10.0
STEADY_S = 60.0
"""Who worked for so long and ends is started anew at once."""
END_WITHIN_S = 60.0


def die_with_parent() -> None:
    """This process ends when whoever holds the other end of its standard input does, however that ends."""

    def wait() -> None:
        while os.read(0, 1):  # not through a buffer, whose lock would outlive this thread
            pass
        os._exit(DONE)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def supervise(flags_of: Mapping[str, Sequence[str]]) -> NoReturn:
    """A process for each role, with its flags, until a signal ends it. Prints ``ready`` once all have been ready."""
    ending = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        ending.set()

    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, end)
    ready = _Ready(list(flags_of))
    kept = [_Kept(role, flags, ready, ending) for role, flags in flags_of.items()]
    for one in kept:
        one.start()
    while not ending.wait(PAUSE_S):
        pass
    for one in kept:
        one.end()
    sys.exit(max(one.code for one in kept))


class _Ready:
    """Says it once, when all have been."""

    def __init__(self, roles: Sequence[str]) -> None:
        self._left = set(roles)
        self._turn = threading.Lock()

    def note(self, role: str) -> None:
        with self._turn:
            if role in self._left:
                self._left.discard(role)
                if not self._left:
                    os.write(1, b"ready\n")


class _Kept:
    """One role and its process, kept by a thread."""

    def __init__(self, role: str, flags: Sequence[str], ready: _Ready, ending: threading.Event) -> None:
        self._role, self._ready, self._ending = role, ready, ending
        command = [sys.executable, "-m", "relocation.command", "worker", f"--role={role}", "--supervised"]
        self._command = [*command, *flags]
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._keep, name=f"keep-{role}")
        self.code = DONE

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Ask it to end, and wait; kill what does not."""
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
        self._thread.join(END_WITHIN_S)
        if self._thread.is_alive() and process is not None:
            process.kill()
            self._thread.join()

    def _keep(self) -> None:
        pause_s = PAUSE_S
        while not self._ending.is_set():
            began = time.monotonic()
            code = self._run()
            if code == UNUSABLE:
                self.code = UNUSABLE
                self._ending.set()
            pause_s = PAUSE_S if time.monotonic() - began > STEADY_S else min(2 * pause_s, PAUSE_MAX_S)
            self._ending.wait(pause_s)

    def _run(self) -> int:
        with subprocess.Popen(  # noqa: S603 - our own command
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            self._process = process
            if self._ending.is_set():
                process.terminate()
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("ready"):
                    self._ready.note(self._role)
            return process.wait()
