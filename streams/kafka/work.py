"""What a plane is for, and what others want to know of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from streams.kafka.access import Bootstrap
from streams.kafka.crashing import Crash
from streams.kafka.fence import Fence
from streams.kafka.restoring import Told
from streams.kafka.task import Role


def _nothing(*_: object) -> None:
    return


@dataclass(frozen=True, slots=True)
class Hooks:
    """What others want to know of a plane."""

    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    """The clock: UTC milliseconds."""
    progress: Told = _nothing
    settled: Callable[[], None] = _nothing
    """All that was assigned is restored, or there was nothing to restore. Called after every such time."""
    batch: Callable[[int, float], None] = _nothing
    """So many records took so many seconds, writing included."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a plane is for."""

    role: Role
    bootstrap: Bootstrap
    group: str
    fence: Fence
    session_s: float
    crash: Crash = field(default_factory=Crash)
    resume_halted: bool = False
    hooks: Hooks = field(default_factory=Hooks)
