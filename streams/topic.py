"""What a topic is, as data: what it holds, by which key, where and how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from schemas.avro import Kind
from schemas.times import DAY_MS, MINUTE_MS

MESSAGE_BYTES_MAX = 1_048_588
"""Kafka's own: 1 MiB of records and the head of their batch. The largest message of ours has 960 KiB."""
_TO_DELETE_MS = 10 * MINUTE_MS
"""A broker looks every 5 minutes what is past its term, and takes files away a minute later."""


class Held(StrEnum):
    """What a topic may hold of people: the classes that no topic mixes, each with the law's term (DESIGN section 5)."""

    CLEAR = "identifiers in the clear"
    PRESENCE = "controls and BVH mutations, by tokens"
    OFFER = "ads, by tokens"
    PASSAGE = "passages of followed vehicles, by tokens"
    FINDING = "what followed, and how it was handled, by tokens"
    OUTCOME = "what became of events, by event; of refused ones tokens"
    FOLLOWING = "tokens of followed vehicles"
    NOBODY = "nothing of anybody"


class Cleanup(StrEnum):
    """How a topic gets rid of messages; the value is Kafka's ``cleanup.policy``."""

    DELETE = "delete"
    COMPACT = "compact"
    BOTH = "compact,delete"


class Stamped(StrEnum):
    """What the timestamp of a message is; the value is Kafka's ``message.timestamp.type``."""

    BY_US = "CreateTime"
    BY_BROKER = "LogAppendTime"


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a message may be in a topic, in milliseconds."""

    term_ms: int | None
    """The law's, or ours; None: until there is a newer one of its key."""
    segment_ms: int
    compacted_after_ms: int = 0
    """A message with a newer one of its key stays so long at least."""
    compacted_within_ms: int = DAY_MS
    """And is on its way out after so long, with the next message of its partition."""

    is_folded: bool = False
    """States are the fold of it: no record may go before its term, or what was said of it would seem to be wrong."""

    @property
    def retention_ms(self) -> int:
        """``retention.ms``; -1: no end. A record goes when the newest of its segment is so old, so later than that.

        Of what is folded none goes before its term; a segment later at the latest, and heart and history forget in
        time by themselves. Of all else none is there after its term.
        """
        if self.term_ms is None:
            return -1
        return self.term_ms if self.is_folded else self.term_ms - self.segment_ms - _TO_DELETE_MS


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. ``key``, ``partitioned_by`` and ``stamp`` are words for people."""

    name: str
    about: str
    kind: Kind
    """The schema of its values; tombstones have none."""
    key: str
    held: Held
    lasting: Lasting
    partitioned_by: str
    also: Kind | None = None
    """Another schema that a value may have."""
    cleanup: Cleanup = Cleanup.DELETE
    stamp: str = "when it became known, or was decided"
    stamped: Stamped = Stamped.BY_US
    has_tombstones: bool = False
    is_single: bool = False
    """It has one partition, whatever the others have."""

    @property
    def config(self) -> Mapping[str, str]:
        """What a broker is told of it, all in Kafka's words: also what must not be, whatever the brokers' defaults."""
        told = {
            "cleanup.policy": str(self.cleanup),
            "retention.ms": str(self.lasting.retention_ms),
            "retention.bytes": "-1",
            "segment.ms": str(self.lasting.segment_ms),
            "message.timestamp.type": str(self.stamped),
            "max.message.bytes": str(MESSAGE_BYTES_MAX),
            "unclean.leader.election.enable": "false",
        }
        if self.cleanup is not Cleanup.DELETE:
            told["min.compaction.lag.ms"] = str(self.lasting.compacted_after_ms)
            told["max.compaction.lag.ms"] = str(self.lasting.compacted_after_ms + self.lasting.compacted_within_ms)
            told["delete.retention.ms"] = str(DAY_MS)
        return MappingProxyType(told)

    def partitions(self, partitions: int) -> int:
        """How many it has where the others have so many."""
        return 1 if self.is_single else partitions


def named(prefix: str, topic: Topic) -> str:
    """The name of a topic on a cluster that others use, too; ``prefix`` may be empty."""
    return prefix + topic.name
