"""Places: every form in which an event may tell where it happened, resolved to one present place (DESIGN section 4)."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from processors import placeproblems as problems
from processors.abroad import ForeignCities, ForeignCity
from processors.boundaries import Boundaries
from processors.packaged import json_of, rows_of, text_of
from processors.placenames import PlaceNames
from processors.placeproblems import PlaceProblem
from schemas.countries import COUNTRIES

__all__ = ["ATTRIBUTION", "Gazetteer", "Place", "PlaceGiven", "PlaceProblem", "Tables"]

ATTRIBUTION = (
    "Boundaries: CBS/Kadaster (CC BY 4.0). Places, postcodes, cities: GeoNames (CC BY 4.0), BAG/Kadaster (CC0)."
)
"""To be shown wherever the map or the lists made from this data are."""

OFF_BORDER_KM_MAX = 2.0
"""A point this far outside all municipalities still belongs to the nearest: the generalised borders leave out water."""
FOREIGN_CITY_KM_MAX = 25.0
"""A point abroad this far from a listed city is told as that city."""

_MUNICIPALITY = re.compile(r"GM\d{4}", re.ASCII)
_POSTCODE = re.compile(r"(\d{4})(?: ?[A-Za-z]{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlaceGiven:
    """A place as an event tells it: the fields of exactly one form, the others None.

    The forms: ``municipality``; ``name``; ``postcode``; ``lat`` and ``lon``; ``country`` and ``city``; ``country``.
    """

    municipality: str | None = None
    name: str | None = None
    postcode: str | None = None
    lat: float | None = None
    """Degrees, WGS84."""
    lon: float | None = None
    country: str | None = None
    city: str | None = None


class Place(NamedTuple):
    """A place that sightings can be in."""

    code: str
    """Present CBS code ``GM0363``, ``BE:Antwerp`` or ``IT``."""
    name: str
    lat: float
    """Degrees, WGS84; not a number where the place is a country."""
    lon: float
    region: str
    """The police unit; abroad the country code."""
    country: str
    """ISO 3166-1 alpha-2; ``NL`` for a municipality."""
    is_country: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What a gazetteer is made of."""

    municipalities: Mapping[str, Place]
    """By present code."""
    names: PlaceNames
    former: Mapping[str, str]
    """Former code to present code."""
    postcodes: Mapping[str, str]
    """Four digits to present code."""
    regions: Mapping[str, str]
    """Police unit id to name."""
    cities: ForeignCities
    countries: Mapping[str, str]
    """ISO 3166-1 alpha-2 to English name."""
    geojson: str
    """The polygons of the municipalities, not parsed yet."""


