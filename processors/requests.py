"""What is wrong with a coordinator's request about an alert in itself, whatever the state of the alert."""

from schemas.actions import Action, AlertAction, Outcome
from schemas.problems import Code, Problem
from schemas.times import DAY_MS

SNOOZE_MAX_MS = 90 * DAY_MS
"""Longer than this nobody snoozes: she is gone by then, and closing it says why."""
COMMENT_MAX = 2_000
"""Characters of one comment."""
NAME_MAX = 200
"""Characters of a unit, or of who acts."""

CHOICES = tuple(outcome for outcome in Outcome if outcome is not Outcome.WITHDRAWN)
"""The outcomes a coordinator may close an alert with."""


def fault_of(action: AlertAction, now: int) -> Problem | None:
    """The first thing wrong with a request made at ``now`` (UTC ms), or None."""
    if action.action not in set(Action):
        return invalid("action", "this action is not known", one_of(Action))
    return (
        _fault_of_names(action)
        or _fault_of_outcome(action)
        or _fault_of_until(action, now)
        or _fault_of_offer(action)
        or _fault_of_comment(action)
    )


def invalid(field: str, message: str, hint: str) -> Problem:
    """This value cannot be accepted."""
    return Problem(Code.INVALID_VALUE, message, field=field, hint=hint)


def no_such_alert() -> Problem:
    """There is none, or none that who asks sees."""
    return invalid("alert_id", "there is no such alert", "an id of the list")


def used_before() -> Problem:
    """The id of a request was used for another one."""
    return invalid("action_id", "this action_id was used for something else", "make a new one for every request")


def one_of(words: type[Action] | tuple[str, ...] | list[Action]) -> str:
    """The hint that lists what can be sent."""
    return "one of " + ", ".join(words)


def _missing(field: str, message: str, hint: str) -> Problem:
    return Problem(Code.MISSING_FIELD, message, field=field, hint=hint)


def _misplaced(field: str, action: Action) -> Problem:
    return Problem(Code.UNKNOWN_FIELD, f"{field} belongs to {action} only", field=field, hint=f"leave {field} out")


def _fault_of_names(action: AlertAction) -> Problem | None:
    if not _is_name(action.by):
        return invalid("by", "it is not said who asks", f"a name of 1 to {NAME_MAX} characters")
    if action.unit is not None and not _is_name(action.unit):
        return invalid("unit", "this is not a unit", f"the id of a unit, 1 to {NAME_MAX} characters")
    return None


def _fault_of_outcome(action: AlertAction) -> Problem | None:
    if action.action != Action.CLOSE:
        return _misplaced("outcome", Action.CLOSE) if action.outcome is not None else None
    if action.outcome is None:
        return _missing("outcome", "closing needs an outcome", one_of(CHOICES))
    if action.outcome not in CHOICES:
        return invalid("outcome", "this outcome cannot be chosen", one_of(CHOICES))
    return None


def _fault_of_until(action: AlertAction, now: int) -> Problem | None:
    if action.action != Action.SNOOZE:
        return _misplaced("until", Action.SNOOZE) if action.until is not None else None
    hint = f"a time within the next {SNOOZE_MAX_MS // DAY_MS} days"
    if action.until is None:
        return _missing("until", "snoozing needs an end", hint)
    if not now < action.until <= now + SNOOZE_MAX_MS:
        return invalid("until", "a snooze cannot end then", hint)
    return None


def _fault_of_offer(action: AlertAction) -> Problem | None:
    if action.action == Action.OFFER and action.unit is None:
        return _missing("unit", "an offer needs the unit that is asked", "the id of the receiving unit")
    if action.action == Action.ASSIGN and action.unit is None:
        return _missing("unit", "it is not said to which unit", "the id of the unit that gets it")
    return None


def _fault_of_comment(action: AlertAction) -> Problem | None:
    hint = f"plain text of 1 to {COMMENT_MAX} characters; never a name, number or plate"
    if action.comment is None:
        return _missing("comment", "there is no comment", hint) if action.action == Action.COMMENT else None
    if not action.comment.strip() or len(action.comment) > COMMENT_MAX or not _is_text(action.comment):
        return invalid("comment", "this comment cannot be kept", hint)
    return None


def _is_name(text: str) -> bool:
    return bool(text.strip()) and len(text) <= NAME_MAX and text.isprintable()


def _is_text(text: str) -> bool:
    """Printable, with line breaks; lone surrogates are not printable."""
    return all(character.isprintable() or character in "\r\n\t" for character in text)
