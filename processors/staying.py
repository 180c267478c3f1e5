"""Which sightings fall into which stays, found in the order of time: a subject may have thousands of both."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

from schemas.sightings import Sighting
from schemas.views import StayView


class Seen:
    """Where and when somebody was seen."""

    def __init__(self, sightings: Iterable[Sighting]) -> None:
        self._times: dict[str, list[int]] = defaultdict(list)
        for one in sightings:
            self._times[one.place].append(one.occurred_at)
        for times in self._times.values():
            times.sort()

    def during(self, stay: StayView) -> Sequence[int]:
        """The times (UTC ms) of the sightings that fall into the stay, oldest first."""
        times = self._times.get(stay.place, [])
        return times[bisect_left(times, stay.first_seen) : bisect_right(times, stay.last_seen)]


class Stays:
    """Where and when somebody stayed; stays may overlap."""

    def __init__(self, stays: Iterable[StayView]) -> None:
        of_place: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for stay in stays:
            of_place[stay.place].append((stay.first_seen, stay.last_seen))
        self._begins: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        """The latest end of the stays that began by then."""
        for place, spans in of_place.items():
            spans.sort()
            self._begins[place] = [begin for begin, _ in spans]
            self._ends[place] = list(accumulate((end for _, end in spans), max))

    def hold(self, seen: Sighting) -> bool:
        """Whether the sighting falls into one of them."""
        begun = bisect_right(self._begins.get(seen.place, []), seen.occurred_at)
        return begun > 0 and seen.occurred_at <= self._ends[seen.place][begun - 1]
