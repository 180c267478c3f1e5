"""One alert as it stands: its last message, and what DESK and the list need of it besides."""

from dataclasses import dataclass, replace
from typing import Any

from schemas.actions import AlertState
from schemas.alerts import Alert
from streams.lists import bodies

PUT_HEAD = "INSERT OR REPLACE INTO alert_heads VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
"""Writes ``Head.as_row``."""


@dataclass(frozen=True, slots=True)
class Head:
    """One alert as it stands. ``position`` is that of its last message; units are police unit ids or country codes."""

    alert: Alert
    position: int
    raised_at: int
    state: AlertState
    active: bool
    from_unit: str
    to_unit: str

    def standing(self, *, active: bool) -> "Head":
        """The same, active or settled."""
        return replace(self, active=active)

    def as_row(self) -> tuple[Any, ...]:
        """Its row in ``alert_heads``."""
        alert = self.alert
        return (
            alert.alert_id,
            self.position,
            alert.known_at,
            self.raised_at,
            str(alert.status),
            int(self.active),
            str(self.state.handling),
            alert.kind,
            alert.finding.attention,
            self.from_unit,
            self.to_unit,
            alert.finding.to_place,
            alert.subject,
            bodies.state_body(self.state),
            int(alert.pushed),
            self.state.owner,
            self.state.unit,
            self.state.offered_to,
        )
