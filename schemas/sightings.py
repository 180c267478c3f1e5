"""The sighting: one subject, at one place, at one time, from one event."""

from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from schemas.reports import EventKey
from schemas.times import format_time


class Evidence(IntEnum):
    """The evidence class of a sighting, in the order of DESIGN section 6."""

    PRESENCE = 0
    OFFER = 1
    PASSAGE = 2

    @property
    def word(self) -> str:
        """The word used in JSON: ``presence``, ``offer``, ``passage``."""
        return self.name.lower()


class SubjectKind(StrEnum):
    """What a subject is. Addresses link subjects and never relocate, so they are none."""

    PERSON = "person"
    VEHICLE = "vehicle"
    PHONE = "phone"
    PHOTO = "photo"


class Sighting(NamedTuple):
    """One sighting. Its first five fields are the normative order of DESIGN section 6, so sightings sort as they are.

    Times are UTC milliseconds.
    """

    occurred_at: int
    evidence: int
    event_id: str
    source: str
    type: str
    place: str
    flagged: bool
    """It has an indicator, is a control with ``licensed`` false, or shows the subject as ``facilitator``."""
    recorded_at: int
    known_at: int

    @property
    def event(self) -> EventKey:
        """The event it comes from."""
        return EventKey(self.source, self.type, self.event_id)

    def as_json(self) -> dict[str, Any]:
        """The JSON form of the API: how it stands in an alert's ``based_on`` and in a timeline."""
        return {
            "event_id": self.event_id,
            "source": self.source,
            "type": self.type,
            "evidence": Evidence(self.evidence).word,
            "place": self.place,
            "flagged": self.flagged,
            "occurred_at": format_time(self.occurred_at),
            "recorded_at": format_time(self.recorded_at),
            "known_at": format_time(self.known_at),
        }


class SubjectSighting(NamedTuple):
    """A sighting on its way to the window it belongs to: whose it is, and whether it is given or taken away."""

    subject: str
    """Token."""
    subject_kind: str
    sighting: Sighting
    taken: bool = False
    """The subject no longer has it: its event was corrected or withdrawn, or names somebody else."""
    version: int = 0
    """As of which offset this is so: of the winning report, or of what a document passes on. The highest counts."""
    via: str | None = None
    """The token of the document that passes it on; None where the event names the subject itself."""
    is_document: bool = False
    """It is told to the keeper of a document, which decides whose sighting it is."""
    owners: tuple[str, ...] = ()
    """To a document: the BVH persons that the event names together with it, in one person. Sorted tokens."""
    gained: tuple[str, ...] = ()
    """Of one that is taken: the tokens that the same revision newly names. Sorted."""
    kept_until: int = 0
    """UTC ms: its legal term ends then; 0: no end."""
    changed_at: int = 0
    """UTC ms: since when this is so: ``known_at`` of what it follows from, which need not be this event itself.
    History answers as of a time by it; 0: ``known_at`` of the sighting."""

    @property
    def dated(self) -> int:
        """UTC ms: what its record on a log is dated: when it occurred, so that it goes at the end of its term.

        Of a passage that changes an earlier record, when that was: compaction counts from there how long the earlier
        one stays.
        """
        is_passage = self.sighting.evidence == Evidence.PASSAGE
        return max(self.changed_at, self.sighting.occurred_at) if is_passage else self.sighting.occurred_at
