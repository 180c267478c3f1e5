"""Alerts as they stand, worked out from the messages of a log of several partitions, by who only reads it.

A message's *position* is ``offset * partitions + partition + 1``: the same on every replica, and growing with every
message of an alert, since all of one alert lie in one partition. A *Position* holds for each partition the offset of
the message to be heard next.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from processors.cards import Cards
from processors.desk import Desk
from processors.rules import Rules
from processors.scope import Scope
from schemas.actions import AlertAction, AlertState
from schemas.alerts import Alert, AlertStatus
from schemas.views import CannotResume, Position, Streamed
from streams.lists import bodies, scoping
from streams.lists.heads import PUT_HEAD, Head
from streams.lists.leaving import Since, left_of
from streams.lists.nameless import NamelessDatabase
from streams.lists.tables import ALERT_TABLES, INDICES

_HEAD = (
    "SELECT a.body, h.position, h.raised_at, h.state, h.active, h.from_unit, h.to_unit"
    " FROM alert_heads h JOIN alerts a ON a.position = h.position WHERE h.alert_id=?"
)


class Heard(NamedTuple):
    """Where a message lies."""

    partition: int
    offset: int


class _Wanted(NamedTuple):
    """Messages of one partition."""

    table: str
    partition: int
    position: Position
    limit: int
    scope: Scope


class Projection:
    """Takes in messages of ``alerts``, ``alert-states`` and ``alert-actions``; one thread does, any thread reads.

    Each message may come any number of times, and those of different topics in any order. Of an alert's messages, and
    of its states, the first of each revision counts. Nothing of a batch is seen before ``commit``.
    """

    def __init__(self, partitions: int, region_of: Callable[[str], str], *, repeat_ms: int = Rules().repeat_ms) -> None:
        self._partitions = partitions
        self.region_of = region_of
        self._cards = Cards(repeat_ms)
        self.database = NamelessDatabase(f"{ALERT_TABLES} {INDICES} {_indices(partitions)}")
        self._alerts = _Reach(partitions)
        self._states = _Reach(partitions)
        self._done: dict[str, AlertState] = {}
        """States whose request was not read yet, by its id."""
        self._joined: set[str] = set()
        """Requests of those that were read since the last commit."""
        self._requests = 0

    def close(self) -> None:
        """Forget all of it."""
        self.database.close()

    def begins(self, alerts: Position, states: Position) -> None:
        """The offsets of the first messages that the log still holds."""
        self._alerts.begins(alerts)
        self._states.begins(states)

    def hear_alert(self, at: Heard, alert: Alert, *, settled: bool | None = None) -> None:
        """``settled`` is what a repeated message says of the alert; None where it says nothing."""
        self._begin()
        self._alerts.hear(at)
        head = self._head(alert.alert_id)
        if head is None or alert.revision > head.alert.revision:
            position = self._position(at)
            self.database.writer.execute(
                "INSERT OR IGNORE INTO alerts VALUES (?,?,?,?)",
                (position, alert.alert_id, alert.revision, bodies.alert_body(alert)),
            )
            head = self._moved(head, alert, position)
        elif settled is None or alert.revision < head.alert.revision:
            return
        active = head.alert.status is not AlertStatus.WITHDRAWN and not settled
        self._put(replace(head, active=active))

    def _moved(self, head: Head | None, alert: Alert, position: int) -> Head:
        found = alert.finding
        return Head(
            alert,
            position,
            alert.known_at if head is None else head.raised_at,
            self._state_of(alert) if head is None else head.state,
            active=True,
            from_unit=self.region_of(found.from_place),
            to_unit=self.region_of(found.to_place),
        )

    def hear_state(self, at: Heard, state: AlertState, action_id: str | None) -> None:
        """What DESK decided, and the request that asked for it."""
        self._begin()
        self._states.hear(at)
        last = self._last_state(state.alert_id)
        if last is not None and last.version >= state.version:
            return
        body = bodies.state_body(state)
        row = (self._position(at), state.alert_id, state.version, body)
        self.database.writer.execute("INSERT INTO alert_states VALUES (?,?,?,?)", row)
        head = self._head(state.alert_id)
        if head is not None:
            self._put(replace(head, state=state))
        if action_id is not None and not self._answer(action_id, body):
            self._done[action_id] = state

    def hear_action(self, action: AlertAction) -> None:
        """A coordinator's request, done or not."""
        self._begin()
        self.database.writer.execute(
            "INSERT OR IGNORE INTO actions (action_id, on_alert, body, answer) VALUES (?,1,?,'{}')",
            (action.action_id, bodies.action_body(action)),
        )
        self._requests += 1
        state = self._done.get(action.action_id)
        if state is not None:
            self._answer(action.action_id, bodies.state_body(state))
            self._joined.add(action.action_id)

    def _answer(self, action_id: str, body: str) -> bool:
        changed = self.database.writer.execute("UPDATE actions SET answer=? WHERE action_id=?", (body, action_id))
        return changed.rowcount > 0

    def commit(self) -> None:
        """What was heard is seen now."""
        if self.database.writer.in_transaction:
            self.database.writer.execute("COMMIT")
        self._alerts.publish()
        self._states.publish()
        while self._joined:
            del self._done[self._joined.pop()]

    def _begin(self) -> None:
        if not self.database.writer.in_transaction:
            self.database.writer.execute("BEGIN")

    def _position(self, at: Heard) -> int:
        return at.offset * self._partitions + at.partition + 1

    def _head(self, alert_id: str) -> Head | None:
        row = self.database.writer.execute(_HEAD, (alert_id,)).fetchone()
        if row is None:
            return None
        body, position, raised_at, state, active, *units = row
        return Head(bodies.alert_of(body), position, raised_at, bodies.state_of(state), bool(active), *units)

    def _put(self, head: Head) -> None:
        moved = self._cards.tell(head.alert)
        self.database.writer.execute(PUT_HEAD, head.as_row(self._cards.where(head.alert.alert_id)))
        for alert_id in moved - {head.alert.alert_id}:
            where = self._cards.where(alert_id)
            self.database.writer.execute(
                "UPDATE alert_heads SET card=?, event=?, card_at=? WHERE alert_id=?", (*where, alert_id)
            )

    def _state_of(self, alert: Alert) -> AlertState:
        """As DESK last decided; until that is read, as it will begin."""
        return self._last_state(alert.alert_id) or Desk.initial(alert)

    def _last_state(self, alert_id: str) -> AlertState | None:
        row = self.database.writer.execute(
            "SELECT body FROM alert_states WHERE alert_id=? ORDER BY position DESC LIMIT 1", (alert_id,)
        ).fetchone()
        return None if row is None else bodies.state_of(row[0])

    # Reading, from any thread

    def alerts_end(self) -> Position:
        """The position after the last alert message that is seen."""
        return self._alerts.end

    def states_end(self) -> Position:
        """The position after DESK's last decision that is seen."""
        return self._states.end

    def news(self) -> int:
        """Grows with what is seen."""
        return sum(self._alerts.end) + sum(self._states.end) + self._requests

    def awaits_request(self, action_id: str) -> bool:
        """Whether what DESK decided of it is known, but the request itself is not seen yet."""
        return action_id in self._done

    def alerts_after(self, position: Position, limit: int, scope: Scope = None) -> list[Streamed]:
        """Up to ``limit`` messages after the position, those of one alert in order. Raises CannotResume.

        Of the alerts that the scope shows as they stand.
        """
        found = self._after("alerts", self._alerts, position, limit, scope)
        return [Streamed(reached, at, bodies.alert_of(body)) for reached, at, body in found]

    def states_after(self, position: Position, limit: int, scope: Scope = None) -> list[tuple[Position, AlertState]]:
        """The same of what DESK decided. Raises CannotResume."""
        found = self._after("alert_states", self._states, position, limit, scope)
        return [(reached, bodies.state_of(body)) for reached, _, body in found]

    def _after(
        self, table: str, reach: "_Reach", position: Position, limit: int, scope: Scope
    ) -> list[tuple[Position, int, str]]:
        reach.require(position)
        reached: list[int] = list(position)
        found: list[tuple[Position, int, str]] = []
        with self.database.reading() as connection:
            for partition in reach.behind(position):
                wanted = _Wanted(table, partition, position, limit - len(found), scope)
                for at, body in self._of_partition(connection, wanted):
                    reached[partition] = (at - 1) // self._partitions + 1
                    found.append((tuple(reached), at, body))
        return found

    def _of_partition(self, connection: sqlite3.Connection, wanted: "_Wanted") -> list[tuple[int, str]]:
        table, partition, position, limit, scope = wanted
        condition, values = self._since(partition, position)
        statement = (
            f"SELECT position, body FROM {table} WHERE {condition}"  # noqa: S608 - ours
            f" AND {scoping.shown(scope, table)} ORDER BY position LIMIT ?"
        )
        return connection.execute(statement, (*values, *scoping.values(scope), limit)).fetchall()

    def left_since(self, alerts: Position, states: Position, scope: Scope) -> list[str]:
        """Alerts that the scope showed at these positions and does not show any more. Raises CannotResume."""
        if scope is None:
            return []
        told, decided = (
            [self._since(partition, position) for partition in reach.behind(position)]
            for reach, position in ((self._alerts, alerts), (self._states, states))
        )
        with self.database.reading() as connection:
            return left_of(connection, told, decided, scope, self.region_of)

    def _since(self, partition: int, position: Position) -> Since:
        first = position[partition] * self._partitions + partition + 1
        return Since(f"(position - 1) % {self._partitions} = ? AND position >= ?", (partition, first))


