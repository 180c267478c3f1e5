"""Transit: passages that make no stay. They count for nothing in the walk, and tell where a car was all the same."""

from collections.abc import Iterable, Sequence

from schemas.sightings import Evidence, Sighting
from schemas.views import StayView


def in_transit(sightings: Iterable[Sighting], stays: Sequence[StayView]) -> tuple[StayView, ...]:
    """Each passage outside the stays as a moment in its place, in the order of ``sightings``."""
    return tuple(
        StayView(seen.place, seen.occurred_at, seen.occurred_at)
        for seen in sightings
        if seen.evidence == Evidence.PASSAGE and not any(_is_of(seen, stay) for stay in stays)
    )


def _is_of(seen: Sighting, stay: StayView) -> bool:
    return stay.place == seen.place and stay.first_seen <= seen.occurred_at <= stay.last_seen
