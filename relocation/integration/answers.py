"""What a publisher is told of each event: whether it is durable, and what became of it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from schemas.positions import LogPosition
from schemas.problems import Problem
from schemas.receipts import Became, Receipt


class Status(StrEnum):
    """How far an event has come."""

    SENT = "sent"
    """Kafka has it, on every replica that is in sync; ``Client.receipts`` tells what the platform makes of it."""
    ACCEPTED = "accepted"
    """The platform has it, durably."""
    DUPLICATE = "duplicate"
    """The platform had exactly this revision."""
    REJECTED = "rejected"
    """``problems`` say what to mend."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one event that was published; holds no identifier."""

    event_id: str
    type: str
    status: Status
    problems: tuple[Problem, ...] = ()
    position: LogPosition | None = None
    """Where it lies in ``intake.<type>``; None over HTTP."""
    sent_at: int | None = None
    """When the broker wrote it (UTC ms); None over HTTP."""

    def told_by(self, receipt: Receipt) -> "Answer":
        """The same event, now that its receipt has come."""
        return replace(self, status=_STATUS_OF[receipt.became], problems=receipt.problems)


_STATUS_OF = {
    Became.ACCEPTED: Status.ACCEPTED,
    Became.APPLIED: Status.ACCEPTED,
    Became.OUTRANKED: Status.ACCEPTED,
    Became.DUPLICATE: Status.DUPLICATE,
    Became.REJECTED: Status.REJECTED,
    Became.UNDECODABLE: Status.REJECTED,
}
"""As HTTP would have answered: an event that another revision outranks was accepted."""
