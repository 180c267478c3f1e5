"""DESK of one partition: how the alerts of its subjects are handled (DESIGN sections 3 and 8).

Everything it remembers is a fold of logs (docs/distributed.md): of ``alerts`` and inheritances up to what is committed,
of states and answers to their end. So a batch that is done again has each effect once.
"""

from collections.abc import Collection
from dataclasses import replace

from processors.desk import Conflicted, Desk
from processors.desk_steps import DeskStep, DeskTurn, Heard, Inheritance, StateTold
from processors.handled import Handled
from processors.mistaken import concerns_subject
from processors.requests import invalid, no_such_alert, used_before
from schemas.actions import AlertAction, AlertState, Handling, SubjectAction
from schemas.alerts import Alert, AlertStatus
from schemas.decisions import ActionAnswer, Decided
from schemas.problems import Problem
from schemas.times import DAY_MS

ANSWERED_MS = 7 * DAY_MS
"""How long it is remembered that a request was done: as long as ``action-answers`` holds it."""


class DeskRoom:
    """The handling of every alert of one partition. Times are UTC milliseconds."""

    def __init__(self) -> None:
        self._alerts: dict[str, Handled] = {}
        self._done: dict[str, AlertState] = {}
        """What came of requests and inheritances, by their id, the oldest first."""
        self._asked: dict[str, AlertAction | AlertState] = {}
        """Requests and inheritances whose states were not yet read back, by their id."""
        self._written: set[str] = set()
        """Requests and inheritances whose states were read in the log."""
        self._snoozed: set[str] = set()
        self._waiting: dict[str, dict[str, AlertState]] = {}
        """What alerts not heard of yet are to inherit, by their alert_id and the id of the inheritance."""
        self._overtaken: set[str] = set()
        self._unasked: dict[str, SubjectAction] = {}
        """What states of before ask of subjects, by its id; only while restoring."""
        self._offset = -1
        """The last record of ``alert-actions``."""

    # Recovery; nothing is told. First states and answers, then alerts, then inheritances, each in the order of its log

    def restore_state(
        self, state: AlertState, subject: str, heard: Heard, cause: str | None, asked: SubjectAction | None = None
    ) -> None:
        """A message of ``alert-states``, to the end of the log, with its headers. The first of a version counts."""
        held = self._of(state.alert_id)
        held.subject = subject
        if held.state is None or state.version > held.state.version:
            self._set(held, state, heard)
            self._overtaken.discard(state.alert_id)
            if asked is not None:
                self._unasked[asked.action_id] = asked
        elif state != held.state:
            self._overtaken.add(state.alert_id)
        if cause is not None:
            self._done.setdefault(cause, state)
            self._written.add(cause)

    def restore_answer(self, answer: ActionAnswer) -> None:
        """A message of ``action-answers``, to the end of the log."""
        if answer.decided is Decided.DONE and answer.state is not None:
            self._done.setdefault(answer.action_id, answer.state)

    def restore_alert(self, alert: Alert, successor_subject: str | None = None) -> None:
        """A message of ``alerts`` below the committed offset, with its header ``relocation_successor``."""
        held = self._of(alert.alert_id)
        if held.alert is not None and alert.revision <= held.alert.revision:
            return
        self._note(held, alert)
        self._waiting.pop(alert.alert_id, None)
        heir = self._heir_here(alert, successor_subject)
        if heir is not None and not self._is_known(heir) and held.state is not None:
            self._waiting.setdefault(heir, {})[_inheritance_of(alert)] = held.state

    def restore_inheritance(self, state: AlertState, successor: str, cause: str, offset: int) -> None:
        """An inheritance on ``alert-actions`` below the committed offset."""
        self._offset = max(self._offset, offset)
        if not self._is_known(successor):
            self._waiting.setdefault(successor, {})[cause] = state

    def restored(self, answered: Collection[str], now: int) -> DeskStep:
        """What states ask of subjects that was not answered yet: asked again, for it may not have been asked at all."""
        turn = DeskTurn()
        turn.asked = [
            asked
            for asked in self._unasked.values()
            if asked.action_id not in answered and asked.at > now - ANSWERED_MS
        ]
        self._unasked.clear()
        return turn.step()

    # Messages

    def hear(self, alert: Alert, successor_subject: str | None = None) -> DeskStep:
        """A message of ``alerts``, with its header ``relocation_successor``. A revision heard before is dropped."""
        held, turn = self._of(alert.alert_id), DeskTurn()
        previous = held.alert
        if previous is not None and alert.revision <= previous.revision:
            return turn.step()
        self._note(held, alert)
        if held.state is None or alert.revision > held.heard.revision:
            decided = Desk.told(held.state, previous, alert)
            held.heard = Heard(alert.revision, held.heard.offset)
            if decided is not None:
                self._tell(held, decided, None, turn)
        for cause, state in self._waiting.pop(alert.alert_id, {}).items():
            self._inherit(held, state, cause, turn)
        if alert.status is AlertStatus.WITHDRAWN:
            self._hand_down(held, alert, successor_subject, turn)
        return turn.step()

    def decide(self, action: AlertAction, now: int, offset: int) -> DeskStep:
        """A request at its offset of ``alert-actions``. The same ``action_id`` again is answered the same."""
        self._offset, turn = max(self._offset, offset), DeskTurn()
        done, held = self._done.get(action.action_id), self._alerts.get(action.alert_id)
        if done is not None and done.alert_id != action.alert_id:
            turn.refuse(action, used_before(), now)
        elif done is not None and held is not None:
            self._do_again(held, action, done, turn)
        elif held is None or held.state is None:
            turn.refuse(action, no_such_alert(), now)
        elif not self.can_decide(action):
            turn.refuse(action, _not_read_yet(), now)
        else:
            self._decide(held, held.state, action, now, turn)
        return turn.step()

    def inherit(self, state: AlertState, successor: str, cause: str, offset: int) -> DeskStep:
        """An inheritance at its offset of ``alert-actions``; where its successor is not known yet, it waits."""
        self._offset, turn = max(self._offset, offset), DeskTurn()
        held = self._of(successor)
        if held.alert is None:
            self._waiting.setdefault(successor, {})[cause] = state
        elif held.heard.offset < offset:
            self._inherit(held, state, cause, turn)
        return turn.step()

    def tick(self, now: int) -> DeskStep:
        """Snoozes that are over end, and what was done long ago is forgotten."""
        turn = DeskTurn()
        for alert_id in sorted(self._snoozed):
            held = self._alerts[alert_id]
            decided = None if held.state is None else Desk.tick(held.state, now)
            if decided is not None:
                self._tell(held, decided, None, turn)
        for alert_id in sorted(self._overtaken):
            self._repeat(self._alerts[alert_id], turn)
        self._overtaken.clear()
        while self._done and (oldest := next(iter(self._done))) and self._done[oldest].changed_at + ANSWERED_MS <= now:
            del self._done[oldest]
        return turn.step()

    # What is said by others (or was, by this one: ``ours``), read on from where recovery ended

    def hear_state(
        self,
        state: AlertState,
        heard: Heard,
        cause: str | None,
        asked: SubjectAction | None = None,
        *,
        ours: bool,
    ) -> DeskStep:
        """A message of ``alert-states``, with its headers. The first of a version counts, for us as for everybody."""
        held, turn = self._of(state.alert_id), DeskTurn()
        if ours:
            self._heard_own(held, state.version, turn)
            return turn.step()
        if cause is not None:
            self._done.setdefault(cause, state)
            self._written.add(cause)
        if state == held.state:
            self._heard_own(held, state.version, turn)
            return turn.step()
        first = min((told.state.version for told in held.unheard), default=None)
        is_first = first is not None and state.version >= first
        if (
            held.state is None
            or state.version > held.state.version
            or (is_first and state.version == held.state.version)
        ):
            if asked is not None:
                turn.asked.append(asked)
            self._adopt(held, state, heard, turn)
        elif is_first:
            self._heard_own(held, state.version, turn)
        else:
            self._repeat(held, turn)
        return turn.step()

    # Questions

    def can_decide(self, action: AlertAction) -> bool:
        """Whether what the request needs to know of its alert was read: waiting may help where it was not."""
        held = self._alerts.get(action.alert_id)
        if held is None or held.state is None:
            return False
        return held.alert is not None or not concerns_subject(held.state, action)

    def state_of(self, alert_id: str) -> AlertState | None:
        """How an alert is handled now."""
        held = self._alerts.get(alert_id)
        return None if held is None else held.state

    # What is known of an alert

    def _of(self, alert_id: str) -> Handled:
        held = self._alerts.get(alert_id)
        if held is None:
            held = self._alerts[alert_id] = Handled()
        return held

    def _is_known(self, alert_id: str) -> bool:
        held = self._alerts.get(alert_id)
        return held is not None and held.alert is not None

    def _note(self, held: Handled, alert: Alert) -> None:
        held.alert, held.subject = replace(alert, based_on=()), alert.subject

    def _set(self, held: Handled, state: AlertState, heard: Heard) -> None:
        held.state, held.heard = state, heard
        if state.handling is Handling.SNOOZED:
            self._snoozed.add(state.alert_id)
        else:
            self._snoozed.discard(state.alert_id)

    # What is decided

    def _tell(
        self, held: Handled, state: AlertState, cause: str | None, turn: DeskTurn, asked: SubjectAction | None = None
    ) -> None:
        heard = Heard(max(held.heard.revision, 0 if held.alert is None else held.alert.revision), self._offset)
        self._set(held, state, heard)
        told = StateTold(state, held.subject, heard, cause, asked)
        held.unheard.append(told)
        turn.states.append(told)

    def _decide(self, held: Handled, state: AlertState, action: AlertAction, now: int, turn: DeskTurn) -> None:
        decided = Desk.decide(state, action, now, withdrawn=held.is_withdrawn)
        if isinstance(decided, Problem):
            turn.refuse(action, decided, now)
        elif isinstance(decided, Conflicted):
            turn.answer(action, Decided.CONFLICT, decided.current, now)
        else:
            self._done[action.action_id], self._asked[action.action_id] = decided, action
            self._tell(held, decided, action.action_id, turn, held.asked_of_subject(state, action, decided))
            turn.answer(action, Decided.DONE, decided, now)

    def _do_again(self, held: Handled, action: AlertAction, done: AlertState, turn: DeskTurn) -> None:
        """It was answered before; where its state was not written, it has its effect now."""
        if action.action_id not in self._written and action.action_id not in self._asked:
            self._apply_again(held, action, action.action_id, done.changed_at, turn)
        turn.answer(action, Decided.DONE, done, done.changed_at)

    # Inheritance

    def _hand_down(self, held: Handled, alert: Alert, successor_subject: str | None, turn: DeskTurn) -> None:
        if alert.superseded_by is None or held.state is None:
            return
        heir, cause = self._heir_here(alert, successor_subject), _inheritance_of(alert)
        if heir is None:
            subject = successor_subject or alert.subject
            turn.inheritances.append(Inheritance(held.state, alert.superseded_by, subject, cause))
        elif self._is_known(heir):
            self._inherit(self._of(heir), held.state, cause, turn)
        else:
            self._waiting.setdefault(heir, {})[cause] = held.state

    def _heir_here(self, alert: Alert, successor_subject: str | None) -> str | None:
        """The successor, where it is an alert of the same subject."""
        return alert.superseded_by if successor_subject in (None, alert.subject) else None

    def _inherit(self, held: Handled, state: AlertState, cause: str, turn: DeskTurn) -> None:
        if held.state is None or cause in self._done:
            return
        decided = Desk.inherit(state, held.state)
        if decided is not None:
            self._done[cause], self._asked[cause] = decided, state
            self._tell(held, decided, cause, turn)

    # What others wrote

    def _heard_own(self, held: Handled, version: int, turn: DeskTurn) -> None:
        for told in [told for told in held.unheard if told.state.version <= version]:
            held.unheard.remove(told)
            if told.asked is not None:
                turn.asked.append(told.asked)
            self._asked.pop(told.cause or "", None)
            self._written.add(told.cause or "")

    def _adopt(self, held: Handled, state: AlertState, heard: Heard, turn: DeskTurn) -> None:
        """What another said comes first; what that leaves out is done again."""
        lost, held.unheard = held.unheard, []
        self._set(held, state, heard)
        self._repeat(held, turn)
        if held.alert is not None and heard.revision < held.alert.revision:
            decided = Desk.told(state, None, held.alert)
            if decided is not None:
                self._tell(held, decided, None, turn)
        for told in lost:
            asked = self._asked.pop(told.cause or "", None)
            if told.cause is not None and asked is not None and told.cause not in self._written:
                self._apply_again(held, asked, told.cause, told.state.changed_at, turn)

    def _apply_again(self, held: Handled, asked: AlertAction | AlertState, cause: str, at: int, turn: DeskTurn) -> None:
        """What was done has its effect on what is so now, if that allows it."""
        before, of_subject = held.state, None
        if before is None:
            return
        if isinstance(asked, AlertState):
            decided = Desk.inherit(asked, before)
        else:
            again = replace(asked, expected=before.version)
            outcome = Desk.decide(before, again, at, withdrawn=held.is_withdrawn)
            decided = outcome if isinstance(outcome, AlertState) else None
            of_subject = held.asked_of_subject(before, asked, decided)
        if decided is not None:
            self._asked[cause] = asked
            self._tell(held, decided, cause, turn, of_subject)

    def _repeat(self, held: Handled, turn: DeskTurn) -> None:
        """The last state again: something older came after it."""
        if held.state is not None:
            turn.states.append(StateTold(held.state, held.subject, held.heard))


def _not_read_yet() -> Problem:
    return invalid("alert_id", "the alert has not been read again yet", "ask the same again in a moment")


def _inheritance_of(alert: Alert) -> str:
    """The id of what a withdrawn alert hands down."""
    return f"inherit/{alert.alert_id}/{alert.revision}"
