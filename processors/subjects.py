"""Subjects: their windows, and what was said of each; with what moves in a step, what is told (section 6, step 5)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from processors.geography import Distances, Geography
from processors.journey import Relocation
from processors.relocations import alert_id_of
from processors.rules import Rules
from processors.telling import Before, Difference, differences, raised, referring, revised, withdrawn
from processors.windows import BEFORE_ALL, Window
from schemas.alerts import Alert, AlertStatus, WithdrawnReason
from schemas.reports import EventKey
from schemas.sightings import Sighting


@dataclass(slots=True)
class Moved:
    """What one step takes from a subject and gives to it."""

    kind: str
    taken: dict[EventKey, Sighting] = field(default_factory=dict)
    given: dict[EventKey, Sighting] = field(default_factory=dict)
    reasons: set[WithdrawnReason] = field(default_factory=set)
    heirs: dict[EventKey, tuple[str, ...]] = field(default_factory=dict)
    """Who gains what is taken, where their windows are not at hand: their alerts are known by their computed ids."""

    @property
    def reason(self) -> WithdrawnReason:
        """Why an alert that no longer follows was withdrawn: the first that applies."""
        for reason in (WithdrawnReason.NOT_FOLLOWED, WithdrawnReason.CORRECTED, WithdrawnReason.IDENTITY):
            if reason in self.reasons:
                return reason
        return WithdrawnReason.LATER_EVIDENCE

    @property
    def lost(self) -> frozenset[EventKey]:
        """Events whose sighting is gone, or has another time, class or place."""
        return frozenset(event for event, old in self.taken.items() if not _stands(old, self.given.get(event)))


class Subjects:
    """The windows of all subjects and the last message of every alert. Times are UTC milliseconds."""

    def __init__(self, rules: Rules, geography: Geography) -> None:
        self.rules = rules
        self._distances = Distances(geography)
        self._windows: dict[str, Window] = {}
        self._said: dict[str, dict[str, Alert]] = {}
        self._frozen: dict[str, set[str]] = {}
        """Alerts that rested on what was forgotten: settled as they stand."""

    def window(self, subject: str) -> Window | None:
        """The window of a subject that has or had sightings."""
        return self._windows.get(subject)

    def is_active(self, alert_id: str, subject: str) -> bool:
        """Whether what was last said of the alert is active: neither withdrawn nor settled."""
        alert, window = self._said.get(subject, {}).get(alert_id), self._windows.get(subject)
        if alert is None or alert.status == AlertStatus.WITHDRAWN or window is None or window.newest is None:
            return False
        return alert.finding.arrived_at > window.newest - self.rules.window_ms

    def window_for(self, subject: str, kind: str) -> Window:
        """The window of a subject, which has one from now on: the same for as long as this lives."""
        window = self._windows.get(subject)
        if window is None:
            window = self._windows[subject] = Window(subject, kind, self.rules, self._distances)
        return window

    def give(self, window: Window, sighting: Sighting, known_at: int, *, is_first: bool = False) -> Sequence[Alert]:
        """One sighting more for a subject's window, and nothing else moves: what is told of it.

        ``is_first``: whoever asks knows that no event of its ``event_id`` gave the subject one before.
        """
        touched = window.add(sighting, is_first=is_first)
        if touched is not None and not touched:
            return ()
        if touched is not None and len(touched) == 1 and self._is_new(window, touched[0]):
            found = touched[0]
            return self._say((raised(window, None, found, window.finding_of(found), known_at),))
        told = self._differences(window, touched, window.newest, frozenset())
        return () if told.is_empty else self._say(self._messages(told, {window.subject: Moved(window.kind)}, known_at))

    def change(self, moved: Mapping[str, Moved], known_at: int) -> Sequence[Alert]:
        """Sightings come, go and move between subjects in one step: what is told of it, in the order of the rules."""
        told = [self._change_window(subject, moved[subject]) for subject in sorted(moved)]
        # All windows have changed before the first word: what is withdrawn names its successor elsewhere.
        return self._say([alert for difference in told for alert in self._messages(difference, moved, known_at)])

    def forget(self, subject: str, sighting: Sighting) -> None:
        """The sighting is past its term: it goes without a word, and what was said of it stays said."""
        window = self._windows[subject]
        stale = self._stale(window)
        window.change((sighting,), ())
        self._freeze(window, self._stale(window) - stale)

    def compare(
        self, subject: str, alert_ids: Collection[str], settled: Collection[str], known_at: int
    ) -> Sequence[Alert]:
        """Nothing moves, but what was said of these alerts may not be what follows: what is told of that.

        ``settled`` stays as it is where no sightings are left; whatever else was said then is withdrawn.
        """
        said, frozen = self.said_of(subject), frozenset(self._frozen.get(subject, ()))
        if not said:
            return ()
        window = self.window_for(subject, next(iter(said.values())).subject_kind)
        before = Before(window.newest, frozen=frozen)
        if window.newest is None:
            before = Before(BEFORE_ALL, frozen=frozen.union(settled))
        told = differences(window, said, None, before)
        told.withdrawn = [last for last in told.withdrawn if last.alert_id in alert_ids]
        told.revised = [change for change in told.revised if change[0].alert_id in alert_ids]
        told.raised = [new for new in told.raised if new[1].alert_id(subject) in alert_ids]
        self._say(told.referred)
        return self._say(self._messages(told, {subject: Moved(window.kind)}, known_at))

    def said_of(self, subject: str) -> Mapping[str, Alert]:
        """The last message of every alert of the subject. Not to be changed."""
        return self._said.get(subject, {})

    def restore_said(self, alert: Alert) -> None:
        """The last message of an alert, as a runtime kept it."""
        self._said.setdefault(alert.subject, {})[alert.alert_id] = alert

    def thaw(self, subject: str) -> None:
        """More was said since what was frozen: what follows like that, or was withdrawn, is not settled by it."""
        frozen = self._frozen.get(subject)
        if frozen:
            frozen &= self._stale(self._windows[subject])

    def restore_window(self, subject: str, kind: str, sightings: Sequence[Sighting]) -> None:
        """All sightings of a subject, as they follow from what a runtime kept; what was said of it is known already."""
        window = self.window_for(subject, kind)
        window.change((), sorted(sightings))
        self._refer_anew(window)
        self._freeze(window, self._stale(window))

    def _refer_anew(self, window: Window) -> None:
        """An alert may have passed to another source's event of the same id without a word."""
        said = self._said.get(window.subject)
        if not said:
            return
        first = {found.alert_id(window.subject): found for found in reversed(window.relocations)}
        for alert_id, found in first.items():
            last = said.get(alert_id)
            if last is not None and last.status != AlertStatus.WITHDRAWN:
                self._say([referring(last, found)])

    def _freeze(self, window: Window, stale: set[str]) -> None:
        """What was said and no longer follows, because evidence was forgotten, is settled as it stands."""
        if stale:
            self._frozen.setdefault(window.subject, set()).update(stale)

    def _stale(self, window: Window) -> set[str]:
        """Alerts that were said and do not follow like that."""
        active = window.active()
        stale = set()
        for alert_id, alert in self._said.get(window.subject, {}).items():
            if alert.status == AlertStatus.WITHDRAWN:
                continue
            found = active.get(alert_id)
            differs = window.finding_of(found) != alert.finding if found else self.is_active(alert_id, window.subject)
            if differs or window.newest is None:
                stale.add(alert_id)
        return stale

    def _is_new(self, window: Window, relocation: Relocation) -> bool:
        """Whether it is active and nothing was ever said of it: then it is raised, and that is all."""
        if not window.is_active(relocation):
            return False
        alert_id, subject = relocation.alert_id(window.subject), window.subject
        return alert_id not in self._said.get(subject, ()) and alert_id not in self._frozen.get(subject, ())

    def _change_window(self, subject: str, step: Moved) -> Difference:
        window = self.window_for(subject, step.kind)
        newest = window.newest
        if step.taken or len(step.given) != 1:
            touched = window.change(step.taken.values(), step.given.values())
        else:
            touched = window.add(*step.given.values())
        return self._differences(window, touched, newest, step.lost)

    def _differences(
        self, window: Window, touched: Sequence[Relocation] | None, newest: int | None, lost: frozenset[EventKey]
    ) -> Difference:
        frozen = frozenset(self._frozen.get(window.subject, ()))
        told = differences(window, self._said.get(window.subject, {}), touched, Before(newest, lost, frozen))
        self._say(told.referred)
        return told

    def _say(self, alerts: Sequence[Alert]) -> Sequence[Alert]:
        for alert in alerts:
            self._said.setdefault(alert.subject, {})[alert.alert_id] = alert
        return alerts

    def _messages(self, told: Difference, moved: Mapping[str, Moved], known_at: int) -> list[Alert]:
        window = self._windows[told.subject]
        active = window.active() if told.withdrawn else {}
        reason = moved[told.subject].reason
        gone = [withdrawn(last, reason, self._successor(last, active, moved), known_at) for last in told.withdrawn]
        changed = [revised(window, last, found, finding, known_at) for last, found, finding in told.revised]
        new = [raised(window, last, found, finding, known_at) for last, found, finding in told.raised]
        return [alert for alerts in (gone, changed, new) for alert in sorted(alerts, key=_told_order)]

    def _successor(self, last: Alert, active: Mapping[str, Relocation], moved: Mapping[str, Moved]) -> str | None:
        """The active alert that replaces a withdrawn one, if there is one."""
        arrival = EventKey(last.arrival_source, last.arrival_type, last.finding.arrival_event_id)
        same = _of_arrival(active, arrival)
        if same:
            return min(same)
        elsewhere = [
            alert_id
            for subject, step in moved.items()
            if subject != last.subject and arrival in step.given and arrival not in step.taken
            for alert_id in _of_arrival(self._windows[subject].active(), arrival)
        ]
        elsewhere.extend(
            alert_id_of(heir, last.finding.to_place, arrival.event_id)
            for heir in moved[last.subject].heirs.get(arrival, ())
        )
        return min(elsewhere) if elsewhere else _nearest(last, active)


def _nearest(last: Alert, active: Mapping[str, Relocation]) -> str | None:
    """Of the same subject and with the same ``to``: the nearest arrival, then the earlier, then the smaller id."""
    candidates = [
        (abs(arrival.occurred_at - last.finding.arrived_at), arrival.occurred_at, alert_id)
        for alert_id, arrival in ((alert_id, found.passed.arrival) for alert_id, found in active.items())
        if arrival.place == last.finding.to_place
    ]
    return min(candidates)[2] if candidates else None


def _of_arrival(active: Mapping[str, Relocation], arrival: EventKey) -> list[str]:
    return [alert_id for alert_id, found in active.items() if found.passed.arrival.event == arrival]


def _told_order(alert: Alert) -> tuple[int, str]:
    return alert.finding.arrived_at, alert.alert_id


def _stands(old: Sighting, new: Sighting | None) -> bool:
    """Whether the sighting kept its time, class and place."""
    return new is not None and (old.occurred_at, old.evidence, old.place) == (
        new.occurred_at,
        new.evidence,
        new.place,
    )
