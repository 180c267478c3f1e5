"""How long the chance to meet a subject lasts, from how long it stayed before: from one arrival to the next."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from schemas.views import Chance

STAYS_MIN = 2
"""One stay says nothing of the next."""


class Move(NamedTuple):
    """One relocation of a subject; UTC ms."""

    arrived_at: int
    from_place: str
    to_place: str


def chance_of(moves: Sequence[Move], arrived_at: int, to_place: str) -> Chance:
    """The chance of the arrival at ``to_place`` among all moves of its subject, in any order."""
    in_order = sorted(set(moves))
    joined = pairwise(in_order)
    earlier = tuple(
        after.arrived_at - before.arrived_at
        for before, after in joined
        if before.to_place == after.from_place and before.arrived_at < after.arrived_at <= arrived_at
    )
    over = any(move.arrived_at > arrived_at and move.from_place == to_place for move in in_order)
    typical = int(median(earlier)) if len(earlier) >= STAYS_MIN else None
    return Chance(earlier, typical, over)
