"""The history on a server that a sink feeds, as a console asks it: it never makes anybody wait for long."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from schemas.dossiers import FollowedUntil, Known, Met, Unfollowed
from schemas.reports import EventKey
from schemas.views import NoHistory, SilentSource
from sinks.history import StoredHistory
from sinks.migration import MigrationMismatch
from sinks.rhythms import HeardSource, rhythms_of
from sinks.store import Store, StoreFailed
from sinks.subjects import SubjectQueries
from sinks.zero_signals import zero_signal_places

T = TypeVar("T")
PATIENCE_S = 3.0
"""A server that does not answer a question about one subject for so long is away."""
RHYTHMS_S = 60.0
"""Who is silent is counted so often: it scans months."""
AGAIN_S = 2.0
"""So long after a failure nobody waits for it again."""


class ServerPast:
    """What the console tells of single subjects (``streams.kafka.dossiers.Past``). Calls raise NoHistory."""

    def __init__(self, store: Store, history: StoredHistory, now: Callable[[], int]) -> None:
        """``store`` is to be an impatient one."""
        self._queries = SubjectQueries(store, now=now)
        self._history = history
        self._store = store
        self._now = now
        self._heard: tuple[list[HeardSource], int, float] = ([], 0, -RHYTHMS_S)
        """Of each source, as of when (UTC ms), and when that was counted (monotonic seconds)."""
        self._failed_at = -AGAIN_S
        self._lock = threading.Lock()

    def known(self, *subjects: str) -> dict[str, list[Known]]:
        """What is known of each, in the order of its sightings; struck ones included."""
        return self._ask(lambda: self._queries.known(*subjects))

    def met_with(self, subject: str, events: Sequence[EventKey]) -> list[Met]:
        """Who and what else these events of the subject name, the most met first."""
        return self._ask(lambda: self._queries.met_with(subject, events))

    def behind(self, document: str) -> str | None:
        """The BVH person that a document now belongs to."""
        return self._ask(lambda: self._queries.behind(document))

    def follow_of(self, vehicle: str) -> FollowedUntil | Unfollowed | None:
        """What coordinators last asked of following it: a follow, or its end."""
        return self._ask(lambda: self._queries.follow_of(vehicle))

    def silent_sources(self, now: int) -> list[SilentSource]:
        """Sources that are quiet for longer than usual; they are counted again after a while.

        Judged as of when the history was complete: what it has not come to yet may be what a source said since.
        """
        heard, complete_until, counted_at = self._heard
        if time.monotonic() - counted_at > RHYTHMS_S:
            complete_until = self.complete_until()  # asked first: what came before is then certainly counted
            if complete_until == 0:
                raise NoHistory("it cannot be told yet how far the history has come")
            heard = self._ask(lambda: rhythms_of(self._store, self._now))
            self._heard = heard, complete_until, time.monotonic()
        silent = [told for told in heard if told.rhythm.is_silent(min(now, complete_until))]
        silent.sort(key=lambda told: -told.rhythm.last_heard_at)
        return [SilentSource(told.source, told.type, told.rhythm.last_heard_at) for told in silent]

    def zero_signal_places(self, since: int) -> list[str]:
        """The place of each 0-signal that occurred since then (UTC ms)."""
        return self._ask(lambda: zero_signal_places(self._store, since, self._now()))

    def complete_until(self) -> int:
        """UTC ms: everything known before is in it."""
        return self._ask(self._history.complete_until)

    def _ask(self, question: Callable[[], T]) -> T:
        if time.monotonic() - self._failed_at < AGAIN_S:
            raise NoHistory("the history does not answer")
        try:
            return question()
        except (StoreFailed, MigrationMismatch) as failed:
            self._failed_at = time.monotonic()
            raise NoHistory(f"the history does not answer ({failed})") from None
