"""The gateway: intake over HTTP (``alerts.ports.Publishing``). What it answers as accepted lies in the log."""

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from processors.intake import SET_ASIDE, Admitted, Intake, NoHit, Refusal
from schemas.dead_letters import DeadLetter, Fault
from schemas.receipts import Became
from schemas.reports import EventType, Report
from schemas.times import MINUTE_MS
from schemas.views import Answer, Unavailable
from streams.kafka.followed import FollowedLog
from streams.kafka.hearing import Awaited, Hearing
from streams.kafka.records import Out
from streams.kafka.sending import Sender, Sent
from streams.kafka.turns import Turns

LOG = logging.getLogger("relocation.gateway")
LINES_AT_ONCE = 100
"""A long publish takes turns with others after so many events."""
ACKNOWLEDGED_S = 10.0
"""A report that the brokers do not acknowledge for so long is not accepted."""
BEHIND_S_MAX = 30.0
"""Further behind ``followed`` no passage is judged (DESIGN section 5)."""
_CLOCK_SLACK_MS = 5 * MINUTE_MS
"""A clock that stepped back this much at most is held; further and it is believed."""


class Outbox(Protocol):
    """How messages lie in topics."""

    def report(self, report: Report) -> Out:
        """On ``reports.<type>``."""
        ...

    def dead_letter(self, letter: DeadLetter) -> Out:
        """On ``dead-letters``."""
        ...


@dataclass(frozen=True, slots=True)
class GatewayParts:
    """What the gateway is made of. It begins and ends none of it."""

    intake: Intake
    outbox: Outbox
    sender: Sender
    followed: FollowedLog
    behind_s: Callable[[], float]
    """For how long something may be missing of ``followed``."""
    receipts: Hearing[Became]
    """What REGISTER says of reports, by where they lie (``topic/partition/offset``)."""
    now: Callable[[], int]
    """UTC milliseconds."""
    hashes: dict[str, str]
    """Name the rules, policy and signals in force."""
    count: Callable[[str, Answer], None] = lambda _type, _answer: None
    """Told the type of every event that was judged, and how."""


class _Judged(NamedTuple):
    """One line on its way to its answer."""

    answer: Answer
    outs: tuple[Out, ...] = ()
    is_told: bool = False
    """REGISTER will say whether its report is a duplicate; the report is the first of ``outs``."""


class _Piece(NamedTuple):
    """Lines that were judged and sent in one turn, and why there are no more of them."""

    judged: list[_Judged]
    sent: Sent
    ended: Unavailable | None


