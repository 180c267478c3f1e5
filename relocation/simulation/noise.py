"""What goes wrong between the world and the platform: named layers, each to be switched on or off on its own.

What a layer does to an event depends on the event, the layer and the seed alone: switching it tells what it
costs. Rates are ours, set to what seems believable, where no source is named.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from relocation.simulation import blunders, crossings
from relocation.simulation.atlas import Atlas
from relocation.simulation.drafts import Draft, Drive
from relocation.simulation.world import Person

Wrong = Callable[[Draft, Random, "Scene"], Iterable[Draft]]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a layer may look at besides the event."""

    atlas: Atlas
    people: tuple[Person, ...]
    """Of carousels."""
    times: float = 1.0
    """How many times its usual rate every noise has."""


class Level(NamedTuple):
    """How much noise: which layers, and how many times their usual rates."""

    names: frozenset[str]
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class Layer:
    """A noise with a name. ``rates``: the share of the events of each type that it touches."""

    name: str
    told: str
    """What it is, in a line, with the source of its rate where there is one."""
    rates: dict[str, float]
    act: Wrong | None = None
    """None: a layer of the world (more crews) or of the roads."""


_REPORTS = ("control", "bvh_mutation")
LAYERS = (
    Layer("commuters", "followed cars that commute between two municipalities: one for a hundred women", {}),
    Layer(
        "weekends", "women who work elsewhere at weekends, too short a time for ads to tell: one for five hundred", {}
    ),
    Layer("transit", "cameras in municipalities driven through, and errands to a neighbouring one", {"drive": 1.0}),
    Layer("roadside", "police controls on the road: 0.5 % of the drives from place to place", {"drive": 0.005}),
    Layer(
        "touring",
        "phones advertised in two places at once, ahead of coming, or after leaving",
        {"ad": 1.0},
        blunders.touring,
    ),
    Layer("borrowed", "a document shown by another woman", {"control": 0.02, "bvh_mutation": 0.005}, blunders.borrowed),
    Layer(
        "misread", "plates read wrong by a camera: 2 % (ANPR is sold at 95-99 %)", {"vehicle": 0.02}, blunders.misread
    ),
    Layer(
        "mistakes", "wrong person, place or time, never corrected", dict.fromkeys(_REPORTS, 0.003), blunders.mistaken
    ),
    Layer(
        "corrected",
        "wrong person, place or time at first, corrected days later",
        {"control": 0.04, "bvh_mutation": 0.04, "ad": 0.004},
        blunders.corrected,
    ),
    Layer(
        "withdrawn",
        "reported once more by mistake, elsewhere, and withdrawn days later",
        {"control": 0.015, "bvh_mutation": 0.015, "ad": 0.002},
        blunders.withdrawn,
    ),
    Layer(
        "late",
        "registered late: mutations by days or weeks (a third), municipal controls by days (a fifth), others by hours",
        {"control": 0.2, "bvh_mutation": 0.35, "ad": 0.03, "vehicle": 0.01},
        blunders.late,
    ),
    Layer("duplicates", "the same event sent twice", dict.fromkeys((*_REPORTS, "ad", "vehicle"), 0.02), blunders.twice),
    Layer(
        "refused",
        "events that the form or the legal gate has to refuse",
        {"control": 0.02, "ad": 0.005, "vehicle": 0.001},
        blunders.refused,
    ),
)
"""In the order in which they act."""
NAMES = tuple(layer.name for layer in LAYERS)
LEVELS = {
    "none": Level(frozenset()),
    "believable": Level(frozenset(NAMES) - {"weekends"}),
    "harsh": Level(frozenset(NAMES), times=3.0),
}
"""Named levels: nothing; every layer but weekends at its usual rate; and all at three times that. Weekends are no fault
of anybody's reporting but a way of life that ads cannot resolve by rule (G, a week); `benchmarks/accuracy.py` prints
their cost."""


def level_named(text: str) -> Level:
    """What ``--noise`` asks for: a level, or layers joined by commas. Raises ValueError for any other."""
    if text in LEVELS:
        return LEVELS[text]
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if unknown := sorted(names - set(NAMES)):
        known = ", ".join((*LEVELS, *NAMES))
        raise ValueError(f"no such noise: {', '.join(unknown)}; known are {known}")
    return Level(names)


REPORTED_WRONG = frozenset({"borrowed", "mistakes", "corrected", "withdrawn"})
"""Layers that spare commuters: what is counted of commuting cars comes of commuting, not of wrong reports."""


def _is_commute(draft: Draft) -> bool:
    return draft.crew is not None and draft.crew.kind == "commute"


class Noise:
    """The layers switched on, one after the other."""

    def __init__(self, level: Level, seed: int, scene: Scene) -> None:
        self._scene = scene
        self._salt = f"noise {seed}".encode()[:64]
        self._steps = [(index, layer) for index, layer in enumerate(LAYERS) if layer.name in level.names]

    def of(self, item: Draft | Drive) -> list[Draft]:
        """What is sent for an event, or what is seen of a drive; without noise the event itself, and nothing."""
        if isinstance(item, Drive):
            return list(self._of_drive(item))
        drafts = [item]
        for index, layer in self._steps:
            if layer.act is not None:
                drafts = [told for draft in drafts for told in self._step(index, layer, draft)]
        return drafts

    def _step(self, index: int, layer: Layer, draft: Draft) -> Iterable[Draft]:
        rate = 0.0 if draft.broken or draft.withdrawn else layer.rates.get(draft.type, 0.0)
        if not rate or layer.act is None or (layer.name in REPORTED_WRONG and _is_commute(draft)):
            return (draft,)
        dice = self._dice(index, draft.event_id)
        return layer.act(draft, Random(dice), self._scene) if self._hits(dice, rate) else (draft,)

    def _of_drive(self, drive: Drive) -> Iterator[Draft]:
        for index, layer in self._steps:
            if layer.name == "transit":
                dice = Random(self._dice(index, drive.event_id))
                for draft in crossings.passed(drive, dice, self._scene.times):
                    yield from self.of(draft)
            if layer.name == "roadside":
                number = self._dice(index, drive.event_id)
                if self._hits(number, layer.rates["drive"]):
                    yield from crossings.stopped(drive, Random(number))

    def _hits(self, dice: int, rate: float) -> bool:
        return dice % 1_000_000 < rate * self._scene.times * 1_000_000

    def _dice(self, index: int, event_id: str) -> int:
        """A number for this event and layer: four bytes each of one digest, so that layers are independent."""
        digest = hashlib.blake2b(event_id.encode(), key=self._salt).digest()
        return int.from_bytes(digest[4 * index : 4 * index + 4])
