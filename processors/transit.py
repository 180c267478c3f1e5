"""Transit: passages that make no stay. They count for nothing in the walk, and tell where a car was all the same."""

from collections.abc import Iterable, Sequence

from processors.staying import Stays
from schemas.sightings import Evidence, Sighting
from schemas.views import StayView


def in_transit(sightings: Iterable[Sighting], stays: Sequence[StayView]) -> tuple[StayView, ...]:
    """Each passage outside the stays as a moment in its place, in the order of ``sightings``."""
    staying = Stays(stays)
    return tuple(
        StayView(seen.place, seen.occurred_at, seen.occurred_at)
        for seen in sightings
        if seen.evidence == Evidence.PASSAGE and not staying.hold(seen)
    )
