"""The evidence an alert rests on, newest first, each event with its three clocks: occurred, recorded, with us."""

from dataclasses import dataclass
from itertools import groupby

from alerts.console.telling import Telling
from alerts.console.words import same_day
from schemas.alerts import Alert
from schemas.reports import EventType
from schemas.sightings import Sighting
from schemas.times import DAY_MS, format_time

LATE_MS = DAY_MS
"""A clock that runs further behind the one before it is pointed out."""
GATHERED = (EventType.AD, EventType.VEHICLE)
"""Kinds of events that come in runs and are told as one."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One of the three times of an event: its name, the time in words and as ISO, whether it was late."""

    name: str
    told: str
    iso: str
    late: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One line of evidence: an event, or a run of like ones in one place."""

    title: str
    place: str
    source: str
    count: str
    """Empty for a single event."""
    flagged: bool
    clocks: tuple[Clock, ...]
    arrival: bool


def evidence_of(alert: Alert, telling: Telling) -> list[Item]:
    """The sightings that the alert was based on when it was said, newest first."""
    newest_first = sorted(alert.based_on, key=lambda sighting: sighting.occurred_at, reverse=True)
    return [_item(list(run), alert, telling) for _, run in groupby(newest_first, key=_run_of)]


def _run_of(sighting: Sighting) -> tuple[str, ...]:
    if sighting.type in GATHERED:
        return sighting.type, sighting.place
    return sighting.event


def _item(run: list[Sighting], alert: Alert, telling: Telling) -> Item:
    newest, oldest = run[0], run[-1]
    return Item(
        title=telling.event_type(newest.type),
        place=telling.place(newest.place),
        source=newest.source,
        count=_count(oldest, newest, len(run), telling),
        flagged=any(sighting.flagged for sighting in run),
        clocks=clocks_of(newest, telling),
        arrival=any(_is_arrival(sighting, alert) for sighting in run),
    )


def _is_arrival(sighting: Sighting, alert: Alert) -> bool:
    return sighting.event == (alert.arrival_source, alert.arrival_type, alert.finding.arrival_event_id)


def _count(oldest: Sighting, newest: Sighting, n: int, telling: Telling) -> str:
    if n == 1:
        return ""
    return telling.words.say(
        "%(n)s keer, %(days)s",
        n=n,
        days=telling.words.short_days(oldest.occurred_at, newest.occurred_at, telling.now),
    )


def clocks_of(sighting: Sighting, telling: Telling) -> tuple[Clock, ...]:
    """The three clocks of one sighting."""
    say = telling.words.say
    occurred, recorded, known = sighting.occurred_at, sighting.recorded_at, sighting.known_at
    return (
        Clock(say("gebeurd"), telling.words.moment(occurred, telling.now), format_time(occurred), late=False),
        Clock(say("vastgelegd"), _after(occurred, recorded, telling), format_time(recorded), _late(occurred, recorded)),
        Clock(say("bij ons"), _after(recorded, known, telling), format_time(known), _late(recorded, known)),
    )


def _after(earlier: int, at: int, telling: Telling) -> str:
    """The time alone where the day was just said."""
    return telling.words.hour(at) if same_day(earlier, at) else telling.words.moment(at, telling.now)


def _late(earlier: int, at: int) -> bool:
    return at - earlier > LATE_MS
