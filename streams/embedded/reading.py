"""The durable log's reading side: its streams and tables as messages, from a connection that cannot write."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from processors.cards import OnCard
from processors.changes import Entry, Follow, Strike
from processors.rhythm import Rhythm
from processors.scope import Scope
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert, AlertStatus
from schemas.dead_letters import DeadLetter
from schemas.dossiers import Unfollowed
from schemas.receipts import Became, Receipt
from schemas.reports import EventKey, Report
from schemas.sightings import Sighting
from streams.embedded import rows
from streams.embedded.sources import Source
from streams.embedded.tables import STREAMS, open_for_reading
from streams.lists import bodies, scoping
from streams.lists.heads import Head
from streams.lists.reading import AlertReader


class LogReader(AlertReader):
    """Reads the log. Between ``snapshot`` and ``release`` (or ``close``) it sees one moment of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(open_for_reading(path))

    def snapshot(self) -> None:
        """From the next read on, see one moment only."""
        self._connection.execute("BEGIN")

    def release(self) -> None:
        """See the newest again."""
        self._connection.execute("COMMIT")

    def meta(self, name: str) -> str | None:
        """A fact about the log itself."""
        row = self._connection.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def newest_positions(self) -> dict[str, int]:
        """The highest position ever given, of every stream that has had one."""
        given = dict(self._connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        return {stream: int(given.get(stream, 0)) for stream in STREAMS}

    def position(self, name: str) -> int:
        """How far the reader of this name has come; 0 at first."""
        row = self._connection.execute("SELECT position FROM positions WHERE name=?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def count(self, table: str) -> int:
        """How many rows a table of ours has."""
        counted = self._connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of ours
        return int(counted.fetchone()[0])

    def entries(self) -> Iterator[tuple[EventKey, Entry]]:
        """REGISTER: what is remembered of every event, with its winning report if that counts."""
        found = self._connection.execute(
            "SELECT e.source, e.type, e.event_id, e.revision, e.standing, e.digest, e.seen, e.known_at, r.body"
            " FROM entries e LEFT JOIN reports r ON r.position = e.report"
        )
        return (rows.entry_of(row) for row in found)

    def follows(self) -> Iterator[Follow]:
        """Coordinators' follows."""
        return (Follow(*row) for row in self._connection.execute("SELECT token, since, until, reason, by FROM follows"))

    def ended(self) -> Iterator[tuple[str, int]]:
        """When the following of a vehicle last ended."""
        return (tuple(row) for row in self._connection.execute("SELECT token, ended_at FROM ended"))

    def strikes(self) -> Iterator[Strike]:
        """Sightings that coordinators took out."""
        found = self._connection.execute("SELECT subject, event_id, source, type, reason, by, at FROM strikes")
        for subject, event_id, source, type_, reason, by, at in found:
            yield Strike(subject, EventKey(source, type_, event_id), reason, by, at)

    def heads(self) -> Iterator[tuple[Head, OnCard]]:
        """Every alert as it stands and the card it lies on, in the order of the last messages."""
        found = self._connection.execute(
            "SELECT a.body, h.position, h.raised_at, h.state, h.active, h.from_unit, h.to_unit, h.card, h.event,"
            " h.card_at"
            " FROM alert_heads h JOIN alerts a ON a.position = h.position ORDER BY h.position"
        )
        for body, position, raised_at, state, active, from_unit, to_unit, *where in found:
            alert = bodies.alert_of(body)
            head = Head(alert, position, raised_at, bodies.state_of(state), bool(active), from_unit, to_unit)
            yield head, OnCard(*where)

    def subjects_of_alerts(self) -> dict[str, str]:
        """Whom each alert is about, by its id."""
        return dict(self._connection.execute("SELECT alert_id, subject FROM alert_heads").fetchall())

    def settled_alerts(self) -> Iterator[Alert]:
        """The last message of every alert that rests, in the order of those messages."""
        found = self._connection.execute(
            "SELECT a.body FROM alert_heads h JOIN alerts a ON a.position = h.position"
            " WHERE NOT h.active AND h.status <> ? ORDER BY h.position",
            (str(AlertStatus.WITHDRAWN),),
        )
        return (bodies.alert_of(body) for (body,) in found)

    def rhythms(self) -> Iterator[tuple[Source, Rhythm]]:
        """When each source was heard."""
        found = self._connection.execute(
            "SELECT source, type, first_heard_at, last_heard_at, longest_ms, longest_before_ms FROM sources"
            " ORDER BY last_heard_at DESC"
        )
        return ((Source(source, type_), Rhythm(*rhythm)) for source, type_, *rhythm in found)

    def newest_known_at(self) -> int:
        """The latest ``known_at`` given to a report (UTC ms); 0 when there is none."""
        row = self._connection.execute("SELECT known_at FROM reports ORDER BY position DESC LIMIT 1").fetchone()
        return 0 if row is None else int(row[0])

    def municipal_controls_known_since(self, since: int) -> Iterator[Report]:
        """The winning reports of controls by municipalities that became known since then (UTC ms)."""
        found = self._connection.execute(
            "SELECT r.body FROM reports r INDEXED BY reports_of_municipalities JOIN entries e"
            " ON e.event_id=r.event_id AND e.source=r.source AND e.type=r.type AND e.report=r.position"
            " WHERE r.type='control' AND json_extract(r.body, '$.conducted_by')='municipality' AND r.known_at>=?",
            (since,),
        )
        return (rows.report_of(body) for (body,) in found)

    def reports_after(self, position: int, limit: int) -> list[tuple[int, Report]]:
        """Revisions of events in log order."""
        found = self._connection.execute(
            "SELECT position, body FROM reports WHERE position>? ORDER BY position LIMIT ?", (position, limit)
        )
        return [(at, rows.report_of(body)) for at, body in found]

    def sightings_after(self, position: int, limit: int) -> list[tuple[int, bool, str, str, Sighting, int]]:
        """(position, given or taken, subject, subject kind, sighting, when that changed) in log order."""
        found = self._connection.execute(
            "SELECT position, given, subject, subject_kind, occurred_at, evidence, event_id, source, type, place,"
            " flagged, recorded_at, known_at, changed_at FROM sightings WHERE position>? ORDER BY position LIMIT ?",
            (position, limit),
        )
        return [
            (at, bool(given), subject, kind, _sighting_of(seen), changed_at)
            for at, given, subject, kind, *seen, changed_at in found
        ]

    def alerts_after(self, position: int, limit: int, scope: Scope = None) -> list[tuple[int, Alert]]:
        """Alert messages in log order, of the alerts that the scope shows as they stand."""
        found = self._connection.execute(
            f"SELECT position, body FROM alerts WHERE position>? AND {scoping.shown(scope, 'alerts')}"  # noqa: S608 - ours
            " ORDER BY position LIMIT ?",
            (position, *scoping.values(scope), limit),
        )
        return [(at, bodies.alert_of(body)) for at, body in found]

    def states_after(self, position: int, limit: int, scope: Scope = None) -> list[tuple[int, AlertState]]:
        """What DESK decided, in log order, of the alerts that the scope shows as they stand."""
        found = self._connection.execute(
            f"SELECT position, body FROM alert_states WHERE position>? AND {scoping.shown(scope, 'alert_states')}"  # noqa: S608 - ours
            " ORDER BY position LIMIT ?",
            (position, *scoping.values(scope), limit),
        )
        return [(at, bodies.state_of(body)) for at, body in found]

    def newest_state(self) -> int:
        """The position of what DESK decided last; 0 when there is nothing yet."""
        [newest] = self._connection.execute("SELECT max(position) FROM alert_states").fetchone()
        return newest or 0

    def actions_after(self, position: int, limit: int) -> list[tuple[int, AlertAction | SubjectAction]]:
        """What coordinators asked for and was done, in log order."""
        found = self._connection.execute(
            "SELECT position, on_alert, body FROM actions WHERE position>? ORDER BY position LIMIT ?", (position, limit)
        )
        return [(at, bodies.action_of(on_alert, body)) for at, on_alert, body in found]

    def unfollowed(self, vehicle: str) -> Unfollowed | None:
        """How the last follow of it was ended, where a coordinator did that."""
        last = self._connection.execute(
            "SELECT body FROM actions WHERE on_alert=0 AND json_extract(body, '$.subject')=?"
            " AND json_extract(body, '$.action') IN ('follow', 'unfollow') ORDER BY position DESC LIMIT 1",
            (vehicle,),
        ).fetchone()
        action = None if last is None else bodies.action_of(0, last[0])
        if not isinstance(action, SubjectAction) or action.action != "unfollow":
            return None
        return Unfollowed(action.at, action.reason, action.by)

    def answered_after(self, position: int, limit: int) -> list[tuple[int, AlertAction | SubjectAction, str]]:
        """As ``actions_after``, with what was answered (JSON)."""
        found = self._connection.execute(
            "SELECT position, on_alert, body, answer FROM actions WHERE position>? ORDER BY position LIMIT ?",
            (position, limit),
        )
        return [(at, bodies.action_of(on_alert, body), str(answer)) for at, on_alert, body, answer in found]

    def receipts_after(self, position: int, limit: int) -> list[tuple[int, Receipt]]:
        """What became of each revision, in log order."""
        found = self._connection.execute(
            "SELECT position, outcome, known_at, type, source, event_id, revision FROM receipts"
            " WHERE position>? ORDER BY position LIMIT ?",
            (position, limit),
        )
        return [(at, Receipt(Became(became), *told)) for at, became, *told in found]

    def dead_letters_after(self, position: int, limit: int) -> list[tuple[int, DeadLetter]]:
        """What was refused and why, in log order."""
        found = self._connection.execute(
            "SELECT position, body, known_at FROM dead_letters WHERE position>? ORDER BY position LIMIT ?",
            (position, limit),
        )
        return [(at, rows.dead_letter_of(body, known_at)) for at, body, known_at in found]

    def destroyed_after(self, position: int, limit: int) -> list[tuple[int, EventKey]]:
        """Events whose reports and sightings were destroyed and are to be destroyed elsewhere, in log order."""
        found = self._connection.execute(
            "SELECT position, source, type, event_id FROM destroyed WHERE position>? ORDER BY position LIMIT ?",
            (position, limit),
        )
        return [(at, EventKey(*key)) for at, *key in found]

    def stream_bounds(self) -> tuple[int, int]:
        """(oldest, newest) position of the alert stream; (1, 0) when it is empty."""
        # Each by itself is a step in the index; both of one SELECT would read the whole table.
        oldest, newest = self._connection.execute(
            "SELECT (SELECT min(position) FROM alerts), (SELECT max(position) FROM alerts)"
        ).fetchone()
        return (1, 0) if newest is None else (int(oldest), int(newest))


def _sighting_of(seen: list[Any]) -> Sighting:
    occurred_at, evidence, event_id, source, type_, place, flagged, recorded_at, known_at = seen
    return Sighting(occurred_at, evidence, event_id, source, type_, place, bool(flagged), recorded_at, known_at)