class Gazetteer:
    """Knows every place and every way to name one. Immutable; safe to use from many threads.

    It remembers nothing of what it is asked: most passages asked for are no hit, and leave no trace.
    """

    def __init__(self, tables: Tables) -> None:
        self.municipalities = tuple(tables.municipalities.values())
        """All present municipalities, sorted by code."""
        self.cities = tuple(sorted(map(_city_place, tables.cities)))
        """All listed cities abroad, sorted by code."""
        self.regions = tables.regions
        """The names of the police units by their ids."""
        self.countries = tables.countries
        """The English names of all countries by their codes."""
        self._names = tables.names
        self._municipality_codes = {**{code: code for code in tables.municipalities}, **tables.former}
        self._postcodes = tables.postcodes
        self._cities = tables.cities
        self._geojson = tables.geojson
        self._places = {
            **tables.municipalities,
            **{city.code: city for city in self.cities},
            **{code: _country_place(code, name) for code, name in tables.countries.items() if code != "NL"},
        }

    @classmethod
    def load(cls) -> "Gazetteer":
        """The gazetteer of the packaged reference data. Takes a fraction of a second; make one and pass it on."""
        municipalities = dict(_municipalities())
        former = {code: told["primary_current"] for code, told in json_of("reorganisations.json")["former"].items()}
        tables = Tables(
            municipalities=municipalities,
            regions={unit["id"]: unit["name"] for unit in json_of("regions.json")["police_units"]},
            names=PlaceNames(((place.name, code) for code, place in municipalities.items()), _other_names()),
            former=former,
            postcodes={row["pc4"]: row["municipality_code"] for row in rows_of("postcodes.csv")},
            cities=ForeignCities(_cities()),
            countries={row["code"]: row["name"] for row in rows_of("countries.csv")},
            geojson=text_of("municipalities.geojson"),
        )
        return cls(tables)

    def place(self, code: str) -> Place:
        """The place with this code, which is what ``resolve`` gives. Raises KeyError for any other text."""
        return self._places[code]

    def knows(self, code: str) -> bool:
        """Whether this is the code of a place."""
        return code in self._places

    def region_name(self, region: str) -> str:
        """The name of a police unit, or of the country that stands for it abroad. Raises KeyError for neither."""
        name = self.regions.get(region)
        return self.countries[region] if name is None else name

    def names(self) -> Iterator[tuple[str | None, str]]:
        """Every name that a place is known by, folded: of Dutch ones with None, of cities abroad with their country."""
        yield from ((None, name) for name in self._names)
        yield from self._cities.names()

    def resolve(self, given: PlaceGiven) -> str | PlaceProblem:
        """The code of the one present place that is meant, or why there is none. Takes microseconds."""
        match given:
            case PlaceGiven(str(municipality), None, None, None, None, None, None):
                return self._by_code(municipality)
            case PlaceGiven(None, str(name), None, None, None, None, None):
                return self._by_name(name)
            case PlaceGiven(None, None, str(postcode), None, None, None, None):
                return self._by_postcode(postcode)
            case PlaceGiven(None, None, None, float() | int() as lat, float() | int() as lon, None, None):
                return self._by_point(lat, lon)
            case PlaceGiven(None, None, None, None, None, str(country), str() | None as city):
                return self._abroad(country, city)
        return _no_form(given)

    def _by_code(self, code: str) -> str | PlaceProblem:
        present = self._municipality_codes.get(code)
        if present is not None:
            return present
        if _MUNICIPALITY.fullmatch(code) is None:
            return problems.NOT_A_MUNICIPALITY_CODE
        return problems.UNKNOWN_MUNICIPALITY

    def _by_name(self, name: str) -> str | PlaceProblem:
        codes = self._names.codes_of(name)
        if len(codes) == 1:
            return codes[0]
        if codes:
            return self._ambiguous(codes)
        return problems.unknown_name(self._names.similar_to(name))

    def _ambiguous(self, codes: tuple[str, ...]) -> PlaceProblem:
        return problems.ambiguous({code: self._places[code].name for code in codes})

    def _by_postcode(self, postcode: str) -> str | PlaceProblem:
        match = _POSTCODE.fullmatch(postcode)
        if match is None:
            return problems.NOT_A_POSTCODE
        return self._postcodes.get(match[1], problems.UNKNOWN_POSTCODE)

    def _by_point(self, lat: float, lon: float) -> str | PlaceProblem:
        if not -90 <= lat <= 90:
            return problems.NOT_A_LATITUDE
        if not -180 <= lon <= 180:
            return problems.NOT_A_LONGITUDE
        return self._boundaries.containing(lat, lon) or self._off_all_borders(lat, lon)

    def _off_all_borders(self, lat: float, lon: float) -> str | PlaceProblem:
        city = self._cities.nearest(lat, lon, FOREIGN_CITY_KM_MAX)
        municipality = self._boundaries.nearest(lat, lon, OFF_BORDER_KM_MAX)
        if municipality is not None and (city is None or city[1] >= municipality[1]):
            return municipality[0]
        if city is not None:
            return city[0]
        if self._boundaries.containing(lon, lat) is not None:
            return problems.SWAPPED_POINT
        return problems.UNKNOWN_POINT

    @cached_property
    def _boundaries(self) -> Boundaries:
        """Made at the first point asked for: many runs see none."""
        return Boundaries.parse(self._geojson)

    def _abroad(self, country: str, city: str | None) -> str | PlaceProblem:
        if country not in COUNTRIES:
            return problems.NOT_A_COUNTRY
        if country == "NL":
            return problems.NETHERLANDS
        if city is None:
            return problems.CITY_MISSING if self._cities.lists(country) else country
        if not self._cities.lists(country):
            return problems.NO_CITY_LISTED
        return self._cities.code_of(country, city) or problems.unknown_city(self._cities.similar_to(country, city))


def _municipalities() -> Iterator[tuple[str, Place]]:
    for told in sorted(json_of("municipalities.json"), key=lambda told: str(told["code"])):
        place = Place(told["code"], told["name"], told["lat"], told["lon"], told["police_unit_id"], "NL", False)
        yield place.code, place


def _other_names() -> Iterator[tuple[str, str]]:
    """Pairs of a name and a code: aliases, towns, their alternative names, former municipalities."""
    for row in rows_of("aliases.csv"):
        yield row["alias"], row["municipality_code"]
    for row in rows_of("places.csv"):
        yield row["place"], row["municipality_code"]
        for name in filter(None, row["alt_names"].split("|")):
            yield name, row["municipality_code"]
    for told in json_of("reorganisations.json")["former"].values():
        yield told["name"], told["primary_current"]


def _cities() -> Iterator[ForeignCity]:
    for told in json_of("foreign_cities.json"):
        yield ForeignCity(told["country_code"], told["name"], told["lat"], told["lon"], tuple(told["aliases"]))


def _city_place(city: ForeignCity) -> Place:
    return Place(city.code, city.name, city.lat, city.lon, city.country, city.country, False)


def _country_place(code: str, name: str) -> Place:
    return Place(code, name, math.nan, math.nan, code, code, True)


def _no_form(given: PlaceGiven) -> PlaceProblem:
    if given.lat is not None and given.lon is None:
        return problems.LON_MISSING
    if given.lon is not None and given.lat is None:
        return problems.LAT_MISSING
    if given.city is not None and given.country is None:
        return problems.COUNTRY_MISSING
    return problems.NOT_ONE_FORM
