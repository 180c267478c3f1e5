"""Builders of small worlds, kept for the session because several tests look at the same one."""

from dataclasses import dataclass
from functools import cache

from relocation.simulation.moments import DAY
from relocation.simulation.naive import LatestPlaceDiffers
from relocation.simulation.noise import Level, level_named
from relocation.simulation.stream import Sent, Simulation
from relocation.simulation.tokens import key_of
from relocation.simulation.world import Crew, Period

KEY_TEXT = "00112233445566778899aabbccddeeff" * 2
KEY = key_of(KEY_TEXT)
START = 1_767_571_200_000
"""2026-01-05, a Monday."""


@dataclass(frozen=True)
class World:
    """A world that was gone through."""

    sent: tuple[Sent, ...]
    truth: tuple[dict, ...]
    crews: tuple[Crew, ...]
    naive: tuple[dict, ...]


@cache
def a_world(noise: str = "none", *, days: int = 30, subjects: int = 200, seed: int = 7, times: float = 1.0) -> World:
    """``times`` the usual rates."""
    level = level_named(noise)
    level = Level(level.names, level.times * times)
    simulation = Simulation(a_period(days, seed), subjects, level)
    naive = LatestPlaceDiffers(KEY)
    sent = []
    for told in simulation.stream():
        sent.append(told)
        naive.see(told.draft)
    return World(tuple(sent), tuple(simulation.truth(KEY)), tuple(simulation.crews), tuple(naive.alerts))


def a_period(days: int = 30, seed: int = 7) -> Period:
    return Period(seed, START, START + days * DAY)
