"""The walk of DESIGN section 6, step 3: one interval after the other, a current stay, and what comes of it.

Both forms of the heart, the incremental and the plain one, differ in how they find the next interval; the plain
one has a walk of its own on purpose, so that the law that they agree means something.
"""

from collections.abc import Sequence
from typing import NamedTuple

from processors.rules import Rules
from schemas.sightings import Evidence, Sighting

OFFER = int(Evidence.OFFER)
NEVER = -1
"""A time before all times: no presence or passage has been seen in this stay."""


class Stay(NamedTuple):
    """The current stay of a walk and the intervals that were put back. Values compare, so that walks can converge."""

    place: str
    last_seen: int
    giver: Sequence[Sighting] | None
    """The offers of the interval that gave ``last_seen``; None when that was no offer interval."""
    ground_end: int
    """The latest end of its presence and passage intervals, or NEVER."""
    pending: tuple[tuple[Sighting, ...], ...]
    """Runs of offers that went back among the intervals still to be walked, by their first sighting."""


class Passed(NamedTuple):
    """A relocation as the walk finds it, before what depends on the rest of the window."""

    arrival: Sighting
    from_place: str
    from_last_seen: int
    left_ground_end: int


def advance(
    stay: Stay | None, first: Sighting, end: int, offers: Sequence[Sighting] | None, rules: Rules
) -> tuple[Stay, Passed | None]:
    """Take one interval, by its first sighting, its end and (for offers) its sightings."""
    place, start = first.place, first.occurred_at
    ground_end = NEVER if offers is not None else end
    if stay is None:
        return Stay(place, end, offers, ground_end, ()), None
    current, last_seen, giver, left_ground_end, pending = stay
    if place == current:
        if end > last_seen:
            last_seen, giver = end, offers
        return Stay(place, last_seen, giver, max(left_ground_end, ground_end), pending), None
    if offers is not None and start <= last_seen:
        if end >= last_seen + rules.gap_ms:
            pending = _put_back(pending, offers, last_seen)
            return Stay(current, last_seen, giver, left_ground_end, pending), None
        return stay, None
    if start - last_seen > rules.window_ms:
        return Stay(place, end, offers, ground_end, pending), None
    if giver is not None and last_seen > start:
        pending = _put_back(pending, giver, start)
    passed = Passed(first, current, min(last_seen, start), left_ground_end)
    return Stay(place, end, offers, ground_end, pending), passed


def _put_back(
    pending: tuple[tuple[Sighting, ...], ...], offers: Sequence[Sighting], after: int
) -> tuple[tuple[Sighting, ...], ...]:
    """The offers later than ``after`` become an interval of their own, still to be walked."""
    tail = tuple(offer for offer in offers if offer.occurred_at > after)
    return tuple(sorted((*pending, tail)))
