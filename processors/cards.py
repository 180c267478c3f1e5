"""On which card of the list an alert lies: one card per arrival event; what only repeats lies on the earlier card."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from schemas.alerts import Alert, AlertStatus
from schemas.reports import EventKey

CARDS = uuid5(NAMESPACE_URL, "relocation-alerts/cards")


class OnCard(NamedTuple):
    """Where an alert lies."""

    card: str
    """The id of the card: that of its arrival event, or of the event whose relocations it repeats."""
    event: str
    """The id that the card of its arrival event has, or would have if that event had anything but repeats."""
    at: int
    """UTC ms of ``known_at``: when the card last had news. What is never pushed is no news beside what is."""


def card_id(event: EventKey) -> str:
    """The id of the card of an arrival event."""
    return str(uuid5(CARDS, f"{event.source}|{event.type}|{event.event_id}"))


class Cards:
    """A function of the last message of every alert, whatever their order; kept as they come.

    All that one event brought about is one fact, so its alerts lie together. An event that brought nothing but
    repeats (DESIGN section 6, step 4) lies on the card of the latest earlier alert that one of them repeats: same
    subject, same two places, not withdrawn, at most ``repeat_ms`` before.

    Thousands may come of one event, and thousands repeat one another. So no message looks at all of them: an event
    keeps what it is judged by, and what repeats one another lies in the order of time, where the nearest is found.
    """

    def __init__(self, repeat_ms: int) -> None:
        self._repeat_ms = repeat_ms
        self._told: dict[str, _Told] = {}
        self._events: dict[str, _Event] = defaultdict(_Event)
        self._chains: dict[_Chain, list[_Arrival]] = defaultdict(list)
        """The alerts of each that are not withdrawn, in order."""
        self._hosts: dict[str, _Host] = {}
        """On whose cards events of nothing but repeats lie."""
        self._guests: dict[str, set[str]] = defaultdict(set)
        self._lies: dict[str, tuple[str, int]] = {}
        """The card of each event, and when that had news."""

    def where(self, alert_id: str) -> OnCard:
        """Where the alert lies. Raises KeyError for one never told."""
        event = self._told[alert_id].event
        card, at = self._lies[event]
        return OnCard(card, event, at)

    def tell(self, alert: Alert) -> set[str]:
        """Take in the last message of an alert; the ids of the alerts that lie elsewhere or on a fresher card now."""
        told = _told_of(alert)
        before = self._told.get(told.alert_id)
        if told == before:
            return set()
        events = {told.event} if before is None else {told.event, before.event}
        moments = {event: self._events[event].moment for event in events}
        if before is not None:
            self._take_away(before)
        self._put(told)
        shifted = {event for event in events if self._events[event].moment != moments[event]}
        concerned = self._later(shifted, before, told) - events
        if before is None and not shifted:
            self._join(told.event, self._host_with(told))
        else:
            concerned |= events
        moved = {event for event in concerned if self._join(event, self._host(event))}
        changed = self._laid_anew(events | moved)
        return changed if before is not None and before.event == told.event else {told.alert_id, *changed}

    def _take_away(self, told: "_Told") -> None:
        self._events[told.event].take(told)
        if told.live:
            chain = self._chains[told.chain]
            del chain[bisect_left(chain, told.arrival)]

    def _put(self, told: "_Told") -> None:
        self._told[told.alert_id] = told
        self._events[told.event].put(told)
        if told.live:
            insort(self._chains[told.chain], told.arrival)

    def _later(self, shifted: set[str], before: "_Told | None", told: "_Told") -> set[str]:
        """The events whose host may be another one: this alert changed, and ``shifted`` are at another moment now."""
        changed = [told] if before is None else [before, told]
        changed += [one for event in shifted for one in self._live(event)]
        unlike = {one.event for one in changed}
        return {event for one in changed for event in self._guests_possible(one, unlike)}

    def _guests_possible(self, told: "_Told", unlike: set[str]) -> Iterator[str]:
        """The events in its chain that may lie beside it: those after it, until another is nearer to all that follow.

        Of ``unlike`` events it is not yet known from when on they are nearer.
        """
        chain, until = self._chains.get(told.chain, []), told.arrived_at + self._repeat_ms
        for at in range(bisect_left(chain, (told.arrived_at, "", "")), len(chain)):
            arrived_at, event, _ = chain[at]
            if arrived_at > until:
                return
            yield event
            if arrived_at > told.arrived_at and event not in unlike:
                until = min(until, self._moment(event)[0])

    def _join(self, event: str, host: "_Host") -> bool:
        """Put the event beside its host; whether that is another one than before."""
        before = self._hosts.pop(event, NOWHERE)
        if before != NOWHERE:
            self._guests[before[1]].discard(event)
        if host != NOWHERE:
            self._hosts[event] = host
            self._guests[host[1]].add(event)
        return host[1] != before[1]

    def _host(self, event: str) -> "_Host":
        if not self._events[event].only_repeats:
            return NOWHERE
        return max(self._nearest(told) for told in self._live(event))

    def _host_with(self, told: "_Told") -> "_Host":
        """The same where one more came to an event that is when it was: the others need no second look."""
        if not self._events[told.event].only_repeats:
            return NOWHERE
        before = self._hosts.get(told.event, NOWHERE)
        return max(before, self._nearest(told)) if told.live else before

    def _nearest(self, told: "_Told") -> "_Host":
        """The latest earlier alert that this one repeats.

        The order of moments is strict, so that no two events can lie on each other's cards.
        """
        chain, since = self._chains[told.chain], self._moment(told.event)
        for at in range(bisect_left(chain, (told.arrived_at + 1, "", "")) - 1, -1, -1):
            arrived_at, event, _ = chain[at]
            if told.arrived_at - arrived_at > self._repeat_ms:
                break
            if self._moment(event) < since:
                return arrived_at, event
        return NOWHERE

    def _moment(self, event: str) -> tuple[int, str]:
        """When it happened, in an order in which no two are equal."""
        return self._events[event].moment, event

    def _live(self, event: str) -> "list[_Told]":
        members = (self._told[alert_id] for alert_id in self._events[event].members)
        return [told for told in members if told.live]

    def _laid_anew(self, events: set[str]) -> set[str]:
        """The alerts that lie elsewhere, with what lies on their cards; hosts before their guests."""
        changed: set[str] = set()
        for first in sorted(events, key=self._moment):
            below = [first]
            while below:
                event = below.pop()
                if (lies := self._place(event)) != self._lies.get(event):
                    self._lies[event] = lies
                    changed |= self._events[event].members
                    below += self._guests.get(event, ())
        return changed

    def _place(self, event: str) -> tuple[str, int]:
        host = self._hosts.get(event)
        return (event, self._events[event].news_at) if host is None else self._lies[host[1]]


_Chain = tuple[str, str, str]
"""A subject, and the two places that it goes between, in alphabetical order."""
_Arrival = tuple[int, str, str]
"""When an alert's subject arrived, by which event, and the alert."""
_Host = tuple[int, str]
"""The latest alert that an event repeats: when its subject arrived, and by which event."""
NEVER = -(1 << 63)
NOWHERE: _Host = (NEVER, "")


