"""DESK: decides what coordinators ask of an alert, and keeps how it is being handled (DESIGN sections 3 and 8)."""

from dataclasses import dataclass, replace
from typing import Any, assert_never

from processors.mistaken import is_mistaken
from processors.requests import fault_of, invalid, one_of
from schemas.actions import Action, AlertAction, AlertState, Handling, Outcome
from schemas.alerts import Alert, AlertStatus
from schemas.problems import Problem

COMMENTS_MAX = 100
"""Comments kept of an alert, the newest: so a state has an upper size (1 MB is the most a broker takes)."""


@dataclass(frozen=True, slots=True)
class Conflicted:
    """Somebody else was first: nothing changed, and ``current`` is what is so now."""

    current: AlertState


Decision = AlertState | Conflicted | Problem


class Desk:
    """The handling of one alert, as a function of its state and what is asked or told. Keeps nothing itself.

    Idempotence is the runtime's: it keeps what was answered per ``action_id`` and answers the same again without
    asking Desk, for Desk would see a request done twice as one made too late (Conflicted).

    A dash is a refusal (Problem). Every action may carry a comment, kept with the change; ``comment`` changes
    nothing else and is allowed in every state.

    =============  ============  ============  ============  ============  ============  ============
    action         new           acknowledged  taken         offered       snoozed       closed
    =============  ============  ============  ============  ============  ============  ============
    acknowledge    as held       --            --            --            as held       --
    take           taken         taken         taken (1)     --            taken         --
    release        acknowledged  --            acknowledged  --            acknowledged  --
    assign         acknowledged  as it is (4)  acknowledged  --            acknowledged  --
    offer          offered       offered       offered       --            offered       --
    accept         --            --            --            taken (2)     --            --
    decline        --            --            --            as held       --            --
    snooze         snoozed       snoozed       snoozed       --            snoozed       --
    close          closed        closed        closed        closed        closed        --
    reopen         --            --            --            --            as held       as held (3)
    =============  ============  ============  ============  ============  ============  ============

    *As held*: ``taken`` where it has an owner, else ``acknowledged``; so ``taken`` always has one and
    ``acknowledged`` never. ``release`` needs an owner. (1) By somebody else than the owner: whoever relieves a
    colleague takes over. (2) By who accepts, for the unit asked; either side may end an offer with ``decline``.
    (3) Never one that was closed as ``withdrawn``: only being raised again opens that; and one of a wrong subject
    (``processors.mistaken``) that its strike withdrew becomes just that. (4) ``assign`` gives it to a unit, of which
    nobody has it yet; it needs no consent, an ``offer`` does.

    ``new`` says that somebody must look, ``owner`` whose it is, if anybody's: an alert that becomes ``new`` again
    keeps its owner.
    """

    @staticmethod
    def initial(alert: Alert) -> AlertState:
        """How an alert begins: ``new``, or closed where the first word of it here is that it is withdrawn."""
        at = alert.known_at
        state = AlertState(alert.alert_id, version=1, handling=Handling.NEW, changed_at=at, unowned_since=at)
        if alert.status is not AlertStatus.WITHDRAWN:
            return state
        return replace(state, handling=Handling.CLOSED, outcome=Outcome.WITHDRAWN)

    @staticmethod
    def decide(state: AlertState, action: AlertAction, now: int, *, withdrawn: bool = False) -> Decision:
        """What is so after a request made at ``now`` (UTC ms): the next state, the conflict, or why it cannot be done.

        ``withdrawn``: the last message of the alert took it back.
        A request wrong in itself is a Problem whatever the state; then a version other than the one expected is a
        conflict; then what this state does not allow is a Problem. Raises ValueError for another alert's state.
        """
        if state.alert_id != action.alert_id:
            raise ValueError("this is the state of another alert")
        problem = fault_of(action, now)
        if problem is not None:
            return problem
        if action.expected != state.version:
            return Conflicted(state)
        return _barred(state, action) or _done(state, action, now, withdrawn=withdrawn)

    @staticmethod
    def told(state: AlertState | None, previous: Alert | None, alert: Alert) -> AlertState | None:
        """How an alert is handled after its next message (``previous``: the one before); None where nothing changes.

        Raised is ``new``. A revision of a closed or snoozed one that changes ``to``, ``from`` or ``certainty`` is
        ``new`` again. Withdrawn is closed as ``withdrawn``, whatever its outcome was (earlier versions still tell
        that), and ``inherit`` passes on what it had (DESIGN section 8). What was closed as about the wrong subject
        stays so: that it is withdrawn is what follows from it.
        """
        if state is None:
            return Desk.initial(alert)
        if alert.status is AlertStatus.WITHDRAWN:
            return None if _is_withdrawn(state) or is_mistaken(state) else _withdrawn(state, alert.known_at)
        if _is_withdrawn(state) or (_rests(state) and _is_news(previous, alert)):
            return _new_again(state, alert.known_at)
        return None

    @staticmethod
    def inherit(withdrawn: AlertState, successor: AlertState) -> AlertState | None:
        """The successor (``superseded_by``) with owner and comments of the one withdrawn; None where it has them.

        A successor that has an owner keeps that one. Call it when both messages were told, in whichever order they
        came: done twice, it changes nothing.
        """
        changes: dict[str, Any] = {}
        comments = tuple(sorted({*withdrawn.comments, *successor.comments}))[-COMMENTS_MAX:]
        if comments != successor.comments:
            changes["comments"] = comments
        if successor.owner is None and withdrawn.owner is not None:
            changes |= {"owner": withdrawn.owner, "unit": withdrawn.unit}
            if successor.handling is Handling.ACKNOWLEDGED:
                changes["handling"] = Handling.TAKEN
        return _next(successor, withdrawn.changed_at, **changes) if changes else None

    @staticmethod
    def tick(state: AlertState, now: int) -> AlertState | None:
        """A snooze that is over makes the alert ``new`` again, as of the moment it ended; None while nothing ends."""
        if state.handling is not Handling.SNOOZED or state.snoozed_until is None or now < state.snoozed_until:
            return None
        return _new_again(state, state.snoozed_until)


