"""Who is who: to which BVH person a document belongs, learnt and unlearnt (DESIGN section 4, Who is who)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from schemas.reports import EventKey, EventType, Report, ReportedPerson
from schemas.sightings import Evidence, Sighting, SubjectKind

BelongsTo = Callable[[str], str | None]
"""From the token of a document to the token of the BVH person it belongs to, or None."""

EVIDENCE_OF = {
    EventType.CONTROL: Evidence.PRESENCE,
    EventType.BVH_MUTATION: Evidence.PRESENCE,
    EventType.AD: Evidence.OFFER,
    EventType.VEHICLE: Evidence.PASSAGE,
}


class Document:
    """What is known of one document: which counting events name it, and with which BVH persons."""

    __slots__ = ("events", "owners")

    def __init__(self) -> None:
        self.events: dict[EventKey, frozenset[str]] = {}
        """Counting events that name it, with the BVH persons that they name it together with."""
        self.owners: dict[str, int] = {}
        """How many events name it with each BVH person."""

    def put(self, event: EventKey, owners: frozenset[str]) -> None:
        """The event names it so."""
        self.drop(event)
        self.events[event] = owners
        for owner in owners:
            self.owners[owner] = self.owners.get(owner, 0) + 1

    def drop(self, event: EventKey) -> None:
        """The event does not name it any more."""
        for owner in self.events.pop(event, frozenset()):
            self.owners[owner] -= 1
            if not self.owners[owner]:
                del self.owners[owner]

    @property
    def belongs_to(self) -> str | None:
        """The one BVH person that it was ever named with; a document named with two belongs to nobody."""
        return next(iter(self.owners)) if len(self.owners) == 1 else None


def documents_of(report: Report | None) -> dict[str, frozenset[str]]:
    """Every document that the report names, with the BVH persons that it is named together with, in one person."""
    if report is None:
        return {}
    named: dict[str, frozenset[str]] = {}
    for person in report.persons:
        if person.document is None:
            continue
        owners = frozenset() if person.bvh_person is None else frozenset((person.bvh_person,))
        named[person.document] = named.get(person.document, frozenset()) | owners
    return named


def links_only(report: Report | None, is_seen: Callable[[str], bool]) -> Report | None:
    """What stays known of a report past its term: which BVH persons it named with documents still seen; or None."""
    if report is None:
        return None
    pairs = tuple(
        ReportedPerson(bvh_person=person.bvh_person, document=person.document)
        for person in report.persons
        if person.document is not None and person.bvh_person is not None and is_seen(person.document)
    )
    if not pairs:
        return None
    return Report(
        type=report.type,
        event_id=report.event_id,
        source=report.source,
        rank=report.rank,
        recorded_at=report.recorded_at,
        known_at=report.known_at,
        ground=report.ground,
        persons=pairs,
    )


def subject_of(person: ReportedPerson, belongs_to: BelongsTo) -> str | None:
    """The BVH person named; else the one the document belongs to; else the document; else the name."""
    if person.bvh_person is not None:
        return person.bvh_person
    if person.document is not None:
        return belongs_to(person.document) or person.document
    return person.name


class Seen(NamedTuple):
    """A sighting, and whose."""

    kind: str
    sighting: Sighting


def sightings_of(report: Report | None, belongs_to: BelongsTo) -> dict[str, Seen]:
    """The sightings that a winning report gives, by subject. One event gives one subject one sighting."""
    shown = None if report is None else sighting_of(report)
    if report is None or shown is None:
        return {}
    seen: dict[str, Seen] = {}
    for kind, subject, facilitator in _subjects_of(report, belongs_to):
        before = seen.get(subject)
        sighting = shown._replace(flagged=True) if facilitator and not shown.flagged else shown
        if before is None or sighting.flagged:
            seen[subject] = Seen(kind, sighting)
    return seen


def sighting_of(report: Report) -> Sighting | None:
    """What a winning report shows of whoever is named in it; None where it shows nobody anywhere."""
    if report.occurred_at is None or report.place is None or not report.online:
        return None
    flagged = bool(report.indicators) or (report.type == EventType.CONTROL and report.licensed is False)
    return Sighting(
        report.occurred_at,
        int(EVIDENCE_OF[EventType(report.type)]),
        report.event_id,
        report.source,
        report.type,
        report.place,
        flagged,
        report.recorded_at,
        report.known_at,
    )


def _subjects_of(report: Report, belongs_to: BelongsTo) -> Iterator[tuple[str, str, bool]]:
    for person in report.persons:
        subject = subject_of(person, belongs_to)
        if subject is not None:
            yield SubjectKind.PERSON, subject, person.role == "facilitator"
    for vehicle in report.vehicles:
        yield SubjectKind.VEHICLE, vehicle, False
    for phone in report.phones:
        yield SubjectKind.PHONE, phone, False
    for photo in report.photos:
        yield SubjectKind.PHOTO, photo, False
