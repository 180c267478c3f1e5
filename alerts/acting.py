"""Asking DESK for what coordinators want, after what its rules know nothing of: for which unit somebody asks."""

from collections.abc import Collection, Sequence

from alerts.handing_over import ANSWERS, barred
from alerts.ports import Watching
from schemas.actions import AlertAction, AlertState
from schemas.views import Conflict, Refused, Viewer


def act(platform: Watching, action: AlertAction, viewer: Viewer, units: Collection[str] | None) -> AlertState:
    """What DESK decided. Raises Conflict or Refused. ``units``: the ids of all there are; None: whatever is named."""
    refused = _refused(platform, action, viewer, units)
    if refused is not None:
        raise refused
    return platform.act_on_alert(action, viewer)


def act_on_all(
    platform: Watching, actions: Sequence[AlertAction], viewer: Viewer, units: Collection[str] | None
) -> list[AlertState | Conflict | Refused]:
    """What became of each, in order; as ``Watching.act_on_alerts``."""
    refused = [_refused(platform, action, viewer, units) for action in actions]
    allowed = [action for action, why in zip(actions, refused, strict=True) if why is None]
    decided = iter(platform.act_on_alerts(allowed, viewer) if allowed else [])
    return [next(decided) if why is None else why for why in refused]


def _refused(platform: Watching, action: AlertAction, viewer: Viewer, units: Collection[str] | None) -> Refused | None:
    steps = platform.alert_handling(action.alert_id, viewer) if action.action in ANSWERS else []
    problem = barred(action, viewer, steps, units)
    return None if problem is None else Refused([problem])
