"""Journeys over the map: stops with labels that keep out of each other's way, and the arcs between them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from alerts.console.atlas import HEIGHT, WIDTH, Spot

BEND = 0.18
"""How far an arc swings out, as a part of its length."""
LETTER_WIDTH, LINE_HEIGHT = 7.6, 16.0
"""Of a label, in SVG units, on the wide side so that labels stay apart."""
SMALL_LETTER_WIDTH = 5.2
"""Of the name of a unit."""
NEARBY = (0.0, 12.0, -12.0, 24.0, -24.0)
"""How far up, down or aside a name may move from its spot to be clear of what is drawn, in SVG units."""
MOVED = 1.0
"""What a unit of such a move costs, against a square unit of what lies under the name."""
STEP = 5.0
"""Between two boxes along an arc, in SVG units: nothing that is written slips through."""
SHADED = 11.0
"""How far a blind spot reaches from its middle, in SVG units."""
GAP = 7.0
"""Between a stop and its label."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on a journey and what its label says."""

    code: str
    spot: Spot
    label: str
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A stop's text: where it stands and whether it starts, centres or ends there."""

    x: float
    y: float
    anchor: str
    text: str
    latest: bool


@dataclass(frozen=True, slots=True)
class Arc:
    """One leg: an SVG path from stop to stop; ``latest`` is the one that the page is about."""

    path: str
    latest: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that is drawn over the land."""

    arcs: tuple[Arc, ...]
    stops: tuple[Stop, ...]
    labels: tuple[Label, ...]
    summary: str
    """The same in words, for who cannot see it."""
    along: tuple["Box", ...] = ()
    """Small boxes along the arcs, for whatever is written to keep away from."""


def draw(legs: list[tuple[Stop, Stop]], summary: str) -> Drawing:
    """The legs as arcs, the latest last so that it lies on top; every stop once, the latest label placed first."""
    stops = {stop.code: stop for leg in legs for stop in leg}
    stops |= {stop.code: stop for leg in legs for stop in leg if stop.latest}
    by_weight = sorted(stops.values(), key=lambda stop: not stop.latest)
    arcs = [Arc(arc_path(start.spot, end.spot), end.latest) for start, end in legs if start.code != end.code]
    along = [box for start, end in legs for box in _along(start.spot, end.spot)]
    return Drawing(
        tuple(sorted(arcs, key=lambda arc: arc.latest)),
        tuple(reversed(by_weight)),
        tuple(_labels(by_weight, along)),
        summary,
        tuple(along),
    )


def amid(names: Iterable[tuple[str, Spot]], drawing: Drawing, shaded: Iterable[Spot]) -> list[tuple[str, Spot]]:
    """Where to write the names of the land itself, middle and base line: near their spots, clear of stops and labels.

    Lines and what is ``shaded`` are kept away from as far as it goes; a name without room is left out.
    """
    taken = [_around(stop.spot) for stop in drawing.stops] + [_box_of(label) for label in drawing.labels]
    under = [*drawing.along, *(_around(spot, SHADED) for spot in shaded)]
    placed: list[tuple[str, Spot]] = []
    for name, spot in names:
        half = len(name) * SMALL_LETTER_WIDTH / 2
        tries = [_moved(spot, half, aside, down) for down in NEARBY for aside in NEARBY]
        free = [(at, cost, box) for at, cost, box in tries if not any(_overlap(box, other) for other in taken)]
        if not free:
            continue
        lefts, tops, rights, bottoms = zip(*(box for _, _, box in free), strict=True)
        reach = min(lefts), min(tops), max(rights), max(bottoms)
        near = [box for box in under if _overlap(reach, box)]
        at, _, box = min(free, key=lambda each: each[1] + sum(_overlap(each[2], other) for other in near))
        taken.append(box)
        placed.append((name, at))
    return placed


def _moved(spot: Spot, half: float, aside: float, down: float) -> tuple[Spot, float, "Box"]:
    """The spot so far away, what that costs, and the box of a name of that half a width there."""
    x, y = min(max(spot.x + aside, half), WIDTH - half), spot.y + down
    cost = MOVED * (abs(aside) + abs(down))
    return Spot(round(x, 1), round(y, 1), outside=False), cost, (x - half, y - LINE_HEIGHT / 2, x + half, y + 2)


def arc_path(start: Spot, end: Spot) -> str:
    """An SVG path: a curve that swings to the left of its direction and stops short of the stop it goes to."""
    length = math.hypot(end.x - start.x, end.y - start.y)
    bend_x, bend_y = _bend(start, end)
    toward = math.hypot(end.x - bend_x, end.y - bend_y) or 1.0
    short = min(6.0, length / 3)
    tip_x, tip_y = end.x - (end.x - bend_x) / toward * short, end.y - (end.y - bend_y) / toward * short
    return f"M{start.x:.1f} {start.y:.1f}Q{bend_x:.1f} {bend_y:.1f} {tip_x:.1f} {tip_y:.1f}"


def _bend(start: Spot, end: Spot) -> tuple[float, float]:
    across, down = end.x - start.x, end.y - start.y
    return start.x + across / 2 + down * BEND, start.y + down / 2 - across * BEND


Box: TypeAlias = tuple[float, float, float, float]


def _labels(stops: list[Stop], lines: list[Box]) -> list[Label]:
    """A label per stop, clear of the stops, the lines and each other as far as it goes."""
    taken = [_around(stop.spot) for stop in stops] + lines
    labels: list[Label] = []
    for stop in stops:
        if not stop.label:
            continue
        label, box = _placed(stop, taken)
        taken.append(box)
        labels.append(label)
    return labels


def _along(start: Spot, end: Spot) -> list[Box]:
    """Small boxes along an arc, for labels to keep away from."""
    bend_x, bend_y = _bend(start, end)
    boxes: list[Box] = []
    steps = max(12, int(math.hypot(end.x - start.x, end.y - start.y) / STEP))
    for step in range(1, steps):
        t = step / steps
        x = (1 - t) ** 2 * start.x + 2 * t * (1 - t) * bend_x + t * t * end.x
        y = (1 - t) ** 2 * start.y + 2 * t * (1 - t) * bend_y + t * t * end.y
        boxes.append((x - 3, y - 3, x + 3, y + 3))
    return boxes


def _placed(stop: Stop, taken: list[Box]) -> tuple[Label, Box]:
    """The first side that is free and inside the drawing; the least crowded one when none is."""
    tries = [_beside(stop, side) for side in ("start", "end", "below", "above")]
    return min(tries, key=lambda tried: _outside(tried[1]) * 10 + sum(_overlap(tried[1], box) for box in taken))


def _beside(stop: Stop, side: str) -> tuple[Label, Box]:
    spot, width = stop.spot, len(stop.label) * LETTER_WIDTH
    if side in ("start", "end"):
        x, y, anchor = spot.x + (GAP if side == "start" else -GAP), spot.y + 4, side
    else:
        x, anchor = min(max(spot.x, width / 2 + 2), WIDTH - width / 2 - 2), "middle"
        y = spot.y + (GAP + 11 if side == "below" else -GAP - 1)
    label = Label(round(x, 1), round(y, 1), anchor, stop.label, stop.latest)
    return label, _box_of(label)


def _box_of(label: Label) -> Box:
    width = len(label.text) * LETTER_WIDTH
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return left, label.y - LINE_HEIGHT + 2, left + width, label.y + 2


def _around(spot: Spot, reach: float = 4.0) -> Box:
    return spot.x - reach, spot.y - reach, spot.x + reach, spot.y + reach


def _overlap(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, across) * max(0.0, down)


def _outside(box: Box) -> float:
    return max(0.0, -box[0]) + max(0.0, -box[1]) + max(0.0, box[2] - WIDTH) + max(0.0, box[3] - HEIGHT)
