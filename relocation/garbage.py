"""Telling the garbage collector what the heart is like: very many small objects that live long and form no cycles."""

import gc

COLLECT_AFTER = 200_000
"""So many new objects before the youngest are looked through; the default of 700 costs a third of the heart's time."""


def expect_long_lives() -> None:
    """What exists now stays, and what comes is looked through seldom. Memory is still freed as it is let go of."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 100)