class _Told(NamedTuple):
    """What there is to know of an alert's last message here."""

    alert_id: str
    event: str
    chain: _Chain
    arrived_at: int
    known_at: int
    live: bool
    repeat: bool
    pushed: bool

    @property
    def arrival(self) -> _Arrival:
        """Its place in its chain."""
        return self.arrived_at, self.event, self.alert_id


class _Event:
    """What one event brought about, and what it is judged by; numbers lie in order, so that the last is the latest."""

    __slots__ = ("_arrivals", "_known", "_pushed", "_repeats", "members")

    def __init__(self) -> None:
        self.members: set[str] = set()
        """Ids of alerts."""
        self._arrivals: list[int] = []
        """Of those not withdrawn."""
        self._repeats = 0
        """How many of those only repeat."""
        self._known: list[int] = []
        self._pushed: list[int] = []
        """When those became known that are pushed."""

    @property
    def moment(self) -> int:
        """When it happened, by what is not withdrawn; UTC ms."""
        return self._arrivals[-1] if self._arrivals else NEVER

    @property
    def only_repeats(self) -> bool:
        """Whether it brought about repeats and nothing else."""
        return 0 < self._repeats == len(self._arrivals)

    @property
    def news_at(self) -> int:
        """UTC ms; what is never pushed is no news beside what is."""
        return (self._pushed or self._known or [0])[-1]

    def put(self, told: _Told) -> None:
        """One more."""
        self.members.add(told.alert_id)
        for moments, at in self._moments(told):
            insort(moments, at)
        self._repeats += told.live and told.repeat

    def take(self, told: _Told) -> None:
        """One less."""
        self.members.discard(told.alert_id)
        for moments, at in self._moments(told):
            del moments[bisect_left(moments, at)]
        self._repeats -= told.live and told.repeat

    def _moments(self, told: _Told) -> Iterator[tuple[list[int], int]]:
        """Where its times lie."""
        yield self._known, told.known_at
        if told.live:
            yield self._arrivals, told.arrived_at
        if told.pushed:
            yield self._pushed, told.known_at


def _told_of(alert: Alert) -> _Told:
    found = alert.finding
    here, there = sorted((found.from_place, found.to_place))
    return _Told(
        alert_id=alert.alert_id,
        event=card_id(EventKey(alert.arrival_source, alert.arrival_type, found.arrival_event_id)),
        chain=(alert.subject, here, there),
        arrived_at=found.arrived_at,
        known_at=alert.known_at,
        live=alert.status is not AlertStatus.WITHDRAWN,
        repeat=found.repeat,
        pushed=alert.pushed,
    )
