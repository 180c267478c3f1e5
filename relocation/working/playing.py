"""One role in this process, until it is told to stop."""

from contextlib import ExitStack
from typing import NamedTuple

from alerts.addresses import Address
from relocation.clock import now_ms
from relocation.garbage import expect_long_lives
from relocation.measuring import metrics_served
from relocation.progress import progress_bar
from relocation.settings import Settings
from relocation.working.roles import role_of
from streams.kafka.crashing import Crash
from streams.kafka.fence import Fence
from streams.kafka.work import Hooks, Work
from streams.kafka.worker import Patience, WorkerProcess, once, say_ready
from streams.kafka.worker_metrics import WorkerMetrics


class Playing(NamedTuple):
    """As what, and how."""

    role: str
    instance: str
    session_s: float
    crash: Crash
    resume_halted: bool
    leaves: bool
    """Whether it leaves its group when it is stopped, so that others take over at once."""


def play(settings: Settings, playing: Playing) -> None:
    """Work until a signal ends it; raises SystemExit. Raises Failure."""
    role, cluster = role_of(playing.role, settings)
    metrics = WorkerMetrics(playing.role)
    with ExitStack() as stack:
        tell = stack.enter_context(progress_bar())
        hooks = Hooks(
            now_ms=now_ms,
            progress=tell,
            settled=_Settled(playing),
            batch=metrics.batch,
        )
        work = Work(
            role=role,
            bootstrap=cluster.bootstrap,
            group=f"{cluster.prefix}relocation-{playing.role}",
            fence=Fence(playing.session_s),
            session_s=playing.session_s,
            crash=playing.crash,
            resume_halted=playing.resume_halted,
            hooks=hooks,
        )
        process = WorkerProcess(work, playing.instance, Patience(playing.session_s), leaves=playing.leaves)
        metrics.watch(process.plane.watched)
        if settings.metrics is not None:
            stack.enter_context(metrics_served(metrics.registry, Address.of(settings.metrics)))
        process.run()


class _Settled:
    """Says that it is ready, the first time; and what was restored lives long."""

    def __init__(self, playing: Playing) -> None:
        self._say = once(lambda: say_ready(playing.role, playing.instance))

    def __call__(self) -> None:
        expect_long_lives()
        self._say()
