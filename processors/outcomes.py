"""What came of alerts like one: how many were closed, and how many of those acted on. Small counts are not told."""

from schemas.actions import Outcome
from schemas.views import Track

TOLD_FROM = 5
"""Fewer than this says too much of single cases."""
NOT_ACTED_ON = (Outcome.NO_GROUND, Outcome.WRONG_SUBJECT)
"""Outcomes after which nothing was done. Who was looked for and not found was acted on."""


def is_told(track: Track) -> bool:
    """Whether enough were closed to be told, and no part of them is a small one."""
    rest = track.closed - track.acted_on
    return track.closed >= TOLD_FROM and all(part == 0 or part >= TOLD_FROM for part in (track.acted_on, rest))
