"""Contacts: what is known of a subject event by event, and who met her before, so that she can meet a familiar face."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.console.evidence import Clock, clocks_of
from alerts.console.handling import outcome_word, person
from alerts.console.telling import Telling
from alerts.console.units import unit_word
from processors.mistaken import REASON
from schemas.alerts import Alert
from schemas.dossiers import StruckBecause
from schemas.reports import EventKey, EventType
from schemas.sightings import Evidence, Sighting, SubjectKind
from schemas.times import format_time
from schemas.views import Contact as Elsewhere
from schemas.views import Timeline

CONTACTS_SHOWN = 100
"""The newest; the stays tell of the rest."""
LAST_CONTACTS = 5
FACES_SHOWN = 6
_MET = frozenset({EventType.CONTROL, EventType.BVH_MUTATION})


@dataclass(frozen=True, slots=True)
class Contact:
    """One sighting of a subject, ready to read."""

    event: EventKey | None
    """None: of another unit, which tells no more than this."""
    kind: str
    place: str
    unit: str
    source: str
    day: str
    iso: str
    met: bool
    """Somebody was on the spot."""
    flagged: bool
    clocks: tuple[Clock, ...]
    struck: bool
    struck_why: str
    """By whom, when and why it was struck; empty for one that counts."""


def contacts_of(timeline: Timeline, struck: Iterable[StruckBecause], telling: Telling) -> list[Contact]:
    """Counting and struck sightings together, newest first."""
    reasons = {strike.event: strike for strike in struck}
    counting = {sighting.event for sighting in timeline.sightings}
    newest_first = sorted((*timeline.sightings, *timeline.struck), reverse=True)[:CONTACTS_SHOWN]
    own = [
        _contact(sighting, telling, reasons.get(sighting.event), struck=sighting.event not in counting)
        for sighting in newest_first
    ]
    return [*own, *_elsewhere(timeline.contacts, telling)]


def last_contacts_of(timeline: Timeline, telling: Telling) -> list[Contact]:
    """The newest few that count."""
    own = [_contact(sighting, telling) for sighting in sorted(timeline.sightings, reverse=True)[:LAST_CONTACTS]]
    return [*own, *_elsewhere(timeline.contacts, telling)[:LAST_CONTACTS]]


def familiar_faces(alert: Alert, timeline: Timeline | None, telling: Telling) -> list[Contact]:
    """Who met this woman before she arrived, newest first: controls and mutations, where somebody was on the spot."""
    if timeline is None or alert.subject_kind != SubjectKind.PERSON:
        return []
    before = [
        sighting
        for sighting in timeline.sightings
        if sighting.evidence == Evidence.PRESENCE and sighting.occurred_at < alert.finding.arrived_at
    ]
    own = [_contact(sighting, telling) for sighting in sorted(before, reverse=True)[:FACES_SHOWN]]
    others = [one for one in timeline.contacts if one.type in _MET and one.day < alert.finding.arrived_at]
    return [*own, *_elsewhere(others, telling)[:FACES_SHOWN]]


def _elsewhere(contacts: Iterable[Elsewhere], telling: Telling) -> list[Contact]:
    """What other units hold, newest first: who, how and on which day, and no more."""
    return [
        Contact(
            event=None,
            kind=telling.event_type(one.type),
            place="",
            unit=unit_word(one.unit, telling),
            source="",
            day=telling.words.day(one.day, telling.now),
            iso=format_time(one.day)[:10],
            met=one.type in _MET,
            flagged=False,
            clocks=(),
            struck=False,
            struck_why="",
        )
        for one in sorted(contacts, reverse=True)
    ]


def _contact(
    sighting: Sighting, telling: Telling, because: StruckBecause | None = None, *, struck: bool = False
) -> Contact:
    return Contact(
        event=sighting.event,
        kind=telling.event_type(sighting.type),
        place=telling.place(sighting.place),
        unit=telling.unit(sighting.place),
        source=sighting.source,
        day=telling.words.day(sighting.occurred_at, telling.now),
        iso=format_time(sighting.occurred_at),
        met=sighting.evidence == Evidence.PRESENCE,
        flagged=sighting.flagged,
        clocks=clocks_of(sighting, telling),
        struck=struck,
        struck_why=_why(because, telling) if struck and because is not None else "",
    )


def _why(because: StruckBecause, telling: Telling) -> str:
    return telling.words.say(
        "Doorgehaald door %(by)s op %(day)s: %(reason)s",
        by=person(because.by, telling),
        day=telling.words.day(because.at, telling.now),
        reason=_reason(because, telling),
    )


def _reason(because: StruckBecause, telling: Telling) -> str:
    """In the words of who struck it; what was struck by closing an alert has that alert's outcome for a reason."""
    return outcome_word(because.reason, telling) if because.reason == REASON else because.reason
