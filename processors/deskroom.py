"""DESK of one partition: how the alerts of its subjects are handled (DESIGN sections 3 and 8).

Everything it remembers is a fold of logs (docs/distributed.md): of ``alerts``, and of what it decided and answered.
"""

from dataclasses import dataclass

from schemas.actions import AlertAction, AlertState
from schemas.alerts import Alert
from schemas.decisions import ActionAnswer


@dataclass(frozen=True, slots=True)
class StateTold:
    """A state for ``alert-states``."""

    state: AlertState
    subject: str
    """Of the alert: it chooses the partition."""
    action_id: str | None = None
    """Of the request that led to it: for the header."""


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What a withdrawn alert hands down to its successor, of another subject: for ``alert-actions``."""

    state: AlertState
    """Of the withdrawn alert."""
    successor: str
    """alert_id."""
    subject: str
    """Of the successor: it chooses the partition."""


@dataclass(frozen=True, slots=True)
class DeskStep:
    """What one message led to, topic by topic."""

    states: tuple[StateTold, ...] = ()
    answers: tuple[ActionAnswer, ...] = ()
    inheritances: tuple[Inheritance, ...] = ()


NOTHING = DeskStep()


class DeskRoom:
    """The handling of every alert of one partition. Times are UTC milliseconds."""

    # Recovery; nothing is told

    def restore_alert(self, alert: Alert, successor_subject: str | None = None) -> None:
        """A message of ``alerts`` below the committed offset."""
        raise NotImplementedError

    def restore_state(self, state: AlertState, subject: str, action_id: str | None) -> None:
        """A message of ``alert-states``, to the end of the log, with its header ``relocation_action``."""
        raise NotImplementedError

    def restore_answer(self, answer: ActionAnswer) -> None:
        """A message of ``action-answers``, to the end of the log."""
        raise NotImplementedError

    # Messages

    def hear(self, alert: Alert, successor_subject: str | None = None) -> DeskStep:
        """A message of ``alerts``, with its header ``relocation_successor``. A revision heard before is dropped."""
        raise NotImplementedError

    def decide(self, action: AlertAction, now: int) -> DeskStep:
        """A request from ``alert-actions``. The same ``action_id`` again is answered the same, and changes nothing."""
        raise NotImplementedError

    def inherit(self, state: AlertState, successor: str, now: int) -> DeskStep:
        """An inheritance from ``alert-actions``; it waits for its successor where that is not known yet."""
        raise NotImplementedError

    def tick(self, now: int) -> DeskStep:
        """Snoozes that are over end."""
        raise NotImplementedError

    # What is said by others (or was, by this one: ``ours``), read on from where recovery ended

    def hear_state(self, state: AlertState, action_id: str | None, *, ours: bool) -> DeskStep:
        """A message of ``alert-states``."""
        raise NotImplementedError
