"""The plain form of DESIGN section 6: the relocations of a set of sightings, from scratch, sentence by sentence.

It is what the rules say, written to be read; ``processors.windows`` gives the same answer without starting over.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha1

from processors.geography import Distances
from processors.rules import Rules
from schemas.alerts import Finding
from schemas.sightings import Evidence, Sighting

ALERT_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "relocation-alerts")
_NAMESPACE = ALERT_NAMESPACE.bytes
_VARIANT = {digit: f"{int(digit, 16) & 3 | 8:x}" for digit in "0123456789abcdef"}


def alert_id_of(subject: str, to_place: str, arrival_event_id: str) -> str:
    """The id of the alert of one arrival: the same wherever and whenever it is worked out (step 5)."""
    name = f"{subject}|{to_place}|{arrival_event_id}"
    digest = sha1(_NAMESPACE + name.encode(), usedforsecurity=False).hexdigest()
    # As uuid5 has it, in half the time: 5 stands for its version, and the two bits after it are its variant.
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{_VARIANT[digest[16]]}{digest[17:20]}-{digest[20:32]}"


def keep(sightings: Iterable[Sighting], rules: Rules) -> list[Sighting]:
    """Step 1: the sightings later than newest - 2W, in the order of step 2."""
    ordered = sorted(sightings)
    if not ordered:
        return []
    horizon = ordered[-1].occurred_at - rules.kept_ms
    return [sighting for sighting in ordered if sighting.occurred_at > horizon]


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of sightings in one place; ``sightings`` are the whole of it, in order."""

    sightings: tuple[Sighting, ...]

    @property
    def first(self) -> Sighting:
        """The sighting it begins with, by which it is ordered."""
        return self.sightings[0]

    @property
    def place(self) -> str:
        """Where it is."""
        return self.first.place

    @property
    def is_offer(self) -> bool:
        """Whether it is made of offers."""
        return self.first.evidence == Evidence.OFFER

    @property
    def end(self) -> int:
        """When its last sighting occurred."""
        return self.sightings[-1].occurred_at

    def after(self, at: int) -> "Interval | None":
        """What of it lies later than ``at``, or None."""
        later = tuple(sighting for sighting in self.sightings if sighting.occurred_at > at)
        return Interval(later) if later else None


def intervals_of(kept: Sequence[Sighting], rules: Rules) -> list[Interval]:
    """Step 2: the intervals of sightings in order, by their first sighting."""
    presences = [Interval((sighting,)) for sighting in kept if sighting.evidence == Evidence.PRESENCE]
    return sorted(
        [*presences, *_offer_intervals(kept, rules), *_passage_intervals(kept, rules)], key=lambda span: span.first
    )


def _offer_intervals(kept: Sequence[Sighting], rules: Rules) -> list[Interval]:
    offers: dict[str, list[list[Sighting]]] = {}
    for sighting in kept:
        if sighting.evidence != Evidence.OFFER:
            continue
        spans = offers.setdefault(sighting.place, [])
        if spans and sighting.occurred_at - spans[-1][-1].occurred_at <= rules.gap_ms:
            spans[-1].append(sighting)
        else:
            spans.append([sighting])
    return [Interval(tuple(span)) for spans in offers.values() for span in spans]


def _passage_intervals(kept: Sequence[Sighting], rules: Rules) -> list[Interval]:
    runs: list[list[Sighting]] = []
    uninterrupted = False
    for sighting in kept:
        if runs and sighting.place != runs[-1][0].place:
            uninterrupted = False
        if sighting.evidence != Evidence.PASSAGE:
            continue
        if uninterrupted and sighting.occurred_at - runs[-1][-1].occurred_at <= rules.gap_ms:
            runs[-1].append(sighting)
        else:
            runs.append([sighting])
        uninterrupted = True
    return [Interval(tuple(run)) for run in runs if run[-1].occurred_at - run[0].occurred_at >= rules.dwell_ms]


@dataclass(slots=True)
class Stay:
    """A stay of the walk, while it is being lengthened and after it ended."""

    place: str
    first: Sighting
    last_seen: int
    giver: Interval
    """The interval that gave ``last_seen``."""
    ground_end: int | None
    """The latest end of its presence and passage intervals."""
    ended_at: int | None = None
    """The arrival that ended it."""

    @classmethod
    def begin(cls, interval: Interval) -> "Stay":
        """The stay that begins with this interval."""
        return cls(interval.place, interval.first, interval.end, interval, None if interval.is_offer else interval.end)

    def extend(self, interval: Interval) -> None:
        """The same place again."""
        if interval.end > self.last_seen:
            self.last_seen, self.giver = interval.end, interval
        if not interval.is_offer:
            self.ground_end = max(self.ground_end or 0, interval.end)

    @property
    def last_seen_before_leaving(self) -> int:
        """``last_seen``, at most the arrival that ended the stay."""
        return self.last_seen if self.ended_at is None else min(self.last_seen, self.ended_at)


