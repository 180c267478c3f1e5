"""What a keeper said of its alerts, as the log has it: the first message of a revision counts, whoever wrote it."""

from collections.abc import Mapping, Sequence

from processors.keeper_steps import Told
from processors.kept import NEVER, Kept
from processors.relocations import alert_id_of
from processors.subjects import Subjects
from schemas.alerts import Alert, AlertStatus
from schemas.reports import EventKey

Heirs = Mapping[EventKey, tuple[str, ...]]
"""By the event whose sighting a subject loses: the subjects that gain it."""


class Words:
    """Keeps what was said in step with the log, and repeats it where readers have to know more of it."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects
        self._unheard: dict[str, tuple[int, int]] = {}
        """Alerts of which messages of our own were not yet read back: the first such revision, and the last."""

    def tell(self, kept: Kept, alerts: Sequence[Alert], heirs: Heirs) -> list[Told]:
        """These messages are new; with that, or with what moved, alerts may be settled, or active again.

        ``heirs``: who gains what was taken. What is to be told in all.
        """
        told: list[Told] = []
        for alert in alerts:
            first, _ = self._unheard.get(alert.alert_id, (alert.revision, 0))
            self._unheard[alert.alert_id] = first, alert.revision
            told.append(Told(alert, _successor_of(alert, heirs)))
            self.note(kept, alert, settled=False)
        if not kept.in_question:
            self.settle(kept, told)
        return told

    def note(self, kept: Kept, alert: Alert, *, settled: bool) -> None:
        """This is the last message of the alert; ``settled`` as it was last repeated."""
        kept.open.pop(alert.alert_id, None)
        kept.settled.pop(alert.alert_id, None)
        if alert.status == AlertStatus.WITHDRAWN:
            return
        arrived_at = alert.finding.arrived_at
        if settled:
            kept.settled[alert.alert_id] = arrived_at
            kept.reopens_at = max(kept.reopens_at, arrived_at)
        else:
            kept.open[alert.alert_id] = arrived_at
            kept.settles_at = min(kept.settles_at, arrived_at)

    def settle(self, kept: Kept, told: list[Told]) -> None:
        """Repeat in ``told`` what has become settled, or active again."""
        window = self._subjects.window(kept.subject)
        newest = None if window is None else window.newest
        horizon = NEVER if newest is None else newest - self._subjects.rules.window_ms
        if horizon >= kept.settles_at:
            for alert_id in sorted(alert_id for alert_id, at in kept.open.items() if at <= horizon):
                kept.settled[alert_id] = kept.open.pop(alert_id)
                kept.reopens_at = max(kept.reopens_at, kept.settled[alert_id])
                told.append(self.repeated(kept, alert_id))
            kept.settles_at = min(kept.open.values(), default=NEVER)
        if horizon < kept.reopens_at:
            for alert_id in sorted(alert_id for alert_id, at in kept.settled.items() if at > horizon):
                kept.open[alert_id] = kept.settled.pop(alert_id)
                kept.settles_at = min(kept.settles_at, kept.open[alert_id])
                told.append(self.repeated(kept, alert_id))
            kept.reopens_at = max(kept.settled.values(), default=-NEVER)

    def hear(self, kept: Kept, alert: Alert, told: list[Told]) -> bool:
        """A message in the log that another wrote. Whether it is what was said last, and not what we thought.

        What has to be repeated for that is put into ``told``.
        """
        last = self._subjects.said_of(alert.subject).get(alert.alert_id)
        unheard = self._unheard.get(alert.alert_id)
        is_first = unheard is not None and alert.revision >= unheard[0]
        if last is None or alert.revision > last.revision or (is_first and alert.revision == last.revision):
            self._unheard.pop(alert.alert_id, None)
            if alert == last:
                return False
            self._subjects.restore_said(alert)
            self.note(kept, alert, settled=False)
            told.append(self.repeated(kept, alert.alert_id))  # what we said ourselves may lie after it
            return True
        if unheard is not None and is_first:
            self._unheard[alert.alert_id] = alert.revision + 1, unheard[1]
        else:
            told.append(self.repeated(kept, alert.alert_id))
        return False

    def hear_own(self, alert_id: str, revision: int) -> None:
        """A message of our own in the log."""
        first, last = self._unheard.get(alert_id, (NEVER, NEVER))
        if revision < first:
            return
        if revision < last:
            self._unheard[alert_id] = revision + 1, last
        else:
            del self._unheard[alert_id]

    def repeated(self, kept: Kept, alert_id: str) -> Told:
        """The last message again: something older came after it, or it is settled now, or active again."""
        said = self._subjects.said_of(kept.subject)
        last = said[alert_id]
        successor = kept.subject if last.superseded_by in said else None
        return Told(last, successor, settled=alert_id in kept.settled)


def _successor_of(alert: Alert, heirs: Heirs) -> str | None:
    """The subject of ``superseded_by``: her own, else that of the heir whose alert has this id."""
    if alert.superseded_by is None:
        return None
    arrival = EventKey(alert.arrival_source, alert.arrival_type, alert.finding.arrival_event_id)
    for heir in heirs.get(arrival, ()):
        if alert_id_of(heir, alert.finding.to_place, arrival.event_id) == alert.superseded_by:
            return heir
    return alert.subject
