"""Each form of a place: what it resolves to, and what is said when it does not."""

from typing import Any

import pytest

from processors.places import Gazetteer, PlaceGiven, PlaceProblem
from schemas.problems import Code

GAZETTEER = Gazetteer.load()


def resolved(**fields: Any) -> str:
    found = GAZETTEER.resolve(PlaceGiven(**fields))
    assert isinstance(found, str), found
    return found


def refused(**fields: Any) -> PlaceProblem:
    found = GAZETTEER.resolve(PlaceGiven(**fields))
    assert isinstance(found, PlaceProblem), found
    return found


def test_a_present_code_is_itself() -> None:
    assert resolved(municipality="GM0363") == "GM0363"


@pytest.mark.parametrize(
    ("former", "present"),
    [("GM0457", "GM0363"), ("GM0501", "GM1992"), ("GM0788", "GM0824"), ("GM0055", "GM0080"), ("GM1921", "GM1940")],
)
def test_a_former_code_is_its_primary_successor_even_where_it_was_split(former: str, present: str) -> None:
    assert resolved(municipality=former) == present


def test_a_code_that_never_was_is_an_unknown_place() -> None:
    problem = refused(municipality="GM9999")
    assert (problem.code, problem.field) == (Code.UNKNOWN_PLACE, "municipality")


@pytest.mark.parametrize("code", ["0363", "gm0363", "GM363", "GM0363 ", "GM\u0660363", "Amsterdam", ""])
def test_what_is_not_written_as_a_code_is_an_invalid_value(code: str) -> None:
    problem = refused(municipality=code)
    assert (problem.code, problem.field) == (Code.INVALID_VALUE, "municipality")


@pytest.mark.parametrize("postcode", ["3511", "3511AB", "3511 AB", "3511ab", "3511 Ab"])
def test_postcodes_of_four_digits_with_or_without_letters(postcode: str) -> None:
    assert resolved(postcode=postcode) == "GM0344"


@pytest.mark.parametrize(
    "postcode", ["351", "35111", "3511A", "3511ABC", "3511  AB", "3511-AB", " 3511", "\u06635\u0661\u0661", ""]
)
def test_what_is_not_written_as_a_postcode_is_an_invalid_value(postcode: str) -> None:
    problem = refused(postcode=postcode)
    assert (problem.code, problem.field) == (Code.INVALID_VALUE, "postcode")


def test_a_postcode_in_several_municipalities_is_the_primary_one() -> None:
    assert resolved(postcode="1096") == "GM0363"


@pytest.mark.parametrize("postcode", ["0000", "0000AA", "5592"])
def test_a_postcode_of_no_municipality_is_an_unknown_place(postcode: str) -> None:
    problem = refused(postcode=postcode)
    assert (problem.code, problem.field) == (Code.UNKNOWN_PLACE, "postcode")


@pytest.mark.parametrize("city", ["Antwerp", "Antwerpen", "ANVERS", " antwerp "])
def test_a_city_abroad_by_any_of_its_names(city: str) -> None:
    assert resolved(country="BE", city=city) == "BE:Antwerp"


def test_a_city_is_looked_for_in_its_own_country() -> None:
    assert resolved(country="BE", city="Essen") == "BE:Essen"
    assert resolved(country="DE", city="Essen") == "DE:Essen"
    assert refused(country="ES", city="Essen").code == Code.UNKNOWN_PLACE


def test_bergen_in_belgium_is_mons() -> None:
    assert resolved(country="BE", city="Bergen") == "BE:Mons"


def test_a_country_of_which_no_city_is_listed_is_a_place() -> None:
    assert resolved(country="IT") == "IT"


def test_a_country_of_which_cities_are_listed_lacks_its_city() -> None:
    problem = refused(country="BE")
    assert (problem.code, problem.field) == (Code.MISSING_FIELD, "city")


def test_a_city_of_a_country_without_listed_cities_is_unknown_and_the_hint_is_to_leave_it_out() -> None:
    problem = refused(country="IT", city="Rome")
    assert (problem.code, problem.field) == (Code.UNKNOWN_PLACE, "city")
    assert "country alone" in problem.hint


