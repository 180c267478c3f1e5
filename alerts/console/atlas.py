"""The map of the Netherlands: municipality shapes decoded from topojson, projected once, told as SVG."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from statistics import fmean
from typing import Any, TypeAlias

from processors.packaged import json_of
from processors.places import Place

Point: TypeAlias = tuple[float, float]

WIDTH = 400.0
"""Of the drawing, in SVG units; its height follows from the projection."""
WEST, SOUTH, EAST, NORTH = 3.05, 50.62, 7.55, 53.68
"""What the drawing shows, in degrees: the country with a rim around it for what lies abroad."""
RIM = 14.0
"""How far from the edge a place outside the drawing is put, in SVG units."""


def _mercator(lat: float) -> float:
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


SCALE = WIDTH / (EAST - WEST)
HEIGHT = round((_mercator(NORTH) - _mercator(SOUTH)) * SCALE, 1)
CENTRE: Point = (WIDTH / 2, HEIGHT / 2)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the drawing; ``outside`` when it lies beyond its edge and is shown at the rim, in its direction."""

    x: float
    y: float
    outside: bool


def project(lat: float, lon: float) -> Point:
    """Mercator, which keeps the angles people know from other maps; one decimal is a third of a kilometre."""
    return (lon - WEST) * SCALE, (_mercator(NORTH) - _mercator(lat)) * SCALE


def spot_of(lat: float, lon: float) -> Spot:
    """Where to draw a place. One without coordinates (a country) is put at the eastern rim."""
    if math.isnan(lat) or math.isnan(lon):
        return Spot(WIDTH - RIM, HEIGHT * 0.72, outside=True)
    x, y = project(lat, lon)
    if RIM <= x <= WIDTH - RIM and RIM <= y <= HEIGHT - RIM:
        return Spot(round(x, 1), round(y, 1), outside=False)
    return _at_the_rim(x, y)


def _at_the_rim(x: float, y: float) -> Spot:
    away_x, away_y = x - CENTRE[0], y - CENTRE[1]
    reach = min(
        (CENTRE[0] - RIM) / abs(away_x) if away_x else math.inf,
        (CENTRE[1] - RIM) / abs(away_y) if away_y else math.inf,
    )
    return Spot(round(CENTRE[0] + away_x * reach, 1), round(CENTRE[1] + away_y * reach, 1), outside=True)


@lru_cache
def netherlands_svg() -> bytes:
    """The whole country as one SVG document, a path a municipality under ``#land``; colours come from the page."""
    topology = json_of("municipalities.topojson")
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes = "".join(f'<path d="{_path(geometry, arcs)}"/>' for geometry in _geometries(topology))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}"><g id="land">{shapes}</g>'
        f'<path id="units" d="{_unit_borders(topology, arcs)}"/></svg>'
    ).encode()


def unit_spots(place_of: Callable[[str], Place]) -> list[tuple[str, Spot]]:
    """Where to write the name of each police unit: amid its municipalities."""
    members: dict[str, list[Place]] = {}
    for geometry in _geometries(json_of("municipalities.topojson")):
        members.setdefault(geometry["properties"]["police_unit_id"], []).append(place_of(geometry["id"]))
    return [
        (unit, spot_of(fmean(place.lat for place in theirs), fmean(place.lon for place in theirs)))
        for unit, theirs in sorted(members.items())
    ]


def _geometries(topology: dict[str, Any]) -> list[dict[str, Any]]:
    return list(topology["objects"]["municipalities"]["geometries"])


def _unit_borders(topology: dict[str, Any], arcs: list[list[Point]]) -> str:
    """The lines that municipalities of two units share."""
    units: dict[int, set[str]] = {}
    for geometry in _geometries(topology):
        for ring in (ring for polygon in _polygons(geometry) for ring in polygon):
            for number in ring:
                units.setdefault(max(number, ~number), set()).add(geometry["properties"]["police_unit_id"])
    return "".join(_line(arcs[number]) for number, sides in units.items() if len(sides) > 1)


def _decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    """Topojson's deltas on a grid, as points of the drawing."""
    (scale_x, scale_y), (shift_x, shift_y) = transform["scale"], transform["translate"]
    lons = (x * scale_x + shift_x for x in accumulate(step[0] for step in arc))
    lats = (y * scale_y + shift_y for y in accumulate(step[1] for step in arc))
    return [project(lat, lon) for lon, lat in zip(lons, lats, strict=True)]


def _path(geometry: dict[str, Any], arcs: list[list[Point]]) -> str:
    return "".join(_ring(ring, arcs) for polygon in _polygons(geometry) for ring in polygon)


def _polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    return list(geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]])


def _ring(numbers: list[int], arcs: list[list[Point]]) -> str:
    """One closed line; a negative number is the arc before it backwards, and arcs share their end points."""
    points: list[Point] = []
    for number in numbers:
        line = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(line[1:] if points else line)
    return _line(points) + "Z"


def _line(points: list[Point]) -> str:
    told: list[str] = []
    for x, y in points:
        pair = f"{x:.1f} {y:.1f}"
        if not told or told[-1] != pair:
            told.append(pair)
    return "M" + "L".join(told)
