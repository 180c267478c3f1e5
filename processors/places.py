"""Places: every form in which an event may tell where it happened, resolved to one present place (DESIGN section 4)."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from processors.abroad import ForeignCities, ForeignCity
from processors.boundaries import Boundaries
from processors.packaged import json_of, rows_of, text_of
from processors.placenames import PlaceNames
from schemas.countries import COUNTRIES
from schemas.problems import Code

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


@dataclass(frozen=True, slots=True)
class PlaceProblem:
    """Why a place could not be resolved, in words that never repeat what was given."""

    code: Code
    """``unknown_place``, ``ambiguous_place``, ``invalid_value`` or ``missing_field``."""
    message: str
    hint: str
    candidates: tuple[str, ...] = ()
    """ambiguous_place: the municipalities that it could be, sorted by code."""
    field: str | None = None
    """The field of the place that is meant (``city``), None for the place as a whole."""


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


class Gazetteer:
    """Knows every place and every way to name one. Immutable; safe to use from many threads.

    It remembers nothing of what it is asked: most passages asked for are no hit, and leave no trace.
    """

    def __init__(
        self,
        *,
        municipalities: Mapping[str, Place],
        regions: Mapping[str, str],
        names: PlaceNames,
        former: Mapping[str, str],
        postcodes: Mapping[str, str],
        cities: ForeignCities,
        countries: Mapping[str, str],
        geojson: str,
    ) -> None:
        """``former`` maps former codes, ``postcodes`` maps four digits, each to a present code."""
        self.municipalities = tuple(municipalities.values())
        """All present municipalities, sorted by code."""
        self.cities = tuple(sorted(map(_city_place, cities)))
        """All listed cities abroad, sorted by code."""
        self.regions = regions
        """The names of the police units by their ids."""
        self.countries = countries
        """The English names of all countries by their codes."""
        self._names = names
        self._municipality_codes = {**{code: code for code in municipalities}, **former}
        self._postcodes = postcodes
        self._cities = cities
        self._geojson = geojson
        self._places = {
            **municipalities,
            **{city.code: city for city in self.cities},
            **{code: _country_place(code, name) for code, name in countries.items() if code != "NL"},
        }

    @classmethod
    def load(cls) -> "Gazetteer":
        """The gazetteer of the packaged reference data. Takes a fraction of a second; make one and pass it on."""
        municipalities = dict(_municipalities())
        former = {code: told["primary_current"] for code, told in json_of("reorganisations.json")["former"].items()}
        return cls(
            municipalities=municipalities,
            regions={unit["id"]: unit["name"] for unit in json_of("regions.json")["police_units"]},
            names=PlaceNames(((place.name, code) for code, place in municipalities.items()), _other_names()),
            former=former,
            postcodes={row["pc4"]: row["municipality_code"] for row in rows_of("postcodes.csv")},
            cities=ForeignCities(_cities()),
            countries={row["code"]: row["name"] for row in rows_of("countries.csv")},
            geojson=text_of("municipalities.geojson"),
        )

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
            return _NOT_A_MUNICIPALITY_CODE
        return _UNKNOWN_MUNICIPALITY

    def _by_name(self, name: str) -> str | PlaceProblem:
        codes = self._names.codes_of(name)
        if len(codes) == 1:
            return codes[0]
        if codes:
            return self._ambiguous(codes)
        return PlaceProblem(
            Code.UNKNOWN_PLACE,
            "no municipality, alias or town has this name",
            _did_you_mean(self._names.similar_to(name), "send a municipality code, a postcode or lat and lon"),
        )

    def _ambiguous(self, codes: tuple[str, ...]) -> PlaceProblem:
        told = "; ".join(f"{code} {self._places[code].name}" for code in codes)
        return PlaceProblem(
            Code.AMBIGUOUS_PLACE,
            "several municipalities have a place of this name",
            f"send the municipality code that is meant: {told}",
            candidates=codes,
        )

    def _by_postcode(self, postcode: str) -> str | PlaceProblem:
        match = _POSTCODE.fullmatch(postcode)
        if match is None:
            return _NOT_A_POSTCODE
        return self._postcodes.get(match[1], _UNKNOWN_POSTCODE)

    def _by_point(self, lat: float, lon: float) -> str | PlaceProblem:
        if not -90 <= lat <= 90:
            return _NOT_A_LATITUDE
        if not -180 <= lon <= 180:
            return _NOT_A_LONGITUDE
        return self._boundaries.containing(lat, lon) or self._off_all_borders(lat, lon)

    def _off_all_borders(self, lat: float, lon: float) -> str | PlaceProblem:
        city = self._cities.nearest(lat, lon, FOREIGN_CITY_KM_MAX)
        municipality = self._boundaries.nearest(lat, lon, OFF_BORDER_KM_MAX)
        if municipality is not None and (city is None or city[1] >= municipality[1]):
            return municipality[0]
        if city is not None:
            return city[0]
        if self._boundaries.containing(lon, lat) is not None:
            return _SWAPPED_POINT
        return _UNKNOWN_POINT

    @cached_property
    def _boundaries(self) -> Boundaries:
        """Made at the first point asked for: many runs see none."""
        return Boundaries.parse(self._geojson)

    def _abroad(self, country: str, city: str | None) -> str | PlaceProblem:
        if country not in COUNTRIES:
            return _NOT_A_COUNTRY
        if country == "NL":
            return _NETHERLANDS
        if city is None:
            return _CITY_MISSING if self._cities.lists(country) else country
        if not self._cities.lists(country):
            return _NO_CITY_LISTED
        code = self._cities.code_of(country, city)
        if code is not None:
            return code
        return PlaceProblem(
            Code.UNKNOWN_PLACE,
            "no listed city of this country has this name",
            _did_you_mean(self._cities.similar_to(country, city), "send lat and lon, or the nearest larger city"),
            field="city",
        )


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


def _did_you_mean(names: tuple[str, ...], otherwise: str) -> str:
    return f"did you mean {', '.join(names)}? If not, {otherwise}" if names else otherwise


def _no_form(given: PlaceGiven) -> PlaceProblem:
    if given.lat is not None and given.lon is None:
        return _missing("lon", "lat goes with lon")
    if given.lon is not None and given.lat is None:
        return _missing("lat", "lon goes with lat")
    if given.city is not None and given.country is None:
        return _missing("country", "a city abroad goes with its country; a Dutch one is sent as name")
    return _NOT_ONE_FORM


def _missing(field: str, hint: str) -> PlaceProblem:
    return PlaceProblem(Code.MISSING_FIELD, "this place lacks a field", hint, field=field)


_NOT_ONE_FORM = PlaceProblem(
    Code.INVALID_VALUE,
    "a place is told in exactly one form",
    "send one of: municipality; name; postcode; lat and lon; country and city; country",
)
_NOT_A_MUNICIPALITY_CODE = PlaceProblem(
    Code.INVALID_VALUE,
    "not a CBS municipality code",
    "write GM and four digits, as GM0363; a name is sent as name",
    field="municipality",
)
_UNKNOWN_MUNICIPALITY = PlaceProblem(
    Code.UNKNOWN_PLACE,
    "no present or former municipality has this code",
    "see the CBS list of municipalities; codes abolished before 2014 are not known",
    field="municipality",
)
_NOT_A_POSTCODE = PlaceProblem(
    Code.INVALID_VALUE, "not a Dutch postcode", "write 3511, 3511AB or 3511 AB", field="postcode"
)
_UNKNOWN_POSTCODE = PlaceProblem(
    Code.UNKNOWN_PLACE, "no municipality has this postcode", "send the municipality code or the name", field="postcode"
)
_NOT_A_LATITUDE = PlaceProblem(
    Code.INVALID_VALUE,
    "not a latitude",
    "send degrees, WGS84, from -90 to 90 (in the Netherlands 50.7 to 53.6)",
    field="lat",
)
_NOT_A_LONGITUDE = PlaceProblem(
    Code.INVALID_VALUE,
    "not a longitude",
    "send degrees, WGS84, from -180 to 180 (in the Netherlands 3.3 to 7.3)",
    field="lon",
)
_SWAPPED_POINT = PlaceProblem(Code.UNKNOWN_PLACE, "no known place is near this point", "lat and lon seem to be swapped")
_UNKNOWN_POINT = PlaceProblem(
    Code.UNKNOWN_PLACE,
    "no known place is near this point",
    "check lat and lon (WGS84); or send country and city, or the municipality code",
)
_NOT_A_COUNTRY = PlaceProblem(
    Code.INVALID_VALUE, "not a country", "write two capital letters of ISO 3166-1 alpha-2, as BE", field="country"
)
_NETHERLANDS = PlaceProblem(
    Code.UNKNOWN_PLACE,
    "the Netherlands as a country are no place",
    "send municipality, name, postcode, or lat and lon instead",
    field="country",
)
_CITY_MISSING = PlaceProblem(
    Code.MISSING_FIELD, "cities of this country are listed, so the city is needed", "add city, as Antwerp", field="city"
)
_NO_CITY_LISTED = PlaceProblem(
    Code.UNKNOWN_PLACE, "no city of this country is listed", "send the country alone, without city", field="city"
)
