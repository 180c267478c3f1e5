"""The packaged reference data is whole, and every name in it leads where it says."""

import csv
import hashlib
import json
import math
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from processors.packaged import json_of, rows_of, text_of
from processors.placenames import fold
from processors.places import ATTRIBUTION, Gazetteer, PlaceGiven, PlaceProblem
from schemas.countries import COUNTRIES

GAZETTEER = Gazetteer.load()
CODES = {place.code for place in GAZETTEER.municipalities}
OFFICIAL = {fold(place.name): place.code for place in GAZETTEER.municipalities}


def municipalities() -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json_of("municipalities.json")
    return told


def named(name: str) -> tuple[str, ...]:
    found = GAZETTEER.resolve(PlaceGiven(name=name))
    return found.candidates if isinstance(found, PlaceProblem) else (found,)


def other_names() -> Iterator[tuple[str, str]]:
    for row in rows_of("aliases.csv"):
        yield row["alias"], row["municipality_code"]
    for row in rows_of("places.csv"):
        yield row["place"], row["municipality_code"]
        for name in row["alt_names"].split("|"):
            if name:
                yield name, row["municipality_code"]
    for former in json_of("reorganisations.json")["former"].values():
        yield former["name"], former["primary_current"]


def test_there_are_342_municipalities_in_the_order_of_their_codes() -> None:
    codes = [place.code for place in GAZETTEER.municipalities]
    assert codes == sorted(CODES)
    assert len(codes) == 342


def test_every_official_name_is_its_municipality() -> None:
    assert len(OFFICIAL) == 342
    assert {place.name: named(place.name) for place in GAZETTEER.municipalities} == {
        place.name: (place.code,) for place in GAZETTEER.municipalities
    }


def test_every_other_name_leads_to_its_municipality_unless_the_name_is_official_elsewhere() -> None:
    lost = [
        (name, code)
        for name, code in other_names()
        if code not in named(name) and OFFICIAL.get(fold(name)) in (None, code)
    ]
    assert lost == []


def test_every_name_without_its_bracket_leads_to_its_municipality_too() -> None:
    lost = [
        (name, code)
        for name, code in other_names()
        if "(" in name
        for short in [name.split("(")[0]]
        if code not in named(short) and fold(short) not in OFFICIAL
    ]
    assert lost == []


def test_every_alias_of_a_municipality_is_in_the_list_of_aliases_with_its_fold() -> None:
    rows = {(row["alias"], row["municipality_code"]) for row in rows_of("aliases.csv")}
    assert {(alias["name"], told["code"]) for told in municipalities() for alias in told["aliases"]} <= rows
    assert all(fold(row["alias"]) == row["folded"] for row in rows_of("aliases.csv"))


def test_every_present_and_former_code_resolves_to_a_present_one() -> None:
    former = json_of("reorganisations.json")["former"]
    assert len(former) == 90
    assert not former.keys() & CODES
    for code, told in former.items():
        assert GAZETTEER.resolve(PlaceGiven(municipality=code)) == told["primary_current"]
        assert told["primary_current"] in told["current"]
        assert set(told["current"]) <= CODES
    assert all(GAZETTEER.resolve(PlaceGiven(municipality=code)) == code for code in CODES)


def test_every_abolished_code_of_the_reorganisations_is_known() -> None:
    told = json_of("reorganisations.json")
    abolished = {code for event in told["events"] for code in event["abolished"]}
    assert abolished == told["former"].keys()


def test_every_postcode_is_its_primary_municipality_in_all_three_ways_of_writing() -> None:
    rows = list(rows_of("postcodes.csv"))
    assert len(rows) == len({row["pc4"] for row in rows}) == 4080
    for row in rows:
        assert row["municipality_code"] in row["all_municipality_codes"].split(";")
        for written in (row["pc4"], f"{row['pc4']}AB", f"{row['pc4']} AB"):
            assert GAZETTEER.resolve(PlaceGiven(postcode=written)) == row["municipality_code"]
    assert {row["municipality_code"] for row in rows} <= CODES


def test_every_point_of_a_municipality_lies_in_it() -> None:
    for told in municipalities():
        for lat, lon in ((told["lat"], told["lon"]), (told["label_lat"], told["label_lon"])):
            assert GAZETTEER.resolve(PlaceGiven(lat=lat, lon=lon)) == told["code"], told["name"]


