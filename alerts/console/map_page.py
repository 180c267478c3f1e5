"""The map of the country: recent relocations as flows, journeys of chosen subjects, blind spots; and all in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlencode

from alerts.console.atlas import Spot, spot_of, unit_spots
from alerts.console.blind_spots import BlindSpot, blind_spots
from alerts.console.journey import Drawing, Label, Stop, amid, arc_path, draw
from alerts.console.telling import Telling
from alerts.console.unread import Choice, Unread
from processors.alias import alias_of
from schemas.alerts import Alert, AlertStatus
from schemas.times import DAY_MS
from schemas.views import SilentSource, Timeline

PERIODS = (7, 30, 90)
"""Days."""
PERIOD = 30
SUBJECTS_MAX = 4
"""Journeys at once: beyond, lines hide each other."""
FLOWS_DRAWN = 24
FLOWS_LISTED = 60
ALIASES_SHOWN = 4
NORTH_SEA, GERMANY, BELGIUM = (Spot(x, y, outside=False) for x, y in ((60, 120), (362, 300), (130, 400)))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the address asks: how many days back, until which of them, whose journeys."""

    days: int = PERIOD
    until: int = PERIOD
    """Days after the beginning of the period; ``days`` is now."""
    subjects: tuple[str, ...] = ()
    left_out: int = 0
    """How many more subjects it names."""
    strange: tuple[str, ...] = ()
    """The parameters (``days``, ``until``) whose values there are not, so that the usual ones are shown."""

    def address(self, *, days: int | None = None, subjects: Sequence[str] | None = None) -> str:
        """Of the same map with something else chosen, up to now."""
        chosen = self.subjects if subjects is None else subjects
        return "/map?" + urlencode([("days", days or self.days), *(("subject", one) for one in chosen)])


@dataclass(frozen=True, slots=True)
class Line:
    """One arc; ``look`` are its classes, ``at`` when it was gone (UTC ms)."""

    path: str
    look: str
    at: int
    later: bool
    """After the moment that is shown."""
    words: str


@dataclass(frozen=True, slots=True)
class Flow:
    """All relocations from one place to another."""

    from_name: str
    to_name: str
    count: int
    newest: str
    people: tuple[tuple[str, str], ...]
    """(alias, address of the map with her journey on it)."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One subject's journey: its name, how it is drawn, the address of the map without it, its stays in words."""

    subject: str
    alias: str
    look: str
    without: str
    stays: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MapFacts:
    """All that the map is told from."""

    alerts: tuple[Alert, ...]
    complete: bool
    """Whether those are all of the period."""
    timelines: tuple[Timeline, ...]
    silent: tuple[SilentSource, ...] | None
    """None where nobody can tell."""


def wishes_of(days: str, until: str, subjects: Sequence[str]) -> Wishes:
    """What the parameters of an address ask, of too many subjects the last; what cannot be made out is the usual."""
    period = next((each for each in PERIODS if str(each) == days), None)
    last = next((day for day in range((period or PERIOD) + 1) if str(day) == until), None)
    read = {"days": (days, period), "until": (until, last)}
    strange = tuple(name for name, (given, found) in read.items() if given and found is None)
    period, named = period or PERIOD, tuple(dict.fromkeys(subjects))
    last = period if last is None else last
    return Wishes(period, last, named[-SUBJECTS_MAX:], max(0, len(named) - SUBJECTS_MAX), strange)


