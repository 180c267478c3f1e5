"""What is kept of one token: the facts told of it, each in its latest version, and what they show together."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from schemas.reports import EventKey
from schemas.sightings import Sighting, SubjectSighting

if TYPE_CHECKING:
    from processors.identity import Document
    from processors.windows import Window

Fact = tuple[str, str, str | None]
"""(source, type, via): which event of an ``event_id``, and by way of which document it tells of the token."""
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
        "window",
    )

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.facts: dict[str, SubjectSighting | dict[Fact, SubjectSighting]] = {}
        """By the ``event_id``, of which there are few that tell of more than one fact."""
        self.window: Window | None = None
        """The subject's window, once a fact went into it at once (``Keeper.take``): the one that ``Subjects`` has."""
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
        held = self.facts.get(event.event_id)
        if isinstance(held, dict):
            return held.get((event.source, event.type, via))
        return held if held is not None and _fact_of(held) == (event.source, event.type, via) else None

    def put(self, record: SubjectSighting) -> None:
        """This is the latest version of the fact."""
        event_id, fact = record.sighting.event_id, _fact_of(record)
        held = self.facts.get(event_id)
        if isinstance(held, dict):
            held[fact] = record
        elif held is None or _fact_of(held) == fact:
            self.facts[event_id] = record
        else:
            self.facts[event_id] = {_fact_of(held): held, fact: record}

    def drop(self, event: EventKey, via: str | None) -> None:
        """Nothing is known of the fact any more."""
        held, fact = self.facts.get(event.event_id), (event.source, event.type, via)
        if isinstance(held, dict):
            held.pop(fact, None)
            if held:
                return
        elif held is None or _fact_of(held) != fact:
            return
        del self.facts[event.event_id]

    def records(self) -> Iterator[SubjectSighting]:
        """Every fact, in its latest version."""
        for held in self.facts.values():
            if isinstance(held, dict):
                yield from held.values()
            else:
                yield held

    def shown(self, event: EventKey, counts: Callable[[SubjectSighting], bool]) -> Sighting | None:
        """What the event shows of the token, of what counts; flagged if any of it is. Its own word goes first."""
        held = self.facts.get(event.event_id)
        if held is None:
            return None
        told = sorted(held.values(), key=_itself_first) if isinstance(held, dict) else [held]
        of_event = (record for record in told if record.sighting.event == event)
        given = [record.sighting for record in of_event if not record.taken and counts(record)]
        if not given:
            return None
        if given[0].flagged or not any(sighting.flagged for sighting in given):
            return given[0]
        return given[0]._replace(flagged=True)

    def events(self) -> set[EventKey]:
        """Every event that anything is known of."""
        return {record.sighting.event for record in self.records()}


def _fact_of(record: SubjectSighting) -> Fact:
    return record.sighting.source, record.sighting.type, record.via


def _itself_first(record: SubjectSighting) -> str:
    return record.via or ""
