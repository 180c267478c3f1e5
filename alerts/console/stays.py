"""A subject's stays as bars on one time axis, a row per place, in percent of the width."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.console.telling import Telling
from alerts.console.words import month_starts
from processors.staying import Seen
from schemas.sightings import Evidence, Sighting
from schemas.times import DAY_MS
from schemas.views import StayView, Timeline

NARROWEST = 1.6
"""A stay seen once is still a bar, in percent."""
EDGE = 0.03
"""Room before the first and after the last stay, as a part of what is shown."""
TICKS_AT_MOST = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One stay: where it starts, how long it is (percent), whether somebody was met there, what it says on hovering."""

    x: float
    width: float
    met: bool
    latest: bool
    told: str
    transit: bool = False
    """A passage that makes no stay."""


@dataclass(frozen=True, slots=True)
class Row:
    """All stays in one place."""

    place: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis, in percent."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The rows from the place met first to the one met last, and the axis under them."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]


def chart_of(timeline: Timeline, telling: Telling) -> Chart | None:
    """The chart of a timeline, or None without a stay."""
    if not timeline.stays:
        return None
    scale = Scale.over(timeline.stays, telling.now)
    return Chart(tuple(rows_of(timeline.stays, timeline.sightings, scale, telling)), tuple(axis_of(scale, telling)))


def rows_of(
    stays: tuple[StayView, ...],
    sightings: tuple[Sighting, ...],
    scale: "Scale",
    telling: Telling,
    *,
    transit: tuple[StayView, ...] = (),
) -> list[Row]:
    """The stays, and passages in ``transit``, as rows from the place met first to the one met last.

    ``sightings`` tell where somebody was met.
    """
    latest = max(stays, key=lambda stay: stay.first_seen, default=None)
    met = Seen(sighting for sighting in sightings if sighting.evidence == Evidence.PRESENCE)
    bars = [(stay, _bar(stay, met, scale, telling, latest=stay is latest)) for stay in stays]
    bars += [(passed, _passage(passed, scale, telling)) for passed in transit]
    rows: dict[str, list[Bar]] = {}
    for stay, bar in sorted(bars, key=lambda each: each[0].first_seen):
        rows.setdefault(stay.place, []).append(bar)
    return [Row(telling.place(place), tuple(bars)) for place, bars in rows.items()]


@dataclass(frozen=True, slots=True)
class Scale:
    """From time to percent of the width."""

    first: int
    last: int
    begins: int
    """When the first stay begins: a little after ``first``."""

    @classmethod
    def over(cls, stays: Sequence[StayView], now: int) -> "Scale":
        """The scale on which these stays and now find room."""
        first, last = min(stay.first_seen for stay in stays), max(now, *(stay.last_seen for stay in stays))
        edge = max(DAY_MS, int((last - first) * EDGE))
        return cls(first - edge, last + edge, first)

    def percent(self, at: int) -> float:
        """Where a time lies."""
        return round(100 * (at - self.first) / (self.last - self.first), 2)


def _bar(stay: StayView, met: Seen, scale: Scale, telling: Telling, *, latest: bool) -> Bar:
    x, end = scale.percent(stay.first_seen), scale.percent(stay.last_seen)
    return Bar(
        x=min(x, 100 - NARROWEST),
        width=max(NARROWEST, round(end - x, 2)),
        met=bool(met.during(stay)),
        latest=latest,
        told=f"{telling.place(stay.place)} · " + telling.words.short_days(stay.first_seen, stay.last_seen, telling.now),
    )


def _passage(passed: StayView, scale: Scale, telling: Telling) -> Bar:
    day = telling.words.short_day(passed.first_seen, telling.now)
    told = telling.words.say("%(place)s · %(day)s, langsgereden", place=telling.place(passed.place), day=day)
    x = min(scale.percent(passed.first_seen), 100 - NARROWEST)
    return Bar(x=x, width=NARROWEST / 2, met=False, latest=False, told=told, transit=True)


def axis_of(scale: Scale, telling: Telling) -> list[Tick]:
    """The months; where there is hardly one, the day on which the first stay begins; and now."""
    months = month_starts(scale.first, scale.last)
    every = max(1, -(-len(months) // TICKS_AT_MOST))
    ticks = [Tick(scale.percent(at), telling.words.month(at)) for at in months[::every]]
    if len(ticks) < 2:
        ticks = [Tick(scale.percent(scale.begins), telling.words.short_day(scale.begins, telling.now))]
    now = scale.percent(telling.now)
    return [tick for tick in ticks if now - tick.x > 9] + [Tick(min(now, 100.0), telling.words.say("nu"))]
