"""The rhythm of every source, from what is kept of it: a passage that is no hit leaves no trace here either."""

from collections.abc import Iterable
from typing import NamedTuple

from processors.rhythm import Rhythm


class Source(NamedTuple):
    """One kind of events from one source."""

    source: str
    type: str


class Sources:
    """When each was heard. For one thread."""

    def __init__(self, known: Iterable[tuple[Source, Rhythm]] = ()) -> None:
        self._rhythms = dict(known)
        self._changed: set[Source] = set()

    def heard(self, source: Source, at: int) -> None:
        """Something of it was taken in."""
        rhythm = self._rhythms.get(source)
        self._rhythms[source] = Rhythm(at, at) if rhythm is None else rhythm.heard(at)
        self._changed.add(source)

    def take_changed(self) -> list[tuple[Source, Rhythm]]:
        """Those that changed since this was last asked."""
        changed = [(source, self._rhythms[source]) for source in sorted(self._changed)]
        self._changed.clear()
        return changed