_OPEN = frozenset(Handling) - {Handling.CLOSED}
_AT_HAND = _OPEN - {Handling.OFFERED}
_ALLOWED_IN = {
    Action.ACKNOWLEDGE: frozenset({Handling.NEW, Handling.SNOOZED}),
    Action.TAKE: _AT_HAND,
    Action.RELEASE: _AT_HAND - {Handling.ACKNOWLEDGED},
    Action.ASSIGN: _AT_HAND,
    Action.OFFER: _AT_HAND,
    Action.ACCEPT: frozenset({Handling.OFFERED}),
    Action.DECLINE: frozenset({Handling.OFFERED}),
    Action.SNOOZE: _AT_HAND,
    Action.CLOSE: _OPEN,
    Action.REOPEN: frozenset({Handling.SNOOZED, Handling.CLOSED}),
    Action.COMMENT: frozenset(Handling),
}


def _barred(state: AlertState, action: AlertAction) -> Problem | None:
    """Why this state does not allow the action."""
    asked = Action(action.action)
    if state.handling not in _ALLOWED_IN[asked]:
        allowed = [other for other in Action if state.handling in _ALLOWED_IN[other]]
        if _is_withdrawn(state):
            allowed.remove(Action.REOPEN)
        return invalid("action", f"an alert that is {state.handling} cannot be asked to {asked}", one_of(allowed))
    if asked is Action.TAKE and (state.handling, state.owner) == (Handling.TAKEN, action.by):
        return invalid("action", "who asks has the alert already", "offer, release, snooze, close or comment")
    if asked is Action.RELEASE and state.owner is None:
        return invalid("action", "nobody has the alert", "take it or acknowledge it")
    if asked is Action.REOPEN and _is_withdrawn(state):
        return invalid("action", "the alert was withdrawn, its evidence is gone", "see the alert that superseded it")
    return _barred_unit(state, action)


def _barred_unit(state: AlertState, action: AlertAction) -> Problem | None:
    is_theirs = action.unit == state.unit and (action.action == Action.OFFER or state.owner is None)
    if action.action in (Action.OFFER, Action.ASSIGN) and is_theirs:
        return invalid("unit", "this unit has the alert already", "the id of another unit")
    if action.action == Action.ACCEPT and action.unit not in (None, state.offered_to):
        return invalid("unit", "the alert was offered to another unit", "leave unit out, or name the unit asked")
    return None


