"""Reads the tables of alerts: single alerts, all their messages, how they were handled."""

import sqlite3

from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.views import HandlingStep
from streams.lists import bodies


class AlertReader:
    """Reads over one connection, which is its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """For the queries of the alert list."""
        return self._connection

    def alert_messages(self, alert_id: str) -> list[Alert]:
        """Every message of one alert, oldest first."""
        found = self._connection.execute("SELECT body FROM alerts WHERE alert_id=? ORDER BY revision", (alert_id,))
        return [bodies.alert_of(body) for (body,) in found]

    def handling_of(self, alert_id: str) -> list[HandlingStep]:
        """What DESK decided about one alert, oldest first, each with the request that asked for it."""
        asked = self._connection.execute(
            "SELECT body, json_extract(answer, '$.version') FROM actions"
            " WHERE on_alert = 1 AND json_extract(body, '$.alert_id') = ?",
            (alert_id,),
        )
        actions = {version: bodies.action_of(1, body) for body, version in asked}
        found = self._connection.execute(
            "SELECT body FROM alert_states WHERE alert_id=? ORDER BY position", (alert_id,)
        )
        states = [bodies.state_of(body) for (body,) in found]
        return [HandlingStep(state, _on_alert(actions.get(state.version))) for state in states]

    def answer_to(self, action: AlertAction) -> AlertState | None:
        """What the same request of the same person was answered with when it was done; None where it was not."""
        found = self._connection.execute(
            "SELECT body, answer FROM actions WHERE action_id=? AND on_alert=1 AND answer<>'{}'", (action.action_id,)
        ).fetchone()
        if found is None:
            return None
        before = _on_alert(bodies.action_of(1, found[0]))
        is_same = before is not None and (before.alert_id, before.by) == (action.alert_id, action.by)
        return bodies.state_of(found[1]) if is_same else None


def _on_alert(action: AlertAction | SubjectAction | None) -> AlertAction | None:
    return action if isinstance(action, AlertAction) else None