@dataclass(frozen=True, slots=True)
class Move:
    """A relocation: the stay that was left and the one that began."""

    left: Stay
    arrived: Stay
    earlier: tuple[Stay, ...]
    """Every stay of the walk before the one that began, oldest first."""


def walk(intervals: Sequence[Interval], rules: Rules) -> tuple[list[Stay], list[Move]]:
    """Step 3: the stays, and the relocations between them."""
    to_walk = sorted(intervals, key=lambda span: span.first)
    stays: list[Stay] = []
    moves: list[Move] = []

    def put_back(interval: Interval | None) -> None:
        if interval is not None:
            to_walk.append(interval)
            to_walk.sort(key=lambda span: span.first)

    while to_walk:
        interval = to_walk.pop(0)
        if not stays:
            stays.append(Stay.begin(interval))
            continue
        stay, start = stays[-1], interval.first.occurred_at
        if interval.place == stay.place:
            stay.extend(interval)
        elif interval.is_offer and start <= stay.last_seen:
            if interval.end >= stay.last_seen + rules.gap_ms:
                put_back(interval.after(stay.last_seen))
        else:
            stay.ended_at = start
            arrived = Stay.begin(interval)
            if start - stay.last_seen <= rules.window_ms:
                moves.append(Move(stay, arrived, tuple(stays)))
                if stay.giver.is_offer:
                    put_back(stay.giver.after(start))
            stays.append(arrived)
    return stays, moves


def findings_of(sightings: Iterable[Sighting], rules: Rules, distances: Distances) -> list[Finding]:
    """Steps 1 to 4: every relocation of the walk, active or not, in its order."""
    kept = keep(sightings, rules)
    _, moves = walk(intervals_of(kept, rules), rules)
    return [_finding(move, moves[:index], kept, rules, distances) for index, move in enumerate(moves)]


def active_findings(
    subject: str, sightings: Iterable[Sighting], rules: Rules, distances: Distances
) -> dict[str, Finding]:
    """Step 5: the active relocations by alert id; of two that bear the same id the later is not told."""
    kept = list(sightings)
    findings: dict[str, Finding] = {}
    for finding in findings_of(kept, rules, distances):
        findings.setdefault(alert_id_of(subject, finding.to_place, finding.arrival_event_id), finding)
    newest = max((sighting.occurred_at for sighting in kept), default=0)
    return {
        alert_id: finding for alert_id, finding in findings.items() if finding.arrived_at > newest - rules.window_ms
    }


def _finding(
    move: Move, before: Sequence[Move], kept: Sequence[Sighting], rules: Rules, distances: Distances
) -> Finding:
    arrival = move.arrived.first
    arrived_at, origin, destination = arrival.occurred_at, move.left.place, move.arrived.place
    between = distances.between(origin, destination)
    from_last_seen = min(move.left.last_seen, arrived_at)
    is_offer = arrival.evidence == Evidence.OFFER
    returned = any(
        stay.place == destination and stay.last_seen_before_leaving >= arrived_at - rules.window_ms
        for stay in move.earlier
    )
    provisional = is_offer and kept[-1].occurred_at < from_last_seen + rules.gap_ms
    repeat = any(
        {earlier.left.place, earlier.arrived.place} == {origin, destination}
        and earlier.arrived.first.occurred_at >= arrived_at - rules.repeat_ms
        for earlier in before
    )
    tell = any(sighting.flagged and sighting.occurred_at > arrived_at - rules.window_ms for sighting in kept)
    return Finding(
        from_place=origin,
        to_place=destination,
        from_last_seen=from_last_seen,
        arrived_at=arrived_at,
        arrival_event_id=arrival.event_id,
        evidence=arrival.evidence,
        novelty="return" if returned else "first",
        certainty="provisional" if provisional else "confirmed",
        implausible=not is_offer and is_implausible(between.distance_km, move.left.ground_end, arrived_at, rules),
        repeat=repeat,
        attention="tell" if tell else "file",
        cross_region=between.cross_region,
        cross_border=between.cross_border,
    )


def is_implausible(distance_km: float | None, ground_end: int | None, arrived_at: int, rules: Rules) -> bool:
    """Whether nobody travels that fast: too far, and no time for it or a need for more than V."""
    if distance_km is None or ground_end is None or distance_km <= rules.implausible_min_km:
        return False
    travel_ms = arrived_at - ground_end
    return travel_ms <= 0 or distance_km > rules.implausible_kmh * travel_ms / 3_600_000
