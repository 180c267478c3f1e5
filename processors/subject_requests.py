"""What is wrong with a coordinator's request about a subject: a follow, a strike, or one of these taken back."""

from schemas.actions import SubjectAction
from schemas.problems import Code, Problem
from schemas.reports import EventKey
from schemas.sightings import SubjectKind
from schemas.times import DAY_MS

FOLLOW_MAX_MS = 90 * DAY_MS
"""The longest a coordinator's follow may run (DESIGN section 5)."""
SUBJECT_ACTIONS = ("follow", "unfollow", "strike", "unstrike")


class InvalidAction(Exception):
    """The action cannot be done; nothing was changed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def require_action(action: SubjectAction) -> None:
    """There is such an action, and a reason for it. Raises InvalidAction."""
    if action.action not in SUBJECT_ACTIONS:
        raise _invalid("action", "there is no such action", f"one of {', '.join(SUBJECT_ACTIONS)}")
    if not action.reason.strip():
        raise _invalid("reason", "a reason is required", "say in a sentence why")


def require_follow(action: SubjectAction, kind: str | None) -> int:
    """Until when a subject of this kind (None: not known) is to be followed (UTC ms). Raises InvalidAction."""
    if action.until is None or not action.at < action.until <= action.at + FOLLOW_MAX_MS:
        raise _invalid("until", "a follow must end within 90 days", "a time after now and at most 90 days ahead")
    if kind not in (None, SubjectKind.VEHICLE):
        raise _invalid("subject", "only vehicles are followed", "the token of a vehicle")
    return action.until


def require_event(action: SubjectAction) -> EventKey:
    """The event whose sighting is meant. Raises InvalidAction."""
    if action.event is None:
        raise _invalid("event", "which event's sighting is missing", "source, type and event_id of the event")
    return action.event


def not_followed() -> InvalidAction:
    """There is no follow to end."""
    return _invalid("subject", "nobody follows this vehicle by request", "the token of a followed vehicle")


def not_seen() -> InvalidAction:
    """There is nothing to strike."""
    return _invalid("event", "this subject has no sighting from that event", "an event of its timeline")


def not_struck() -> InvalidAction:
    """There is no strike to take back."""
    return _invalid("event", "that sighting is not struck", "an event whose sighting was struck")


def _invalid(field_name: str, message: str, hint: str) -> InvalidAction:
    return InvalidAction(Problem(Code.INVALID_VALUE, message, field_name, hint))
