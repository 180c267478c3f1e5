"""Questions to a history that sinks feed: the server answers, and nothing is fed here."""

from collections.abc import Callable
from typing import Any, TypeVar

from relocation.historian import asked
from relocation.settings import Settings
from relocation.sinking.joining import history_of, now_ms, server_of
from schemas.times import format_time
from schemas.views import AlertQuery, Viewer
from sinks.history import StoredHistory
from sinks.queries import Queries
from sinks.store import Store

T = TypeVar("T")


class ServedHistory:
    """The same questions as ``Historian`` answers; they raise Refused and Unavailable."""

    def __init__(self, store: Store, history: StoredHistory) -> None:
        self._store, self._history = store, history
        self._queries = Queries(store, now=now_ms, complete_until=history.complete_until)

    def close(self) -> None:
        """Let go of the server."""
        self._store.close()

    def subject(self, token: str, viewer: Viewer, as_of: int | None = None) -> dict[str, Any]:
        """The sightings of a subject, now or as known at a time (UTC ms)."""
        return self._ask(lambda: self._queries.subject(token, viewer, as_of))

    def alerts(self, query: AlertQuery, viewer: Viewer, as_of: int | None = None) -> dict[str, Any]:
        """The alerts as they stand, or stood at a time (UTC ms)."""
        return self._ask(lambda: self._queries.alerts(query, viewer, as_of))

    def stats(self, viewer: Viewer, place: str | None = None) -> dict[str, Any]:
        """Counts per place and month."""
        return self._ask(lambda: self._queries.stats(viewer, place))

    def sql(self, select: str, viewer: Viewer) -> dict[str, Any]:
        """Rows of somebody's own SELECT."""
        return self._ask(lambda: self._queries.sql(select, viewer))

    def status(self, viewer: Viewer) -> dict[str, Any]:
        """How far each partition of each topic is in the history; where the topics end only `reconcile` asks."""
        del viewer  # nothing of anybody is told
        reached = self._ask(self._history.reached)
        streams = {f"{topic}/{partition}": {"history": at, "log": None} for topic, partition, at in reached}
        complete = self._ask(self._history.complete_until)
        return {"complete_until": format_time(complete), "behind": None, "failing": None, "streams": streams}

    def _ask(self, question: Callable[[], T]) -> T:
        def prepared() -> T:
            self._history.require_kafka()
            return question()

        return asked(prepared)


def served_history(settings: Settings) -> ServedHistory:
    """The history on the server of the settings. Raises Failure."""
    store = server_of(settings)
    return ServedHistory(store, history_of(settings, store))
