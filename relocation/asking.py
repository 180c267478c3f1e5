"""Questions to a history, and in what words it says that it cannot answer."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

from schemas.problems import Code, Problem
from schemas.views import AlertQuery, Refused, Unavailable, Viewer
from sinks.history import OtherLog
from sinks.migration import MigrationMismatch
from sinks.queries import Queries
from sinks.store import StoreFailed

T = TypeVar("T")
RETRY_AFTER_S = 5


class HistoryQuestions(ABC):
    """What may be asked of a history, whoever feeds it. Every question raises Refused and Unavailable."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

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
        """Rows of somebody's own SELECT. Raises Refused for what is none, or what the engine does not understand."""
        return self._ask(lambda: self._queries.sql(select, viewer))

    @abstractmethod
    def _prepare(self) -> None:
        """See that there is something to ask. Raises what ``asked`` knows."""

    def _ask(self, question: Callable[[], T]) -> T:
        def prepared() -> T:
            self._prepare()
            return question()

        return asked(prepared)


def asked(question: Callable[[], T]) -> T:
    """The answer; what the history, its tables or the log cannot do now is Refused or Unavailable."""
    try:
        return question()
    except StoreFailed as failed:
        if failed.refused:
            raise Refused([_not_understood(failed)]) from None
        raise Unavailable(str(failed), retry_after_s=RETRY_AFTER_S) from None
    except (MigrationMismatch, OtherLog) as other:
        raise Unavailable(str(other), retry_after_s=RETRY_AFTER_S) from None
    except sqlite3.Error as error:
        raise Unavailable(f"the log cannot be read ({type(error).__name__})", retry_after_s=RETRY_AFTER_S) from None


def _not_understood(failed: StoreFailed) -> Problem:
    """The failure bears the engine's name for it only: ``(TYPE_MISMATCH)``; nothing of what was asked is repeated."""
    return Problem(Code.INVALID_VALUE, f"the question has no answer: {failed}", "sql", "ask a smaller or plainer one")
