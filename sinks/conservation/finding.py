"""What a proof finds: which records are missing where, in words that an operator can act on."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sinks.conservation.ranges import Ranges


class Missing(StrEnum):
    """What is not as it must be."""

    ROW = "row"
    """A record is in the log, and what it tells is not in the history."""
    OUTCOME = "outcome"
    """What a publisher wrote became neither a report nor a dead letter, nor was it counted as no hit."""
    RECEIPT = "receipt"
    """A report has no receipt."""
    UNREAD = "unread"
    """Retention took records before they were read."""
    UNCOUNTED = "uncounted"
    """Nobody said what became of them."""


_WORDS = {
    Missing.ROW: "{count} of {where} not in the history, though the sink has passed them: {offsets}",
    Missing.OUTCOME: "{count} of {where} became neither a report nor a dead letter: {offsets}",
    Missing.RECEIPT: "{count} of {where} have no receipt, though REGISTER has passed them: {offsets}",
    Missing.UNREAD: "{count} of {where} were lost before {who} read them: {offsets}",
    Missing.UNCOUNTED: "{count} of {where} were passed by {who}, which did not say what became of them",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is missing. ``at_least``: so many, of ``offsets`` that cannot be told apart."""

    missing: Missing
    topic: str
    partition: int
    offsets: Ranges
    who: str = "the sink"
    count: int = 0
    """Where not all of the offsets are meant, or none can be named."""

    @property
    def records(self) -> int:
        """How many are missing."""
        return self.count or len(self.offsets)

    @property
    def where(self) -> str:
        """As operators write it: ``topic/partition``."""
        return f"{self.topic}/{self.partition}"

    def told(self) -> str:
        """In words."""
        among = "" if not self.count or self.count == len(self.offsets) else "among "
        offsets = f"{among}{self.offsets.told()}" if self.offsets else "which ones is not known"
        return _WORDS[self.missing].format(count=self.records, where=self.where, who=self.who, offsets=offsets)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "missing": str(self.missing),
            "topic": self.topic,
            "partition": self.partition,
            "records": self.records,
            "offsets": [list(one) for one in self.offsets],
            "told": self.told(),
        }


@dataclass(slots=True)
class Proven:
    """What became of the offsets of one partition of a stored topic, as far as the sink has come."""

    topic: str
    partition: int
    first: int
    end: int
    log_end: int
    stored: int = 0
    became: Counter[str] = field(default_factory=Counter)
    """Those that are not in the history for a reason, by reason."""
    missing: Ranges = field(default_factory=Ranges)

    @property
    def waiting(self) -> int:
        """What the sink has not come to yet: no loss."""
        return self.log_end - self.end

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "topic": self.topic,
            "partition": self.partition,
            "from": self.first,
            "to": self.end,
            "stored": self.stored,
            "became": dict(self.became),
            "missing": len(self.missing),
            "waiting": self.waiting,
        }
