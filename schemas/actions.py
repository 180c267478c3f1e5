"""What coordinators ask for: actions on an alert (decided by DESK) and on a subject (decided by RELOCATION)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemas.reports import EventKey
from schemas.times import format_time


class Handling(StrEnum):
    """The handling states of an alert (DESIGN section 8)."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    TAKEN = "taken"
    OFFERED = "offered"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Action(StrEnum):
    """What a coordinator can ask of DESK; the transitions are in ``processors.desk``."""

    ACKNOWLEDGE = "acknowledge"
    TAKE = "take"
    RELEASE = "release"
    ASSIGN = "assign"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    SNOOZE = "snooze"
    CLOSE = "close"
    REOPEN = "reopen"
    COMMENT = "comment"


class Outcome(StrEnum):
    """What came of an alert. Coordinators choose one when they close it; ``withdrawn`` is DESK's own."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    HELP_OFFERED = "help_offered"
    INVESTIGATION_OPENED = "investigation_opened"
    INTERVENTION = "intervention"
    PREMISES_CLOSED = "premises_closed"
    PENALTY_ORDER = "penalty_order"
    TAX = "tax"
    RESIDENCE_FILE = "residence_file"
    RIEC_CASE = "riec_case"
    TRANSFERRED_REGION = "transferred_region"
    TRANSFERRED_ABROAD = "transferred_abroad"
    NO_GROUND = "no_ground"
    WRONG_SUBJECT = "wrong_subject"
    WITHDRAWN = "withdrawn"
    """The alert no longer follows from the evidence."""


@dataclass(frozen=True, slots=True)
class AlertAction:
    """A coordinator's request about one alert; ``action_id`` makes sending it again harmless."""

    action_id: str
    alert_id: str
    action: str
    """One of Action; any other word is refused by DESK."""
    expected: int
    """The version of the alert's state that the coordinator saw; another one now: conflict."""
    by: str
    at: int
    unit: str | None = None
    """offer: the unit that is asked to take it; assign: the unit that gets it; otherwise the unit of who acts."""
    outcome: str | None = None
    """close: one of Outcome, ``withdrawn`` excepted."""
    comment: str | None = None
    until: int | None = None
    """snooze: when the alert asks for attention again (UTC ms)."""


@dataclass(frozen=True, slots=True)
class AlertState:
    """How an alert is being handled: what DESK last decided. ``version`` counts its changes from 1."""

    alert_id: str
    version: int
    handling: Handling
    changed_at: int
    owner: str | None = None
    unit: str | None = None
    outcome: str | None = None
    snoozed_until: int | None = None
    comments: tuple[tuple[int, str, str], ...] = ()
    """(when, by whom, text), oldest first."""
    offered_to: str | None = None
    """The unit that is asked to take it, while it is ``offered``; ``unit`` remains the one that has it."""
    unowned_since: int | None = None
    """Since when nobody has had it (UTC ms), whatever was done short of that; None while somebody has, or where it was
    last decided before this was kept."""

    def as_json(self) -> dict[str, Any]:
        """The JSON form of the API; absent fields are null so that a page can rely on them."""
        return {
            "alert_id": self.alert_id,
            "version": self.version,
            "handling": str(self.handling),
            "changed_at": format_time(self.changed_at),
            "owner": self.owner,
            "unit": self.unit,
            "offered_to": self.offered_to,
            "outcome": self.outcome,
            "snoozed_until": None if self.snoozed_until is None else format_time(self.snoozed_until),
            "unowned_since": None if self.unowned_since is None else format_time(self.unowned_since),
            "comments": [{"at": format_time(at), "by": by, "text": text} for at, by, text in self.comments],
        }


@dataclass(frozen=True, slots=True)
class SubjectAction:
    """A coordinator's request about one subject: ``follow``, ``unfollow``, ``strike`` or ``unstrike`` a sighting."""

    action_id: str
    action: str
    subject: str
    reason: str
    by: str
    at: int
    until: int | None = None
    """follow: when it ends, at most 90 days after ``at``."""
    event: EventKey | None = None
    """strike, unstrike: the event whose sighting of this subject is meant."""
