"""When an alert that nobody has escalates: a function of what is so and the time, the same everywhere."""

from schemas.actions import AlertState, Handling
from schemas.alerts import Alert, AlertStatus
from schemas.times import HOUR_MS

ESCALATES_MS = 8 * HOUR_MS
"""A shift: what lies there longer is seen by nobody who began when it came."""
_WAITS = frozenset({Handling.NEW, Handling.ACKNOWLEDGED, Handling.OFFERED})


def waits_since(alert: Alert, state: AlertState) -> int | None:
    """Since when it asks for somebody and nobody has it (UTC ms); None where it does not.

    That is from when it was raised, let go or opened again: what is done without anybody taking it (seen, assigned,
    offered, a comment, a snooze that ended) gains no time.
    """
    asks = alert.pushed and alert.status is not AlertStatus.WITHDRAWN
    if not asks or state.owner is not None or state.handling not in _WAITS:
        return None
    return state.changed_at if state.unowned_since is None else state.unowned_since


def is_escalated(alert: Alert, state: AlertState, now: int, after_ms: int = ESCALATES_MS) -> bool:
    """Whether it has waited so long at ``now`` (UTC ms)."""
    since = waits_since(alert, state)
    return since is not None and now - since >= after_ms
