"""What coordinators ask of a subject, decided by the keeper of its partition."""

from processors.keeper_steps import KeeperStep, StateTold, Turn, step_of
from processors.keeping import Keeping
from processors.kept import Kept
from processors.requests import used_before
from processors.subject_requests import (
    InvalidAction,
    not_followed,
    not_seen,
    not_struck,
    require_action,
    require_event,
    require_follow,
)
from schemas.actions import SubjectAction
from schemas.alerts import WithdrawnReason
from schemas.decisions import ActionAnswer, Decided, SubjectState
from schemas.problems import Problem


def act(keeping: Keeping, action: SubjectAction, offset: int) -> KeeperStep:
    """Do it, or say why it cannot be done; what was done before is answered as it was."""
    kept, turn = keeping.turn(action.subject, action.at)
    keeping.acted_until = offset + 1
    before = keeping.done.get(action.action_id)
    if before is not None:
        if action.action_id in keeping.ahead:
            _follow_through(keeping, kept, before.action, turn)
        keeping.conclude(kept, turn)
        turn.answers.append(_answer_again(action, before))
        return step_of((turn,))
    try:
        _require(keeping, kept, action)
    except InvalidAction as invalid:
        keeping.conclude(kept, turn)
        turn.answers.append(_refused(action, invalid.problem))
        return step_of((turn,))
    return _do(keeping, kept, action, offset, turn)


def _do(keeping: Keeping, kept: Kept, action: SubjectAction, offset: int, turn: Turn) -> KeeperStep:
    _follow_through(keeping, kept, action, turn)
    keeping.conclude(kept, turn)
    state = SubjectState(action, keeping.vehicles.following.is_followed(action.subject, action.at))
    keeping.done[action.action_id] = state
    turn.states.append(StateTold(state, offset))
    turn.answers.append(_answer(state))
    return step_of((turn,))


def _follow_through(keeping: Keeping, kept: Kept, action: SubjectAction, turn: Turn) -> None:
    if action.action == "strike":
        turn.moved.reasons.add(WithdrawnReason.CORRECTED)
    keeping.ahead.discard(action.action_id)
    keeping.follow_through(kept, action, turn)


def _require(keeping: Keeping, kept: Kept, action: SubjectAction) -> None:
    require_action(action)
    if action.action == "follow":
        require_follow(action, keeping.kind_of(action.subject))
    elif action.action == "unfollow":
        if keeping.vehicles.following.follow_of(action.subject) is None:
            raise not_followed()
    else:
        event = require_event(action)
        is_struck = keeping.is_struck(action.subject, event)
        if action.action == "unstrike" and not is_struck:
            raise not_struck()
        if action.action == "strike" and not is_struck and keeping.shown(kept, event) is None:
            raise not_seen()


def _answer(state: SubjectState) -> ActionAnswer:
    return ActionAnswer(state.action.action_id, Decided.DONE, state.action.at, followed=state.followed)


def _answer_again(action: SubjectAction, before: SubjectState) -> ActionAnswer:
    if before.action.subject != action.subject:
        return _refused(action, used_before())
    return _answer(before)


def _refused(action: SubjectAction, problem: Problem) -> ActionAnswer:
    return ActionAnswer(action.action_id, Decided.REFUSED, action.at, problems=(problem,))
