"""The alert: a relocation told to coordinators, as a message with a revision (DESIGN sections 6 and 8)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemas.sightings import Evidence, Sighting
from schemas.times import format_time


class AlertStatus(StrEnum):
    """What a message says of its alert."""

    RAISED = "raised"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


class WithdrawnReason(StrEnum):
    """Why an alert no longer follows from the evidence; the first that applies."""

    NOT_FOLLOWED = "not_followed"
    CORRECTED = "corrected"
    IDENTITY = "identity"
    LATER_EVIDENCE = "later_evidence"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Finding:
    """A relocation as DESIGN section 6 step 4 says it. Times are UTC milliseconds; places are codes."""

    from_place: str
    to_place: str
    from_last_seen: int
    arrived_at: int
    arrival_event_id: str
    evidence: int
    novelty: str
    certainty: str
    implausible: bool
    repeat: bool
    attention: str
    cross_region: bool
    cross_border: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """One message about one alert: what is now so, and the evidence it rested on when it was said."""

    alert_id: str
    revision: int
    status: AlertStatus
    subject_kind: str
    subject: str
    finding: Finding
    arrival_source: str
    arrival_type: str
    known_at: int
    historical: bool
    """It was news from the past when raised (``fresh_days``): filed, never pushed or notified."""
    based_on: tuple[Sighting, ...] = ()
    """The latest sightings of the stay that was left, then those of the arrival; newest evidence last."""
    reason: WithdrawnReason | None = None
    superseded_by: str | None = None
    kind: str = "relocation"

    @property
    def pushed(self) -> bool:
        """Whether it may be pushed or notified: never for repeats, ``file`` and historical alerts."""
        return self.finding.attention == "tell" and not self.finding.repeat and not self.historical

    def as_json(self) -> dict[str, Any]:
        """The black-box form of DESIGN section 8."""
        found = self.finding
        told: dict[str, Any] = {
            "alert_id": self.alert_id,
            "revision": self.revision,
            "status": str(self.status),
            "kind": self.kind,
            "subject_kind": self.subject_kind,
            "subject": self.subject,
            "from": found.from_place,
            "to": found.to_place,
            "from_last_seen": format_time(found.from_last_seen),
            "arrived_at": format_time(found.arrived_at),
            "arrival_event_id": found.arrival_event_id,
            "evidence": Evidence(found.evidence).word,
            "novelty": found.novelty,
            "certainty": found.certainty,
            "implausible": found.implausible,
            "repeat": found.repeat,
            "attention": found.attention,
            "cross_region": found.cross_region,
            "cross_border": found.cross_border,
            "known_at": format_time(self.known_at),
        }
        if self.reason is not None:
            told["reason"] = str(self.reason)
        if self.superseded_by is not None:
            told["superseded_by"] = self.superseded_by
        told["historical"] = self.historical
        told["arrival_source"] = self.arrival_source
        told["arrival_type"] = self.arrival_type
        told["based_on"] = [sighting.as_json() for sighting in self.based_on]
        return told
