"""The truth file: every physical move, and whether the sources could have shown it.

A *move* is one stay of a subject followed by its next (`trails.Stay`): working or living somewhere for days, or
a working day; driving through, errands and controls at the roadside are no stays. Women, controllers, staff,
cars, phones (they are where their keeper is) and photos (where the woman is) all move, whether anybody sees it
or not.

**Observable** is a move when lawful sightings, as the sources would give them if nothing went wrong (before any
layer of noise), show the subject, under one and the same name, in the place it left and then in the place it
came to, with nothing in a third place between:

* lawful: the legal gate lets the identifier through (DESIGN section 5). Passages count from when a lawful
  report that names the plate was recorded.
* one and the same name: a BVH number, a document that mutations tie to it, or else the document or the name
  alone. A woman who shows her passport in one place and gives a name in the other cannot be told to be the
  same.
* shown in a place: a control, a mutation or an ad there; or passages there over at least four hours with none
  elsewhere between, as fewer cannot be told from driving through, whoever looks at them.

So noise never makes the task easier: a plate misread, a paper borrowed or a report withdrawn costs recall.
Where a stay between was never seen, the move into the next place that was seen is not `observable`, as nothing
shows where it began, but it still has ``seen_from``: the place where the subject was shown last. A detector
should tell of those too (from ``seen_from``), and they are scored.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from relocation.simulation import tokens
from relocation.simulation.drafts import Draft, Shown
from relocation.simulation.moments import DAY, HOUR, written_time
from relocation.simulation.papers import Document, Name
from relocation.simulation.world import Car, Crew, Period, Person, Phone, Subject

DWELL = 4 * HOUR
MEMORY = 180 * DAY
"""Longer between two sightings: a new beginning rather than a move."""

Called = str | Document | Name | None
"""Under which name a subject was seen: for a person its BVH number, document or name; None for things."""


class Glimpse(NamedTuple):
    """One lawful sighting, before noise."""

    at: int
    place: str
    called: Called
    strong: bool
    """Enough by itself to show a stay; a passage is not."""
    recorded_at: int


class Arrival(NamedTuple):
    """A subject was shown in a place, after it had been shown in ``seen_from``."""

    called: Called
    seen_from: str


@dataclass(slots=True)
class Witness:
    """Watches what sources would say if nothing went wrong, and tells at the end what could be known."""

    _glimpses: dict[str, list[Glimpse]]
    _belongs: dict[Document, set[str]]
    _followed_since: dict[str, int]

    def __init__(self) -> None:
        self._glimpses = defaultdict(list)
        self._belongs = defaultdict(set)
        self._followed_since = {}

    def see(self, draft: Draft) -> None:
        """Take in one event before noise."""
        if draft.facts.get("online") is False:
            return
        strong = draft.type != "vehicle"
        code, at, recorded_at = draft.spot.code, draft.occurred_at, draft.recorded_at
        for shown in draft.persons:
            self._see_person(shown, code, at, recorded_at)
        for plate in draft.cars:
            self._glimpses[plate.text].append(Glimpse(at, code, None, strong, recorded_at))
            if strong:
                self._followed_since[plate.text] = min(recorded_at, self._followed_since.get(plate.text, recorded_at))
        for text in (*draft.phones, *draft.photos):
            self._glimpses[text].append(Glimpse(at, code, None, True, recorded_at))

    def _see_person(self, shown: Shown, code: str, at: int, recorded_at: int) -> None:
        called = shown.bvh or shown.document or shown.name
        if called is None:
            return
        if shown.bvh and shown.document:
            self._belongs[shown.document].add(shown.bvh)
        names = (shown.bvh, shown.document and shown.document.number, shown.name and shown.name.family)
        owner = next(name for name in names if name)
        self._glimpses[owner].append(Glimpse(at, code, called, True, recorded_at))

    def lines(self, crews: Iterable[Crew], period: Period, key: bytes) -> Iterator[dict[str, Any]]:
        """The truth, a line per move that ends within the period, subject by subject, each in order of time."""
        for crew in crews:
            for subject in crew.subjects():
                yield from self._lines_of(subject, crew, period, key)

    def _lines_of(self, subject: Subject, crew: Crew, period: Period, key: bytes) -> Iterator[dict[str, Any]]:
        arrivals = self._arrivals(subject)
        called_usually = next((arrival.called for arrival in arrivals.values()), None)
        stays = subject.trail.stays
        for index in range(1, len(stays)):
            left, stay = stays[index - 1], stays[index]
            if not period.start <= stay.since <= period.end:
                continue
            arrival = arrivals.get(index)
            yield {
                "subject": _token(subject, arrival.called if arrival else called_usually, key),
                "subject_kind": subject.kind,
                "from": left.spot.code,
                "to": stay.spot.code,
                "left_at": written_time(left.until),
                "arrived_at": written_time(stay.since),
                "observable": arrival is not None and arrival.seen_from == left.spot.code,
                "seen_from": arrival.seen_from if arrival else None,
                "physical": f"{_word(subject)}-{subject.number}",
                "crew": f"{crew.kind}-{crew.number}",
                "tokens": _tokens(subject, key),
            }

    def _arrivals(self, subject: Subject) -> dict[int, Arrival]:
        """By the number of the stay: the move into it that could be known."""
        by_name: dict[Called, list[Glimpse]] = defaultdict(list)
        for glimpse in self._glimpses_of(subject):
            by_name[self._resolved(glimpse.called)].append(glimpse)
        arrivals: dict[int, Arrival] = {}
        for called in sorted(by_name, key=_precedence):
            for at, place, seen_from in _shown_moves(sorted(by_name[called], key=lambda glimpse: glimpse.at)):
                index = subject.trail.index_at(at)
                if subject.trail.stays[index].spot.code == place:
                    arrivals.setdefault(index, Arrival(called, seen_from))
        return arrivals

    def _glimpses_of(self, subject: Subject) -> Iterator[Glimpse]:
        if isinstance(subject, Car):
            since = self._followed_since.get(subject.plate.text, sys.maxsize)
            glimpses = self._glimpses.get(subject.plate.text, [])
            yield from (seen for seen in glimpses if seen.strong or seen.recorded_at > since)
            return
        for name in _names(subject):
            yield from self._glimpses.get(name, [])

    def _resolved(self, called: Called) -> Called:
        if isinstance(called, Document):
            owners = self._belongs.get(called, set())
            return next(iter(owners)) if len(owners) == 1 else called
        return called


def _shown_moves(glimpses: list[Glimpse]) -> Iterator[tuple[int, str, str]]:
    """(first seen there, place, shown last in) for every change of the place in which the subject was shown."""
    shown: Glimpse | None = None
    for place, group in groupby(glimpses, key=lambda glimpse: glimpse.place):
        run = list(group)
        if not (any(seen.strong for seen in run) or run[-1].at - run[0].at >= DWELL):
            continue
        if shown is not None and shown.place != place and run[0].at - shown.at <= MEMORY:
            yield run[0].at, place, shown.place
        shown = run[-1]


def _precedence(called: Called) -> int:
    return (str, Document, Name, type(None)).index(type(called))


def _names(subject: Subject) -> tuple[str, ...]:
    if isinstance(subject, Person):
        return (subject.bvh, subject.document.number if subject.document else "", subject.name.family)
    if isinstance(subject, Car):
        return (subject.plate.text,)
    return (subject.text,) if isinstance(subject, Phone) else (subject.digits,)


def _word(subject: Subject) -> str:
    if isinstance(subject, Person):
        return {"sex_worker": "woman", "facilitator": "controller"}.get(subject.role, "staff")
    return {"vehicle": "car"}.get(subject.kind, subject.kind)


def _token(subject: Subject, called: Called, key: bytes) -> str:
    if isinstance(subject, Person):
        if isinstance(called, Document | Name):
            return called.token(key)
        return tokens.of_bvh(key, subject.bvh) if called or not subject.document else subject.document.token(key)
    if isinstance(subject, Car):
        return subject.plate.token(key)
    return tokens.of_phone(key, subject.text) if isinstance(subject, Phone) else tokens.of_photo(key, subject.digits)


def _tokens(subject: Subject, key: bytes) -> list[str]:
    """Everything the subject itself may be known by."""
    if not isinstance(subject, Person):
        return [_token(subject, None, key)]
    known = [tokens.of_bvh(key, subject.bvh), subject.name.token(key)]
    return [*known, subject.document.token(key)] if subject.document else known
