"""Where somebody or something really was: stays one after the other, with travel between them."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from random import Random

from relocation.simulation.atlas import Atlas, Spot, distance_km
from relocation.simulation.moments import DAY, HOUR, between, is_weekend

DRIVING_KMH = 80
PREPARING_HOURS = 0.4


@dataclass(frozen=True, slots=True)
class Stay:
    """Being in one place from ``since`` until ``until`` (UTC ms): for days, or a working day; never driving through."""

    spot: Spot
    since: int
    until: int


@dataclass(frozen=True)
class Trail:
    """The stays of one subject, in order, no two neighbouring ones in one place."""

    stays: tuple[Stay, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [stay.since for stay in self.stays]

    def index_at(self, at: int) -> int:
        """The number of the stay begun last, -1 before the first."""
        return bisect_right(self._starts, at) - 1

    def at(self, at: int) -> Stay | None:
        """The stay at this moment; None on the road, before the beginning and after the end."""
        index = self.index_at(at)
        if index < 0 or self.stays[index].until < at:
            return None
        return self.stays[index]

    def cut(self, first: int, end: int) -> "Trail":
        """The stays with these numbers, as a trail."""
        return Trail(self.stays[first:end])


def travel(one: Spot, other: Spot) -> int:
    """How long the drive takes."""
    return int((PREPARING_HOURS + distance_km(one, other) / DRIVING_KMH) * HOUR)


def one_place(spot: Spot, start: int, end: int) -> Trail:
    """Somebody who stays where she is."""
    return Trail((Stay(spot, start - DAY, end + DAY),))


def carousel(rng: Random, atlas: Atlas, start: int, end: int) -> Trail:
    """A circuit of places, each for days to months (median a fortnight), never one of the last two again."""
    circuit = [atlas.draw(rng) for _ in range(rng.randrange(5, 10))]
    if rng.random() < 0.35:
        circuit.append(atlas.draw_abroad(rng))
    places = [rng.choice(circuit)]
    stays: list[Stay] = []
    at = start - between(rng, 0, 20 * DAY)
    while at <= end:
        length = min(90.0, max(3.0, rng.lognormvariate(2.64, 0.7)))
        leave = _daytime(rng, at + int(length * DAY))
        stays.append(Stay(places[-1], at, leave))
        fresh = [spot for spot in circuit if spot not in places[-3:]]
        places.append(rng.choice(fresh) if fresh else atlas.draw_other(rng, places[-1]))
        at = leave + travel(places[-2], places[-1])
    return Trail(tuple(stays))


def tour(rng: Random, atlas: Atlas, home: Spot, start: int, end: int) -> Trail:
    """Weeks at home, then one to three places for one to three weeks each, and home again."""
    plan: list[tuple[Spot, float]] = []
    while sum(days for _, days in plan) < (end - start) / DAY + 40:
        plan.append((home, rng.uniform(10, 35)))
        for _ in range(rng.randrange(1, 4)):
            plan.append((_unlike(rng, atlas, plan[-1][0], home), rng.uniform(8, 20)))
    return _as_trail(rng, plan, start - between(rng, 0, 30 * DAY))


def weekends(rng: Random, atlas: Atlas, home: Spot, start: int, end: int) -> Trail:
    """At home in the week, in another place nearly every weekend."""
    away = atlas.draw_within(rng, home, 25, 120)
    stays: list[Stay] = []
    at = start - DAY
    for day in range(start - start % DAY, end + DAY, DAY):
        if not is_weekend(day) or is_weekend(day - DAY) or rng.random() < 0.2:
            continue
        leave, back = day - between(rng, 4 * HOUR, 9 * HOUR), day + DAY + between(rng, 18 * HOUR, 23 * HOUR)
        if leave <= at:
            continue
        stays += [Stay(home, at, leave), Stay(away, leave + travel(home, away), back)]
        at = back + travel(away, home)
    return Trail((*stays, Stay(home, at, end + 2 * DAY)))


def commute(rng: Random, home: Spot, work: Spot, start: int, end: int) -> Trail:
    """To work in the morning and home in the evening, five days a week."""
    stays: list[Stay] = []
    at = start - DAY
    for day in range(start - start % DAY, end + DAY, DAY):
        if is_weekend(day) or rng.random() < 0.05:
            continue
        leave, back = day + between(rng, 6 * HOUR, 8 * HOUR), day + between(rng, 15.5 * HOUR, 18 * HOUR)
        stays += [Stay(home, at, leave), Stay(work, leave + travel(home, work), back)]
        at = back + travel(work, home)
    return Trail((*stays, Stay(home, at, end + 2 * DAY)))


def accompany(rng: Random, trail: Trail, atlas: Atlas, lent: float) -> Trail:
    """Somebody who goes along, hours earlier; in a share ``lent`` of the stays she is sent elsewhere on her own."""
    spots = [stay.spot for stay in trail.stays]
    for index in range(1, len(spots) - 1):
        if rng.random() < lent:
            around = (spots[index - 1], spots[index], spots[index + 1])
            other = atlas.draw(rng)
            spots[index] = other if other not in around else spots[index]
    leaves = [stay.until - between(rng, 0, 6 * HOUR) for stay in trail.stays]
    stays = [Stay(spots[0], trail.stays[0].since, leaves[0])]
    for index in range(1, len(spots)):
        arrive = leaves[index - 1] + travel(spots[index - 1], spots[index])
        stays.append(Stay(spots[index], arrive, leaves[index]))
    return Trail(tuple(stays))


def _as_trail(rng: Random, plan: list[tuple[Spot, float]], at: int) -> Trail:
    stays: list[Stay] = []
    for spot, days in plan:
        if stays:
            at += travel(stays[-1].spot, spot)
        leave = _daytime(rng, at + int(days * DAY))
        stays.append(Stay(spot, at, leave))
        at = leave
    return Trail(tuple(stays))


def _unlike(rng: Random, atlas: Atlas, *taken: Spot) -> Spot:
    while (spot := atlas.draw(rng)) in taken:
        pass
    return spot


def _daytime(rng: Random, at: int) -> int:
    return at - at % DAY + between(rng, 9 * HOUR, 17 * HOUR)
