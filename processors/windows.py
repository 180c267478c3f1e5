"""The window: the sightings of one subject, and its relocations, kept without starting over (DESIGN section 6).

A window is a function of the set of its sightings: whatever the order in which they came and went, it says what
``processors.relocations`` says of that set. What a change cannot have altered is not looked at again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from processors.geography import Distances
from processors.journey import Relocation
from processors.relocations import is_implausible
from processors.rules import Rules
from processors.spans import OFFER, PRESENCE, Spans, Touched
from processors.walk import Passed
from processors.walked import Walked
from schemas.alerts import Finding
from schemas.reports import EventKey
from schemas.sightings import Sighting

BEFORE_ALL = -(1 << 62)
"""A time so early that no window reaches back to it."""
AFTER_ALL = 1 << 62


class Window:
    """The sightings of one subject and what follows from them. Times are UTC milliseconds."""

    __slots__ = (
        "_appends_until",
        "_attic",
        "_by_id",
        "_distances",
        "_flagged_until",
        "_journey",
        "_newest_at",
        "_provisional",
        "_rules",
        "_spans",
        "_twins",
        "_walk",
        "kind",
        "subject",
    )

    def __init__(self, subject: str, kind: str, rules: Rules, distances: Distances) -> None:
        self.subject = subject
        self.kind = kind
        self._rules = rules
        self._distances = distances
        self._spans = Spans(rules)
        self._attic: list[Sighting] = []
        """What step 1 does not keep: it comes back if the newest goes."""
        self._newest_at = BEFORE_ALL
        """When the newest kept sighting occurred."""
        self._appends_until = AFTER_ALL
        """A presence between the newest and this time changes nothing of what was before it."""
        self._by_id: dict[str, Sighting] = {}
        """But for those that ``_list_appended`` has yet to put down."""
        self._twins: dict[EventKey, Sighting] = {}
        """Sightings whose event_id another source's event used before: their alerts' ids can collide."""
        self._walk = Walked(self._spans, rules)
        self._journey = self._walk.journey
        self._provisional: list[Relocation] = []
        self._flagged_until = BEFORE_ALL
        """The latest kept sighting that draws attention, or BEFORE_ALL."""

    @property
    def window_ms(self) -> int:
        """W."""
        return self._rules.window_ms

    @property
    def fresh_ms(self) -> int:
        """How old news may be before it is historical."""
        return self._rules.fresh_ms

    @property
    def newest(self) -> int | None:
        """When the newest kept sighting occurred; None when there is none."""
        order = self._spans.order
        return order[-1].occurred_at if order else None

    @property
    def kept(self) -> Sequence[Sighting]:
        """The kept sightings, in order. Not to be changed."""
        return self._spans.order

    @property
    def all_sightings(self) -> list[Sighting]:
        """Kept or not, in order."""
        return [*sorted(self._attic), *self._spans.order]

    @property
    def relocations(self) -> Sequence[Relocation]:
        """Every relocation of the walk, active or not, in its order. Not to be changed."""
        return self._journey.all

    def sighting_of(self, event: EventKey) -> Sighting | None:
        """The sighting this event gave, kept or not."""
        self._list_appended()
        held = self._by_id.get(event.event_id)
        if held is not None and held.source == event.source and held.type == event.type:
            return held
        return self._twins.get(event)

    def change(self, taken: Iterable[Sighting], given: Iterable[Sighting]) -> Sequence[Relocation] | None:
        """Lose and gain sightings. The relocations that may now say something else, gone ones included.

        None means that any may: all have to be compared with what was told.
        """
        self._list_appended()
        touched = self._change(taken, given)
        order = self._spans.order
        self._newest_at = order[-1].occurred_at if order else BEFORE_ALL
        self._appends_until = order[0].occurred_at + self._rules.kept_ms if order else AFTER_ALL
        if self._provisional or self._twins:
            self._appends_until = BEFORE_ALL
        return touched

    def _change(self, taken: Iterable[Sighting], given: Iterable[Sighting]) -> Sequence[Relocation] | None:
        before = self.newest
        touched: list[Relocation] = []
        flags_before = self._flagged_until
        took = False
        for sighting in taken:
            took = True
            self._take(sighting, touched)
        for sighting in given:
            self._give(sighting, touched)
        if took:
            self._restore_kept(touched)
            self._flagged_until = self._latest_flagged()
            self._provisional = [found for found in self._journey.all if self._is_provisional(found.passed)]
            return None
        self._shed(touched)
        if self._twins:
            return None
        if self._provisional and self._spans.order[-1].occurred_at != before:
            touched.extend(self._provisional)
            self._provisional = [found for found in self._provisional if self._is_provisional(found.passed)]
        if self._flagged_until != flags_before:
            touched.extend(self._attention_changed(flags_before))
        return touched

    def add(self, sighting: Sighting, *, is_first: bool = False) -> Sequence[Relocation] | None:
        """Gain one sighting: what ``change`` says of it, in a few steps where it is a presence newer than all else.

        ``is_first``: whoever asks knows that no event of its ``event_id`` gave one before.
        """
        at, evidence, event_id, _, _, place, flagged, _, _ = sighting
        if (
            not self._newest_at < at < self._appends_until
            or evidence != PRESENCE
            or not (is_first or self._is_first(event_id))
            or (flagged and not self._draws_no_new_attention(at))
        ):
            return self.change((), (sighting,))
        if self._newest_at == BEFORE_ALL:
            self._appends_until = at + self._rules.kept_ms
        self._newest_at = at
        self._spans.append_presence(sighting)
        return self._walk.append(sighting, at, place)

    def _is_first(self, event_id: str) -> bool:
        self._list_appended()
        return event_id not in self._by_id

    def _draws_no_new_attention(self, newest_at: int) -> bool:
        """Whether a newest sighting that draws attention says of no relocation so far that it should be told."""
        keys = self._journey.keys
        if keys and keys[-1].occurred_at >= self._flagged_until + self._rules.window_ms:
            return False
        self._flagged_until = newest_at
        return True

    def active(self) -> dict[str, Relocation]:
        """The active relocations by alert id (step 5); of two that bear the same id the later is not told."""
        newest = self.newest
        if newest is None:
            return {}
        horizon = newest - self._rules.window_ms
        if not self._twins:
            start = bisect_right(self._journey.all, horizon, key=_arrived_at)
            return {found.alert_id(self.subject): found for found in self._journey.all[start:]}
        told: dict[str, Relocation] = {}
        for found in self._journey.all:
            told.setdefault(found.alert_id(self.subject), found)
        return {alert_id: found for alert_id, found in told.items() if found.passed.arrival.occurred_at > horizon}

    def is_active(self, relocation: Relocation) -> bool:
        """Whether the walk still finds this very relocation, and it is active."""
        order = self._spans.order
        if not order or relocation.passed.arrival.occurred_at <= order[-1].occurred_at - self._rules.window_ms:
            return False
        return self.is_in_walk(relocation)

    def is_in_walk(self, relocation: Relocation) -> bool:
        """Whether the walk still finds this very relocation."""
        found = self._journey.all
        if found and found[-1] is relocation:
            return True
        at = bisect_left(self._journey.keys, relocation.passed.arrival)
        return at < len(found) and found[at] is relocation

    def finding_of(self, relocation: Relocation) -> Finding:
        """What is to be said of a relocation of this walk now (step 4)."""
        passed, rules = relocation.passed, self._rules
        arrival, origin = passed.arrival, passed.from_place
        arrived_at, destination = arrival.occurred_at, arrival.place
        between = self._distances.between(origin, destination)
        is_offer = arrival.evidence == OFFER
        left, joined = self._journey.before(origin, destination, arrival)
        returned = left is not None and left.passed.from_last_seen >= arrived_at - rules.window_ms
        repeat = joined is not None and joined.passed.arrival.occurred_at >= arrived_at - rules.repeat_ms
        ground_end = None if passed.left_ground_end < 0 else passed.left_ground_end
        return Finding(
            origin,
            destination,
            passed.from_last_seen,
            arrived_at,
            arrival.event_id,
            arrival.evidence,
            "return" if returned else "first",
            "provisional" if self._is_provisional(passed) else "confirmed",
            not is_offer and is_implausible(between.distance_km, ground_end, arrived_at, rules),
            repeat,
            "tell" if self._flagged_until > arrived_at - rules.window_ms else "file",
            between.cross_region,
            between.cross_border,
        )

    def stays(self) -> list[tuple[str, int, int]]:
        """(place, first_seen, last_seen) of every stay of the walk, oldest first."""
        self._list_appended()
        return self._walk.stays()

    # One sighting more or less

    def _give(self, sighting: Sighting, touched: list[Relocation]) -> None:
        if self._by_id.setdefault(sighting.event_id, sighting) is not sighting:
            self._twins[sighting.event] = sighting
        order = self._spans.order
        if order and sighting.occurred_at <= order[-1].occurred_at - self._rules.kept_ms:
            self._attic.append(sighting)
            return
        self._keep(sighting, touched)

    def _keep(self, sighting: Sighting, touched: list[Relocation]) -> None:
        if sighting.flagged and sighting.occurred_at > self._flagged_until:
            self._flagged_until = sighting.occurred_at
        self._walk_again(self._spans.insert(sighting), touched)

    def _take(self, sighting: Sighting, touched: list[Relocation]) -> None:
        held = self._pop(sighting.event)
        if held in self._attic:
            self._attic.remove(held)
            return
        self._walk_again(self._spans.remove(held), touched)

    def _pop(self, event: EventKey) -> Sighting:
        held = self._by_id.get(event.event_id)
        if held is not None and held.source == event.source and held.type == event.type:
            return self._by_id.pop(event.event_id)
        return self._twins.pop(event)

    def _restore_kept(self, touched: list[Relocation]) -> None:
        """The newest may have gone: what it made too old counts again."""
        attic, self._attic = sorted(self._attic, reverse=True), []
        for sighting in attic:
            newest = self.newest
            if newest is not None and sighting.occurred_at <= newest - self._rules.kept_ms:
                self._attic.append(sighting)
            else:
                self._keep(sighting, touched)
        self._shed(touched)

    def _shed(self, touched: list[Relocation]) -> None:
        """Step 1: what is too old beside the newest is put aside."""
        order = self._spans.order
        while order and order[0].occurred_at <= order[-1].occurred_at - self._rules.kept_ms:
            oldest = order[0]
            self._attic.append(oldest)
            self._walk_again(self._spans.remove(oldest), touched)
            if oldest.occurred_at == self._flagged_until:
                self._flagged_until = self._latest_flagged()

    def _list_appended(self) -> None:
        for presence in self._walk.list_appended():
            self._by_id[presence.event_id] = presence

    def _walk_again(self, change: Touched | None, touched: list[Relocation]) -> None:
        """Walk over what changed; what may say something else since is touched."""
        if change is None:
            return
        gone, added = self._walk.again(change)
        self._provisional = [found for found in self._provisional if found not in gone]
        self._provisional.extend(found for found in added if found.passed.arrival.evidence == OFFER)
        for relocation in (*gone, *added):
            touched.append(relocation)
            touched.extend(self._journey.affected_by(relocation))

    # What depends on the whole window

    def _is_provisional(self, passed: Passed) -> bool:
        if passed.arrival.evidence != OFFER:
            return False
        return self._spans.order[-1].occurred_at < passed.from_last_seen + self._rules.gap_ms

    def _latest_flagged(self) -> int:
        return next((held.occurred_at for held in reversed(self._spans.order) if held.flagged), BEFORE_ALL)

    def _attention_changed(self, before: int) -> Iterable[Relocation]:
        """Relocations that the newest sighting drawing attention reaches and the one before it did not."""
        window_ms, found = self._rules.window_ms, self._journey.all
        start = bisect_left(found, before + window_ms, key=_arrived_at) if before != BEFORE_ALL else 0
        return found[start : bisect_left(found, self._flagged_until + window_ms, key=_arrived_at)]


def _arrived_at(relocation: Relocation) -> int:
    return relocation.passed.arrival.occurred_at
