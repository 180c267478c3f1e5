"""DESK at work: what is told of alerts and asked of them, on the board and into the log."""

from collections.abc import Callable
from dataclasses import replace

from processors.desk import Conflicted, Desk
from processors.mistaken import asked_of_subject
from processors.requests import no_such_alert, used_before
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert, AlertStatus
from schemas.problems import Problem
from schemas.views import Conflict, Refused
from streams.embedded.log import Log
from streams.lists import bodies
from streams.lists.board import Board
from streams.lists.heads import Head


class AlertDesk:
    """Hears the alert messages of each step, decides requests, and lets snoozes end."""

    def __init__(self, log: Log, board: Board, region_of: Callable[[str], str]) -> None:
        self._log, self._board, self._region_of = log, board, region_of

    def hear(self, alerts: tuple[Alert, ...]) -> None:
        """The messages of one step, in their order."""
        for alert in alerts:
            self._hear(alert)
        for alert in alerts:
            if alert.status is AlertStatus.WITHDRAWN and alert.superseded_by is not None:
                self._pass_on(alert.alert_id, alert.superseded_by)

    def _hear(self, alert: Alert) -> None:
        head = self._board.get(alert.alert_id)
        position = self._log.add_alert(alert)
        active = alert.status is not AlertStatus.WITHDRAWN
        if head is None:
            state = Desk.initial(alert)
            units = self._region_of(alert.finding.from_place), self._region_of(alert.finding.to_place)
            self._board.put(Head(alert, position, alert.known_at, state, active, *units))
            self._log.add_state(state)
            return
        decided = Desk.told(head.state, head.alert, alert)
        self._board.put(self._moved(replace(head, alert=alert, position=position, active=active)))
        if decided is not None:
            self._decide(decided)

    def _moved(self, head: Head) -> Head:
        """A revision can change where somebody came from, and with it the unit."""
        found = head.alert.finding
        return replace(head, from_unit=self._region_of(found.from_place), to_unit=self._region_of(found.to_place))

    def _pass_on(self, withdrawn: str, successor: str) -> None:
        gone, heir = self._board.get(withdrawn), self._board.get(successor)
        if gone is None or heir is None:
            return
        decided = Desk.inherit(gone.state, heir.state)
        if decided is not None:
            self._decide(decided)

    def decide(self, action: AlertAction, now: int) -> tuple[AlertState, SubjectAction | None]:
        """What is so after a request, and what it asks of the subject. Raises Conflict or Refused.

        A request sent again is answered as before, and asks nothing more.
        """
        answered = self._log.answer_to(action.action_id)
        if answered is not None:
            return _answer_again(action, *answered), None
        head = self._board.get(action.alert_id)
        if head is None:
            raise Refused([no_such_alert()])
        withdrawn = head.alert.status is AlertStatus.WITHDRAWN
        decided = Desk.decide(head.state, action, now, withdrawn=withdrawn)
        if isinstance(decided, Conflicted):
            raise Conflict(decided.current)
        if isinstance(decided, Problem):
            raise Refused([decided])
        self._decide(decided)
        self._log.add_action(action, bodies.state_body(decided))
        return decided, asked_of_subject(head.state, action, head.alert, decided.changed_at)

    def run_clocks(self, now: int) -> None:
        """Snoozes that are over end."""
        for state in self._board.snoozed():
            decided = Desk.tick(state, now)
            if decided is not None:
                self._decide(decided)

    def _decide(self, state: AlertState) -> None:
        self._log.add_state(state)
        self._board.handled(state)


def _answer_again(action: AlertAction, before: AlertAction | SubjectAction, answer: str) -> AlertState:
    if not isinstance(before, AlertAction) or before.alert_id != action.alert_id:
        raise Refused([used_before()])
    return bodies.state_of(answer)
