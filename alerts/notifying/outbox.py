"""The outbox: what is to be told and what was, on disk, so that nothing is forgotten and a retry says the same.

A delivery is formed once and kept as it is until it is delivered: sent again it bears the same key and words.
"""

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alerts.notifying.deciding import Told
from schemas.times import DAY_MS
from schemas.views import Position

TOLD_KEPT_MS = 180 * DAY_MS
"""As long as an alert can be active; what is older is not spoken of again."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), position TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS looked (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (
    channel TEXT NOT NULL, alert_id TEXT NOT NULL, told TEXT NOT NULL, item TEXT NOT NULL, queued_at INTEGER NOT NULL,
    PRIMARY KEY (channel, alert_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, key TEXT NOT NULL, items TEXT NOT NULL,
    attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, formed_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS left_over (delivery INTEGER PRIMARY KEY, mailboxes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS escalated (
    channel TEXT NOT NULL, alert_id TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (channel, alert_id, since)
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (
    channel TEXT NOT NULL, alert_id TEXT NOT NULL, told TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (channel, alert_id)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one channel; ``items`` are its alerts in words."""

    id: int
    channel: str
    key: str
    items: tuple[dict[str, str], ...]
    attempts: int
    formed_at: int
    left: tuple[str, ...] = ()
    """The mailboxes that have not taken it yet, where others have; else none."""
    held: frozenset[str] = frozenset()
    """The mailboxes that are left out of it, since they have not taken yet what came before it."""


