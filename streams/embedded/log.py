"""The durable log's writing side: one transaction holds everything that a batch changes."""

import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

from processors.cards import OnCard
from processors.changes import (
    Change,
    Entry,
    EntryDropped,
    EntryPut,
    FollowDropped,
    FollowedEnded,
    FollowPut,
    SightingGiven,
    SightingTaken,
    Strike,
    StrikeDropped,
    StrikePut,
)
from processors.rhythm import Rhythm
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.dead_letters import DeadLetter
from schemas.receipts import Receipt
from schemas.reports import EventKey, Rank, Report
from schemas.sightings import Sighting
from streams.embedded import rows
from streams.embedded.sources import Source
from streams.embedded.tables import STREAMS, open_for_writing
from streams.lists import bodies
from streams.lists.heads import PUT_HEAD, Head

_PROBE_BYTES = 256 * 1024

_INSERT = {
    "reports": "INSERT INTO reports VALUES (?,?,?,?,?,?,?,?,?)",
    "entries": "INSERT OR REPLACE INTO entries VALUES (?,?,?,?,?,?,?,?,?)",
    "sightings": "INSERT INTO sightings VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "alerts": "INSERT INTO alerts VALUES (?,?,?,?)",
    "alert_heads": PUT_HEAD,
    "alert_states": "INSERT INTO alert_states VALUES (?,?,?,?)",
    "actions": "INSERT INTO actions VALUES (?,?,?,?,?)",
    "follows": "INSERT OR REPLACE INTO follows VALUES (?,?,?,?,?)",
    "ended": "INSERT OR REPLACE INTO ended VALUES (?,?)",
    "strikes": "INSERT OR REPLACE INTO strikes VALUES (?,?,?,?,?,?,?)",
    "receipts": "INSERT INTO receipts VALUES (?,?,?,?,?,?,?)",
    "dead_letters": "INSERT INTO dead_letters VALUES (?,?,?)",
    "destroyed": "INSERT INTO destroyed VALUES (?,?,?,?)",
    "sources": "INSERT OR REPLACE INTO sources VALUES (?,?,?,?,?,?)",
}


