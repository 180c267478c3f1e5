"""The engine: heart, desk and board in memory with the log on disk, one message at a time. For one thread."""

import hashlib
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from processors.cards import Cards
from processors.changes import Change, EntryDropped, EntryPut, SightingGiven, SightingTaken, Step, Verdict
from processors.heart import Heart
from processors.intake import SET_ASIDE, Admitted, Intake, NoHit, Refusal
from processors.requests import used_before
from processors.rules import Rules
from processors.subject_requests import InvalidAction
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.dead_letters import HELD_MS, Fault
from schemas.decisions import SubjectState
from schemas.receipts import Became, Receipt
from schemas.reports import EventKey, EventType, Report
from schemas.times import DAY_MS, MINUTE_MS
from schemas.views import Answer, Refused, Unavailable
from streams.embedded.alert_desk import AlertDesk
from streams.embedded.log import Log
from streams.embedded.metrics import Metrics
from streams.embedded.reading import LogReader
from streams.embedded.sources import Source, Sources
from streams.embedded.writer import StepFailed
from streams.lists.board import Board

DEAD_LETTERS_KEPT_MS = 365 * DAY_MS
_CLOCK_SLACK_MS = 5 * MINUTE_MS
"""A clock that stepped back this much at most is held; further and it is believed."""
_PROGRESS_STEP = 500

T = TypeVar("T")

_logger = logging.getLogger("relocation.engine")


def _say_nothing(what: str, done: int, of: int) -> None:
    del what, done, of


