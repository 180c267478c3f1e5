"""The keeper of a document: whose sightings it has, and whom it passes them on to (DESIGN section 4, Who is who)."""

from processors.identity import Document
from processors.keeper_steps import Turn
from processors.kept import Kept
from schemas.alerts import WithdrawnReason
from schemas.sightings import SubjectKind, SubjectSighting


def take_document(kept: Kept, known: SubjectSighting | None, record: SubjectSighting, offset: int, turn: Turn) -> None:
    """An event says something else of the document (it said ``known`` before): tell whose sightings are whose now.

    ``offset``: where the record lies; what follows from it has that for its version.
    """
    before = _owner(kept)
    document = note_document(kept, record)
    event, after = record.sighting.event, document.belongs_to
    turn.events.add(event)
    _pass_on(record, _holder(kept, known, before), _holder(kept, record, after), offset, turn)
    if before != after:
        turn.moved.reasons.add(WithdrawnReason.IDENTITY)
        for other in sorted(document.events.keys() - {event}):
            told = kept.known(other, None)
            if told is not None:
                turn.events.add(other)
                _pass_on(told, _holder(kept, told, before), _holder(kept, told, after), offset, turn)
    forget_unseen(kept)


def note_document(kept: Kept, record: SubjectSighting) -> Document:
    """Learn from the record whether its event names the document, and with whom."""
    kept.is_plain = False
    if kept.document is None:
        kept.document = Document()
    if record.taken and not record.owners:
        kept.document.drop(record.sighting.event)
    else:
        kept.document.put(record.sighting.event, frozenset(record.owners))
    return kept.document


def forget_unseen(kept: Kept) -> None:
    """Links learnt from events past their term stay until the last event that names the document is gone."""
    document = kept.document
    if document is not None and not any(kept.known(event, None) for event in document.events):
        kept.document = None


def _owner(kept: Kept) -> str | None:
    return None if kept.document is None else kept.document.belongs_to


def _holder(kept: Kept, record: SubjectSighting | None, owner: str | None) -> str | None:
    """Who has the sighting that an event gives the document, if it gives one."""
    return None if record is None or record.taken else owner or kept.subject


def _pass_on(record: SubjectSighting, before: str | None, after: str | None, offset: int, turn: Turn) -> None:
    """Tell whoever had the sighting, whoever has it, and the document itself, for the history."""
    document = record.subject
    moved_to = record.gained if after is None else (after,)
    if after != document:
        turn.moved.heirs[record.sighting.event] = moved_to
    if before is None and after is None:
        return
    for holder in sorted({before or document, after or document, document}):
        turn.sightings.append(
            SubjectSighting(
                holder,
                SubjectKind.PERSON,
                record.sighting,
                taken=holder != after,
                version=offset,
                via=document,
                gained=moved_to if holder != after else (),
                kept_until=record.kept_until,
                changed_at=0 if record.sighting.known_at == turn.at else turn.at,
            )
        )
