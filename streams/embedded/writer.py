"""The one thread that owns heart and log: it takes all that waits into one transaction (group commit)."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from schemas.views import Conflict, Refused, Unavailable

LINES_MAX = 500
"""Events in one transaction: about a tenth of a second of work, so that nobody waits longer for the disk."""


class StepFailed(Exception):
    """The heart broke on one message; what is in memory can no longer be trusted."""


class Transactional(Protocol):
    """What the writer needs of the engine."""

    def prepare(self) -> None:
        """Be ready for a batch. Raises Unavailable while that cannot be."""
        ...

    def prove_room(self) -> None:
        """Raises Unavailable while the disk is known to take nothing."""
        ...

    def commit(self) -> None:
        """Make the batch durable; raises sqlite3.Error, and then nothing of it is."""
        ...

    def distrust(self, *, disk: bool) -> None:
        """Memory may be ahead of the disk: forget the batch, rebuild before anything else. Never raises."""
        ...


@dataclass(slots=True)
class _Job:
    work: Callable[[], Any]
    weight: int
    writes: bool
    learns: bool
    answer: Future[Any] = field(default_factory=Future)
    outcome: Any = None
    refusal: Exception | None = None


class Writer:
    """Runs jobs, many to a transaction, and answers each once its transaction is durable.

    Events are taken in the order they come; what people ask for goes first.
    """

    def __init__(self, engine: Transactional, on_commit: Callable[[], None]) -> None:
        self._engine = engine
        self._on_commit = on_commit
        self._asked: deque[_Job] = deque()
        self._published: deque[_Job] = deque()
        self._some = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="relocation-writer", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def close(self) -> None:
        """Serve what waits, then end. Later jobs are refused."""
        with self._some:
            self._closing = True
            self._some.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def submit(
        self, work: Callable[[], Any], *, weight: int = 0, writes: bool = True, learns: bool = False
    ) -> "Future[Any]":
        """Have ``work`` done in a transaction; the future is answered when that is durable.

        ``weight``: so many events; work without any does not wait behind those that were published before.
        ``learns``: when it broke the heart it may be done again, since it then leaves out what broke it.
        """
        job = _Job(work, weight, writes, learns)
        with self._some:
            if self._closing:
                raise Unavailable("the platform is shutting down")
            (self._published if weight else self._asked).append(job)
            self._some.notify_all()
        return job.answer

    def waiting(self) -> int:
        """Events that wait for their turn."""
        with self._some:
            return sum(job.weight for job in self._published)

    def _run(self) -> None:
        while batch := self._take():
            self._serve(batch)

    def _take(self) -> list[_Job]:
        with self._some:
            while not (self._asked or self._published or self._closing):
                self._some.wait()
            batch = list(self._asked)
            self._asked.clear()
            weight = 0
            while self._published and (weight == 0 or weight + self._published[0].weight <= LINES_MAX):
                job = self._published.popleft()
                weight += job.weight
                batch.append(job)
            return batch

    def _serve(self, batch: list[_Job]) -> None:
        try:
            self._engine.prepare()
            batch = self._with_room(batch)
            while not _all_done(batch):
                self._engine.distrust(disk=False)
                self._engine.prepare()
            self._engine.commit()
        except Unavailable as unavailable:
            _fail(batch, unavailable)
        except sqlite3.Error as error:
            self._engine.distrust(disk=True)
            _fail(batch, Unavailable(f"the log cannot be written now ({_kind(error)})"))
        except Exception as error:  # noqa: BLE001 - whatever it is, memory cannot be trusted
            self._engine.distrust(disk=False)
            _fail(batch, Unavailable(f"the platform failed and rebuilds itself ({type(error).__name__})"))
        else:
            self._on_commit()
            _answer(batch)

    def _with_room(self, batch: list[_Job]) -> list[_Job]:
        """The jobs that can be done: while the disk is full only those that write nothing; the others fail."""
        writing = [job for job in batch if job.writes]
        try:
            if writing:
                self._engine.prove_room()
        except Unavailable as unavailable:
            _fail(writing, unavailable)
            return [job for job in batch if not job.writes]
        return batch


def _all_done(batch: list[_Job]) -> bool:
    """Do the work of every job; False when the heart broke and all has to be done again without what broke it."""
    for job in batch:
        if isinstance(job.refusal, StepFailed):
            continue
        job.refusal = None
        try:
            job.outcome = job.work()
        except (Conflict, Refused) as refusal:
            job.refusal = refusal
        except StepFailed as failed:
            job.refusal = None if job.learns else failed
            return False
    return True


def _answer(batch: list[_Job]) -> None:
    for job in batch:
        if isinstance(job.refusal, StepFailed):
            job.answer.set_exception(Unavailable("the platform failed on this request; the operator's log says where"))
        elif job.refusal is not None:
            job.answer.set_exception(job.refusal)
        else:
            job.answer.set_result(job.outcome)


def _fail(batch: list[_Job], why: Unavailable) -> None:
    for job in batch:
        job.answer.set_exception(Unavailable(str(why), retry_after_s=why.retry_after_s))


def _kind(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", None) or type(error).__name__
