"""On which card of the list an alert lies: one card per arrival event; what only repeats lies on the earlier card."""

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
    """

    def __init__(self, repeat_ms: int) -> None:
        self._repeat_ms = repeat_ms
        self._told: dict[str, _Told] = {}
        self._of_event: dict[str, set[str]] = defaultdict(set)
        self._of_chain: dict[_Chain, set[str]] = defaultdict(set)
        self._parents: dict[str, str] = {}
        self._children: dict[str, set[str]] = defaultdict(set)
        self._lies: dict[str, OnCard] = {}

    def where(self, alert_id: str) -> OnCard:
        """Where the alert lies. Raises KeyError for one never told."""
        return self._lies[alert_id]

    def tell(self, alert: Alert) -> set[str]:
        """Take in the last message of an alert; the ids of the alerts that lie elsewhere or on a fresher card now."""
        told = _told_of(alert)
        before = self._told.get(told.alert_id)
        if told == before:
            return set()
        if before is None and (like := self._like(told)) is not None:
            return self._lay_beside(told, like)
        concerned = self._concerned_by(told)
        if before is not None:
            concerned |= self._concerned_by(before)
            self._of_event[before.event].discard(told.alert_id)
            self._of_chain[before.chain].discard(told.alert_id)
        self._told[told.alert_id] = told
        self._of_event[told.event].add(told.alert_id)
        self._of_chain[told.chain].add(told.alert_id)
        moved = [event for event in sorted(concerned) if self._join(event)]
        return self._laid_anew({told.event, *moved})

    def _like(self, told: "_Told") -> "_Told | None":
        """A member of its event that says the same of the event; None where one has to look at all of them.

        What one event brings about comes at once and alike, and may be thousands: each of them looking at all the
        others would take as long as the square of their number.
        """
        one = next(iter(self._of_event.get(told.event, ())), None)
        like = None if one is None else self._told[one]
        return like if like is not None and like.says == told.says and told.live and not told.repeat else None

    def _lay_beside(self, told: "_Told", like: "_Told") -> set[str]:
        """Lay it where a like one lies: when the event was and its news stay so, and only what repeats it may move."""
        self._told[told.alert_id] = told
        self._of_event[told.event].add(told.alert_id)
        self._of_chain[told.chain].add(told.alert_id)
        self._lies[told.alert_id] = self._lies[like.alert_id]
        later = {other.event for other in self._of(told.chain) if self._is_near(told, other)} - {told.event}
        moved = [event for event in sorted(later) if self._join(event)]
        return {told.alert_id, *self._laid_anew(set(moved))}

    def _concerned_by(self, told: "_Told") -> set[str]:
        """The events whose card may be another one because of this alert: its own, and those of what comes after."""
        members = [told, *self._members(told.event)]
        later = (other.event for one in members for other in self._of(one.chain) if self._is_near(one, other))
        return {told.event, *later}

    def _join(self, event: str) -> bool:
        """Put the event on the card that it belongs to; whether that is another one than before."""
        parent, before = self._parent(event), self._parents.get(event)
        if parent == before:
            return False
        if before is not None:
            self._children[before].discard(event)
            del self._parents[event]
        if parent is not None:
            self._children[parent].add(event)
            self._parents[event] = parent
        return True

    def _parent(self, event: str) -> str | None:
        live = self._live(event)
        if not live or not all(told.repeat for told in live):
            return None
        since = _moment(live)
        hosts = [host for told in live for host in self._hosts(told, since)]
        return max(hosts)[1] if hosts else None

    def _hosts(self, told: "_Told", since: tuple[int, str]) -> Iterator[tuple[int, str]]:
        """Arrival and event of each earlier alert that this one repeats."""
        for other in self._of(told.chain):
            # The order of moments is strict, so that no two events can lie on each other's cards.
            if self._is_near(other, told) and other.live and _moment(self._live(other.event)) < since:
                yield other.arrived_at, other.event

    def _is_near(self, first: "_Told", second: "_Told") -> bool:
        return 0 <= second.arrived_at - first.arrived_at <= self._repeat_ms

    def _of(self, chain: "_Chain") -> "list[_Told]":
        return [self._told[alert_id] for alert_id in self._of_chain.get(chain, ())]

    def _members(self, event: str) -> "list[_Told]":
        return [self._told[alert_id] for alert_id in self._of_event.get(event, ())]

    def _live(self, event: str) -> "list[_Told]":
        return [told for told in self._members(event) if told.live]

    def _laid_anew(self, events: set[str]) -> set[str]:
        changed: set[str] = set()
        for event in {below for top in events for below in self._with_all_below(top)}:
            root = self._root(event)
            where = OnCard(root, event, _news_at(self._members(root)))
            for told in self._members(event):
                if self._lies.get(told.alert_id) != where:
                    self._lies[told.alert_id] = where
                    changed.add(told.alert_id)
        return changed

    def _with_all_below(self, event: str) -> Iterator[str]:
        below = [event]
        while below:
            event = below.pop()
            yield event
            below += self._children.get(event, ())

    def _root(self, event: str) -> str:
        while event in self._parents:
            event = self._parents[event]
        return event


_Chain = tuple[str, str, str]
"""A subject, and the two places that it goes between, in alphabetical order."""


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
    def says(self) -> tuple[int, int, bool, bool, bool]:
        """All that its event is judged by, beside who it is about."""
        return self.arrived_at, self.known_at, self.live, self.repeat, self.pushed


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


def _news_at(members: list[_Told]) -> int:
    pushed = [told.known_at for told in members if told.pushed]
    return max(pushed or (told.known_at for told in members), default=0)


def _moment(live: list[_Told]) -> tuple[int, str]:
    """When an event happened, in an order in which no two are equal."""
    return max((told.arrived_at, told.event) for told in live)
