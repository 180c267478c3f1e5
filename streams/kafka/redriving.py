"""Tries again on Kafka what dead letters hold: what is admitted now goes to REGISTER as what a gateway accepts does.

Nothing is remembered of it. Done again, wholly or broken off, it writes reports that REGISTER knows as duplicates.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from processors.intake import Admitted, Intake
from schemas.dead_letters import DeadLetter
from schemas.positions import LogPosition
from schemas.receipts import Became
from schemas.views import Answer, Unavailable
from streams.kafka.cluster import Cluster
from streams.kafka.hearing import Hearing
from streams.kafka.listening import wait_for
from streams.kafka.outbox import Outbox
from streams.kafka.sending import Sender
from streams.kafka.verdicts import hear_verdicts

if TYPE_CHECKING:
    from streams.kafka.records import Out

ROLE = "redrive"
ACKNOWLEDGED_S = 10.0
RECEIPTS_S = 5.0
"""So long an answer waits for REGISTER to say that it is a duplicate."""


@dataclass(frozen=True, slots=True)
class _Tried:
    answer: Answer
    sent_as: int | None
    """The number of its report among those sent; None: it was refused again."""


class Redriving:
    """Belongs to one thread. ``open_redriving`` makes it."""

    def __init__(
        self, cluster: Cluster, intake: Intake, sender: Sender, receipts: Hearing[Became], now: Callable[[], int]
    ) -> None:
        """``now``: UTC ms."""
        self._cluster, self._intake, self._sender, self._receipts, self._now = cluster, intake, sender, receipts, now
        self._outbox = Outbox(cluster.wire, role=ROLE, partitions=cluster.partitions, prefix=cluster.prefix)

    def redrive(self, letters: Sequence[DeadLetter]) -> list[Answer]:
        """Try again what these hold, an answer each, in order: ``accepted`` ones are in the log.

        Raises Unavailable, with the answers up to the first that is not.
        """
        outs: list[Out] = []
        tried: list[_Tried] = []
        for letter in letters:
            outcome = self._intake.redrive(letter.held or "", self._now())
            if isinstance(outcome, Admitted):
                tried.append(_Tried(Answer("accepted", outcome.report.event_id), len(outs)))
                outs.append(self._outbox.report(outcome.report, self._origin(letter)))
            else:
                tried.append(_Tried(Answer("rejected", outcome.event_id, outcome.problems), None))
        sent = self._sender.send(outs)
        sent.wait(ACKNOWLEDGED_S + 1)
        lie = [
            None if offset is None else f"{out.topic}/{out.partition}/{offset}"
            for out, offset in zip(outs, sent.offsets, strict=True)
        ]
        answers = list(self._answers(tried, lie))
        if len(answers) < len(letters):
            raise Unavailable("the log takes no reports now", answered=answers)
        return answers

    def _origin(self, letter: DeadLetter) -> LogPosition | None:
        at = letter.position
        return None if at is None else at._replace(topic=self._cluster.prefix + at.topic)

    def _answers(self, tried: Sequence[_Tried], lie: Sequence[str | None]) -> Iterator[Answer]:
        awaited = [None if at is None else self._receipts.expect(at) for at in lie]
        self._receipts.wait(one for one in awaited if one is not None)
        for one in tried:
            if one.sent_as is None:
                yield one.answer
                continue
            told = awaited[one.sent_as]
            if told is None:
                return
            yield replace(one.answer, status="duplicate") if told.told is Became.DUPLICATE else one.answer


def open_redriving(stack: ExitStack, cluster: Cluster, intake: Intake, now: Callable[[], int]) -> Redriving:
    """What redrives, once it hears what REGISTER says; ``stack`` ends it. Raises Unavailable."""
    sender = Sender(cluster.bootstrap, patience_s=ACKNOWLEDGED_S)
    stack.callback(sender.close)
    receipts, told = hear_verdicts(stack, cluster, RECEIPTS_S)
    wait_for(told, "receipts")
    return Redriving(cluster, intake, sender, receipts, now)
