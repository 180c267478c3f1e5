"""Worker processes under test: started, ended in every way there is, and gone when the test is over."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from made_up_topics import DEADLINE_S, until

ROOT = Path(__file__).parents[2]


class Running:
    """One process, its output in files."""

    def __init__(self, command, folder, name, environment):
        self.name = name
        self._out, self._log = folder / f"{name}.out", folder / f"{name}.log"
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | environment
        with self._out.open("ab") as out, self._log.open("ab") as log:
            self._before = self._out.stat().st_size
            self.process = subprocess.Popen(command, stdout=out, stderr=log, env=environment, cwd=folder)

    @property
    def out(self):
        return self._out.read_bytes()[self._before :].decode()

    @property
    def log(self):
        return self._log.read_text("utf-8")

    def ready(self):
        until(lambda: "ready" in self.out or self.process.poll() is not None, f"{self.name} ready")
        assert "ready" in self.out, self.log[-4000:]
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE_S)

    def ended(self, within_s=DEADLINE_S):
        """The exit code, once it has ended."""
        return self.process.wait(within_s)

    def stopped(self):
        """The exit code of a graceful stop."""
        self.signal(signal.SIGTERM)
        return self.ended()


class Workers:
    """Starts echo workers that share topics and a group."""

    def __init__(self, folder, **shared):
        self._folder, self._shared = folder, shared
        self._running = []

    def start(self, instance, *, environment=None, **options):
        told = json.dumps(self._shared | {"instance": instance} | options)
        command = [sys.executable, str(Path(__file__).with_name("echo_worker.py")), told]
        running = Running(command, self._folder, instance, environment or {})
        self._running.append(running)
        return running

    def end(self):
        for running in self._running:
            if running.process.poll() is None:
                running.signal(signal.SIGCONT)
                running.process.kill()
                running.process.wait()


@contextmanager
def workers(folder, **shared):
    started = Workers(folder, **shared)
    try:
        yield started
    finally:
        started.end()
