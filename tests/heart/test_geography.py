"""What lies between two places: kilometres, borders, and the time it takes."""

from dataclasses import dataclass

import pytest

from processors.geography import Between, Distances, distance_km
from processors.relocations import is_implausible
from processors.rules import Rules
from schemas.times import HOUR_MS

AMSTERDAM, MAASTRICHT, ANTWERP = (52.3731, 4.8925), (50.8514, 5.6910), (51.2213, 4.3997)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (AMSTERDAM, MAASTRICHT, 177.9592),
        (AMSTERDAM, ANTWERP, 132.4814),
        (AMSTERDAM, AMSTERDAM, 0.0),
        ((0.0, 0.0), (0.0, 180.0), 20015.1145),
        ((0.0, 0.0), (0.0, 90.0), 10007.5572),
        ((90.0, 10.0), (-90.0, 70.0), 20015.1145),
        ((10.0, 20.0), (-30.0, -40.0), 7799.9873),
    ],
)
def test_the_great_circle_is_as_long_one_way_as_the_other(one, other, km):
    assert distance_km(*one, *other) == pytest.approx(km, abs=0.001)
    assert distance_km(*other, *one) == pytest.approx(km, abs=0.001)


@dataclass
class MadeUpPlace:
    region: str
    country: str = "NL"
    is_country: bool = False
    lat: float = 52.0
    lon: float = 5.0


class MadeUpAtlas:
    """Counts how often it is asked."""

    def __init__(self, **places):
        self.places = places
        self.asked = []

    def place(self, code):
        self.asked.append(code)
        return self.places[code]


def an_atlas():
    return MadeUpAtlas(
        here=MadeUpPlace("unit-1"),
        near=MadeUpPlace("unit-1", lat=53.0),
        far=MadeUpPlace("unit-2", lat=54.0),
        city=MadeUpPlace("BE", "BE"),
        other_city=MadeUpPlace("BE", "BE", lat=51.0),
        land=MadeUpPlace("IT", "IT", is_country=True, lat=float("nan"), lon=float("nan")),
    )


DEGREE_KM = 111.1951


@pytest.mark.parametrize(
    ("one", "other", "km", "cross_region", "cross_border"),
    [
        ("here", "near", DEGREE_KM, False, False),
        ("here", "far", 2 * DEGREE_KM, True, False),
        ("here", "city", 0.0, True, True),
        ("city", "other_city", DEGREE_KM, False, True),
        ("here", "land", None, True, True),
        ("city", "land", None, True, True),
        ("land", "land", None, False, True),
    ],
)
def test_regions_and_borders_are_crossed_both_ways(one, other, km, cross_region, cross_border):
    expected = Between(None if km is None else pytest.approx(km, abs=0.001), cross_region, cross_border)
    assert Distances(an_atlas()).between(one, other) == expected
    assert Distances(an_atlas()).between(other, one) == expected


def test_what_was_asked_before_is_not_asked_again():
    atlas = an_atlas()
    distances = Distances(atlas)
    first = distances.between("here", "far")
    assert distances.between("here", "far") == first
    assert atlas.asked == ["here", "far"]
    distances.between("far", "here")
    assert atlas.asked == ["here", "far", "far", "here"]


def test_a_place_that_is_none_is_the_callers_mistake():
    with pytest.raises(KeyError):
        Distances(an_atlas()).between("here", "nowhere")


@pytest.mark.parametrize(
    ("km", "left_at", "arrived_at", "implausible"),
    [
        (None, 0, 1, False),
        (200.0, None, 1, False),
        (50.0, 0, 0, False),
        (50.001, 0, 0, True),
        (50.001, 5, 4, True),
        (200.0, 0, HOUR_MS, False),
        (200.0, 0, HOUR_MS - 1, True),
        (200.001, 0, HOUR_MS, True),
        (400.0, 0, 2 * HOUR_MS, False),
        (400.0, HOUR_MS, 2 * HOUR_MS, True),
    ],
)
def test_faster_than_anybody_travels_and_further_than_next_door_is_implausible(km, left_at, arrived_at, implausible):
    assert is_implausible(km, left_at, arrived_at, Rules()) is implausible


def test_a_millisecond_may_be_time_enough():
    rules = Rules(implausible_kmh=1_000_000, implausible_min_km=0.1)
    assert not is_implausible(0.2, 0, 1, rules)
    assert is_implausible(0.3, 0, 1, rules)
