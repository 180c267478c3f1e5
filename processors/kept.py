"""What is kept of one token: the facts told of it, each in its latest version, and what they show together."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from schemas.reports import EventKey
from schemas.sightings import Sighting, SubjectSighting

if TYPE_CHECKING:
    from processors.identity import Document

Fact = tuple[str, str, str]
"""(event_id, source, type): an event as it lies in the middle of a sighting, which costs least to look up."""
NEVER = 1 << 62
"""A time later than all times (UTC ms)."""


class Kept:
    """One token, its facts and where its alerts stand. An event can tell of it itself, and by way of documents."""

    __slots__ = (
        "document",
        "due",
        "facts",
        "in_question",
        "is_plain",
        "open",
        "reopens_at",
        "settled",
        "settles_at",
        "subject",
    )

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.facts: dict[Fact, SubjectSighting | dict[str | None, SubjectSighting]] = {}
        self.document: Document | None = None
        """What is known of it where it is a document."""
        self.is_plain = True
        """A fact that is new and given is a sighting, and nothing else follows: no vehicle, document or strike."""
        self.in_question = False
        """What was said of it need not be what follows: that is compared before anything is called settled."""
        self.due = NEVER
        """When the first of its facts has to go (UTC ms), as far as that is noted anywhere."""
        self.open: dict[str, int] = {}
        """Alerts that were last said to be active, with their ``arrived_at``."""
        self.settled: dict[str, int] = {}
        """Alerts that were last said to be settled, with their ``arrived_at``."""
        self.settles_at = NEVER
        """No open one arrived before."""
        self.reopens_at = -NEVER
        """No settled one arrived after."""

    def known(self, event: EventKey, via: str | None) -> SubjectSighting | None:
        """The latest version of the fact."""
        held = self.facts.get((event.event_id, event.source, event.type))
        if isinstance(held, dict):
            return held.get(via)
        return held if held is not None and held.via == via else None

    def put(self, record: SubjectSighting) -> None:
        """This is the latest version of the fact."""
        fact = record.sighting[2:5]
        held = self.facts.get(fact)
        if isinstance(held, dict):
            held[record.via] = record
        elif held is None or held.via == record.via:
            self.facts[fact] = record
        else:
            self.facts[fact] = {held.via: held, record.via: record}

    def drop(self, event: EventKey, via: str | None) -> None:
        """Nothing is known of the fact any more."""
        fact = (event.event_id, event.source, event.type)
        held = self.facts.get(fact)
        if not isinstance(held, dict):
            if held is not None and held.via == via:
                del self.facts[fact]
            return
        held.pop(via, None)
        if not held:
            del self.facts[fact]

    def records(self) -> Iterator[SubjectSighting]:
        """Every fact, in its latest version."""
        for held in self.facts.values():
            if isinstance(held, dict):
                yield from held.values()
            else:
                yield held

    def shown(self, event: EventKey, counts: Callable[[SubjectSighting], bool]) -> Sighting | None:
        """What the event shows of the token, of what counts; flagged if any of it is. Its own word goes first."""
        held = self.facts.get((event.event_id, event.source, event.type))
        if held is None:
            return None
        told = sorted(held.values(), key=_itself_first) if isinstance(held, dict) else [held]
        given = [record.sighting for record in told if not record.taken and counts(record)]
        if not given:
            return None
        if given[0].flagged or not any(sighting.flagged for sighting in given):
            return given[0]
        return given[0]._replace(flagged=True)

    def events(self) -> set[EventKey]:
        """Every event that anything is known of."""
        return {EventKey(source, type_, event_id) for event_id, source, type_ in self.facts}


def _itself_first(record: SubjectSighting) -> str:
    return record.via or ""