class Outbox:
    """For one thread. Every method is one transaction: when it returns, what it did survives kill -9."""

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA secure_delete=ON")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @property
    def position(self) -> Position | None:
        """Up to where the alert stream was looked at; None: never."""
        row = self._connection.execute("SELECT position FROM cursor").fetchone()
        return None if row is None else tuple(json.loads(row[0]))

    @property
    def looked_at(self) -> int:
        """When that was (UTC ms); 0: never."""
        row = self._connection.execute("SELECT at FROM looked").fetchone()
        return 0 if row is None else int(row[0])

    def begin_at(self, position: Position, now: int) -> None:
        """Look only at what comes after this position, as of now (UTC ms)."""
        self._connection.execute("INSERT OR REPLACE INTO cursor VALUES (1, ?)", (json.dumps(position),))
        self._connection.execute("INSERT OR REPLACE INTO looked VALUES (1, ?)", (now,))

    def said(self, channel: str, alert_id: str) -> Told | None:
        """What the channel was told of the alert last, in deliveries that are under way included; not what waits."""
        row = self._connection.execute(
            "SELECT told FROM told WHERE channel=? AND alert_id=?", (channel, alert_id)
        ).fetchone()
        return None if row is None else Told(*json.loads(row[0]))

    @contextmanager
    def looking(self, position: Position, now: int) -> Iterator[None]:
        """What is queued and dropped within is durable together with how far was looked."""
        with self.together():
            yield
            self.begin_at(position, now)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is done within is durable together."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def queue(self, channel: str, alert_id: str, told: Told, item: dict[str, str], now: int) -> None:
        """The channel is to be told this of the alert, instead of what waited before; it waits since that did."""
        self._connection.execute(
            "INSERT INTO waiting VALUES (?,?,?,?,?) ON CONFLICT (channel, alert_id) DO UPDATE"
            " SET told=excluded.told, item=excluded.item",
            (channel, alert_id, _text(told), json.dumps(item), now),
        )

    def is_escalated(self, channel: str, alert_id: str, since: int) -> bool:
        """Whether the channel was told, or need not be, that nobody has had the alert since then (UTC ms)."""
        row = self._connection.execute(
            "SELECT 1 FROM escalated WHERE channel=? AND alert_id=? AND since=?", (channel, alert_id, since)
        ).fetchone()
        return row is not None

    def note_escalated(self, channel: str, alert_id: str, since: int) -> None:
        """It was."""
        self._connection.execute("INSERT OR IGNORE INTO escalated VALUES (?,?,?)", (channel, alert_id, since))

    def drop(self, channel: str, alert_id: str) -> None:
        """What waited is not worth telling any more."""
        self._connection.execute("DELETE FROM waiting WHERE channel=? AND alert_id=?", (channel, alert_id))

    def first_waiting(self, channel: str) -> int | None:
        """Since when the oldest waits (UTC ms)."""
        row = self._connection.execute("SELECT min(queued_at) FROM waiting WHERE channel=?", (channel,)).fetchone()
        return None if row[0] is None else int(row[0])

    def form(self, channel: str, limit: int, now: int) -> None:
        """Make one delivery of the oldest that wait; from now on the channel counts as told."""
        rows = self._connection.execute(
            "SELECT alert_id, told, item FROM waiting WHERE channel=? ORDER BY queued_at, alert_id LIMIT ?",
            (channel, limit),
        ).fetchall()
        if not rows:
            return
        items = [json.loads(item) for _, _, item in rows]
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(
                "INSERT INTO deliveries (channel, key, items, attempts, next_at, formed_at) VALUES (?,?,?,0,?,?)",
                (channel, items[0]["key"], json.dumps(items), now, now),
            )
            for alert_id, told, _ in rows:
                self._connection.execute("INSERT OR REPLACE INTO told VALUES (?,?,?,?)", (channel, alert_id, told, now))
                self.drop(channel, alert_id)

    def due(self, now: int) -> list[Delivery]:
        """What it is time for: the first delivery of every channel, and those that are tried by themselves.

        A channel, and each of its mailboxes, is told things in their order. What is left over holds up its mailboxes
        only: they are left out of what comes after it, until they took it.
        """
        rows = self._connection.execute(
            "SELECT id, channel, mailboxes, next_at FROM deliveries LEFT JOIN left_over ON delivery=id"
            " WHERE mailboxes IS NOT NULL OR id IN (SELECT min(id) FROM deliveries"
            " WHERE id NOT IN (SELECT delivery FROM left_over) GROUP BY channel) ORDER BY id"
        ).fetchall()
        held = defaultdict[str, set[str]](set)
        first: list[Delivery] = []
        by_themselves: list[Delivery] = []
        for id_, channel, mailboxes, next_at in rows:
            left = json.loads(mailboxes or "[]")
            if next_at <= now and not (left and held[channel].issuperset(left)):
                found = self._delivery(id_, left, held[channel])
                (first if mailboxes is None else by_themselves).append(found)
            held[channel].update(left)
        return first + by_themselves

    def _delivery(self, id_: int, left: Iterable[str], held: Iterable[str]) -> Delivery:
        channel, key, items, attempts, formed_at = self._connection.execute(
            "SELECT channel, key, items, attempts, formed_at FROM deliveries WHERE id=?", (id_,)
        ).fetchone()
        return Delivery(id_, channel, key, tuple(json.loads(items)), attempts, formed_at, tuple(left), frozenset(held))

    def delivered(self, delivery: Delivery) -> None:
        """It was taken."""
        with self.together():
            self._connection.execute("DELETE FROM deliveries WHERE id=?", (delivery.id,))
            self._connection.execute("DELETE FROM left_over WHERE delivery=?", (delivery.id,))

    def failed(self, delivery: Delivery, next_at: int, left: tuple[str, ...] = ()) -> None:
        """It was not: try again then (UTC ms), to the mailboxes that are ``left`` where others took it."""
        with self.together():
            self._connection.execute(
                "UPDATE deliveries SET attempts=attempts+1, next_at=? WHERE id=?", (next_at, delivery.id)
            )
            if left:
                self.leave(delivery, left)

    def leave(self, delivery: Delivery, left: tuple[str, ...]) -> None:
        """It is tried by itself from now on, for these mailboxes (none: for all), and holds up no others."""
        self._connection.execute("INSERT OR REPLACE INTO left_over VALUES (?,?)", (delivery.id, json.dumps(left)))

    def hasten(self) -> None:
        """What failed is due, whenever it was to be tried again."""
        self._connection.execute("UPDATE deliveries SET next_at=formed_at")

    def undelivered(self) -> int:
        """How many deliveries wait for their channel."""
        return int(self._connection.execute("SELECT count(*) FROM deliveries").fetchone()[0])

    def forget(self, now: int) -> None:
        """What was told long ago is not spoken of again."""
        self._connection.execute("DELETE FROM told WHERE at<?", (now - TOLD_KEPT_MS,))
        self._connection.execute("DELETE FROM escalated WHERE since<?", (now - TOLD_KEPT_MS,))


def _text(told: Told) -> str:
    return json.dumps([told.revision, told.status, told.from_place, told.to_place, told.certainty])
