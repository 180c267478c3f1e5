"""Acting on one alert where a runtime acts on many (``alerts.ports.Platform``)."""

from abc import abstractmethod
from collections.abc import Sequence

from schemas.actions import AlertAction, AlertState
from schemas.views import Conflict, Refused, Viewer


class ActsOnAlerts:
    """The part of the port that follows from ``act_on_alerts``."""

    @abstractmethod
    def act_on_alerts(self, actions: Sequence[AlertAction], viewer: Viewer) -> list[AlertState | Conflict | Refused]:
        """What DESK decided of each, in order; one that it did not do keeps no other from being done."""

    def act_on_alert(self, action: AlertAction, viewer: Viewer) -> AlertState:
        """What DESK decided. Raises Conflict or Refused. The same ``action_id`` again answers the same again."""
        [decided] = self.act_on_alerts([action], viewer)
        if isinstance(decided, Exception):
            raise decided
        return decided
