"""The circumstances of telling: the words, the places, the time; and what every page says the same way."""

from dataclasses import dataclass
from typing import NamedTuple

from alerts.console.places import Places, place_name, unit_name
from alerts.console.words import Words
from processors.alias import alias_of
from processors.escalation import ESCALATES_MS
from schemas.alerts import Alert
from schemas.reports import EventType
from schemas.sightings import Evidence, SubjectKind


class Certainty(NamedTuple):
    """How sure an alert is, as a shape (``full``, ``half``, ``hollow``) and as a word. A way to show, not a field."""

    shape: str
    word: str


@dataclass(frozen=True, slots=True)
class Telling:
    """What the pure view models need besides the facts; ``now`` is UTC ms."""

    words: Words
    places: Places
    now: int
    escalates_ms: int = ESCALATES_MS
    """For how long an alert may be nobody's."""

    def place(self, code: str) -> str:
        """The place's name."""
        return place_name(code, self.places, self.words)

    def unit(self, code: str) -> str:
        """The name of the unit (or country) that the place belongs to."""
        return unit_name(code, self.places, self.words)

    def subject(self, subject_kind: str, token: str) -> str:
        """What to call a subject: a person by the alias alone, the rest with what it is."""
        say, alias = self.words.say, alias_of(token)
        match subject_kind:
            case SubjectKind.VEHICLE:
                return say("Wagen %(alias)s", alias=alias)
            case SubjectKind.PHONE:
                return say("Telefoon %(alias)s", alias=alias)
            case SubjectKind.PHOTO:
                return say("Foto %(alias)s", alias=alias)
        return alias

    def event_type(self, event_type: str) -> str:
        """A kind of event as a noun."""
        say = self.words.say
        match event_type:
            case EventType.CONTROL:
                return say("Controle")
            case EventType.BVH_MUTATION:
                return say("BVH-mutatie")
            case EventType.AD:
                return say("Advertentie")
            case EventType.VEHICLE:
                return say("Passage")
        return event_type

    def certainty(self, alert: Alert) -> Certainty:
        """Filled: somebody was there. Half: signs that hold. Hollow: still provisional."""
        say = self.words.say
        if alert.finding.certainty == "provisional":
            return Certainty("hollow", say("voorlopig"))
        if alert.finding.evidence == Evidence.PRESENCE:
            return Certainty("full", say("bevestigd"))
        return Certainty("half", say("waarschijnlijk"))
