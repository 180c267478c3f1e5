"""What did we know at a moment: an alert and its timeline as they stood, and the moments at which that changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from alerts.console.telling import Telling
from processors.staying import Stays
from schemas.alerts import Alert
from schemas.sightings import Sighting
from schemas.times import format_time, parse_time
from schemas.views import StayView, Timeline

MOMENTS_AT_MOST = 60
"""The newest; one step of a slider each."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time at which something became known; ``at`` is how addresses say it."""

    at: str
    words: str


@dataclass(frozen=True, slots=True)
class LookingBack:
    """The slider of an alert."""

    moments: tuple[Moment, ...]
    """Oldest first; the last is how it stands now."""
    step: int
    """Of the moment that is shown, from 0."""
    in_the_past: bool


def moments_of(messages: Sequence[Alert], timeline: Timeline | None) -> list[int]:
    """UTC ms, oldest first: when it was told, and when anything of the subject became known since then."""
    told = {message.known_at for message in messages}
    seen = {sighting.known_at for sighting in timeline.sightings} if timeline else set()
    first = min(told, default=0)
    return sorted(moment for moment in told | seen if moment >= first)[-MOMENTS_AT_MOST:]


def moment_asked(moments: Sequence[int], at: str | None, step: str | None) -> int | None:
    """The moment that an address or a slider asks for; None for now, and for what nobody can make out."""
    if step is not None and step.isdecimal() and int(step) < len(moments) - 1:
        return moments[int(step)]
    try:
        asked = parse_time(at) if at else None
    except ValueError:
        return None
    if asked is None or not moments or asked >= moments[-1]:
        return None
    return max(asked, moments[0])


def looking_back(moments: Sequence[int], at: int | None, telling: Telling) -> LookingBack | None:
    """The slider; None where there was never anything else to know."""
    if len(moments) < 2:
        return None
    past = [moment for moment in moments if at is not None and moment <= at]
    words = telling.words.moments(moments, telling.now)
    told = (Moment(format_time(moment), each) for moment, each in zip(moments, words, strict=True))
    return LookingBack(tuple(told), (len(past) or len(moments)) - 1, at is not None)


def messages_by(messages: Sequence[Alert], at: int) -> list[Alert]:
    """What had been said of the alert, oldest first; at least its first message."""
    return [message for message in messages if message.known_at <= at] or list(messages[:1])


def timeline_by(timeline: Timeline | None, told: Alert, at: int) -> Timeline | None:
    """What was known by then, with what the alert rested on though it was corrected since; and the stays of it."""
    if timeline is None:
        return None
    known = {sighting for sighting in timeline.sightings if sighting.known_at <= at}
    sightings = tuple(sorted(known.union(told.based_on)))
    ours, stayed = set(told.based_on), Stays(timeline.stays)
    # Passages in transit and what was advertised elsewhere at the same time belong to no stay.
    staying = (one for one in sightings if one in ours or stayed.hold(one))
    stays = tuple(_stay(list(run)) for _, run in groupby(staying, key=lambda sighting: sighting.place))
    # Of a contact nobody here knows when it became known, so none is said to have been known then.
    return replace(timeline, sightings=sightings, stays=stays, struck=(), contacts=(), complete_until=at)


def _stay(run: list[Sighting]) -> StayView:
    return StayView(run[0].place, run[0].occurred_at, run[-1].occurred_at)