class _Reach:
    """How far one topic was read, partition by partition, and from where on every message of it is held."""

    def __init__(self, partitions: int) -> None:
        self._heard = [0] * partitions
        self._held = [0] * partitions
        self.end: Position = tuple(self._heard)

    def begins(self, first: Position) -> None:
        self._heard, self._held = list(first), list(first)
        self.publish()

    def hear(self, at: Heard) -> None:
        expected = self._heard[at.partition]
        if at.offset > expected:  # what lay in between was compacted away
            self._held[at.partition] = at.offset
        self._heard[at.partition] = max(expected, at.offset + 1)

    def publish(self) -> None:
        self.end = tuple(self._heard)

    def require(self, position: Position) -> None:
        """Raises CannotResume unless all that comes after the position is held."""
        if len(position) != len(self.end):
            raise CannotResume("unknown")
        if any(told < held for told, held in zip(position, self._held, strict=True)):
            raise CannotResume("too_old")

    def behind(self, position: Position) -> Iterator[int]:
        """The partitions in which something comes after the position."""
        return (partition for partition, end in enumerate(self.end) if position[partition] < end)


def _indices(partitions: int) -> str:
    return "".join(
        f"CREATE INDEX {table}_by_partition ON {table} ((position - 1) % {partitions}, position);"
        for table in ("alerts", "alert_states")
    )
