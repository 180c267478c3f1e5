"""What it costs to resolve a place, per form, beside a bare look-up in a dict: ``python benchmarks/resolve.py``."""

import statistics
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

from processors.packaged import json_of, rows_of
from processors.places import Gazetteer, PlaceGiven, PlaceProblem

RUNS = 7
INPUTS = 4_000
"""Different inputs of a form in a run, so that no answer is still warm in a cache of the processor."""


def main() -> None:
    """Time every form and print a row each: median of the runs, and how many bare look-ups it is worth."""
    started = time.perf_counter()
    gazetteer = Gazetteer.load()
    loaded = time.perf_counter()
    gazetteer.resolve(PlaceGiven(lat=52.37, lon=4.89))
    drawn = time.perf_counter()
    random = Random(3)
    present = {place.code: place.code for place in gazetteer.municipalities}
    bare_us = _median_us(present.__getitem__, random.choices(tuple(present), k=INPUTS))
    table = Table("form", "us per resolve", "x bare", "resolved", title="Resolving a place")
    table.add_row("(a bare look-up in a dict)", f"{bare_us:.3f}", "1", "")
    for form, places in _inputs(gazetteer, random).items():
        us = _median_us(gazetteer.resolve, places)
        right = sum(not isinstance(gazetteer.resolve(place), PlaceProblem) for place in places) / len(places)
        table.add_row(form, f"{us:.2f}", f"{us / bare_us:.0f}", f"{right:.0%}")
    console = Console()
    console.print(table)
    console.print(f"Median of {RUNS} runs of {INPUTS} inputs, garbage collection and shared machine included.")
    console.print(
        f"Loading: {(loaded - started) * 1e3:.0f} ms; polygons, at the first point: {(drawn - loaded) * 1e3:.0f} ms."
    )


def _median_us(resolve: Callable[[Any], object], inputs: Sequence[object]) -> float:
    return statistics.median(_run_us(resolve, inputs) for _ in range(RUNS))


def _run_us(resolve: Callable[[Any], object], inputs: Sequence[object]) -> float:
    started = time.perf_counter()
    for given in inputs:
        resolve(given)
    return (time.perf_counter() - started) / len(inputs) * 1e6


def _inputs(gazetteer: Gazetteer, random: Random) -> dict[str, list[PlaceGiven]]:
    former = list(json_of("reorganisations.json")["former"])
    towns = [(row["place"], float(row["lat"]), float(row["lon"])) for row in rows_of("places.csv")]
    postcodes = [row["pc4"] for row in rows_of("postcodes.csv")]
    near_cities = [city for city in gazetteer.cities if city.country in ("BE", "DE")]

    def some(make: Callable[[], PlaceGiven]) -> list[PlaceGiven]:
        return [make() for _ in range(INPUTS)]

    def near(lat: float, lon: float, degrees: float) -> PlaceGiven:
        return PlaceGiven(lat=lat + random.uniform(-degrees, degrees), lon=lon + random.uniform(-degrees, degrees))

    def near_town() -> PlaceGiven:
        _, lat, lon = random.choice(towns)
        return near(lat, lon, 0.02)

    def near_city() -> PlaceGiven:
        city = random.choice(near_cities)
        return near(city.lat, city.lon, 0.02)

    def foreign_city() -> PlaceGiven:
        city = random.choice(gazetteer.cities)
        return PlaceGiven(country=city.country, city=city.name)

    def misspelt() -> PlaceGiven:
        return PlaceGiven(name=random.choice(gazetteer.municipalities).name.replace("e", "q"))

    return {
        "municipality": some(lambda: PlaceGiven(municipality=random.choice(gazetteer.municipalities).code)),
        "municipality, former": some(lambda: PlaceGiven(municipality=random.choice(former))),
        "name, official": some(lambda: PlaceGiven(name=random.choice(gazetteer.municipalities).name)),
        "name, town": some(lambda: PlaceGiven(name=random.choice(towns)[0])),
        "postcode, 4 digits": some(lambda: PlaceGiven(postcode=random.choice(postcodes))),
        "postcode, 6 characters": some(lambda: PlaceGiven(postcode=f"{random.choice(postcodes)} AB")),
        "lat+lon, near a town": some(near_town),
        "lat+lon, near a city abroad": some(near_city),
        "country+city": some(foreign_city),
        "country": some(lambda: PlaceGiven(country=random.choice(("IT", "FR", "PL", "HU", "BG")))),
        "name, misspelt (with a suggestion)": some(misspelt),
    }


if __name__ == "__main__":
    main()
