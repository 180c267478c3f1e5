"""One alert as it stands: its last message, and what DESK and the lists need of it besides."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from processors.alias import rank_of
from processors.cards import OnCard
from processors.escalation import waits_since
from processors.mistaken import is_mistaken
from schemas.actions import AlertState, Handling
from schemas.alerts import Alert, AlertStatus
from streams.lists import bodies


class HeadRow(NamedTuple):
    """A row of ``alert_heads``, by the names of its columns; truths are 0 or 1."""

    alert_id: str
    position: int
    known_at: int
    raised_at: int
    status: str
    active: int
    handling: str
    kind: str
    attention: str
    from_unit: str
    to_unit: str
    to_place: str
    subject: str
    state: str
    pushed: int
    owner: str | None
    held_by: str | None
    offered_to: str | None
    card: str
    event: str
    card_at: int
    aside: int
    subject_kind: str
    evidence: int
    certainty: str
    novelty: str
    source: str
    repeat: int
    historical: int
    cross_border: int
    cross_region: int
    waits_since: int | None
    outcome: str | None
    from_place: str
    arrived_at: int
    alias: int


PUT_HEAD = (
    f"INSERT OR REPLACE INTO alert_heads ({','.join(HeadRow._fields)})"  # noqa: S608 - names of ours
    f" VALUES ({','.join('?' * len(HeadRow._fields))})"
)
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

    @property
    def is_put_aside(self) -> bool:
        """Whether a coordinator snoozed or closed it; what was withdrawn was not put aside."""
        rests = self.state.handling in (Handling.SNOOZED, Handling.CLOSED)
        return rests and self.alert.status is not AlertStatus.WITHDRAWN

    def standing(self, *, active: bool) -> "Head":
        """The same, active or settled."""
        return replace(self, active=active)

    def as_row(self, where: OnCard) -> HeadRow:
        """Its row in ``alert_heads``, on the card it lies on."""
        alert, found, state = self.alert, self.alert.finding, self.state
        return HeadRow(
            alert_id=alert.alert_id,
            position=self.position,
            known_at=alert.known_at,
            raised_at=self.raised_at,
            status=str(alert.status),
            active=int(self.active),
            handling=str(state.handling),
            kind=alert.kind,
            attention=found.attention,
            from_unit=self.from_unit,
            to_unit=self.to_unit,
            to_place=found.to_place,
            subject=alert.subject,
            state=bodies.state_body(state),
            pushed=int(alert.pushed),
            owner=state.owner,
            held_by=state.unit,
            offered_to=state.offered_to,
            card=where.card,
            event=where.event,
            card_at=where.at,
            aside=int(self.is_put_aside),
            subject_kind=str(alert.subject_kind),
            evidence=int(found.evidence),
            certainty=found.certainty,
            novelty=found.novelty,
            source=alert.arrival_source,
            repeat=int(found.repeat),
            historical=int(alert.historical),
            cross_border=int(found.cross_border),
            cross_region=int(found.cross_region),
            waits_since=waits_since(alert, state),
            outcome=state.outcome if alert.status is not AlertStatus.WITHDRAWN or is_mistaken(state) else None,
            from_place=found.from_place,
            arrived_at=found.arrived_at,
            alias=rank_of(alert.subject),
        )