def map_context(facts: MapFacts, wishes: Wishes, telling: Telling) -> dict[str, Any]:
    """For ``parts/whole_map.html``."""
    since = telling.now - wishes.days * DAY_MS
    until = since + wishes.until * DAY_MS
    held = [alert for alert in facts.alerts if alert.status is not AlertStatus.WITHDRAWN]
    flows = _flows(held)
    legs = _flow_legs(flows, telling) if not facts.timelines else _walk_legs(facts.timelines, telling)
    drawing = draw([(leg.start, leg.end) for leg in legs], "")
    reached = _reached(legs)
    words, blind = telling.words, blind_spots(facts.silent, held, telling)
    first = max(0, -(-(min(reached.values(), default=since) - since) // DAY_MS))
    return {
        "detail": "parts/whole_map.html",
        "focused": True,
        "title": words.say("Kaart"),
        "days": wishes.days,
        "until": wishes.until,
        "first": first,
        "unread": _unread(wishes, telling),
        "not_drawn": _not_drawn(facts, wishes, telling),
        "since_ms": since,
        "until_words": words.day(until, telling.now),
        "day_words": [words.day(since + day * DAY_MS, telling.now) for day in range(wishes.days + 1)],
        "periods": [(each, wishes.address(days=each)) for each in PERIODS],
        "subjects": wishes.subjects,
        "without_journeys": wishes.address(subjects=()),
        "lines": [
            Line(arc_path(leg.start.spot, leg.end.spot), leg.look, leg.at, leg.at > until, leg.told)
            for leg in legs
            if leg.start.code != leg.end.code
        ],
        "stops": [(stop.spot, reached[stop.code], reached[stop.code] > until) for stop in drawing.stops],
        "labels": [_timed(label, drawing.stops, reached, until) for label in drawing.labels],
        **_names(drawing, blind, telling),
        "flows": _listed(flows, wishes, telling),
        "count": words.say_n("%(n)s verplaatsing", "%(n)s verplaatsingen", len(held)),
        "complete": facts.complete,
        "walks": [_walk(timeline, at, wishes, telling) for at, timeline in enumerate(facts.timelines)],
        "blind": blind,
    }


class Leg(NamedTuple):
    """One leg as it is drawn; times are UTC ms."""

    start: Stop
    end: Stop
    look: str
    began: int
    """Since when its start is on the map."""
    at: int
    """When it was gone."""
    told: str


Flows = Mapping[tuple[str, str], list[Alert]]


def _flows(alerts: Sequence[Alert]) -> Flows:
    """By their places, those with the most first."""
    found: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for alert in alerts:
        found[alert.finding.from_place, alert.finding.to_place].append(alert)
    return dict(sorted(found.items(), key=lambda flow: (-len(flow[1]), -_newest(flow[1]))))


def _newest(alerts: Sequence[Alert]) -> int:
    return max(alert.finding.arrived_at for alert in alerts)


def _flow_legs(flows: Flows, telling: Telling) -> list[Leg]:
    """The largest, the smallest of them first so that the large lie on top; a flow is there from its first on."""
    legs: list[Leg] = []
    for (left, reached), alerts in list(flows.items())[:FLOWS_DRAWN][::-1]:
        start, end = _stop(left, telling), _stop(reached, telling)
        told = f"{start.label} {telling.words.say('naar')} {end.label}: {len(alerts)}"
        first = min(alert.finding.arrived_at for alert in alerts)
        legs.append(Leg(start, end, f"flow flow-{min(4, len(alerts))}", first, first, told))
    return legs


def _walk_legs(timelines: Sequence[Timeline], telling: Telling) -> list[Leg]:
    legs: list[Leg] = []
    for number, timeline in enumerate(timelines):
        stays = sorted(timeline.stays, key=lambda stay: stay.first_seen)
        for left, reached in list(pairwise(stays)) or [(stay, stay) for stay in stays]:
            start, end = _stop(left.place, telling), _stop(reached.place, telling)
            told = f"{alias_of(timeline.subject)}: {start.label} {telling.words.say('naar')} {end.label}"
            told += f", {telling.words.day(reached.first_seen, telling.now)}"
            legs.append(Leg(start, end, f"walk walk-{number}", left.first_seen, reached.first_seen, told))
    return legs


def _stop(code: str, telling: Telling) -> Stop:
    place = telling.places.place(code)
    return Stop(code, spot_of(place.lat, place.lon), telling.place(code))


def _names(drawing: Drawing, blind: Sequence[BlindSpot], telling: Telling) -> dict[str, list[tuple[str, Spot]]]:
    """Neighbours and units, and where their names have room: units that have none stand in filters and agenda."""
    say, shaded = telling.words.say, [spot for one in blind for spot in one.spots]
    neighbours = {say("Noordzee"): NORTH_SEA, say("Duitsland"): GERMANY, say("België"): BELGIUM}
    units = [(telling.places.region_name(unit), spot) for unit, spot in unit_spots(telling.places.place)]
    placed = amid([*units, *neighbours.items()], drawing, shaded)
    return {
        "unit_names": [each for each in placed if each[0] not in neighbours],
        "neighbours": [each for each in placed if each[0] in neighbours],
    }


def _reached(legs: Sequence[Leg]) -> dict[str, int]:
    """Since when each stop is on the map."""
    reached: dict[str, int] = {}
    for leg in legs:
        for code, at in ((leg.start.code, leg.began), (leg.end.code, leg.at)):
            reached[code] = min(at, reached.get(code, at))
    return reached


def _unread(wishes: Wishes, telling: Telling) -> list[Unread]:
    """What the address asks of the time that is shown and that there is not; with the periods, where it is one."""
    say, n = telling.words.say, wishes.days
    told = []
    if "days" in wishes.strange:
        words = say("Het adres vraagt om een periode die er niet is; getoond zijn %(n)s dagen.", n=n)
        choices = (Choice(say("%(n)s dagen", n=each), wishes.address(days=each)) for each in PERIODS)
        told.append(Unread(words + " " + say("Wel te kiezen:"), tuple(choices)))
    if "until" in wishes.strange:
        told.append(
            Unread(say("Het adres noemt een dag die niet in deze periode ligt; getoond is tot en met vandaag."))
        )
    return told


def _not_drawn(facts: MapFacts, wishes: Wishes, telling: Telling) -> list[str]:
    """What the address asks for in vain: subjects beyond those that are drawn, and such as nothing is known of."""
    say_n = telling.words.say_n
    unknown = len(wishes.subjects) - len(facts.timelines)
    beyond = say_n(
        "Meer dan vier reizen tegelijk is niet te lezen: de eerste uit het adres staat er niet bij.",
        "Meer dan vier reizen tegelijk is niet te lezen: de eerste %(n)s uit het adres staan er niet bij.",
        wishes.left_out,
    )
    nowhere = say_n(
        "Van %(n)s reis die het adres noemt, is hier niets bekend.",
        "Van %(n)s reizen die het adres noemt, is hier niets bekend.",
        unknown,
    )
    return [*([beyond] if wishes.left_out else []), *([nowhere] if unknown else [])]


def _timed(label: Label, stops: Sequence[Stop], reached: Mapping[str, int], until: int) -> tuple[Label, int, bool]:
    at = min(reached[stop.code] for stop in stops if stop.label == label.text)
    return label, at, at > until


def _listed(flows: Flows, wishes: Wishes, telling: Telling) -> list[Flow]:
    return [
        Flow(
            telling.place(left),
            telling.place(reached),
            len(alerts),
            telling.words.short_day(_newest(alerts), telling.now),
            tuple((alias_of(one), wishes.address(subjects=_with(wishes.subjects, one))) for one in _people(alerts)),
        )
        for (left, reached), alerts in list(flows.items())[:FLOWS_LISTED]
    ]


def _people(alerts: Sequence[Alert]) -> list[str]:
    newest_first = sorted(alerts, key=lambda alert: -alert.finding.arrived_at)
    return list(dict.fromkeys(alert.subject for alert in newest_first))[:ALIASES_SHOWN]


def _with(subjects: Sequence[str], one: str) -> list[str]:
    return [*(each for each in subjects if each != one), one]


def _walk(timeline: Timeline, number: int, wishes: Wishes, telling: Telling) -> Walk:
    stays = sorted(timeline.stays, key=lambda stay: stay.first_seen)
    return Walk(
        timeline.subject,
        alias_of(timeline.subject),
        f"walk-{number}",
        wishes.address(subjects=[one for one in wishes.subjects if one != timeline.subject]),
        tuple(
            (telling.place(stay.place), telling.words.short_days(stay.first_seen, stay.last_seen, telling.now))
            for stay in stays
        ),
    )
