"""One worker: a process that plays one role, as a member of the role's group, until it is told to stop."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from streams.kafka.app import REBALANCE_S, Group, WorkerApp, build_app, run
from streams.kafka.plane import Plane
from streams.kafka.watching import Watchdog
from streams.kafka.work import Work


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what. Seconds."""

    session_s: float = 15.0
    """The broker gives up a worker that it has not heard of for so long, and others take over."""
    progress_s: float = 60.0
    """A worker that has work and makes no progress for so long ends."""


class WorkerProcess:
    """Puts the parts of a worker together. There is one in a process."""

    def __init__(self, work: Work, instance: str, patience: Patience, *, leaves: bool = True) -> None:
        """``work.hooks.settled`` is also where ``ready`` is said the first time."""
        self._work = work
        self.plane = Plane(work)
        reading = work.role.reading
        group = Group(work.bootstrap, work.group, instance, reading.inputs, patience.session_s, leaves=leaves)
        self._app: WorkerApp = build_app(group, self.plane, alive=work.fence.touch)
        self._watchdog = Watchdog(
            self.plane.watched,
            work.bootstrap,
            patience_s=patience.progress_s,
            rebalance_s=max(REBALANCE_S, patience.session_s),
        )

    def run(self) -> NoReturn:
        """Work until a signal ends it; raises SystemExit."""
        self._work.role.start()
        self.plane.start()
        self._watchdog.start()
        try:
            run(self._app)
        finally:
            self._watchdog.close()
            self._work.role.close()


def say_ready(role: str, instance: str) -> None:
    """The line that says that it works, past whatever took standard output."""
    os.write(1, f"ready {role} {instance}\n".encode())


def once(do: Callable[[], None]) -> Callable[[], None]:
    """Does it the first time only."""
    left = [do]

    def first() -> None:
        if left:
            left.pop()()

    return first