class Gateway:
    """Calls block and are safe from many threads: they judge in turns, and wait side by side."""

    def __init__(self, parts: GatewayParts) -> None:
        self._parts = parts
        self._turns = Turns()
        self._known_at = 0
        self._closing = False
        self._stalled_at = -math.inf
        """When something was not acknowledged last (``time.monotonic()``)."""

    def publish(self, lines: Sequence[bytes]) -> list[Answer]:
        """Judge the events and put them into the log, an answer each, in order.

        Raises Unavailable, with the answers so far, when not all of them are in the log.
        """
        return self.publish_later(lines)()

    def publish_later(self, lines: Sequence[bytes]) -> Callable[[], list[Answer]]:
        """Judge and send them. What this returns waits, and answers as ``publish`` does."""
        pieces = list(self._pieces(lines))
        return lambda: self._answers(len(lines), pieces)

    def _answers(self, count: int, pieces: Sequence[_Piece]) -> list[Answer]:
        answers = self._told(_durable(pieces))
        if len(answers) == count:
            return answers
        ended = pieces[-1].ended
        if ended is None:
            ended, self._stalled_at = Unavailable("the log takes no reports now"), time.monotonic()
        raise Unavailable(str(ended), retry_after_s=ended.retry_after_s, answered=answers)

    def readiness(self) -> dict[str, Any]:
        """Whether it works, and the hashes of rules, policy and signals in force."""
        failing = self._failing()
        told: dict[str, Any] = {"ready": failing is None, **self._parts.hashes}
        return told if failing is None else {**told, "failing": failing}

    def close(self) -> None:
        """Publish no more."""
        self._closing = True

    def _failing(self) -> str | None:
        if self._closing:
            return "closing"
        if self._parts.behind_s() > BEHIND_S_MAX:
            return "followed vehicles are not known"
        heard_at = time.monotonic() - self._parts.behind_s()
        return "the log takes no reports" if heard_at < self._stalled_at else None

    def _pieces(self, lines: Sequence[bytes]) -> Iterator[_Piece]:
        for at in range(0, len(lines), LINES_AT_ONCE):
            piece = self._piece(lines[at : at + LINES_AT_ONCE])
            yield piece
            if piece.ended is not None:
                return

    def _piece(self, lines: Sequence[bytes]) -> _Piece:
        judged: list[_Judged] = []
        ended = None
        with self._turns.one():
            try:
                for line in lines:
                    judged.append(self._judge(line))  # noqa: PERF401 - what was judged stays when one is refused
            except Unavailable as unavailable:
                ended = unavailable
            sent = self._parts.sender.send([out for one in judged for out in one.outs])
        return _Piece(judged, sent, ended)

    def _judge(self, line: bytes) -> _Judged:
        if self._closing:
            raise Unavailable("the gateway is closing")
        known_at = self._now()
        try:
            outcome = self._parts.intake.judge(line, known_at=known_at, is_followed=self._is_followed)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the event is set aside and the next one judged
            LOG.error("step_failed", extra={"where": type(error).__name__})  # noqa: TRY400 - a traceback could tell
            outcome = Refusal((SET_ASIDE,))
        match outcome:
            case Admitted(report):
                return self._admitted(report, known_at)
            case Refusal():
                return self._refused(outcome, known_at)
            case NoHit(event_id, report):
                return self._judged(EventType.VEHICLE, Answer("accepted", event_id), report)

    def _admitted(self, report: Report, known_at: int) -> _Judged:
        self._parts.followed.accept(report, known_at)
        is_told = report.type != EventType.VEHICLE
        return self._judged(report.type, Answer("accepted", report.event_id), report)._replace(is_told=is_told)

    def _refused(self, refusal: Refusal, known_at: int) -> _Judged:
        fault = Fault.FAILED if refusal.problems == (SET_ASIDE,) else Fault.REFUSED
        letter = refusal.as_dead_letter("gateway", known_at, fault=fault)
        judged = self._judged(refusal.type, Answer("rejected", refusal.event_id, refusal.problems), refusal.report)
        return judged._replace(outs=(*judged.outs, self._parts.outbox.dead_letter(letter)))

    def _judged(self, type_: str | None, answer: Answer, report: Report | None) -> _Judged:
        self._parts.count(type_ or "unknown", answer)
        return _Judged(answer, () if report is None else (self._parts.outbox.report(report),))

    def _is_followed(self, token: str, known_at: int) -> bool:
        if self._parts.behind_s() > BEHIND_S_MAX:
            raise Unavailable("which vehicles are followed is not known now")
        return self._parts.followed.is_followed(token, known_at, known_at)

    def _now(self) -> int:
        """UTC ms, never earlier than before, so that order of arrival and ``known_at`` agree. In a turn."""
        now = self._parts.now()
        self._known_at = self._known_at if now < self._known_at < now + _CLOCK_SLACK_MS else now
        return self._known_at

    def _told(self, durable: Sequence[tuple[_Judged, str]]) -> list[Answer]:
        """The answers, when REGISTER has said of those that it tells of what they are, or takes too long for that."""
        awaited = [self._parts.receipts.expect(at) if judged.is_told else None for judged, at in durable]
        self._parts.receipts.wait(one for one in awaited if one is not None)
        return [_answer(judged, told) for (judged, _), told in zip(durable, awaited, strict=True)]


def _durable(pieces: Sequence[_Piece]) -> list[tuple[_Judged, str]]:
    """The lines up to the first one that is not in the log, and where the first record of each lies."""
    found: list[tuple[_Judged, str]] = []
    for piece in pieces:
        piece.sent.wait(ACKNOWLEDGED_S + 1)
        offsets = iter(piece.sent.offsets)
        for judged in piece.judged:
            lie = [next(offsets) for _ in judged.outs]
            if None in lie:
                return found
            first = f"{judged.outs[0].topic}/{judged.outs[0].partition}/{lie[0]}" if judged.outs else ""
            found.append((judged, first))
    return found


def _answer(judged: _Judged, awaited: Awaited[Became] | None) -> Answer:
    if awaited is not None and awaited.told is Became.DUPLICATE:
        return replace(judged.answer, status="duplicate")
    return judged.answer
