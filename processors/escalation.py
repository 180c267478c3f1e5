"""When an alert that nobody has escalates: a function of what is so and the time, the same everywhere."""

from schemas.actions import AlertState, Handling
from schemas.alerts import Alert, AlertStatus
from schemas.times import HOUR_MS

ESCALATES_MS = 8 * HOUR_MS
"""A shift: what lies there longer is seen by nobody who began when it came."""
_WAITS = frozenset({Handling.NEW, Handling.ACKNOWLEDGED, Handling.OFFERED})


def waits_since(alert: Alert, state: AlertState) -> int | None:
    """Since when it asks for somebody and nobody has it (UTC ms); None where it does not.

    Whatever is done with it without anybody taking it (seen, assigned, offered, a comment) gives it as much time anew.
    """
    asks = alert.pushed and alert.status is not AlertStatus.WITHDRAWN
    return state.changed_at if asks and state.owner is None and state.handling in _WAITS else None


def is_escalated(alert: Alert, state: AlertState, now: int, after_ms: int = ESCALATES_MS) -> bool:
    """Whether it has waited so long at ``now`` (UTC ms)."""
    since = waits_since(alert, state)
    return since is not None and now - since >= after_ms