def _never(_report: Report) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the composition root puts into the runtime."""

    intake: Intake
    make_heart: Callable[[], Heart]
    region_of: Callable[[str], str]
    """The police unit of a place, abroad its country code."""
    term_of: Callable[[Report], int | None]
    """How long a report may be kept after it occurred (ms); None: no end."""
    now: Callable[[], int]
    """UTC milliseconds."""
    targeted_after_of: Callable[[Report], int | None] = _never
    """How long after it occurred only targeted queries show a report (ms); None: any may."""
    repeat_ms: int = Rules().repeat_ms
    """For how long after a relocation another between the same places repeats it."""
    progress: Callable[[str, int, int], None] = _say_nothing
    """Told while something long goes on: what, how much is done, of how much."""


class Engine:
    """Does messages in memory and collects what they change; ``commit`` makes that durable."""

    def __init__(self, log: Path, parts: Parts, metrics: Metrics) -> None:
        self._path = log
        self._parts = parts
        self._metrics = metrics
        self._log = Log(log)
        self.destroyed_up_to: Callable[[], int] = lambda: 0
        """Up to which position what was destroyed here is destroyed in the history too."""
        self._poison: set[bytes] = set()
        self._unproven = False
        self._stale = True
        self._batch_since: int | None = parts.now()

    @property
    def log(self) -> Log:
        """The batch being collected."""
        return self._log

    @property
    def heart(self) -> Heart:
        """The heart as of the last message."""
        return self._heart

    @property
    def failing(self) -> str | None:
        """Why nothing can be promised now, or None."""
        if self._stale:
            return "rebuilding"
        return "the log cannot be written" if self._unproven else None

    def close(self) -> None:
        """Let go of the log; what was not committed is lost."""
        self._log.close()

    def prepare(self) -> None:
        """Be ready for a batch: rebuild from disk first where memory cannot be trusted."""
        self._batch_since = self._parts.now()
        if not self._stale:
            return
        try:
            self._log.reopen()
            self._restore()
        except sqlite3.Error as error:
            raise Unavailable(f"the log cannot be read now ({error})", retry_after_s=10) from error
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"a row of the log is damaged ({type(error).__name__})", retry_after_s=60) from error
        self._stale = False

    def prove_room(self) -> None:
        """After a write that failed: raises Unavailable until the disk takes writes again."""
        if not self._unproven:
            return
        try:
            self._log.prove_room()
        except sqlite3.Error as error:
            raise Unavailable("the log cannot be written now (is the disk full?)", retry_after_s=10) from error
        self._unproven = False

    def complete_until(self) -> int:
        """UTC ms: everything that became known before is on the disk. Safe from any thread."""
        now = self._parts.now()
        since = self._batch_since
        return now if since is None else since

    def distrust(self, *, disk: bool) -> None:
        """Forget the batch; the next ``prepare`` rebuilds heart and board from disk. ``disk``: it was what failed."""
        self._metrics.rebuilds.inc()
        self._stale = True
        self._unproven = self._unproven or disk

    def _restore(self) -> None:
        """Heart and board as the disk has them."""
        heart, board = self._parts.make_heart(), Board(Cards(self._parts.repeat_ms))
        with closing(LogReader(self._path)) as reader:
            reader.snapshot()
            board.restore(self._counted("alerts", reader.heads(), reader.count("alert_heads")))
            heart.restore(
                entries=self._counted("events", reader.entries(), reader.count("entries")),
                said=board.alerts(),
                follows=list(reader.follows()),
                ended=list(reader.ended()),
                strikes=list(reader.strikes()),
            )
            self._known_at = reader.newest_known_at()
            self._sources = Sources(reader.rhythms())
        self._heart, self._board = heart, board
        self._desk = AlertDesk(self._log, board, self._parts.region_of)

    def _counted(self, what: str, found: Iterator[T], of: int) -> Iterator[T]:
        for done, item in enumerate(found):
            if done % _PROGRESS_STEP == 0:
                self._parts.progress(what, done, of)
            yield item
        self._parts.progress(what, of, of)

    def now(self) -> int:
        """UTC ms, never earlier than before, so that order of arrival and ``known_at`` agree."""
        now = self._parts.now()
        self._known_at = self._known_at if now < self._known_at < now + _CLOCK_SLACK_MS else now
        return self._known_at

    def publish(self, lines: list[bytes]) -> list[Answer]:
        """Judge and apply events, an answer each, in order."""
        return [self._publish(line) for line in lines]

    def redrive(self, held: list[str]) -> list[Answer]:
        """Try again what dead letters hold, an answer each, in order; what is refused again leaves no letter."""
        return [self._redrive(one) for one in held]

    def _redrive(self, held: str) -> Answer:
        known_at = self.now()
        outcome = self._parts.intake.redrive(held, known_at)
        if isinstance(outcome, Admitted):
            return self._admit(outcome.report, known_at)
        return Answer("rejected", outcome.event_id, outcome.problems)

    def _publish(self, line: bytes) -> Answer:
        mark = hashlib.sha256(line).digest() if self._poison else b""
        if mark in self._poison:
            return self._refuse(Refusal((SET_ASIDE,), None, None, None, None), self.now())
        try:
            return self._judge(line, self.now())
        except (sqlite3.Error, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the platform sets the event aside and goes on
            _logger.error("step_failed", extra={"where": where(error)})  # noqa: TRY400 - a traceback could tell
            self._poison.add(hashlib.sha256(line).digest())
            raise StepFailed from None

    def _judge(self, line: bytes, known_at: int) -> Answer:
        outcome = self._parts.intake.judge(line, known_at=known_at, is_followed=self._heart.is_followed)
        match outcome:
            case Admitted(report):
                return self._admit(report, known_at)
            case Refusal():
                return self._refuse(outcome, known_at)
            case NoHit():
                return self._pass(outcome)

    def _admit(self, report: Report, known_at: int) -> Answer:
        verdict = self._apply(report).verdict
        self._sources.heard(Source(report.source, report.type), known_at)
        is_vehicle = report.type == EventType.VEHICLE
        if not is_vehicle:
            became = Became(str(verdict))
            self._log.add_receipt(Receipt(became, known_at, *_named(report), report.rank.revision))
        duplicate = verdict is Verdict.DUPLICATE and not is_vehicle
        return self._answered(report.type, Answer("duplicate" if duplicate else "accepted", report.event_id))

    def _refuse(self, refusal: Refusal, known_at: int) -> Answer:
        if refusal.report is not None:
            self._apply(refusal.report)
        fault = Fault.FAILED if refusal.problems == (SET_ASIDE,) else Fault.REFUSED
        self._log.add_dead_letter(refusal.as_dead_letter("gateway", known_at, fault=fault))
        for problem in refusal.problems:
            self._metrics.problems.labels(str(problem.code)).inc()
        return self._answered(refusal.type, Answer("rejected", refusal.event_id, refusal.problems))

    def _pass(self, passage: NoHit) -> Answer:
        """A passage that is no hit leaves nothing, but for the tombstone of one that was corrected."""
        if passage.report is not None:
            self._apply(passage.report)
        return self._answered(EventType.VEHICLE, Answer("accepted", passage.event_id))

    def _answered(self, type_: str | None, answer: Answer) -> Answer:
        self._metrics.events.labels(type_ or "unknown", answer.status).inc()
        return answer

    def _apply(self, report: Report) -> Step:
        step = self._heart.apply(report)
        if any(isinstance(change, EntryPut) and change.key == report.key for change in step.changes):
            self._log.add_report(report)
        self._take(step)
        return step

    def _take(self, step: Step) -> None:
        """Make what the heart decided part of the batch."""
        for change in lasting(step.changes):
            self._log.change(change, self._known_at)
        self._desk.hear(step.alerts)
        for alert in step.alerts:
            self._metrics.alerts.labels(str(alert.status)).inc()
        self._settle(step.changes)

    def _settle(self, changes: Sequence[Change]) -> None:
        """An alert may have been settled, or be active again, without a word of it in the stream."""
        moved = {change.subject for change in changes if isinstance(change, SightingGiven | SightingTaken)}
        for subject in moved:
            for head in self._board.of_subject(subject):
                active = self._heart.is_active(head.alert.alert_id, subject)
                if active != head.active:
                    self._board.put(head.standing(active=active))

    def act_on_alert(self, action: AlertAction) -> AlertState:
        """What DESK decided, with what follows for the subject. Raises Conflict or Refused."""
        state, of_subject = self._desk.decide(action, self.now())
        if of_subject is not None:
            with suppress(Refused):  # it was struck already, or is not kept any more: then nothing follows
                self.act_on_subject(of_subject)
        return state

    def act_on_subject(self, action: SubjectAction) -> dict[str, Any]:
        """Follow, unfollow, strike or unstrike; what is now so. Raises Refused."""
        answered = self._log.answer_to(action.action_id)
        if answered is not None:
            return _answer_again(action, *answered)
        self._take(self._acted(action))
        answer = self._now_so(action)
        self._log.add_action(action, json.dumps(answer))
        return answer

    def _acted(self, action: SubjectAction) -> Step:
        try:
            return self._heart.act(replace(action, at=self.now()))
        except InvalidAction as invalid:
            raise Refused([invalid.problem]) from None

    def _now_so(self, action: SubjectAction) -> dict[str, Any]:
        return SubjectState(action, self._heart.is_followed(action.subject, self.now())).as_json()

    def run_clocks(self) -> None:
        """Let snoozes end."""
        self._desk.run_clocks(self.now())

    def forget(self) -> None:
        """Destroy what is past its term, let follows run out and snoozes end."""
        now = self.now()
        self._take(self._heart.tick(now, self._parts.term_of))
        self._desk.run_clocks(now)
        self._log.forget_held(now - HELD_MS)
        self._log.forget_dead_letters(now - DEAD_LETTERS_KEPT_MS)
        self._log.forget_destroyed(self.destroyed_up_to())

    def commit(self) -> None:
        """Make the batch durable. Raises sqlite3.Error, and then nothing of it is: ``distrust``."""
        for head, where in self._board.take_changed():
            self._log.put_head(head, where)
        for source, rhythm in self._sources.take_changed():
            self._log.put_rhythm(source, rhythm)
        if not self._log.is_empty:
            self._write()
        self._batch_since = None

    def _write(self) -> None:
        with self._metrics.commit_seconds.time():
            self._log.commit()
        self._metrics.commits.inc()


def _named(report: Report) -> tuple[str, str, str]:
    return report.type, report.source, report.event_id


def lasting(changes: Sequence[Change]) -> list[Change]:
    """The changes in the order in which to write them: nothing of an event that is dropped is written at all."""
    drops = [change for change in changes if isinstance(change, EntryDropped)]
    dropped = {drop.key for drop in drops}
    return [*(change for change in changes if _event_of(change) not in dropped), *drops]


def _answer_again(action: SubjectAction, before: AlertAction | SubjectAction, answer: str) -> dict[str, Any]:
    if not isinstance(before, SubjectAction) or before.subject != action.subject:
        raise Refused([used_before()])
    told: dict[str, Any] = json.loads(answer)
    return told


def _event_of(change: Change) -> EventKey | None:
    match change:
        case EntryPut(key) | EntryDropped(key):
            return key
        case SightingGiven(_, _, sighting) | SightingTaken(_, _, sighting):
            return sighting.event
    return None


def where(error: BaseException) -> str:
    """Kind and place of an error, without its words: they could carry what was sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    return type(error).__name__ + place
