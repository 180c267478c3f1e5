"""Points: in a polygon, a little outside all, near a city abroad; before, at and after every edge."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from processors.abroad import ForeignCities, ForeignCity
from processors.boundaries import Boundaries
from processors.geography import EARTH_RADIUS_KM
from processors.placenames import PlaceNames
from processors.places import Gazetteer, Place, PlaceGiven, PlaceProblem, Tables
from schemas.problems import Code

KM = 1 / math.radians(EARTH_RADIUS_KM)
"""One kilometre along a meridian, in degrees."""
MM = KM / 1e6
SQUARE = ((5.0, 52.0), (6.0, 52.0), (6.0, 53.0), (5.0, 53.0), (5.0, 52.0))


def a_feature(code: str, *rings: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    return {"type": "Feature", "id": code, "geometry": {"type": "Polygon", "coordinates": rings}}


def a_square(code: str, west: float, south: float, side: float = 1.0) -> dict[str, Any]:
    east, north = west + side, south + side
    return a_feature(code, ((west, south), (east, south), (east, north), (west, north), (west, south)))


def a_map(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def a_gazetteer(*cities: ForeignCity, geojson: str = a_map(a_feature("GM9001", SQUARE))) -> Gazetteer:
    tables = Tables(
        municipalities={"GM9001": Place("GM9001", "Verzonnen", 52.5, 5.5, "midden-verzonnen", "NL", False)},
        regions={"midden-verzonnen": "Midden-Verzonnen"},
        names=PlaceNames([], []),
        former={},
        postcodes={},
        cities=ForeignCities(cities),
        countries={"NL": "Netherlands", "BE": "Belgium"},
        geojson=geojson,
    )
    return Gazetteer(tables)


def a_city(lat: float, lon: float, name: str = "Madeupstad") -> ForeignCity:
    return ForeignCity("BE", name, lat, lon)


def at(gazetteer: Gazetteer, lat: float, lon: float) -> str | Code:
    found = gazetteer.resolve(PlaceGiven(lat=lat, lon=lon))
    return found.code if isinstance(found, PlaceProblem) else found


def test_a_point_in_a_polygon_is_its_municipality() -> None:
    assert at(a_gazetteer(), 52.5, 5.5) == "GM9001"


def test_inside_its_polygon_no_city_abroad_matters() -> None:
    assert at(a_gazetteer(a_city(52.5, 5.5)), 52.5, 5.5) == "GM9001"


def test_a_point_on_the_border_is_inside() -> None:
    assert at(a_gazetteer(a_city(52.0, 5.5)), 52.0, 5.5) == "GM9001"


def test_on_a_shared_border_the_smaller_code_has_the_point() -> None:
    for features in (
        (a_square("GM9002", 5, 52), a_square("GM9001", 6, 52)),
        (a_square("GM9001", 5, 52), a_square("GM9002", 6, 52)),
    ):
        assert Boundaries.parse(a_map(*features)).containing(52.5, 6.0) == "GM9001"


def test_a_hole_is_outside_and_belongs_to_whoever_lies_in_it() -> None:
    hole = ((5.4, 52.4), (5.6, 52.4), (5.6, 52.6), (5.4, 52.6), (5.4, 52.4))
    around = a_feature("GM9001", SQUARE, hole)
    assert Boundaries.parse(a_map(around)).containing(52.5, 5.5) is None
    assert Boundaries.parse(a_map(around, a_feature("GM9002", hole))).containing(52.5, 5.5) == "GM9002"


@pytest.mark.parametrize(
    ("km", "found"),
    [
        (0.001, "GM9001"),
        (1.0, "GM9001"),
        (2.0 - 1e-6, "GM9001"),
        (2.0 + 1e-6, Code.UNKNOWN_PLACE),
        (3.0, Code.UNKNOWN_PLACE),
    ],
)
def test_two_kilometres_outside_all_is_still_the_nearest_municipality(km: float, found: str) -> None:
    assert at(a_gazetteer(), 52.0 - km * KM, 5.5) == found


@pytest.mark.parametrize("towards", [(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0), (0.6, 0.8), (-0.8, 0.6)])
def test_two_kilometres_are_as_long_in_every_direction(towards: tuple[float, float]) -> None:
    tiny = Boundaries.parse(a_map(a_square("GM9001", 5.0, 52.0, side=1e-7)))
    east, north = towards
    for km, found in ((1.999, True), (2.001, False)):
        lat, lon = 52.0 + km * KM * north, 5.0 + km * KM * east / math.cos(math.radians(52.0))
        assert (tiny.nearest(lat, lon, 2.0) is not None) is found


def test_the_edge_itself_is_within() -> None:
    boundaries = Boundaries.parse(a_map(a_feature("GM9001", SQUARE)))
    found = boundaries.nearest(52.0 - 1.5 * KM, 5.5, 2.0)
    assert found is not None
    code, km = found
    assert code == "GM9001"
    assert km == pytest.approx(1.5, abs=1e-9)
    assert boundaries.nearest(52.0 - 1.5 * KM, 5.5, km) == found
    assert boundaries.nearest(52.0 - 1.5 * KM, 5.5, math.nextafter(km, 0)) is None


def test_of_two_municipalities_the_nearer_border_wins_and_a_tie_goes_to_the_smaller_code() -> None:
    boundaries = Boundaries.parse(a_map(a_square("GM9002", 5, 52), a_square("GM9001", 5, 50.99)))
    middle = (51.99 + 52.0) / 2
    assert boundaries.nearest(middle + 100 * MM, 5.5, 2.0)[0] == "GM9002"  # type: ignore[index]
    assert boundaries.nearest(middle - 100 * MM, 5.5, 2.0)[0] == "GM9001"  # type: ignore[index]
    twins = Boundaries.parse(a_map(a_square("GM9002", 5, 52), a_square("GM9001", 5, 52)))
    assert twins.nearest(51.99, 5.5, 2.0)[0] == "GM9001"  # type: ignore[index]


@pytest.mark.parametrize(
    ("city_km", "found"), [(0.999, "BE:Madeupstad"), (1.001, "GM9001"), (24.0, "GM9001"), (30.0, "GM9001")]
)
def test_within_two_kilometres_a_city_abroad_wins_only_if_it_is_nearer_than_the_border(
    city_km: float, found: str
) -> None:
    lat = 52.0 - 1.0 * KM
    assert at(a_gazetteer(a_city(lat - city_km * KM, 5.5)), lat, 5.5) == found


def test_a_city_exactly_as_near_as_the_border_does_not_win() -> None:
    lat = 51.99
    border_km = Boundaries.parse(a_map(a_feature("GM9001", SQUARE))).nearest(lat, 5.5, 2.0)[1]  # type: ignore[index]
    mirrored = a_city(52.0, 5.5)
    assert ForeignCities([mirrored]).nearest(lat, 5.5, 25.0) == ("BE:Madeupstad", border_km)
    assert at(a_gazetteer(mirrored), lat, 5.5) == "GM9001"


@pytest.mark.parametrize(
    ("city_km", "found"),
    [
        (0.0, "BE:Madeupstad"),
        (25.0 - 1e-6, "BE:Madeupstad"),
        (25.0 + 1e-6, Code.UNKNOWN_PLACE),
        (26, Code.UNKNOWN_PLACE),
    ],
)
def test_abroad_a_listed_city_within_25_kilometres_is_the_place(city_km: float, found: str) -> None:
    lat = 52.0 - 40 * KM
    assert at(a_gazetteer(a_city(lat - city_km * KM, 5.5)), lat, 5.5) == found
    east = city_km * KM / math.cos(math.radians(lat))
    if abs(city_km - 25.0) > 0.1:
        assert at(a_gazetteer(a_city(lat, 5.5 + east)), lat, 5.5) == found


def test_the_nearest_city_is_taken_and_a_tie_goes_to_the_smaller_code() -> None:
    lat = 51.0
    near, far = a_city(lat + 3 * KM, 5.5, "Nabij"), a_city(lat - 4 * KM, 5.5, "Aanver")
    assert at(a_gazetteer(near, far), lat, 5.5) == "BE:Nabij"
    twins = a_city(lat, 5.6, "Bee"), a_city(lat, 5.6, "Aaa")
    assert at(a_gazetteer(*twins), lat, 5.5) == "BE:Aaa"


def test_real_points() -> None:
    gazetteer = Gazetteer.load()
    told = {
        "the dam in Amsterdam": (52.3731, 4.8926, "GM0363"),
        "a motorway near Den Bosch": (51.69, 5.30, "GM0796"),
        "Antwerp's harbour": (51.27, 4.38, "BE:Antwerp"),
        "Baarle-Nassau": (51.4477, 4.9291, "GM0744"),
        "Aachen": (50.7766, 6.0834, "DE:Aachen"),
        "the middle of the IJsselmeer": (52.8, 5.3, Code.UNKNOWN_PLACE),
        "Paris": (48.8566, 2.3522, Code.UNKNOWN_PLACE),
    }
    assert {what: at(gazetteer, lat, lon) for what, (lat, lon, _) in told.items()} == {
        what: found for what, (_, _, found) in told.items()
    }


def test_many_threads_asking_a_new_gazetteer_at_once_get_the_right_answers() -> None:
    gazetteer = Gazetteer.load()
    points = [(place.code, place.lat, place.lon) for place in gazetteer.municipalities] * 5
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda point: at(gazetteer, point[1], point[2]), points))
    assert found == [code for code, _, _ in points]
