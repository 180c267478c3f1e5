"""The walk of a window, put down step by step, so that it is walked again only where its intervals changed."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from processors.journey import Journey, Relocation
from processors.rules import Rules
from processors.spans import Spans, Touched
from processors.walk import Passed, Stay, advance
from schemas.sightings import Sighting

_MAKE = tuple.__new__


class Rewalked(NamedTuple):
    """What another walk over a stretch found otherwise."""

    gone: list[Relocation]
    """In the order of the walk before."""
    added: list[Relocation]
    """In the order of the walk now."""


class Walked:
    """The steps over the intervals of one subject, and the relocations they found. Times are UTC milliseconds.

    A step is an interval's first sighting, the stay after it, and what was found at it. Steps over presences that were
    only appended are put down by ``list_appended``, before anything else is asked or changed.
    """

    __slots__ = ("_after", "_firsts", "_found", "_rules", "_spans", "_stay", "journey")

    def __init__(self, spans: Spans, rules: Rules) -> None:
        self._spans = spans
        self._rules = rules
        self._stay: Stay | None = None
        """Where the walk ends."""
        self._firsts: list[Sighting] = []
        self._after: list[Stay] = []
        self._found: list[Relocation | None] = []
        self.journey = Journey()
        """Every relocation found."""

    def append(self, presence: Sighting, at: int, place: str) -> Sequence[Relocation]:
        """A step over a presence later than all else: what it finds. ``at`` and ``place`` are its own."""
        stay = self._stay
        if stay is not None and stay.place == place:
            self._stay = _MAKE(Stay, (place, at, None, at, ()))  # as ``advance`` has it: nothing is pending at the end
            return ()
        self._stay, passed = advance(stay, presence, at, None, self._rules)
        if passed is None:
            return ()
        found = Relocation(passed)
        self.journey.add(found)
        return (found,)

    def list_appended(self) -> Sequence[Sighting]:
        """Put down the steps over presences that were appended, each from the stay before it. Which they were."""
        appended = self._spans.list_appended()
        stay, journey = self._after[-1] if self._after else None, self.journey
        for presence in appended:
            stay, passed = advance(stay, presence, presence.occurred_at, None, self._rules)
            self._firsts.append(presence)
            self._after.append(stay)
            self._found.append(None if passed is None else journey.all[bisect_left(journey.keys, presence)])
        return appended

    def stays(self) -> list[tuple[str, int, int]]:
        """(place, first_seen, last_seen) of every stay of the walk, oldest first."""
        stays: list[tuple[str, int, int]] = []
        for first, after in zip(self._firsts, self._after, strict=True):
            if stays and stays[-1][0] == after.place:
                stays[-1] = (after.place, stays[-1][1], after.last_seen)
                continue
            if stays:
                place, first_seen, last_seen = stays[-1]
                stays[-1] = (place, first_seen, min(last_seen, first.occurred_at))
            stays.append((after.place, first.occurred_at, after.last_seen))
        return stays

    def again(self, change: Touched) -> Rewalked:
        """Walk from where the intervals changed until the walk is what it was."""
        firsts, afters = self._firsts, self._after
        begin = bisect_left(firsts, change.first)
        stay = afters[begin - 1] if begin else None
        spans, rules = self._spans, self._rules
        offers: Sequence[Sighting] | None
        next_span = bisect_left(spans.firsts, change.first)
        new_firsts: list[Sighting] = []
        new_afters: list[Stay] = []
        new_passed: list[Passed | None] = []
        end, total = begin, len(firsts)
        while True:
            pending = stay.pending if stay is not None else ()
            if next_span < len(spans.firsts) and (not pending or spans.firsts[next_span] < pending[0][0]):
                first, until, offers = spans.firsts[next_span], spans.ends[next_span], spans.offers[next_span]
                from_pending = False
            elif pending:
                first, until, offers = pending[0][0], pending[0][-1].occurred_at, pending[0]
                from_pending = True
            else:
                end = total
                break
            if first > change.last and (stay is None or stay.giver is None or stay.giver is not change.grown):
                while end < total and firsts[end] < first:
                    end += 1
                if end < total and firsts[end] == first and stay == (afters[end - 1] if end else None):
                    break
            if from_pending:
                assert stay is not None
                stay = stay._replace(pending=pending[1:])
            else:
                next_span += 1
            stay, passed = advance(stay, first, until, offers, rules)
            new_firsts.append(first)
            new_afters.append(stay)
            new_passed.append(passed)
        rewalked = self._replace(begin, end, new_passed)
        firsts[begin:end] = new_firsts
        afters[begin:end] = new_afters
        self._stay = afters[-1] if afters else None
        return rewalked

    def _replace(self, begin: int, end: int, new_passed: list[Passed | None]) -> Rewalked:
        """The relocations of a stretch of the walk are now these; those that are the same stay the same objects."""
        old = {found.passed: found for found in self._found[begin:end] if found is not None}
        new_founds: list[Relocation | None] = []
        added: list[Relocation] = []
        for passed in new_passed:
            found = None if passed is None else old.pop(passed, None)
            if passed is not None and found is None:
                found = Relocation(passed)
                added.append(found)
            new_founds.append(found)
        self._found[begin:end] = new_founds
        for gone in old.values():
            self.journey.discard(gone)
        for found in added:
            self.journey.add(found)
        return Rewalked(list(old.values()), added)
