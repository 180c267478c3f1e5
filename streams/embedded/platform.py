"""The embedded platform: what the faces see of one process with a log on disk (``alerts.ports.Platform``)."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING, Any, TypeVar

from processors.scope import scope_of
from processors.zero_signals import is_zero_signal
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.dossiers import Companion, Dossier
from schemas.sightings import SubjectKind
from schemas.times import HOUR_MS, SECOND_MS
from schemas.views import (
    Answer,
    CannotResume,
    Conflict,
    Position,
    Refused,
    SilentSource,
    StayView,
    Streamed,
    Timeline,
    Unavailable,
    Viewer,
)
from streams.embedded.dossiers import Events, companions_of, dossier_of
from streams.embedded.engine import Engine, Parts
from streams.embedded.folder import DataFolder, KeyMismatch
from streams.embedded.metrics import Metrics
from streams.embedded.reading import LogReader
from streams.embedded.writer import Writer
from streams.lists import leaving
from streams.lists.acting import ActsOnAlerts
from streams.lists.faces import ListsAlerts

if TYPE_CHECKING:
    from concurrent.futures import Future

LINES_PER_JOB = 250
"""A long publish is cut into so many events a job, so that others get their turn in between."""
CLOCK_EVERY_S = 15
FORGET_EVERY_S = HOUR_MS // SECOND_MS

T = TypeVar("T")


class EmbeddedPlatform(ListsAlerts, ActsOnAlerts):
    """The runtime over a data folder that its caller holds. Calls block and are safe from many threads.

    Every read of personal data comes through here with its Viewer, who sees what ``processors.scope`` says. ``parts``
    decide, ``key_check`` knows the token key again, ``hashes`` name the rules, policy and signals in force.
    """

    def __init__(self, folder: DataFolder, parts: Parts, *, key_check: str, hashes: dict[str, str]) -> None:
        self.metrics = Metrics()
        self._parts, self._hashes = parts, hashes
        self._folder = folder
        self._readers: LifoQueue[LogReader] = LifoQueue()
        self._came = threading.Condition()
        self._news = 0
        self._closed = threading.Event()
        self._failing: str | None = None
        self._engine = Engine(folder.log, parts, self.metrics)
        self._writer = Writer(self._engine, self._committed)
        self._clock = threading.Thread(target=self._run_clock, name="relocation-clock", daemon=True)
        self._remember(key_check)

    def _remember(self, key_check: str) -> None:
        """Raises KeyMismatch when the log's tokens were made with another key."""
        with self._lists() as reader:
            known = reader.meta("token_key_check")
        if known is not None and known != key_check:
            raise KeyMismatch(
                "the token key is not the one that this data folder's tokens were made with; "
                "set RELOCATION_TOKEN_KEY to that key, or choose another --data"
            )
        log = self._engine.log
        log.put_meta("token_key_check", key_check)
        for name, told in self._hashes.items():
            log.put_meta(f"hash:{name}", told)
        log.commit()

    def start(self) -> None:
        """Rebuild the state from disk, forget what is past its term, then serve. Raises Unavailable."""
        self._engine.prepare()
        self._writer.start()
        self._do(self._engine.forget)
        self._clock.start()

    def close(self) -> None:
        """Finish what was asked, make it durable, let go of the log."""
        self._closed.set()
        with self._came:
            self._came.notify_all()
        self._writer.close()
        while not self._readers.empty():
            self._readers.get().close()
        self._engine.close()

    # Publishing

    def publish(self, lines: Sequence[bytes]) -> list[Answer]:
        """Judge and store the events, an answer each, in order; what is answered survives kill -9.

        Raises Unavailable, with the answers so far, when that cannot be promised now.
        """
        return self.publish_later(lines)()

    def publish_later(self, lines: Sequence[bytes]) -> Callable[[], list[Answer]]:
        """Begin to: what is published after this comes after it. What it returns answers as ``publish`` does."""
        pieces = [list(lines[at : at + LINES_PER_JOB]) for at in range(0, len(lines), LINES_PER_JOB)]
        jobs = [self._submit(piece) for piece in pieces]
        return lambda: self._answers(jobs)

    def _answers(self, jobs: "Sequence[Future[list[Answer]]]") -> list[Answer]:
        answers: list[Answer] = []
        for job in jobs:
            try:
                answers.extend(job.result())
            except Unavailable as why:
                raise Unavailable(str(why), retry_after_s=why.retry_after_s, answered=answers) from None
        return answers

    def _submit(self, piece: list[bytes]) -> "Future[list[Answer]]":
        return self._writer.submit(lambda: self._engine.publish(piece), weight=len(piece), learns=True)

    def redrive(self, held: Sequence[str]) -> list[Answer]:
        """Try again what dead letters hold, an answer each, in order. Raises Unavailable: then do all of it again."""
        job = self._writer.submit(lambda: self._engine.redrive(list(held)), weight=len(held))
        return list(job.result())

    # Reading alerts

    def silent_sources(self, now: int, viewer: Viewer) -> list[SilentSource]:  # noqa: ARG002 - the seam for scopes
        """The sources that are quiet for longer than usual, the latest to fall silent first."""
        with self._lists() as reader:
            return [
                SilentSource(*source, rhythm.last_heard_at)
                for source, rhythm in reader.rhythms()
                if rhythm.is_silent(now)
            ]

    def zero_signals(self, since: int, viewer: Viewer) -> dict[str, int]:
        """0-signals per municipality that occurred since then, where there were five and more."""
        with self._lists() as reader:
            controls = reader.municipal_controls_known_since(since)  # nothing is known before it occurs
            found = [one.place or "" for one in controls if is_zero_signal(one) and (one.occurred_at or 0) >= since]
        return self._counts_seen(found, viewer)

    def states_after(self, position: Position, limit: int, viewer: Viewer) -> list[tuple[Position, AlertState]]:
        """What DESK decided after ``position``, in order. Raises CannotResume."""
        with self._lists() as reader:
            return [((at,), state) for at, state in reader.states_after(_within(position), limit, scope_of(viewer))]

    def states_end(self) -> Position:
        """The position after what DESK decided last."""
        with self._lists() as reader:
            return (reader.newest_state(),)

    def alerts_after(self, position: Position, limit: int, viewer: Viewer) -> list[Streamed]:
        """Alert messages after ``position``, in order, each once. Raises CannotResume."""
        after = _within(position)
        with self._lists() as reader:
            heard = reader.alerts_after(after, limit, scope_of(viewer))
            found = [Streamed((at,), at, alert) for at, alert in heard]
            if reader.stream_bounds()[0] - 1 > after:  # asked last: what is held goes away from the front
                raise CannotResume("too_old")
        return found

    def left_since(self, alerts: Position, states: Position, viewer: Viewer) -> list[str]:
        """Alerts that the viewer saw at these positions and does not see any more. Raises CannotResume."""
        scope = scope_of(viewer)
        if scope is None:
            return []
        told, decided = (leaving.Since("position > ?", (_within(position),)) for position in (alerts, states))
        with self._lists() as reader:
            return leaving.left_of(reader.connection, [told], [decided], scope, self._region_of)

    def alerts_end(self) -> Position:
        """The position after the last alert message."""
        with self._lists() as reader:
            return (reader.stream_bounds()[1],)

    def has_come_to(self, position: Position) -> bool:
        """Whether what comes after ``position`` can be told. Raises CannotResume for one that is none of ours."""
        return _within(position) <= self.alerts_end()[0]

    def wait_for_news(self, news: int, timeout_s: float) -> int:
        """Block until there is another alert message or decision of DESK, the time is over or the platform ends."""
        with self._came:
            self._came.wait_for(lambda: self._news != news or self._closed.is_set(), timeout_s)
            return self._news

    def _committed(self) -> None:
        news = self._engine.log.newest("alerts") + self._engine.log.newest("alert_states")
        if news != self._news:
            with self._came:
                self._news = news
                self._came.notify_all()

    # Acting

    def act_on_alerts(self, actions: Sequence[AlertAction], viewer: Viewer) -> list[AlertState | Conflict | Refused]:
        """What DESK decided of each, in order; one that it did not do keeps no other from being done."""
        unseen = self._answered_unseen(actions, viewer)
        jobs = [None if one.action_id in unseen else self._act_later(one) for one in actions]
        return [
            unseen[one.action_id] if job is None else _decision(job) for one, job in zip(actions, jobs, strict=True)
        ]

    def _act_later(self, action: AlertAction) -> "Future[AlertState]":
        return self._writer.submit(lambda: self._engine.act_on_alert(action))

    def act_on_subject(self, action: SubjectAction, viewer: Viewer) -> dict[str, Any]:
        """Do it and say what is now so. Raises Refused. The same ``action_id`` again answers the same again."""
        self._require_sighting(action, viewer)
        return self._do(lambda: self._engine.act_on_subject(action))

    # Subjects

    def timeline(self, subject: str, viewer: Viewer) -> Timeline | None:
        """What the viewer may know of the subject, or None."""
        return self._seen_part(self._do(lambda: self._timeline(subject), writes=False), viewer)

    def lookup(self, identifier: dict[str, Any], purpose: str, viewer: Viewer) -> Timeline | None:  # noqa: ARG002 - the purpose is for an audit
        """Tokenise the identifier in memory and answer as ``timeline``. Raises Refused; keeps nothing of it."""
        kind, token = self._parts.intake.token_of(identifier)
        return self._seen_part(self._do(lambda: self._timeline_of_token(kind, token), writes=False), viewer)

    def companions(self, subject: str, viewer: Viewer) -> tuple[Companion, ...]:
        """Who and what shares counting events with the subject, one hop away, the most met first."""
        among = self._events_seen(subject, viewer)
        return self._seen_of_companions(
            self._do(lambda: companions_of(self._engine.heart, subject, among), writes=False), viewer
        )

    def dossier(self, subject: str, viewer: Viewer) -> Dossier | None:
        """When its records go, how it is followed, why sightings were struck."""
        among = self._events_seen(subject, viewer)
        dossier = self._do(lambda: self._dossier(subject, among), writes=False)
        if dossier is None or dossier.follow is not None:
            return dossier
        with self._lists() as reader:
            return replace(dossier, follow=reader.unfollowed(subject))

    def _dossier(self, subject: str, among: Events) -> Dossier | None:
        if self._timeline(subject) is None:
            return None
        of = self._parts
        heart = self._engine.heart
        return dossier_of(heart, subject, among, term_of=of.term_of, targeted_after_of=of.targeted_after_of)

    def _timeline_of_token(self, kind: str, token: str) -> Timeline | None:
        if kind not in ("bvh_person", "document", "name"):
            return self._timeline(token)
        tokens = {"bvh_person": None, "document": None, "name": None, kind: token}
        subject = self._engine.heart.subject_of_person(**tokens)
        return None if subject is None else self._timeline(subject)

    def _timeline(self, subject: str) -> Timeline | None:
        heart, now = self._engine.heart, self._engine.now()
        sightings, struck = heart.sightings_of(subject), heart.struck_of(subject)
        followed = heart.is_followed(subject, now)
        if not (sightings or struck or followed):
            return None
        return Timeline(
            subject=subject,
            subject_kind=heart.kind_of(subject) or (SubjectKind.VEHICLE if followed else None),
            sightings=tuple(sightings),
            struck=tuple(struck),
            stays=tuple(StayView(*stay) for stay in heart.stays_of(subject)),
            complete_until=now,
            followed=followed,
        )

    # Its own state

    def readiness(self) -> dict[str, Any]:
        """Whether it works, and the hashes of rules, policy and signals in force."""
        failing = self._engine.failing
        told: dict[str, Any] = {"ready": failing is None and not self._closed.is_set(), **self._hashes}
        if failing is not None:
            told["failing"] = failing
        return told

    def carry_destruction(self, destroyed_up_to: Callable[[], int]) -> None:
        """``destroyed_up_to`` tells how far the history has destroyed the same: so far the orders are forgotten."""
        self._engine.destroyed_up_to = destroyed_up_to

    def complete_until(self) -> int:
        """UTC ms: everything that became known before is in the log. Safe from any thread."""
        return self._engine.complete_until()

    def _do(self, work: Callable[[], T], *, writes: bool = True) -> T:
        answer: T = self._writer.submit(work, writes=writes).result()
        return answer

    def _run_clock(self) -> None:
        """DESK's clocks every few seconds, what is past its term every hour."""
        since_forgotten_s = 0
        while not self._closed.wait(CLOCK_EVERY_S):
            since_forgotten_s += CLOCK_EVERY_S
            forgets = since_forgotten_s >= FORGET_EVERY_S
            since_forgotten_s = 0 if forgets else since_forgotten_s
            try:
                self._do(self._engine.forget if forgets else self._engine.run_clocks)
            except Unavailable:
                continue

    def _region_of(self, place: str) -> str:
        return self._parts.region_of(place)

    @contextmanager
    def _lists(self) -> Iterator[LogReader]:
        try:
            reader = self._readers.get_nowait()
        except Empty:
            reader = LogReader(self._folder.log)
        try:
            yield reader
        finally:
            self._readers.put(reader)


def _within(position: Position) -> int:
    """The one number of a position in this log. Raises CannotResume."""
    if len(position) != 1:
        raise CannotResume("unknown")
    return position[0]


def _decision(job: "Future[AlertState]") -> AlertState | Conflict | Refused:
    try:
        return job.result()
    except (Conflict, Refused) as why:
        return why
