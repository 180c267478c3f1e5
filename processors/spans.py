"""The intervals of a window, kept while sightings come and go: offers per place, runs of passages, and presences.

Every change tells which part of the walk it touches, so that nothing else need be walked again.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from typing import NamedTuple

from processors.rules import Rules
from schemas.sightings import Evidence, Sighting

PRESENCE, OFFER, PASSAGE = int(Evidence.PRESENCE), int(Evidence.OFFER), int(Evidence.PASSAGE)


class Touched(NamedTuple):
    """Which intervals changed. The walk is as it was before ``first``; after ``last`` it may be again."""

    first: Sighting
    """The first sighting of the earliest interval that changed."""
    last: Sighting
    """The first sighting of the latest."""
    grown: list[Sighting] | None = None
    """The offers of an interval that took one more in: states of the walk that hold it cannot be told from before."""

    def and_also(self, other: "Touched | None") -> "Touched":
        """Both."""
        if other is None:
            return self
        return Touched(min(self.first, other.first), max(self.last, other.last), self.grown or other.grown)


class Run:
    """Passages in one place that nothing interrupts, by the first and the last of them."""

    __slots__ = ("first", "last")

    def __init__(self, first: Sighting, last: Sighting) -> None:
        self.first = first
        self.last = last


class Spans:
    """Sightings in order, and the intervals they form.

    ``firsts`` are the first sightings of all intervals, in order; ``ends`` and ``offers`` (None for presences and
    passages) stand beside them. Presences that were appended are listed there by ``list_appended``, before anything
    else is asked or changed.
    """

    __slots__ = ("_appended", "_offers", "_rules", "_run_firsts", "_runs", "ends", "firsts", "offers", "order")

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._appended = 0
        """So many at the end of ``order`` are not among the intervals yet."""
        self.order: list[Sighting] = []
        self.firsts: list[Sighting] = []
        self.ends: list[int] = []
        self.offers: list[list[Sighting] | None] = []
        self._offers: dict[str, list[list[Sighting]]] = {}
        self._run_firsts: list[Sighting] = []
        self._runs: list[Run] = []

    def insert(self, sighting: Sighting) -> Touched | None:
        """Take the sighting in. None: the intervals are as they were."""
        at = bisect_left(self.order, sighting)
        self.order.insert(at, sighting)
        touched = self._split_run(sighting, at)
        if sighting.evidence == PRESENCE:
            here: Touched | None = self._put(sighting, sighting.occurred_at, None)
        elif sighting.evidence == OFFER:
            here = self._insert_offer(sighting)
        else:
            here = self._insert_passage(sighting, at)
        return touched if here is None else here.and_also(touched)

    def append_presence(self, presence: Sighting) -> None:
        """Take in a presence later than all that is there."""
        self.order.append(presence)
        self._appended += 1

    def list_appended(self) -> Sequence[Sighting]:
        """Presences that were appended become intervals, which they are by themselves. Which they were."""
        if not self._appended:
            return ()
        appended = self.order[-self._appended :]
        self._appended = 0
        self.firsts.extend(appended)
        self.ends.extend(presence.occurred_at for presence in appended)
        self.offers.extend([None] * len(appended))
        return appended

    def remove(self, sighting: Sighting) -> Touched | None:
        """Give the sighting up. It must be there."""
        at = bisect_left(self.order, sighting)
        del self.order[at]
        if sighting.evidence == PRESENCE:
            here: Touched | None = self._drop(sighting)
        elif sighting.evidence == OFFER:
            here = self._remove_offer(sighting)
        else:
            here = self._remove_passage(sighting, at)
        touched = self._join_runs(at)
        return touched if here is None else here.and_also(touched)

    # The list of intervals

    def _put(self, first: Sighting, end: int, offers: list[Sighting] | None) -> Touched:
        at = bisect_left(self.firsts, first)
        if at < len(self.firsts) and self.firsts[at] is first:
            self.ends[at], self.offers[at] = end, offers
        else:
            self.firsts.insert(at, first)
            self.ends.insert(at, end)
            self.offers.insert(at, offers)
        return Touched(first, first, offers)

    def _drop(self, first: Sighting) -> Touched:
        at = bisect_left(self.firsts, first)
        del self.firsts[at], self.ends[at], self.offers[at]
        return Touched(first, first)

    # Offers: one place, gaps of at most G, whatever lies between

    def _insert_offer(self, offer: Sighting) -> Touched:
        spans = self._offers.setdefault(offer.place, [])
        at = bisect_right(spans, offer, key=_first_of)
        gap_ms = self._rules.gap_ms
        before = spans[at - 1] if at and offer.occurred_at - spans[at - 1][-1].occurred_at <= gap_ms else None
        after = spans[at] if at < len(spans) and spans[at][0].occurred_at - offer.occurred_at <= gap_ms else None
        if before is None and after is None:
            spans.insert(at, [offer])
            return self._put_offers(spans[at])
        if before is None and after is not None:
            touched = self._drop(after[0])
            after.insert(0, offer)
            return self._put_offers(after).and_also(touched)
        assert before is not None
        insort(before, offer)
        if after is None or after is before:
            return self._put_offers(before)
        touched = self._drop(after[0])
        before.extend(after)
        del spans[at]
        return self._put_offers(before).and_also(touched)

    def _remove_offer(self, offer: Sighting) -> Touched:
        spans = self._offers[offer.place]
        at = bisect_right(spans, offer, key=_first_of) - 1
        span = spans[at]
        touched = self._drop(span[0])
        inside = bisect_left(span, offer)
        head, tail = span[:inside], span[inside + 1 :]
        if head and tail and tail[0].occurred_at - head[-1].occurred_at <= self._rules.gap_ms:
            head, tail = head + tail, []
        parts = [part for part in (head, tail) if part]
        spans[at : at + 1] = parts
        for part in parts:
            touched = touched.and_also(self._put_offers(part))
        if not spans:
            del self._offers[offer.place]
        return touched

    def _put_offers(self, span: list[Sighting]) -> Touched:
        return self._put(span[0], span[-1].occurred_at, span)

    # Passages: runs that no sighting elsewhere interrupts

    def _insert_passage(self, passage: Sighting, at: int) -> Touched | None:
        gap_ms = self._rules.gap_ms
        before = self._passage_before(at - 1, passage.place)
        after = self._passage_after(at + 1, passage.place)
        if before is not None and passage.occurred_at - before.occurred_at > gap_ms:
            before = None
        if after is not None and after.occurred_at - passage.occurred_at > gap_ms:
            after = None
        left = None if before is None else self._run_of(before)
        right = None if after is None else self._run_of(after)
        if left is None and right is None:
            return self._add_run(Run(passage, passage))
        if left is None:
            assert right is not None
            touched = self._cut_run(right)
            return _both(touched, self._add_run(Run(passage, right.last)))
        if right is left:
            return None
        if right is None:
            return self._lengthen(left, passage)
        touched = self._cut_run(right)
        return _both(touched, self._lengthen(left, right.last))

    def _remove_passage(self, passage: Sighting, at: int) -> Touched | None:
        run = self._run_of(passage)
        touched = self._cut_run(run)
        before = self._passage_before(at - 1, passage.place) if passage is not run.first else None
        after = self._passage_after(at, passage.place) if passage is not run.last else None
        if before is not None and after is not None and after.occurred_at - before.occurred_at <= self._rules.gap_ms:
            return _both(touched, self._add_run(Run(run.first, run.last)))
        if before is not None:
            touched = _both(touched, self._add_run(Run(run.first, before)))
        if after is not None:
            touched = _both(touched, self._add_run(Run(after, run.last)))
        return touched

    def _split_run(self, sighting: Sighting, at: int) -> Touched | None:
        """A sighting elsewhere, within a run, interrupts it."""
        index = bisect_left(self._run_firsts, sighting) - 1
        if index < 0:
            return None
        run = self._runs[index]
        if run.last < sighting or run.first.place == sighting.place:
            return None
        before = self._passage_before(at - 1, run.first.place)
        after = self._passage_after(at + 1, run.first.place)
        assert before is not None
        assert after is not None
        touched = self._cut_run(run)
        touched = _both(touched, self._add_run(Run(run.first, before)))
        return _both(touched, self._add_run(Run(after, run.last)))

    def _join_runs(self, at: int) -> Touched | None:
        """What lay between two runs is gone: they may be one now."""
        if not self._runs or not 0 < at < len(self.order):
            return None
        place = self.order[at].place
        before, after = self._passage_before(at - 1, place), self._passage_after(at, place)
        if before is None or after is None or after.occurred_at - before.occurred_at > self._rules.gap_ms:
            return None
        left, right = self._run_of(before), self._run_of(after)
        if left is right:
            return None
        touched = self._cut_run(right)
        return _both(touched, self._lengthen(left, right.last))

    def _passage_before(self, at: int, place: str) -> Sighting | None:
        """The nearest passage at or before position ``at`` that nothing elsewhere parts from it."""
        while at >= 0 and self.order[at].place == place:
            if self.order[at].evidence == PASSAGE:
                return self.order[at]
            at -= 1
        return None

    def _passage_after(self, at: int, place: str) -> Sighting | None:
        while at < len(self.order) and self.order[at].place == place:
            if self.order[at].evidence == PASSAGE:
                return self.order[at]
            at += 1
        return None

    def _run_of(self, passage: Sighting) -> Run:
        return self._runs[bisect_right(self._run_firsts, passage) - 1]

    def _add_run(self, run: Run) -> Touched | None:
        at = bisect_left(self._run_firsts, run.first)
        self._run_firsts.insert(at, run.first)
        self._runs.insert(at, run)
        return self._put_run(run)

    def _cut_run(self, run: Run) -> Touched | None:
        at = bisect_left(self._run_firsts, run.first)
        del self._run_firsts[at], self._runs[at]
        return self._drop(run.first) if self._is_stay(run) else None

    def _lengthen(self, run: Run, last: Sighting) -> Touched | None:
        run.last = last
        return self._put_run(run)

    def _put_run(self, run: Run) -> Touched | None:
        return self._put(run.first, run.last.occurred_at, None) if self._is_stay(run) else None

    def _is_stay(self, run: Run) -> bool:
        return run.last.occurred_at - run.first.occurred_at >= self._rules.dwell_ms


def _first_of(span: list[Sighting]) -> Sighting:
    return span[0]


def _both(one: Touched | None, other: Touched | None) -> Touched | None:
    if one is None:
        return other
    return one.and_also(other)
