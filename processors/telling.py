"""What is told of a subject: how what follows from its window differs from what was last said (section 6, step 5)."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from processors.journey import Relocation
from processors.windows import Window
from schemas.alerts import Alert, AlertStatus, Finding, WithdrawnReason
from schemas.reports import EventKey
from schemas.sightings import Sighting

BASED_ON_LEFT_MAX = 3
"""How many sightings of the stay that was left an alert carries as evidence."""
BASED_ON_SEARCH_MAX = 24
"""How many sightings before the arrival are looked through for them."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was so before the step, as far as settling an alert depends on it."""

    newest: int | None
    """When the newest kept sighting occurred (UTC ms)."""
    lost: frozenset[EventKey] = frozenset()
    """Events whose sighting was taken from the subject, or given another time, class or place."""
    frozen: frozenset[str] = frozenset()
    """Alerts that rested on evidence that was forgotten: settled as they stand."""


@dataclass(slots=True)
class Difference:
    """What has to be told of one subject after one step; reasons and successors come when all subjects are known."""

    subject: str
    withdrawn: list[Alert] = field(default_factory=list)
    """As last said."""
    revised: list[tuple[Alert, Relocation, Finding]] = field(default_factory=list)
    raised: list[tuple[Alert | None, Relocation, Finding]] = field(default_factory=list)
    referred: list[Alert] = field(default_factory=list)
    """Nothing to tell, but they rest on another source's event of the same id now: as said, with that reference."""

    @property
    def is_empty(self) -> bool:
        """Nothing is to be told."""
        return not (self.withdrawn or self.revised or self.raised)


def differences(
    window: Window,
    said: Mapping[str, Alert],
    touched: Sequence[Relocation] | None,
    before: Before,
) -> Difference:
    """Compare what may have changed (``touched``; None: everything) with what was last said."""
    told = Difference(window.subject)
    if touched is not None and not touched:
        return told
    if touched is None:
        active = window.active()
        gone = [alert_id for alert_id in said if alert_id not in active]
    else:
        active, gone = _active_of(window, touched)
    for alert_id, relocation in active.items():
        if alert_id not in before.frozen:
            _compare(told, said.get(alert_id), relocation, window)
    for alert_id in gone:
        last = said.get(alert_id)
        if last is not None and last.status != AlertStatus.WITHDRAWN and not _is_settled(last, window, before):
            told.withdrawn.append(last)
    return told


def _active_of(window: Window, touched: Iterable[Relocation]) -> tuple[dict[str, Relocation], list[str]]:
    """Of the relocations that may have changed: the active ones by alert id, and the ids that are not active."""
    active: dict[str, Relocation] = {}
    inactive: dict[str, None] = {}
    for relocation in touched:
        alert_id = relocation.alert_id(window.subject)
        if window.is_active(relocation):
            active[alert_id] = relocation
        else:
            inactive[alert_id] = None
    return active, [alert_id for alert_id in inactive if alert_id not in active]


def _compare(told: Difference, last: Alert | None, relocation: Relocation, window: Window) -> None:
    finding = window.finding_of(relocation)
    if last is None or last.status == AlertStatus.WITHDRAWN:
        told.raised.append((last, relocation, finding))
    elif last.finding != finding:
        told.revised.append((last, relocation, finding))
    elif last.arrival_source != relocation.passed.arrival.source or last.arrival_type != relocation.passed.arrival.type:
        told.referred.append(referring(last, relocation))


def _is_settled(last: Alert, window: Window, before: Before) -> bool:
    """It stays as it was said: too old beside the newest, and its own arrival sighting still stands."""
    if EventKey(last.arrival_source, last.arrival_type, last.finding.arrival_event_id) in before.lost:
        return False
    if last.alert_id in before.frozen:
        return True
    newest = window.newest if window.newest is not None else before.newest
    return newest is None or last.finding.arrived_at <= newest - window.window_ms


def raised(window: Window, last: Alert | None, relocation: Relocation, finding: Finding, known_at: int) -> Alert:
    """The message that the alert is now active."""
    arrival = relocation.passed.arrival
    return Alert(
        alert_id=relocation.alert_id(window.subject),
        revision=1 if last is None else last.revision + 1,
        status=AlertStatus.RAISED,
        subject_kind=window.kind,
        subject=window.subject,
        finding=finding,
        arrival_source=arrival.source,
        arrival_type=arrival.type,
        known_at=known_at,
        historical=known_at - finding.arrived_at > window.fresh_ms,
        based_on=based_on(window, relocation),
    )


def revised(window: Window, last: Alert, relocation: Relocation, finding: Finding, known_at: int) -> Alert:
    """The message that the alert now says something else; its arrival may now be another source's event of that id."""
    arrival = relocation.passed.arrival
    return replace(
        last,
        revision=last.revision + 1,
        status=AlertStatus.REVISED,
        finding=finding,
        arrival_source=arrival.source,
        arrival_type=arrival.type,
        known_at=known_at,
        based_on=based_on(window, relocation),
    )


def referring(last: Alert, relocation: Relocation) -> Alert:
    """What was said, resting on the event that is the arrival now."""
    arrival = relocation.passed.arrival
    return replace(last, arrival_source=arrival.source, arrival_type=arrival.type)


def withdrawn(last: Alert, reason: WithdrawnReason, superseded_by: str | None, known_at: int) -> Alert:
    """The message that the alert no longer follows from the evidence; it repeats what was last said."""
    return replace(
        last,
        revision=last.revision + 1,
        status=AlertStatus.WITHDRAWN,
        known_at=known_at,
        # Passages of a vehicle that is no longer followed are destroyed: they are not repeated either.
        based_on=() if reason is WithdrawnReason.NOT_FOLLOWED else last.based_on,
        reason=reason,
        superseded_by=superseded_by,
    )


def based_on(window: Window, relocation: Relocation) -> tuple[Sighting, ...]:
    """The latest sightings where the subject was, oldest first, then the arrival."""
    arrival, kept = relocation.passed.arrival, window.kept
    at = len(kept) - 1 if kept[-1] is arrival else bisect_left(kept, arrival)
    left: list[Sighting] = []
    for index in range(at - 1, max(-1, at - 1 - BASED_ON_SEARCH_MAX), -1):
        if kept[index].place == relocation.passed.from_place:
            left.append(kept[index])
            if len(left) == BASED_ON_LEFT_MAX:
                break
    return (*reversed(left), arrival)
