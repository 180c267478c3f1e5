"""Blind spots of the map: sources that are silent or late, and the places where they were seen to report from.

Where a source reports from is taken from the evidence of the alerts in view: what is not in it is not drawn, and the
page says so. "Not seen" must not be read as "not there".
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.console.atlas import Spot, spot_of
from alerts.console.telling import Telling
from schemas.alerts import Alert
from schemas.sightings import Sighting
from schemas.times import DAY_MS
from schemas.views import SilentSource

LATE_MS = DAY_MS
"""A source half of whose events take longer than this from occurring to being known is late."""
EVENTS_MIN = 2
"""One late event says little of its source."""
PLACES_NAMED = 4
SPOTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """One source that shows less than it seems to, in words, and where it reports from."""

    words: str
    places: str
    """Names; empty where no alert in view tells."""
    spots: tuple[Spot, ...]


def blind_spots(silent: Sequence[SilentSource] | None, alerts: Iterable[Alert], telling: Telling) -> list[BlindSpot]:
    """The silent sources first, then the late ones. ``silent`` None: nobody can tell, and that is said."""
    if silent is None:
        return [BlindSpot(not_known(telling), "", ()), *blind_spots((), alerts, telling)]
    seen = _by_source(alerts)
    found = [(source.source, _silence(source, telling)) for source in silent]
    quiet = {source.source for source in silent}
    found += [
        (source, _lateness(late_ms, source, telling))
        for source, sightings in sorted(seen.items())
        if source not in quiet and (late_ms := _late_ms(sightings)) is not None
    ]
    return [_blind_spot(words, seen.get(source, set()), telling) for source, words in found[:SPOTS_SHOWN]]


def not_known(telling: Telling) -> str:
    """What is said where no history tells which sources are silent: not that none is."""
    return telling.words.say("Of een bron zwijgt, is nu niet bekend: de geschiedenis is niet te bereiken.")


def _by_source(alerts: Iterable[Alert]) -> dict[str, set[Sighting]]:
    seen: dict[str, set[Sighting]] = defaultdict(set)
    for alert in alerts:
        for sighting in alert.based_on:
            seen[sighting.source].add(sighting)
    return seen


def _late_ms(sightings: set[Sighting]) -> float | None:
    if len(sightings) < EVENTS_MIN:
        return None
    late_ms = statistics.median(sighting.known_at - sighting.occurred_at for sighting in sightings)
    return late_ms if late_ms > LATE_MS else None


def _silence(source: SilentSource, telling: Telling) -> str:
    since = telling.words.moment(source.last_heard_at, telling.now)
    return telling.words.say("%(source)s zwijgt sinds %(moment)s.", source=source.source, moment=since)


def _lateness(late_ms: float, source: str, telling: Telling) -> str:
    span = telling.words.span(telling.now - int(late_ms), telling.now)
    return telling.words.say(
        "%(source)s is laat: meestal %(span)s na de gebeurtenis bij ons.", source=source, span=span
    )


def _blind_spot(words: str, sightings: set[Sighting], telling: Telling) -> BlindSpot:
    seen = {sighting.place for sighting in sightings}
    codes = sorted((code for code in seen if telling.places.place(code).country == "NL"), key=telling.place)
    named = [telling.place(code) for code in codes[:PLACES_NAMED]]
    more = [telling.words.say("en elders")] if len(codes) > PLACES_NAMED else []
    places = (telling.places.place(code) for code in codes)
    return BlindSpot(words, ", ".join(named + more), tuple(spot_of(place.lat, place.lon) for place in places))
