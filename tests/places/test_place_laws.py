"""Laws of resolving: any input gives a present code or a problem of ours, and how it is written does not matter."""

import json
import unicodedata
from itertools import pairwise
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from processors.boundaries import Boundaries
from processors.packaged import json_of, text_of
from processors.placenames import fold
from processors.places import Gazetteer, PlaceGiven, PlaceProblem
from schemas.problems import Code

GAZETTEER = Gazetteer.load()
BOUNDARIES = Boundaries.parse(text_of("municipalities.geojson"))
FEATURES: list[dict[str, Any]] = json_of("municipalities.geojson")["features"]
CODES = {Code.UNKNOWN_PLACE, Code.AMBIGUOUS_PLACE, Code.INVALID_VALUE, Code.MISSING_FIELD}

texts = st.one_of(
    st.none(), st.text(max_size=60), st.sampled_from(["GM0363", "Bergen", "3511AB", "BE", "IT", "NL", "Antwerp"])
)
numbers = st.one_of(st.none(), st.floats(), st.integers(), st.floats(50.5, 53.7), st.floats(3.0, 7.5))
anything = st.builds(
    PlaceGiven, municipality=texts, name=texts, postcode=texts, lat=numbers, lon=numbers, country=texts, city=texts
)
single = st.one_of(
    st.builds(PlaceGiven, municipality=texts),
    st.builds(PlaceGiven, name=texts),
    st.builds(PlaceGiven, postcode=texts),
    st.builds(PlaceGiven, lat=numbers, lon=numbers),
    st.builds(PlaceGiven, country=texts, city=texts),
)
lats, lons = st.floats(50.6, 53.7), st.floats(3.2, 7.4)
names = st.sampled_from([place.name for place in GAZETTEER.municipalities])


def rings_of(geometry: dict[str, Any]) -> list[list[list[float]]]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for part in parts for ring in part]


RINGS = {feature["id"]: rings_of(feature["geometry"]) for feature in FEATURES}


def is_sound(found: str | PlaceProblem) -> bool:
    if isinstance(found, str):
        return GAZETTEER.knows(found)
    return (
        found.code in CODES and bool(found.message) and bool(found.hint) and all(map(GAZETTEER.knows, found.candidates))
    )


@given(st.one_of(anything, single))
def test_whatever_is_given_the_answer_is_a_present_code_or_a_problem_and_always_the_same(place: PlaceGiven) -> None:
    found = GAZETTEER.resolve(place)
    assert is_sound(found)
    assert GAZETTEER.resolve(place) == found


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=4, max_size=40))
def test_what_was_given_is_never_told_back(text: str) -> None:
    for place in (
        PlaceGiven(municipality=text),
        PlaceGiven(name=text),
        PlaceGiven(postcode=text),
        PlaceGiven(country=text),
        PlaceGiven(country="BE", city=text),
    ):
        found = GAZETTEER.resolve(place)
        assert isinstance(found, PlaceProblem)
        assert text not in str(found)


@given(st.text())
def test_folding_twice_changes_nothing_and_leaves_only_plain_letters(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert all(c in "abcdefghijklmnopqrstuvwxyz0123456789 " for c in folded)
    assert folded == " ".join(folded.split())


@given(names, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.sampled_from([str.upper, str.lower, str.title, str]))
def test_a_name_may_be_written_in_any_case_and_normal_form(name: str, form: Any, case: Any) -> None:
    written = unicodedata.normalize(form, case(name))
    assert GAZETTEER.resolve(PlaceGiven(name=written)) == GAZETTEER.resolve(PlaceGiven(name=name))


@given(lats, lons)
@example(51.4477, 4.9291)
def test_the_polygon_found_is_the_one_that_a_plain_count_of_crossings_finds(lat: float, lon: float) -> None:
    assert BOUNDARIES.containing(lat, lon) == next(
        (code for code in sorted(RINGS) if crosses_oddly(RINGS[code], lat, lon)), None
    )


def crosses_oddly(rings: list[list[list[float]]], lat: float, lon: float) -> bool:
    """Even-odd rule: how often a ray to the east crosses the border."""
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


@given(lats, lons)
def test_looking_further_never_finds_a_nearer_border(lat: float, lon: float) -> None:
    near, far = BOUNDARIES.nearest(lat, lon, 2.0), BOUNDARIES.nearest(lat, lon, 300.0)
    assert far is not None
    assert near == (far if far[1] <= 2.0 else None)


@given(lats, lons, st.permutations(FEATURES[:12]))
def test_the_order_of_the_polygons_does_not_matter(lat: float, lon: float, shuffled: list[dict[str, Any]]) -> None:
    again = Boundaries.parse(json.dumps({"features": shuffled}))
    once = Boundaries.parse(json.dumps({"features": FEATURES[:12]}))
    assert again.containing(lat, lon) == once.containing(lat, lon)
    assert again.nearest(lat, lon, 50.0) == once.nearest(lat, lon, 50.0)
