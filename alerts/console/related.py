"""What lies beside an alert: other alerts of the same arrival, and other alerts about the same subject."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.console.telling import Telling
from schemas.alerts import Alert, AlertStatus
from schemas.sightings import SubjectKind
from schemas.views import AlertView

RELATED_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Related:
    """One other alert, as a line that leads to it."""

    alert_id: str
    from_name: str
    to_name: str
    who: str
    """Empty where it is about the same subject."""
    day: str
    withdrawn: bool


def related_of(alert: Alert, others: Iterable[AlertView], telling: Telling) -> list[Related]:
    """The others once each: who arrived with the subject, people first, then its own, the latest arrival first."""
    once = {view.alert.alert_id: view.alert for view in others if view.alert.alert_id != alert.alert_id}
    ordered = sorted(once.values(), key=lambda other: _place(other, alert))
    return [_related(other, alert, telling) for other in ordered[:RELATED_SHOWN]]


def _place(other: Alert, alert: Alert) -> tuple[bool, bool, int]:
    return other.subject == alert.subject, other.subject_kind != SubjectKind.PERSON, -other.finding.arrived_at


def _related(other: Alert, alert: Alert, telling: Telling) -> Related:
    found = other.finding
    return Related(
        other.alert_id,
        telling.place(found.from_place),
        telling.place(found.to_place),
        "" if other.subject == alert.subject else telling.subject(other.subject_kind, other.subject),
        telling.words.day(found.arrived_at, telling.now),
        other.status is AlertStatus.WITHDRAWN,
    )
