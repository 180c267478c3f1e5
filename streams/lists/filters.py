"""The filters of the alert lists as conditions on ``alert_heads``."""

from typing import Any

from processors.scope import Scope
from schemas.actions import Handling
from schemas.problems import Code, Problem
from schemas.times import format_time
from schemas.views import AlertQuery, Refused
from streams.lists import scoping

IDS_MAX = 200

_HANDLINGS = {str(handling) for handling in Handling}
_STATUSES = {"raised", "revised", "withdrawn"}
_EQUAL = {
    "kind": "kind",
    "to": "to_place",
    "subject": "subject",
    "attention": "attention",
    "owner": "owner",
    "offered_to": "offered_to",
    "subject_kind": "subject_kind",
    "certainty": "certainty",
    "novelty": "novelty",
    # Of one source there may be most alerts: better in the list's order than each looked up, which the plus prevents.
    "source": "+source",
}
_TRUE = {
    "unowned": "owner IS NULL",
    "offered": "offered_to IS NOT NULL",
    "closed": "handling='closed'",
    # As the index of what is shown by default has them, so that it serves.
    "pushed": "pushed=1",
    "put_aside": "aside=1",
    "cross_border": "cross_border=1",
    "cross_region": "cross_region=1",
    "repeat": "repeat=1",
    "historical": "historical=1",
}
_FALSE = {"unowned": "owner IS NOT NULL", "offered": "offered_to IS NULL", "closed": "handling<>'closed'"}

HANDLED_SINCE = "alert_id IN (SELECT alert_id FROM alert_heads WHERE json_extract(state, '$.changed_at')>=?)"
"""Asked for by itself, lest SQLite read every alert in the order of the list to see when it was handled."""

WITHDRAWN_ALONE = """(status<>'withdrawn' OR (known_at>=? AND NOT EXISTS (
    SELECT 1 FROM alert_heads o WHERE o.card=alert_heads.card AND o.status<>'withdrawn' AND {})))"""
"""What was withdrawn since then shows its card by itself where nothing on it stands; else what stands decides."""


class Filters:
    """Conditions that must all hold, and the values of their question marks."""

    def __init__(self, query: AlertQuery, scope: Scope) -> None:
        """Without its cursor, which means another thing in each list. Raises Refused for a status that is none."""
        self.wheres: list[str] = []
        self.values: list[Any] = []
        self._by_status(query.status)
        for name, column in _EQUAL.items():
            self._if_asked(f"{column}=?", getattr(query, name))
        for name, so in _TRUE.items():
            wished = getattr(query, name)
            if wished is not None:
                self.add(so if wished else _FALSE.get(name, so.replace("=1", "=0")))
        self._if_asked("known_at>=?", query.since)
        self._if_asked("known_at<?", query.until)
        self._if_asked("waits_since<=?", query.waiting_since)
        if query.handled_since is not None:
            self.add(HANDLED_SINCE, format_time(query.handled_since))
        if query.withdrawn_since is not None:
            alone = WITHDRAWN_ALONE.format(scoping.condition(scope, "o."))
            self.add(alone, query.withdrawn_since, *scoping.values(scope))
        self._if_asked("? IN (from_unit, to_unit)", query.unit)
        self._if_asked("? IN (from_unit, to_unit, held_by, offered_to)", query.involving)
        self._if_among("evidence", query.evidence)
        self._if_among("alert_id", query.ids)
        if scope is not None:
            self.add(scoping.condition(scope), *scoping.values(scope))

    def add(self, condition: str, *values: Any) -> None:
        """One more condition."""
        self.wheres.append(condition)
        self.values += values

    @property
    def where(self) -> str:
        """The conditions for a SELECT; empty when there are none."""
        return " WHERE " + " AND ".join(self.wheres) if self.wheres else ""

    def _by_status(self, status: str | None) -> None:
        if status == "active":
            self.add("active=1")
        elif status in _STATUSES:
            self.add("status=?", status)
        elif status in _HANDLINGS:
            self.add("handling=?", status)
        elif status is not None:
            words = ", ".join(["active", *sorted(_STATUSES), *sorted(_HANDLINGS)])
            hint = f"use one of: {words}"
            raise Refused([Problem(Code.INVALID_VALUE, "this is no status of an alert", "status", hint)])

    def _if_asked(self, condition: str, value: Any) -> None:
        if value is not None:
            self.add(condition, value)

    def _if_among(self, column: str, wanted: tuple[Any, ...] | None) -> None:
        if wanted is not None:
            among = wanted[:IDS_MAX]
            self.add(f"{column} IN ({','.join('?' * len(among))})", *among)


def no_cursor() -> Refused:
    """What to raise for a cursor that no page of ours told."""
    hint = "send `next` of the page before, unchanged"
    return Refused([Problem(Code.INVALID_VALUE, "this is no cursor of ours", "cursor", hint)])
