"""The log of followed vehicles, as gateway and intake hear it."""

import threading
from contextlib import ExitStack

from processors.followed import FollowedPlates
from schemas.following import Followed
from schemas.reports import Report
from streams.kafka.cluster import Cluster
from streams.kafka.listening import hear_topics
from streams.kafka.records import Record
from streams.kafka.tail import Tail
from streams.topics import FOLLOWED


class FollowedLog:
    """FollowedPlates for several threads: one hears the log, others ask."""

    def __init__(self) -> None:
        self._plates = FollowedPlates()
        self._lock = threading.Lock()

    def hear(self, record: Record, followed: Followed | None) -> None:
        """A message of ``followed``, in the order of its log; None is a tombstone: nothing is known of it any more."""
        if followed is None:
            followed = Followed((record.key or b"").decode("ascii", "replace"), named=False)
        with self._lock:
            self._plates.hear(followed)

    def accept(self, report: Report, now: int) -> None:
        """A report was just admitted here (UTC ms)."""
        with self._lock:
            self._plates.accept(report, now)

    def is_followed(self, token: str, known_at: int, now: int) -> bool:
        """Whether a passage known at ``known_at`` and judged ``now`` (UTC ms) is a hit."""
        with self._lock:
            return self._plates.is_followed(token, known_at, now)


def hear_followed(stack: ExitStack, cluster: Cluster) -> tuple[FollowedLog, Tail]:
    """The log, heard from now on, and what tells how far; ``stack`` ends it."""
    followed = FollowedLog()
    return followed, hear_topics(stack, cluster, {FOLLOWED: followed.hear})
