"""What can be wrong with a place, in words that never repeat what was given (DESIGN section 4, Errors)."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.problems import Code


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


def unknown_name(similar: tuple[str, ...]) -> PlaceProblem:
    """No place in the Netherlands is called so; ``similar`` are names of ours."""
    hint = _did_you_mean(similar, "send a municipality code, a postcode or lat and lon")
    return PlaceProblem(Code.UNKNOWN_PLACE, "no municipality, alias or town has this name", hint, field="name")


def unknown_city(similar: tuple[str, ...]) -> PlaceProblem:
    """No listed city of the country is called so; ``similar`` are names of ours."""
    hint = _did_you_mean(similar, "send lat and lon, or the nearest larger city")
    return PlaceProblem(Code.UNKNOWN_PLACE, "no listed city of this country has this name", hint, field="city")


def ambiguous(names: Mapping[str, str]) -> PlaceProblem:
    """Several municipalities have a place called so: their names by their codes."""
    candidates = tuple(sorted(names))
    return PlaceProblem(
        Code.AMBIGUOUS_PLACE,
        "several municipalities have a place of this name",
        "send the municipality code that is meant: " + "; ".join(f"{code} {names[code]}" for code in candidates),
        candidates=candidates,
        field="name",
    )


def _did_you_mean(names: tuple[str, ...], otherwise: str) -> str:
    return f"did you mean {', '.join(names)}? If not, {otherwise}" if names else otherwise


NOT_ONE_FORM = PlaceProblem(
    Code.INVALID_VALUE,
    "a place is told in exactly one form",
    "send one of: municipality; name; postcode; lat and lon; country and city; country",
)
NOT_A_MUNICIPALITY_CODE = PlaceProblem(
    Code.INVALID_VALUE,
    "not a CBS municipality code",
    "write GM and four digits, as GM0363; a name is sent as name",
    field="municipality",
)
UNKNOWN_MUNICIPALITY = PlaceProblem(
    Code.UNKNOWN_PLACE,
    "no present or former municipality has this code",
    "see the CBS list of municipalities; codes abolished before 2014 are not known",
    field="municipality",
)
NOT_A_POSTCODE = PlaceProblem(
    Code.INVALID_VALUE, "not a Dutch postcode", "write 3511, 3511AB or 3511 AB", field="postcode"
)
UNKNOWN_POSTCODE = PlaceProblem(
    Code.UNKNOWN_PLACE, "no municipality has this postcode", "send the municipality code or the name", field="postcode"
)
NOT_A_LATITUDE = PlaceProblem(
    Code.INVALID_VALUE,
    "not a latitude",
    "send degrees, WGS84, from -90 to 90 (in the Netherlands 50.7 to 53.6)",
    field="lat",
)
NOT_A_LONGITUDE = PlaceProblem(
    Code.INVALID_VALUE,
    "not a longitude",
    "send degrees, WGS84, from -180 to 180 (in the Netherlands 3.3 to 7.3)",
    field="lon",
)
SWAPPED_POINT = PlaceProblem(Code.UNKNOWN_PLACE, "no known place is near this point", "lat and lon seem to be swapped")
UNKNOWN_POINT = PlaceProblem(
    Code.UNKNOWN_PLACE,
    "no known place is near this point",
    "check lat and lon (WGS84); or send country and city, or the municipality code",
)
NOT_A_COUNTRY = PlaceProblem(
    Code.INVALID_VALUE, "not a country", "write two capital letters of ISO 3166-1 alpha-2, as BE", field="country"
)
NETHERLANDS = PlaceProblem(
    Code.UNKNOWN_PLACE,
    "the Netherlands as a country are no place",
    "send municipality, name, postcode, or lat and lon instead",
    field="country",
)
LAT_MISSING = PlaceProblem(Code.MISSING_FIELD, "lon without lat is no place", "send lat as well", field="lat")
LON_MISSING = PlaceProblem(Code.MISSING_FIELD, "lat without lon is no place", "send lon as well", field="lon")
COUNTRY_MISSING = PlaceProblem(
    Code.MISSING_FIELD,
    "a city abroad goes with its country",
    "send country as well; a Dutch town is sent as name",
    field="country",
)
CITY_MISSING = PlaceProblem(
    Code.MISSING_FIELD, "cities of this country are listed, so the city is needed", "add city, as Antwerp", field="city"
)
NO_CITY_LISTED = PlaceProblem(
    Code.UNKNOWN_PLACE, "no city of this country is listed", "send the country alone, without city", field="city"
)
