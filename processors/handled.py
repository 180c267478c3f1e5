"""One alert at the desk of a partition: what was last said of it and of its handling."""

from processors.desk_steps import Heard, StateTold
from processors.mistaken import asked_of_subject
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert, AlertStatus


class Handled:
    """One alert at the desk."""

    __slots__ = ("alert", "heard", "state", "subject", "unheard")

    def __init__(self) -> None:
        self.subject = ""
        self.alert: Alert | None = None
        """Its last message, without what it rests on."""
        self.state: AlertState | None = None
        """What was last said of its handling."""
        self.heard = Heard()
        """What that state knows of."""
        self.unheard: list[StateTold] = []
        """States of our own that were not yet read back."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether its last message took it back."""
        return self.alert is not None and self.alert.status is AlertStatus.WITHDRAWN

    def asked_of_subject(
        self, before: AlertState, action: AlertAction, decided: AlertState | None
    ) -> SubjectAction | None:
        """What a request that was done asks of the subject of the alert."""
        if self.alert is None or decided is None:
            return None
        return asked_of_subject(before, action, self.alert, decided.changed_at)
