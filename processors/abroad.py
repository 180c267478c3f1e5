"""Cities and countries outside the Netherlands (DESIGN section 4, Place)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from processors.geography import distance_km
from processors.placenames import NAME_LENGTH_MAX, fold, similar

_KM_PER_DEGREE_LAT = 111.0
"""A little less than a degree of latitude is, so that a band of latitudes never is too narrow."""


class ForeignCity(NamedTuple):
    """A listed city abroad; ``country`` is ISO 3166-1 alpha-2, ``lat`` and ``lon`` are WGS84 degrees."""

    country: str
    name: str
    lat: float
    lon: float
    aliases: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The code of the place: ``BE:Antwerp``."""
        return f"{self.country}:{self.name}"


class ForeignCities:
    """The listed cities: by country and any of their names, and by nearness to a point."""

    def __init__(self, cities: Iterable[ForeignCity]) -> None:
        self._by_lat = sorted(cities, key=lambda city: (city.lat, city.code))
        self._lats = [city.lat for city in self._by_lat]
        self._by_name: dict[str, dict[str, str]] = {}
        self._written: dict[str, dict[str, str]] = {}
        for city in self._by_lat:
            for name in (city.name, *city.aliases):
                self._by_name.setdefault(city.country, {})[fold(name)] = city.code
                self._written.setdefault(city.country, {})[fold(name)] = name

    def __iter__(self) -> Iterator[ForeignCity]:
        return iter(self._by_lat)

    def names(self) -> Iterator[tuple[str, str]]:
        """Every country and name or alias of a city in it, folded."""
        for country, names in self._by_name.items():
            yield from ((country, name) for name in names)

    def lists(self, country: str) -> bool:
        """Whether any city of this country is listed."""
        return country in self._by_name

    def code_of(self, country: str, name: str) -> str | None:
        """The code of the city with this name or alias, folded."""
        if len(name) > NAME_LENGTH_MAX:
            return None
        return self._by_name.get(country, {}).get(fold(name))

    def similar_to(self, country: str, name: str) -> tuple[str, ...]:
        """Names of the country's listed cities that are written much like the given one."""
        return similar(name, self._written.get(country, {}))

    def nearest(self, lat: float, lon: float, within_km: float) -> tuple[str, float] | None:
        """The code of the nearest city and its distance in km, if that is at most ``within_km``."""
        band = within_km / _KM_PER_DEGREE_LAT
        first, last = bisect_left(self._lats, lat - band), bisect_right(self._lats, lat + band)
        found = ((distance_km(lat, lon, city.lat, city.lon), city.code) for city in self._by_lat[first:last])
        km, code = min(found, default=(within_km + 1, ""))
        return (code, km) if km <= within_km else None
