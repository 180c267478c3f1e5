"""Telling the garbage collector what our objects are like: very many small ones that live long or go as a batch.

They form no cycles, so looking through them finds nothing, and takes a third of the heart's time and of the sink's.
"""

import gc

COLLECT_AFTER = 200_000
"""So many new objects before the youngest are looked through; the default is 700."""


def expect_long_lives() -> None:
    """What exists now stays, and what comes is looked through seldom. Memory is still freed as it is let go of."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 100)