def test_every_town_lies_in_its_municipality() -> None:
    inside = [row for row in rows_of("places.csv") if row["coord_in_polygon"] == "1"]
    assert len(inside) == 2496
    for row in inside:
        found = GAZETTEER.resolve(PlaceGiven(lat=float(row["lat"]), lon=float(row["lon"])))
        assert found == row["municipality_code"], row["place"]


def test_every_police_unit_has_its_municipalities() -> None:
    units = json_of("regions.json")["police_units"]
    members = {
        unit["id"]: {place.code for place in GAZETTEER.municipalities if place.region == unit["id"]} for unit in units
    }
    assert members == {unit["id"]: set(unit["municipalities"]) for unit in units}
    assert set(GAZETTEER.regions) == members.keys()
    assert GAZETTEER.region_name("midden-nederland") == "Midden-Nederland"
    assert GAZETTEER.region_name("BE") == "Belgium"


def test_every_foreign_city_by_each_of_its_names_and_no_name_is_of_two() -> None:
    cities = json_of("foreign_cities.json")
    assert len(cities) == 380
    for city in cities:
        code = f"{city['country_code']}:{city['name']}"
        for name in (city["name"], *city["aliases"]):
            assert GAZETTEER.resolve(PlaceGiven(country=city["country_code"], city=name)) == code
        place = GAZETTEER.place(code)
        assert (place.lat, place.lon, place.country, place.region) == (
            city["lat"],
            city["lon"],
            city["country_code"],
            city["country_code"],
        )
        assert GAZETTEER.resolve(PlaceGiven(lat=place.lat, lon=place.lon)) == code


def test_every_country_of_the_standard_has_a_name_and_is_a_place_unless_its_cities_are_listed() -> None:
    assert GAZETTEER.countries.keys() == COUNTRIES
    assert all(GAZETTEER.countries.values())
    listed = {city.country for city in GAZETTEER.cities}
    assert listed == {"BE", "DE", "ES", "MD", "RO"}
    for code in COUNTRIES - listed - {"NL"}:
        assert GAZETTEER.resolve(PlaceGiven(country=code)) == code
        place = GAZETTEER.place(code)
        assert (place.region, place.country, place.is_country, math.isnan(place.lat)) == (code, code, True, True)


def test_what_is_no_code_of_a_place_is_not_known() -> None:
    assert not any(map(GAZETTEER.knows, ("NL", "XX", "GM0457", "BE:Antwerpen", "Amsterdam", "")))
    assert all(map(GAZETTEER.knows, ("GM0363", "BE:Antwerp", "IT")))


def test_both_maps_have_every_municipality_once() -> None:
    features = json_of("municipalities.geojson")["features"]
    shapes = json_of("municipalities.topojson")["objects"]["municipalities"]["geometries"]
    assert sorted(feature["id"] for feature in features) == sorted(CODES)
    assert sorted(shape["id"] for shape in shapes) == sorted(CODES)
    units = {place.code: place.region for place in GAZETTEER.municipalities}
    assert {shape["id"]: shape["properties"]["police_unit_id"] for shape in shapes} == units


def test_placeholders_are_told_on_their_canonical_form() -> None:
    placeholders = json_of("placeholders.json")
    assert placeholders.keys() == {"document", "bvh_person", "plate", "name"}
    assert all(
        text.isascii() and text.isalnum() and text == text.upper() for kind in placeholders.values() for text in kind
    )


def test_the_readme_tells_of_every_file_and_carries_the_attribution() -> None:
    packaged = {
        file.name for file in files("processors.reference").iterdir() if file.is_file() and file.name[0] not in "_R"
    }
    readme = text_of("README.md")
    assert {name for name in packaged if f"| `{name}` |" not in readme} == set()
    assert ATTRIBUTION in readme


def test_the_data_has_no_stray_spaces_and_no_empty_codes() -> None:
    for file in ("aliases.csv", "places.csv", "postcodes.csv", "countries.csv"):
        rows = list(csv.reader(text_of(file).splitlines()))
        assert {len(row) for row in rows} == {len(rows[0])}, file
        assert all(cell == cell.strip() for row in rows for cell in row), file
        assert all(row[0] for row in rows), file


def test_reading_the_data_twice_gives_the_same() -> None:
    def digest(gazetteer: Gazetteer) -> str:
        told = [gazetteer.municipalities, gazetteer.cities, sorted(gazetteer.regions.items())]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    assert digest(GAZETTEER) == digest(Gazetteer.load())