def _done(state: AlertState, action: AlertAction, now: int, *, withdrawn: bool) -> AlertState:
    changes = _effect(state, action)
    if withdrawn and is_mistaken(state) and action.action == Action.REOPEN:
        changes = _set(Handling.CLOSED, outcome=Outcome.WITHDRAWN)
    if action.comment is not None:
        said = (now, action.by, action.comment)
        changes["comments"] = (*state.comments, said)[-COMMENTS_MAX:]
    return _next(state, now, **changes)


def _effect(state: AlertState, action: AlertAction) -> dict[str, Any]:  # noqa: PLR0911 - a return per action
    match Action(action.action):
        case Action.ACKNOWLEDGE | Action.DECLINE | Action.REOPEN:
            return _set(_as_held(state))
        case Action.TAKE:
            return _set(Handling.TAKEN) | {"owner": action.by, "unit": _unit_of_taker(state, action)}
        case Action.RELEASE:
            return _set(Handling.ACKNOWLEDGED) | {"owner": None, "unit": None}
        case Action.ASSIGN:
            return _set(Handling.ACKNOWLEDGED) | {"owner": None, "unit": action.unit}
        case Action.OFFER:
            return _set(Handling.OFFERED, offered_to=action.unit)
        case Action.ACCEPT:
            return _set(Handling.TAKEN) | {"owner": action.by, "unit": state.offered_to}
        case Action.SNOOZE:
            return _set(Handling.SNOOZED, snoozed_until=action.until)
        case Action.CLOSE:
            return _set(Handling.CLOSED, outcome=action.outcome)
        case Action.COMMENT:
            return {}
        case never:
            assert_never(never)


def _set(
    handling: Handling, *, outcome: str | None = None, offered_to: str | None = None, snoozed_until: int | None = None
) -> dict[str, Any]:
    """A handling state with what belongs to it; what belonged to the one before is over."""
    return {"handling": handling, "outcome": outcome, "offered_to": offered_to, "snoozed_until": snoozed_until}


def _as_held(state: AlertState) -> Handling:
    return Handling.ACKNOWLEDGED if state.owner is None else Handling.TAKEN


def _unit_of_taker(state: AlertState, action: AlertAction) -> str | None:
    return state.unit if action.unit is None and action.by == state.owner else action.unit


def _is_withdrawn(state: AlertState) -> bool:
    return state.handling is Handling.CLOSED and state.outcome == Outcome.WITHDRAWN


def _rests(state: AlertState) -> bool:
    return state.handling in (Handling.CLOSED, Handling.SNOOZED)


def _is_news(previous: Alert | None, alert: Alert) -> bool:
    """Whether who put the alert aside must look again; without the message before, yes."""
    return previous is None or previous.status is AlertStatus.WITHDRAWN or _gist(previous) != _gist(alert)


def _gist(alert: Alert) -> tuple[str, str, str]:
    found = alert.finding
    return found.from_place, found.to_place, found.certainty


def _withdrawn(state: AlertState, at: int) -> AlertState:
    return _next(state, at, **_set(Handling.CLOSED, outcome=Outcome.WITHDRAWN))


def _new_again(state: AlertState, at: int) -> AlertState:
    return _next(state, at, **_set(Handling.NEW))


def _next(state: AlertState, at: int, **changes: Any) -> AlertState:
    """The next version. Its time never lies before the last one's, whatever a clock says."""
    after = replace(state, version=state.version + 1, changed_at=max(at, state.changed_at), **changes)
    return replace(after, unowned_since=_unowned_since(state, after))


def _unowned_since(before: AlertState, after: AlertState) -> int | None:
    """What is done short of having it, and a snooze that ends, leave it; being open again begins it anew."""
    if after.owner is not None:
        return None
    reopened = before.handling is Handling.CLOSED and after.handling is not Handling.CLOSED
    if before.owner is not None or reopened:
        return after.changed_at
    return before.changed_at if before.unowned_since is None else before.unowned_since
