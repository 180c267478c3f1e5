"""The relocations of a walk, and the earlier ones that novelty and repeat look back at (DESIGN section 6, step 4)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from processors.relocations import alert_id_of
from processors.walk import Passed
from schemas.sightings import Sighting

LOOKED_THROUGH_MAX = 8
"""So many of the latest relocations are looked through one by one; most subjects never have more."""


class Relocation:
    """A relocation of the walk. It stays the same object while the walk finds the same."""

    __slots__ = ("_alert_id", "passed")

    def __init__(self, passed: Passed) -> None:
        self.passed = passed
        self._alert_id: str | None = None

    def alert_id(self, subject: str) -> str:
        """The id of its alert (step 5)."""
        if self._alert_id is None:
            arrival = self.passed.arrival
            self._alert_id = alert_id_of(subject, arrival.place, arrival.event_id)
        return self._alert_id


class Journey:
    """The relocations of a walk in its order; all but the latest also by the places they join."""

    __slots__ = ("_by_places", "_known", "all", "keys")

    def __init__(self) -> None:
        self.all: list[Relocation] = []
        self.keys: list[Sighting] = []
        """Their arrivals."""
        self._known = 0
        """So many of them, from the first on, are found by their places."""
        self._by_places: _ByPlaces | None = None

    def add(self, relocation: Relocation) -> None:
        """It is now part of the walk."""
        arrival, keys = relocation.passed.arrival, self.keys
        if not keys or arrival > keys[-1]:
            keys.append(arrival)
            self.all.append(relocation)
        else:
            at = bisect_left(keys, arrival)
            keys.insert(at, arrival)
            self.all.insert(at, relocation)
            if self._by_places is not None and at < self._known:
                self._by_places.add(relocation)
                self._known += 1
        if len(keys) - self._known > LOOKED_THROUGH_MAX:
            self._know_all()

    def discard(self, relocation: Relocation) -> None:
        """It is no longer part of the walk."""
        at = bisect_left(self.keys, relocation.passed.arrival)
        del self.keys[at], self.all[at]
        if self._by_places is not None and at < self._known:
            self._by_places.discard(relocation)
            self._known -= 1

    def before(self, origin: str, destination: str, arrival: Sighting) -> tuple[Relocation | None, Relocation | None]:
        """Before this arrival: the last relocation that left ``destination``, and the last that joined the two places.

        A relocation joins two places either way.
        """
        left = joined = None
        keys, every = self.keys, self.all
        end = len(keys) - 1 if keys and keys[-1] is arrival else bisect_left(keys, arrival)
        for at in range(end - 1, self._known - 1, -1):
            found = every[at]
            if left is None and found.passed.from_place == destination:
                left = found
            if joined is None and _joins(found, origin, destination):
                joined = found
        by_places = self._by_places
        if by_places is not None:
            left = left or _last_before(by_places.departures.get(destination), arrival)
            joined = joined or _last_before(by_places.joins.get(_pair(origin, destination)), arrival)
        return left, joined

    def affected_by(self, relocation: Relocation) -> Iterator[Relocation]:
        """The later relocations whose novelty or repeat looks back at this one (it may be gone already)."""
        passed = relocation.passed
        arrival, one, other = passed.arrival, passed.from_place, passed.arrival.place
        later, by_places = self._latest_after(arrival), self._by_places
        known = None if by_places is None else _first_after(by_places.arrivals.get(one), arrival)
        returning = known or next((found for found in later if found.passed.arrival.place == one), None)
        known = None if by_places is None else _first_after(by_places.joins.get(_pair(one, other)), arrival)
        joining = known or next((found for found in later if _joins(found, one, other)), None)
        yield from (found for found in (returning, joining) if found is not None)

    def _latest_after(self, arrival: Sighting) -> Sequence[Relocation]:
        return self.all[max(self._known, bisect_right(self.keys, arrival)) :]

    def _know_all(self) -> None:
        if self._by_places is None:
            self._by_places = _ByPlaces()
        for relocation in self.all[self._known :]:
            self._by_places.add(relocation)
        self._known = len(self.all)


class _ByPlaces:
    """Relocations in the order of the walk, by where they left, where they arrived, and what they joined."""

    __slots__ = ("arrivals", "departures", "joins")

    def __init__(self) -> None:
        self.departures: dict[str, list[Relocation]] = {}
        self.arrivals: dict[str, list[Relocation]] = {}
        self.joins: dict[tuple[str, str], list[Relocation]] = {}

    def add(self, relocation: Relocation) -> None:
        for place_list in self._lists_of(relocation):
            place_list.insert(bisect_left(place_list, relocation.passed.arrival, key=_arrival_of), relocation)

    def discard(self, relocation: Relocation) -> None:
        for place_list in self._lists_of(relocation):
            del place_list[bisect_left(place_list, relocation.passed.arrival, key=_arrival_of)]

    def _lists_of(self, relocation: Relocation) -> tuple[list[Relocation], list[Relocation], list[Relocation]]:
        origin, destination = relocation.passed.from_place, relocation.passed.arrival.place
        return (
            self.departures.setdefault(origin, []),
            self.arrivals.setdefault(destination, []),
            self.joins.setdefault(_pair(origin, destination), []),
        )


def _arrival_of(relocation: Relocation) -> Sighting:
    return relocation.passed.arrival


def _joins(relocation: Relocation, one: str, other: str) -> bool:
    origin, destination = relocation.passed.from_place, relocation.passed.arrival.place
    return (origin == one and destination == other) or (origin == other and destination == one)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _last_before(relocations: list[Relocation] | None, arrival: Sighting) -> Relocation | None:
    if not relocations:
        return None
    at = bisect_left(relocations, arrival, key=_arrival_of)
    return relocations[at - 1] if at else None


def _first_after(relocations: list[Relocation] | None, arrival: Sighting) -> Relocation | None:
    if not relocations:
        return None
    at = bisect_right(relocations, arrival, key=_arrival_of)
    return relocations[at] if at < len(relocations) else None
