"""An alert that was about the wrong subject: closing it so strikes its arrival sighting, opening it again unstrikes it.

The request about the subject follows from what DESK decided, with an id of its own that follows from the id of the
coordinator's: made twice, it has its effect once.
"""

from schemas.actions import Action, AlertAction, AlertState, Handling, Outcome, SubjectAction
from schemas.alerts import Alert
from schemas.reports import EventKey

REASON = str(Outcome.WRONG_SUBJECT)
"""Why the sighting was struck, as a code that pages put into words; what else was said is a comment of the alert."""


def is_mistaken(state: AlertState) -> bool:
    """Whether the alert is closed as one about the wrong subject."""
    return state.handling is Handling.CLOSED and state.outcome == Outcome.WRONG_SUBJECT


def concerns_subject(state: AlertState, action: AlertAction) -> bool:
    """Whether the request, done to an alert that is handled so, asks something of the subject too."""
    if action.action == Action.CLOSE:
        return action.outcome == Outcome.WRONG_SUBJECT
    return action.action == Action.REOPEN and is_mistaken(state)


def asked_of_subject(state: AlertState, action: AlertAction, alert: Alert, at: int) -> SubjectAction | None:
    """What the request, done ``at`` (UTC ms) to an alert that was handled so until then, asks of the subject."""
    if not concerns_subject(state, action):
        return None
    return SubjectAction(
        action_id=f"{action.action_id}/sighting",
        action="strike" if action.action == Action.CLOSE else "unstrike",
        subject=alert.subject,
        reason=REASON,
        by=action.by,
        at=at,
        event=EventKey(alert.arrival_source, alert.arrival_type, alert.finding.arrival_event_id),
    )
