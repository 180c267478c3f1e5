"""Publishing the simulation to a running platform at a steady rate, for demonstrations and load, until told to stop."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from relocation.lines import Numbered
from relocation.posting import Poster
from relocation.simulation.atlas import Atlas
from relocation.simulation.moments import DAY
from relocation.simulation.noise import Level
from relocation.simulation.stream import Sent, Simulation
from relocation.simulation.world import Period

BATCHES_PER_SECOND = 5
LINES_PER_BATCH_MAX = 500
TOLD_EVERY_S = 10.0


class Stopped(Exception):
    """SIGINT or SIGTERM came."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is published: worlds of ``days`` days that end now, one after the other."""

    days: int
    subjects: int
    seed: int
    noise: Level


@dataclass
class Progress:
    """How far it is."""

    began: float = field(default_factory=time.monotonic)
    answers: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        sent = sum(self.answers.values())
        counted = ", ".join(f"{count} {status}" for status, count in sorted(self.answers.items()))
        elapsed_s = max(1e-9, time.monotonic() - self.began)
        return f"{sent} events answered, {sent / elapsed_s:.1f}/s{': ' if counted else ''}{counted}"


def endless(plan: Plan) -> Iterator[Sent]:
    """Events without end, none from the future: a world whose last day is today, then the next one with the next seed.

    Time is not squeezed: a stay of a fortnight takes a fortnight in the events, so that dwelling, gaps and speeds are
    what they would be. What a world would send after now is left out.
    """
    atlas = Atlas.load()
    seed = plan.seed
    while True:
        now = time.time_ns() // 1_000_000
        start = (now // DAY - plan.days) * DAY
        for sent in Simulation(Period(seed, start, now), plan.subjects, plan.noise, atlas).stream():
            if sent.sent_at > now:
                break
            yield sent
        seed += 1


def publish(events: Iterator[Sent], poster: Poster, rate: float, tell: Callable[[Progress], None]) -> Progress:
    """Post ``rate`` events a second until SIGINT or SIGTERM; behind after a pause, it does not hurry to catch up."""
    progress = Progress()
    size = min(LINES_PER_BATCH_MAX, max(1, round(rate / BATCHES_PER_SECOND)))
    due = time.monotonic()
    try:
        with _stopped_by_signals():
            for batch in _batches(events, size):
                for answer in poster.post(batch):
                    progress.answers[str(answer["status"])] += 1
                tell(progress)
                due = max(due + size / rate, time.monotonic() - 1.0)
                time.sleep(max(0.0, due - time.monotonic()))
    except Stopped:
        pass
    return progress


def _batches(events: Iterator[Sent], size: int) -> Iterator[list[Numbered]]:
    batch: list[Numbered] = []
    for line, sent in enumerate(events, start=1):
        batch.append(Numbered(line, sent.line.rstrip(b"\n")))
        if len(batch) == size:
            yield batch
            batch = []


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
