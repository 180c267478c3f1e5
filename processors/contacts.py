"""What a viewer sees of a subject: what its unit met and what alerts share; of the rest, that there was contact.

A contact says who met her, how, and on which day, so that she can meet a familiar face; not where or about what.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from processors.staying import Seen
from schemas.reports import EventKey
from schemas.sightings import Sighting
from schemas.times import DAY_MS
from schemas.views import Contact, StayView, Timeline

RegionOf = Callable[[str], str]
"""The police unit of a place, abroad its country code."""


def seen_part(
    timeline: Timeline, scope: frozenset[str], shared: frozenset[EventKey], region_of: RegionOf
) -> Timeline | None:
    """The timeline as a viewer of this scope sees it; ``shared`` are events that alerts it sees rest on.

    None where nothing of it is left, as for a subject that nobody knows.
    """

    def is_seen(sighting: Sighting) -> bool:
        return sighting.event in shared or region_of(sighting.place) in scope

    sightings = tuple(sighting for sighting in timeline.sightings if is_seen(sighting))
    struck = tuple(sighting for sighting in timeline.struck if is_seen(sighting))
    contacts = _contacts((one for one in timeline.sightings if not is_seen(one)), region_of)
    if not (sightings or struck or contacts):
        return None
    seen = Seen(sightings)
    stays = tuple(part for stay in timeline.stays if (part := _part_of(stay, seen, scope, region_of)) is not None)
    return replace(timeline, sightings=sightings, struck=struck, stays=stays, contacts=contacts)


def stays_within(stays: Iterable[StayView], scope: frozenset[str], region_of: RegionOf) -> tuple[StayView, ...]:
    """Those of the stays that were in the scope."""
    return tuple(stay for stay in stays if region_of(stay.place) in scope)


def _contacts(hidden: Iterable[Sighting], region_of: RegionOf) -> tuple[Contact, ...]:
    """Each once, oldest first."""
    met = {Contact(one.occurred_at // DAY_MS * DAY_MS, region_of(one.place), one.type) for one in hidden}
    return tuple(sorted(met))


def _part_of(stay: StayView, seen: Seen, scope: frozenset[str], region_of: RegionOf) -> StayView | None:
    """A stay elsewhere only as far as what is shared shows it."""
    if region_of(stay.place) in scope:
        return stay
    times = seen.during(stay)
    return StayView(stay.place, times[0], times[-1]) if times else None
