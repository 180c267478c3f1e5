"""One role in this process, until it is told to stop."""

from contextlib import ExitStack
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from relocation.building import now_ms
from relocation.garbage import expect_long_lives
from relocation.measuring import metrics_served
from relocation.progress import progress_bar
from relocation.settings import Address, Settings
from relocation.working.roles import role_of
from streams.kafka.crashing import Crash
from streams.kafka.fence import Fence
from streams.kafka.plane import Plane
from streams.kafka.work import Hooks, Work
from streams.kafka.worker import Patience, WorkerProcess, once, say_ready


class Playing(NamedTuple):
    """As what, and how."""

    role: str
    instance: str
    session_s: float
    crash: Crash
    resume_halted: bool


def play(settings: Settings, playing: Playing) -> None:
    """Work until a signal ends it; raises SystemExit. Raises Failure."""
    role, cluster = role_of(playing.role, settings)
    registry = CollectorRegistry()
    batches = _Batches(registry)
    with ExitStack() as stack:
        tell = stack.enter_context(progress_bar())
        hooks = Hooks(
            now_ms=now_ms,
            progress=tell,
            settled=_Settled(playing),
            batch=batches.note,
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
        process = WorkerProcess(work, playing.instance, Patience(playing.session_s), leaves=False)
        _register(registry, process.plane)
        if settings.metrics is not None:
            stack.enter_context(metrics_served(registry, Address(settings.metrics)))
        process.run()


class _Settled:
    """Says that it is ready, the first time; and what was restored lives long."""

    def __init__(self, playing: Playing) -> None:
        self._say = once(lambda: say_ready(playing.role, playing.instance))

    def __call__(self) -> None:
        expect_long_lives()
        self._say()


class _Batches:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._records = Counter("relocation_worker_records", "Records that were processed.", registry=registry)
        self._seconds = Histogram(
            "relocation_worker_batch_seconds", "Deciding and writing a batch, in seconds.", registry=registry
        )

    def note(self, count: int, seconds: float) -> None:
        """A batch is done."""
        self._records.inc(count)
        self._seconds.observe(seconds)


def _register(registry: CollectorRegistry, plane: Plane) -> None:
    watched = plane.watched
    restored = Gauge("relocation_worker_restored", "Records folded to restore what was known.", registry=registry)
    restored.set_function(lambda: watched.restored)
    restoring = Gauge("relocation_worker_restoring", "Partition numbers that are not restored yet.", registry=registry)
    restoring.set_function(lambda: watched.restoring)
    lag = Gauge("relocation_worker_lag", "Records between what was read and the ends of its logs.", registry=registry)
    lag.set_function(lambda: sum(max(0, end - watched.positions.get(at, end)) for at, end in watched.ends.items()))
