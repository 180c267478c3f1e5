"""What one message leads to at the desk of a partition."""

from dataclasses import dataclass, field

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.decisions import ActionAnswer, Decided
from schemas.problems import Problem


@dataclass(frozen=True, slots=True)
class Heard:
    """Up to where a state knows what was told and asked: for the header ``relocation_heard``."""

    revision: int = 0
    """The highest revision of the alert."""
    offset: int = -1
    """The last record of ``alert-actions``."""


@dataclass(frozen=True, slots=True)
class StateTold:
    """A state for ``alert-states``."""

    state: AlertState
    subject: str
    """Of the alert: it chooses the partition."""
    heard: Heard
    cause: str | None = None
    """``action_id`` of the request, or the id of the inheritance, that led to it: for ``relocation_action``."""
    asked: SubjectAction | None = None
    """What it asks of the subject once it counts: for ``relocation_asked``."""


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What a withdrawn alert hands down to its successor, of another subject: for ``alert-actions``."""

    state: AlertState
    """Of the withdrawn alert."""
    successor: str
    """alert_id."""
    subject: str
    """Of the successor: it chooses the partition."""
    cause: str
    """Its id, for ``relocation_action``: handed down twice, it has its effect once."""


@dataclass(frozen=True, slots=True)
class DeskStep:
    """What one message led to, topic by topic. States are to be acknowledged before answers are written."""

    states: tuple[StateTold, ...] = ()
    answers: tuple[ActionAnswer, ...] = ()
    inheritances: tuple[Inheritance, ...] = ()
    asked: tuple[SubjectAction, ...] = ()
    """For ``subject-actions``: of states that were read back."""


@dataclass(slots=True)
class DeskTurn:
    """What one message leads to, while it is worked out."""

    states: list[StateTold] = field(default_factory=list)
    answers: list[ActionAnswer] = field(default_factory=list)
    inheritances: list[Inheritance] = field(default_factory=list)
    asked: list[SubjectAction] = field(default_factory=list)

    def answer(self, action: AlertAction, decided: Decided, state: AlertState, now: int) -> None:
        """The request was done, or another was first; ``state`` is what is so."""
        self.answers.append(ActionAnswer(action.action_id, decided, now, state=state))

    def refuse(self, action: AlertAction, problem: Problem, now: int) -> None:
        """The request cannot be done."""
        self.answers.append(ActionAnswer(action.action_id, Decided.REFUSED, now, problems=(problem,)))

    def step(self) -> DeskStep:
        """All of it."""
        if not (self.states or self.answers or self.inheritances or self.asked):
            return NOTHING
        return DeskStep(tuple(self.states), tuple(self.answers), tuple(self.inheritances), tuple(self.asked))


NOTHING = DeskStep()
