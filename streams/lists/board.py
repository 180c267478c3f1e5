"""Every alert as it stands, in memory: what DESK and the list need of it besides its last message."""

from collections.abc import Iterable
from dataclasses import replace

from processors.cards import Cards, OnCard
from schemas.actions import AlertState, Handling
from schemas.alerts import Alert, AlertStatus
from streams.lists.heads import Head


class Board:
    """The heads of all alerts, on which cards they lie, and which of them a subject's next sighting could settle."""

    def __init__(self, cards: Cards) -> None:
        self._cards = cards
        self._heads: dict[str, Head] = {}
        self._open: dict[str, set[str]] = {}
        self._snoozed: set[str] = set()
        self._changed: set[str] = set()

    def get(self, alert_id: str) -> Head | None:
        """The alert as it stands, or None."""
        return self._heads.get(alert_id)

    def put(self, head: Head) -> None:
        """The alert now stands like this."""
        self._put(head)
        self._changed |= {head.alert.alert_id, *self._cards.tell(head.alert)}

    def restore(self, heads: Iterable[tuple[Head, OnCard]]) -> None:
        """The alerts stand like this on the disk; those that lie elsewhere than there have changed."""
        lay: dict[str, OnCard] = {}
        for head, where in heads:
            self._put(head)
            self._cards.tell(head.alert)
            lay[head.alert.alert_id] = where
        self._changed |= {alert_id for alert_id, where in lay.items() if self._cards.where(alert_id) != where}

    def _put(self, head: Head) -> None:
        alert = head.alert
        self._heads[alert.alert_id] = head
        _keep(
            self._open.setdefault(alert.subject, set()),
            alert.alert_id,
            belongs=alert.status is not AlertStatus.WITHDRAWN,
        )
        _keep(self._snoozed, alert.alert_id, belongs=head.state.handling is Handling.SNOOZED)

    def handled(self, state: AlertState) -> None:
        """The alert is now handled like this."""
        self.put(replace(self._heads[state.alert_id], state=state))

    def of_subject(self, subject: str) -> list[Head]:
        """The subject's alerts that are not withdrawn, active or settled."""
        return [self._heads[alert_id] for alert_id in sorted(self._open.get(subject, ()))]

    def snoozed(self) -> list[AlertState]:
        """The states of alerts that are snoozed."""
        return [self._heads[alert_id].state for alert_id in sorted(self._snoozed)]

    def alerts(self) -> list[Alert]:
        """The last message of every alert."""
        return [head.alert for head in self._heads.values()]

    def take_changed(self) -> list[tuple[Head, OnCard]]:
        """The heads that changed since this was last asked, and where they lie."""
        changed = [(self._heads[alert_id], self._cards.where(alert_id)) for alert_id in sorted(self._changed)]
        self._changed.clear()
        return changed


def _keep(members: set[str], member: str, *, belongs: bool) -> None:
    if belongs:
        members.add(member)
    else:
        members.discard(member)
