"""Questions to a history that sinks feed: the server answers, and nothing is fed here."""

from typing import Any

from relocation.asking import HistoryQuestions
from relocation.clock import now_ms
from relocation.settings import Settings
from relocation.sinking.joining import history_of, server_of
from schemas.times import format_time
from schemas.views import Viewer
from sinks.history import StoredHistory
from sinks.queries import Queries
from sinks.store import Store


class ServedHistory(HistoryQuestions):
    """Over a server of its own; the same questions as ``Historian`` answers."""

    def __init__(self, store: Store, history: StoredHistory) -> None:
        self._store, self._history = store, history
        super().__init__(Queries(store, now=now_ms, complete_until=history.complete_until))

    def close(self) -> None:
        """Let go of the server."""
        self._store.close()

    def status(self, viewer: Viewer) -> dict[str, Any]:
        """How far each partition of each topic is in the history; where the topics end only `reconcile` asks."""
        del viewer  # nothing of anybody is told
        reached = self._ask(self._history.reached)
        streams = {f"{topic}/{partition}": {"history": at, "log": None} for topic, partition, at in reached}
        complete = self._ask(self._history.complete_until)
        return {"complete_until": format_time(complete), "behind": None, "failing": None, "streams": streams}

    def _prepare(self) -> None:
        self._history.require_kafka()


def served_history(settings: Settings) -> ServedHistory:
    """The history on the server of the settings. Raises Failure."""
    store = server_of(settings)
    return ServedHistory(store, history_of(settings, store))
