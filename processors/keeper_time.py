"""What the passing of time does at the keeper of a partition: follows run out, passages wait, terms end."""

from processors.documents import forget_unseen
from processors.keeper_steps import Turn
from processors.keeping import Keeping, changed_at, end_of
from processors.kept import NEVER, Kept
from processors.vehicles import TAKEN_KEPT_MS, is_passage
from schemas.keys import fact_key
from schemas.sightings import SubjectSighting
from schemas.times import HOUR_MS


def run_out(keeping: Keeping, now: int) -> list[Turn]:
    """Coordinators' follows that have come to their end."""
    turns = []
    for token in keeping.vehicles.following.run_out(now):
        kept, turn = keeping.turn(token, now)
        keeping.vehicles.following.release(token)
        keeping.vehicles.changed(kept, turn, is_less=True)
        turns.append(keeping.conclude(kept, turn))
    return turns


def end_waiting(keeping: Keeping, now: int) -> list[Turn]:
    """Passages that no naming gave ground in time are destroyed."""
    turns = []
    for token, event in keeping.vehicles.overdue(now):
        kept, turn = keeping.turn(token, now)
        record = kept.known(event, None)
        if record is not None:
            keeping.vehicles.destroy(kept, record, turn)
        turns.append(keeping.conclude(kept, turn))
    return turns


def forget(keeping: Keeping, now: int) -> list[Turn]:
    """What is past its term goes without a word, and what was said of it stays said.

    What it was the ground for is destroyed, and that is told.
    """
    due = {subject for hour in sorted(keeping.due) if hour * HOUR_MS <= now for subject in keeping.due.pop(hour)}
    return [_forget(keeping, subject, now) for subject in sorted(due)]


def _forget(keeping: Keeping, subject: str, now: int) -> Turn:
    kept, turn = keeping.turn(subject, now)
    past = [record for record in kept.records() if end_of(record) <= now]
    for record in sorted(past, key=_passages_first):
        if record.taken and is_passage(record) and changed_at(record) + TAKEN_KEPT_MS <= now:
            turn.tombstones.append(fact_key(subject, record.sighting.event))
        _drop(keeping, kept, record, turn)
    forget_unseen(kept)
    kept.due = NEVER
    keeping.schedule(kept, min((end_of(record) for record in kept.records()), default=NEVER))
    return keeping.conclude(kept, turn)


def _drop(keeping: Keeping, kept: Kept, record: SubjectSighting, turn: Turn) -> None:
    event = record.sighting.event
    window = keeping.subjects.window(kept.subject)
    held = None if window is None else window.sighting_of(event)
    kept.drop(event, record.via)
    if held is not None and keeping.shown(kept, event) is None:
        keeping.subjects.forget(kept.subject, held)
    if kept.document is not None and record.is_document and not record.owners:
        kept.document.drop(event)
    keeping.vehicles.forget(kept, record, turn)


def _passages_first(record: SubjectSighting) -> tuple[bool, tuple[object, ...]]:
    """Since the end of their vehicle's following may destroy them."""
    return not is_passage(record), record.sighting
