"""The map of the simulation: municipalities, cities abroad, roads between them, and how sources write places."""

import json
import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from random import Random
from typing import Any, Self

KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Spot:
    """A municipality or a city abroad. ``lat``/``lon`` lie well inside it (WGS84)."""

    code: str
    name: str
    lat: float
    lon: float
    unit: str
    """The police unit; abroad the country code."""
    weight: int
    """How much goes on there: municipalities by their postcode areas."""
    postcodes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Other names that mean it and nothing else: aliases and towns."""
    former: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    country: str = "NL"

    @property
    def abroad(self) -> bool:
        """Whether it is not a Dutch municipality."""
        return self.country != "NL"

    @property
    def cameras(self) -> int:
        """How many ANPR cameras stand there: none in small places, more in larger ones, none of ours abroad."""
        return 0 if self.abroad or self.weight < 6 else min(12, 1 + self.weight // 8)


@dataclass(frozen=True)
class Atlas:
    """All spots, in a fixed order, so that draws are the same for a seed."""

    municipalities: tuple[Spot, ...]
    abroad: tuple[Spot, ...]

    @classmethod
    def load(cls) -> Self:
        """Read the table that is packaged with the simulation."""
        table = json.loads(resources.files(__package__).joinpath("places.json").read_text(encoding="utf-8"))
        return cls(
            tuple(_municipality(row) for row in table["municipalities"]),
            tuple(Spot(unit=row["country"], **row) for row in table["abroad"]),
        )

    @cached_property
    def _by_code(self) -> dict[str, Spot]:
        return {spot.code: spot for spot in (*self.municipalities, *self.abroad)}

    @cached_property
    def _weights(self) -> list[int]:
        return [spot.weight for spot in self.municipalities]

    def spot(self, code: str) -> Spot:
        """The spot with this code; KeyError when there is none."""
        return self._by_code[code]

    def draw(self, rng: Random) -> Spot:
        """A municipality, large ones more often."""
        return rng.choices(self.municipalities, self._weights)[0]

    def draw_abroad(self, rng: Random) -> Spot:
        """A city across the border."""
        return rng.choice(self.abroad)

    def draw_within(self, rng: Random, spot: Spot, near_km: float, far_km: float) -> Spot:
        """A municipality at such a distance; any other if none is."""
        found = [other for other in self.municipalities if near_km <= distance_km(spot, other) <= far_km]
        return rng.choice(found or [other for other in self.municipalities if other is not spot])

    def draw_other(self, rng: Random, spot: Spot) -> Spot:
        """Any other municipality, neighbours included."""
        while (other := self.draw(rng)) is spot:
            pass
        return other

    def route(self, start: Spot, end: Spot) -> tuple[Spot, ...]:
        """The municipalities driven through from one spot to another, without the two."""
        return _route(self, start.code, end.code)

    def __hash__(self) -> int:
        return id(self)


def _municipality(row: dict[str, Any]) -> Spot:
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Spot(**known)


@lru_cache(maxsize=65_536)
def _route(atlas: Atlas, start: str, end: str) -> tuple[Spot, ...]:
    origin, goal = atlas.spot(start), atlas.spot(end)
    here = origin if not origin.abroad else min(atlas.municipalities, key=lambda spot: distance_km(spot, origin))
    passed = [here] if origin.abroad and here is not goal else []
    while here is not goal:
        around = [atlas.spot(code) for code in here.neighbours]
        ahead = min(around, key=lambda spot: distance_km(spot, goal), default=goal)
        if ahead is goal or distance_km(ahead, goal) >= distance_km(here, goal):
            break
        passed.append(ahead)
        here = ahead
    return tuple(passed)


def distance_km(one: Spot, other: Spot) -> float:
    """The distance over a locally flat country: right within a per cent at this size."""
    north = (one.lat - other.lat) * KM_PER_DEGREE
    east = (one.lon - other.lon) * KM_PER_DEGREE * math.cos(math.radians((one.lat + other.lat) / 2))
    return math.hypot(north, east)


def written(spot: Spot, form: int) -> dict[str, Any]:
    """The place as a source writes it; ``form`` (any number) picks one of the lawful ways."""
    if spot.abroad:
        return {"country": spot.country, "city": spot.name}
    if form % 20 == 0:
        return {"lat": spot.lat, "lon": spot.lon}
    for field, values, ways in (
        ("postcode", spot.postcodes, range(1, 5)),
        ("name", spot.names, range(5, 8)),
        ("municipality", spot.former, range(8, 9)),
    ):
        if values and form % 20 in ways:
            return {field: values[form // 20 % len(values)]}
    return {"municipality": spot.code}