@pytest.mark.parametrize("more", [{}, {"city": "Utrecht"}])
def test_the_netherlands_as_a_country_are_no_place(more: dict[str, str]) -> None:
    problem = refused(country="NL", **more)
    assert (problem.code, problem.field) == (Code.UNKNOWN_PLACE, "country")
    assert "name" in problem.hint


@pytest.mark.parametrize("country", ["XX", "XK", "EU", "be", "BEL", "B", "", "Belgium"])
def test_a_country_is_two_capital_letters_of_the_standard(country: str) -> None:
    assert (refused(country=country).code, refused(country=country).field) == (Code.INVALID_VALUE, "country")
    assert refused(country=country, city="Antwerp").code == Code.INVALID_VALUE


@pytest.mark.parametrize(
    ("fields", "lacking"),
    [({"lat": 52.1}, "lon"), ({"lon": 5.1}, "lat"), ({"city": "Antwerp"}, "country")],
)
def test_half_a_form_lacks_its_other_half(fields: dict[str, str | float], lacking: str) -> None:
    problem = refused(**fields)
    assert (problem.code, problem.field) == (Code.MISSING_FIELD, lacking)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"municipality": "GM0363", "name": "Amsterdam"},
        {"postcode": "1011", "country": "NL"},
        {"lat": 52.1, "lon": 5.1, "name": "Utrecht"},
        {"lat": 52.1, "lon": 5.1, "country": "BE", "city": "Antwerp"},
        {"name": "Utrecht", "country": "NL"},
    ],
)
def test_no_form_and_two_forms_are_both_refused(fields: dict[str, str | float]) -> None:
    problem = refused(**fields)
    assert (problem.code, problem.field) == (Code.INVALID_VALUE, None)


@pytest.mark.parametrize(("lat", "field"), [(90.1, "lat"), (-91, "lat"), (10**400, "lat"), (float("nan"), "lat")])
def test_a_latitude_ends_at_the_poles(lat: float, field: str) -> None:
    problem = refused(lat=lat, lon=5.0)
    assert (problem.code, problem.field) == (Code.INVALID_VALUE, field)


@pytest.mark.parametrize("lon", [180.1, -181, float("inf"), float("nan")])
def test_a_longitude_ends_half_way_round(lon: float) -> None:
    problem = refused(lat=52.0, lon=lon)
    assert (problem.code, problem.field) == (Code.INVALID_VALUE, "lon")


@pytest.mark.parametrize(("lat", "lon"), [(90, 0), (-90, 180), (0, -180), (53.0, 3.0), (52.7, 5.4)])
def test_points_on_the_edge_of_the_world_and_at_sea_are_unknown_places(lat: float, lon: float) -> None:
    assert refused(lat=lat, lon=lon).code == Code.UNKNOWN_PLACE


def test_whole_degrees_are_numbers_too() -> None:
    assert resolved(lat=52, lon=6) == resolved(lat=52.0, lon=6.0)


def test_swapped_coordinates_are_hinted_at() -> None:
    assert "swapped" in refused(lat=5.30, lon=51.69).hint
    assert "swapped" not in refused(lat=53.0, lon=3.0).hint


def test_a_name_nearly_right_is_answered_with_ours() -> None:
    problem = refused(name="Utrcht")
    assert problem.code == Code.UNKNOWN_PLACE
    assert "did you mean Utrecht" in problem.hint


def test_a_city_abroad_nearly_right_is_answered_with_ours() -> None:
    problem = refused(country="BE", city="Antwrp")
    assert (problem.code, problem.field) == (Code.UNKNOWN_PLACE, "city")
    assert "did you mean Antwerp" in problem.hint


@pytest.mark.parametrize("name", ["Zzyzx Qwerty", "Jansen-Madeup", "x" * 10_000, "Ж", "", " ", "()", "L"])
def test_a_name_like_none_of_ours_is_not_guessed_at(name: str) -> None:
    problem = refused(name=name)
    assert problem.code == Code.UNKNOWN_PLACE
    assert "did you mean" not in problem.hint
    assert len(problem.message + problem.hint) < 200