class Log:
    """Collects a batch and writes it in one transaction. For one thread at a time; any call may raise sqlite3.Error.

    Nothing is on the disk before ``commit`` returns; after an error of any kind call ``reopen`` and rebuild from disk.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = open_for_writing(path)
        self._begin()

    def _begin(self) -> None:
        self._waiting: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._fresh: dict[tuple[EventKey, Rank], int] = {}
        self._destroys = False
        self._last = {stream: self._last_position(stream) for stream in STREAMS}

    def _last_position(self, stream: str) -> int:
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name=?", (stream,)).fetchone()
        return 0 if row is None else int(row[0])

    def reopen(self) -> None:
        """Forget the batch and start anew from what is on the disk."""
        self._connection.close()
        self._connection = open_for_writing(self._path)
        self._begin()

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        self._connection.close()

    def newest(self, stream: str) -> int:
        """The highest position given in ``stream``, this batch included."""
        return self._last[stream]

    @property
    def is_empty(self) -> bool:
        """Whether this batch has nothing to write."""
        return not any(self._waiting.values()) and not self._connection.in_transaction

    def add_report(self, report: Report) -> int:
        """Keep a revision of an event; its position."""
        position = self._next("reports")
        key, rank = report.key, report.rank
        self._waiting["reports"].append(
            (position, key.event_id, key.source, key.type, *rank, report.known_at, rows.report_body(report))
        )
        self._fresh[key, rank] = position
        return position

    def add_receipt(self, receipt: Receipt) -> None:
        """Keep what became of a revision of an event that could be read."""
        named = (receipt.event_id, receipt.source, receipt.type, receipt.revision)
        row = (self._next("receipts"), *named, str(receipt.became), receipt.known_at)
        self._waiting["receipts"].append(row)

    def add_dead_letter(self, letter: DeadLetter) -> None:
        """Keep that something was refused, and why; the letter is a redacted one."""
        row = (self._next("dead_letters"), letter.known_at, bodies.compact(letter.as_json()))
        self._waiting["dead_letters"].append(row)

    def add_alert(self, alert: Alert) -> int:
        """Append a message to the alert stream; its position."""
        position = self._next("alerts")
        self._waiting["alerts"].append((position, alert.alert_id, alert.revision, bodies.alert_body(alert)))
        return position

    def add_state(self, state: AlertState) -> None:
        """Append what DESK decided."""
        row = (self._next("alert_states"), state.alert_id, state.version, bodies.state_body(state))
        self._waiting["alert_states"].append(row)

    def put_head(self, head: Head, where: OnCard) -> None:
        """The alert now stands like this, on this card."""
        self._waiting["alert_heads"].append(head.as_row(where))

    def put_rhythm(self, source: Source, rhythm: Rhythm) -> None:
        """The source was last heard like this."""
        self._waiting["sources"].append((*source, *rhythm))

    def add_action(self, action: AlertAction | SubjectAction, answer: str) -> None:
        """Remember a coordinator's request and what was answered to it, for when it is sent again."""
        on_alert = int(isinstance(action, AlertAction))
        row = (self._next("actions"), action.action_id, on_alert, bodies.action_body(action), answer)
        self._waiting["actions"].append(row)

    def answer_to(self, action_id: str) -> tuple[AlertAction | SubjectAction, str] | None:
        """The request that bore this id before, and what was answered to it."""
        self._flush()
        row = self._connection.execute(
            "SELECT on_alert, body, answer FROM actions WHERE action_id=?", (action_id,)
        ).fetchone()
        return None if row is None else (bodies.action_of(row[0], row[1]), str(row[2]))

    def change(self, change: Change, changed_at: int) -> None:
        """Make one change of a step of the heart, done at ``changed_at`` (UTC ms), durable with this batch."""
        match change:
            case EntryPut(key, entry):
                self._put_entry(key, entry)
            case EntryDropped(key):
                self._destroy(key)
            case SightingGiven(subject, kind, sighting):
                self._add_sighting(1, subject, kind, sighting, changed_at)
            case SightingTaken(subject, kind, sighting):
                self._add_sighting(0, subject, kind, sighting, changed_at)
            case FollowPut(follow):
                self._waiting["follows"].append((follow.token, follow.since, follow.until, follow.reason, follow.by))
            case FollowDropped(token):
                self._delete("DELETE FROM follows WHERE token=?", (token,))
            case FollowedEnded(token, ended_at):
                self._waiting["ended"].append((token, ended_at))
            case StrikePut(strike):
                self._put_strike(strike)
            case StrikeDropped(subject, event):
                self._delete(
                    "DELETE FROM strikes WHERE subject=? AND event_id=? AND source=? AND type=?",
                    (subject, event.event_id, event.source, event.type),
                )

    def _put_strike(self, strike: Strike) -> None:
        source, type_, event_id = strike.event
        row = (strike.subject, event_id, source, type_, strike.reason, strike.by, strike.at)
        self._waiting["strikes"].append(row)

    def _put_entry(self, key: EventKey, entry: Entry) -> None:
        position = None if entry.report is None else self._position_of(key, entry.report)
        seen = rows.ranks_body(entry.seen)
        self._waiting["entries"].append(
            (key.event_id, key.source, key.type, *entry.rank, seen, entry.known_at, position)
        )

    def _position_of(self, key: EventKey, report: Report) -> int:
        fresh = self._fresh.get((key, report.rank))
        if fresh is not None:
            return fresh
        row = self._connection.execute(
            "SELECT position FROM reports WHERE event_id=? AND source=? AND type=?"
            " AND revision=? AND standing=? AND digest=? ORDER BY position LIMIT 1",
            (key.event_id, key.source, key.type, *report.rank),
        ).fetchone()
        return self.add_report(report) if row is None else int(row[0])

    def _add_sighting(self, given: int, subject: str, kind: str, sighting: Sighting, changed_at: int) -> None:
        occurred_at, evidence, event_id, source, type_, place, flagged, recorded_at, known_at = sighting
        self._waiting["sightings"].append(
            (
                self._next("sightings"),
                given,
                subject,
                str(kind),
                occurred_at,
                int(evidence),
                event_id,
                source,
                type_,
                place,
                int(flagged),
                recorded_at,
                known_at,
                changed_at,
            )
        )

    def _destroy(self, key: EventKey) -> None:
        """Nothing of the event is left in the log but the order to destroy it elsewhere (``destroyed``)."""
        named = (key.event_id, key.source, key.type)
        for table in ("reports", "entries", "sightings", "receipts"):
            statement = f"DELETE FROM {table} WHERE event_id=? AND source=? AND type=?"  # noqa: S608 - names of ours
            self._delete(statement, named)
        self._waiting["destroyed"].append((self._next("destroyed"), *named))
        self._fresh.clear()
        self._destroys = True

    def forget_dead_letters(self, before: int) -> None:
        """Destroy dead letters known before ``before`` (UTC ms)."""
        self._delete("DELETE FROM dead_letters WHERE known_at<?", (before,))

    def forget_held(self, before: int) -> None:
        """Destroy what is held of dead letters known before ``before`` (UTC ms); the letters stay."""
        self._delete(
            "UPDATE dead_letters SET body = json_remove(body, '$.held')"
            " WHERE known_at<? AND json_extract(body, '$.held') IS NOT NULL",
            (before,),
        )

    def forget_destroyed(self, up_to: int) -> None:
        """Forget the orders to destroy that were carried out elsewhere."""
        self._delete("DELETE FROM destroyed WHERE position<=?", (up_to,))

    def put_position(self, name: str, position: int) -> None:
        """Remember how far a reader of the log has come."""
        self._delete("INSERT OR REPLACE INTO positions VALUES (?,?)", (name, position))

    def put_meta(self, name: str, value: str) -> None:
        """Remember a fact about the log itself."""
        self._delete("INSERT OR REPLACE INTO meta VALUES (?,?)", (name, value))

    def _delete(self, statement: str, named: tuple[Any, ...]) -> None:
        self._flush()
        self._connection.execute(statement, named)

    def _next(self, stream: str) -> int:
        self._last[stream] += 1
        return self._last[stream]

    def _flush(self) -> None:
        """Send what waits to the open transaction, so that what follows finds it."""
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
        for table, waiting in self._waiting.items():
            if waiting:
                self._connection.executemany(_INSERT[table], waiting)
                waiting.clear()

    def commit(self) -> None:
        """Write the batch: when this returns it survives kill -9 and loss of power."""
        if self.is_empty:
            return
        self._flush()
        self._connection.execute("COMMIT")
        self._fresh.clear()
        if self._destroys:
            self.overwrite_old_pages()

    def overwrite_old_pages(self) -> None:
        """Empty the write-ahead log, where destroyed rows still lie; readers may hold it for a while, then later."""
        busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._destroys = bool(busy)

    def prove_room(self) -> None:
        """Raises sqlite3.Error while the disk takes no more; changes nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.execute("INSERT INTO probe VALUES (zeroblob(?))", (_PROBE_BYTES,))
            self._connection.execute("DELETE FROM probe")
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
