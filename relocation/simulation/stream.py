"""The simulated stream: all events in the order in which they are sent, and the truth behind them."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from relocation.simulation.atlas import Atlas
from relocation.simulation.blunders import lookalike
from relocation.simulation.drafts import Draft
from relocation.simulation.moments import DAY, between
from relocation.simulation.noise import Level, Noise, Scene
from relocation.simulation.papers import plate
from relocation.simulation.sources import Day, passage
from relocation.simulation.truth import Witness
from relocation.simulation.world import Crew, Period, populate

TRAFFIC_PER_SUBJECT = 0.25
"""Passages a day of cars that nobody follows, for each woman simulated: a trickle of what cameras see."""
TWINS_SHARE = 0.02
"""Of those, the passages of cars whose plate is one sign from that of a simulated car."""
TRAFFIC_FROM = 20_000_000
"""Numbers of plates in the traffic: beyond those of the crews."""
PEOPLE_SAMPLED = 5_000
"""People whose papers may turn up with others, or in a wrong report."""
EXTRA_CREWS = {"commuters": "commute", "weekends": "weekend"}
"""Layer of noise -> the crews that it adds."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One line of the stream. Times are UTC ms."""

    sent_at: int
    draft: Draft

    @property
    def line(self) -> bytes:
        """The JSON form with its end of line."""
        return self.draft.as_line()


class Simulation:
    """A world for a period: the same for the same seed, size and noise."""

    def __init__(self, period: Period, subjects: int, noise: Level, atlas: Atlas | None = None) -> None:
        self._period = period
        self._subjects = subjects
        self._atlas = atlas or Atlas.load()
        extras = {kind: noise.times for name, kind in EXTRA_CREWS.items() if name in noise.names}
        self.crews: list[Crew] = populate(self._atlas, period, subjects, extras)
        people = [person for crew in self.crews for person in crew.people if crew.kind == "carousel"]
        scene = Scene(self._atlas, tuple(people[:PEOPLE_SAMPLED]), noise.times)
        self._noise = Noise(noise, period.seed, scene)
        self._plates = [car.plate for crew in self.crews for car in crew.cars]
        self._witness = Witness()

    def stream(self) -> Iterator[Sent]:
        """Every event in the order of sending; what is late comes after the last day. To be gone through once."""
        waiting: list[tuple[int, str, int, int, Draft]] = []
        for day in range(self._period.start, self._period.end, DAY):
            for draft in self._day(day):
                heapq.heappush(waiting, (draft.sent_at, draft.event_id, draft.revision, draft.sent_after, draft))
            while waiting and waiting[0][0] < day + DAY:
                sent_at, _, _, _, draft = heapq.heappop(waiting)
                yield Sent(sent_at, draft)
        while waiting:
            sent_at, _, _, _, draft = heapq.heappop(waiting)
            yield Sent(sent_at, draft)

    def truth(self, key: bytes) -> Iterator[dict[str, Any]]:
        """The truth, once the stream is through: a line per physical move."""
        return self._witness.lines(self.crews, self._period, key)

    def _day(self, day: int) -> Iterator[Draft]:
        for crew in self.crews:
            rng = Random((self._period.seed * 1_000_003 + crew.number) * 100_003 + day // DAY)
            for item in Day(crew, day, rng, self._atlas).drafts():
                if isinstance(item, Draft):
                    self._witness.see(item)
                yield from self._noise.of(item)
        for draft in self._traffic(day):
            yield from self._noise.of(draft)

    def _traffic(self, day: int) -> Iterator[Draft]:
        rng = Random(f"{self._period.seed} traffic {day}")
        for _ in range(round(self._subjects * TRAFFIC_PER_SUBJECT)):
            number = rng.randrange(TRAFFIC_FROM, TRAFFIC_FROM + 10_000_000)
            read = (
                lookalike(rng.choice(self._plates), rng)
                if self._plates and rng.random() < TWINS_SHARE
                else plate(number, rng)
            )
            spot = self._atlas.draw(rng)
            if spot.cameras:
                yield passage(rng, read, spot, day + between(rng, 0, DAY))
