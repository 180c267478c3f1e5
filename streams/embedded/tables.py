"""The tables of the embedded log: one SQLite file, and how to open it for writing and for reading.

SQLite, because one transaction then holds everything that a batch changes (reports, register, sightings, alerts,
handling, positions), it survives kill -9 by design, is part of Python and can be read beside a running writer (WAL).
"""

import os
import sqlite3
from pathlib import Path

from streams.lists.tables import ALERT_TABLES, INDICES

APPLICATION_ID = int.from_bytes(b"RELO")
"""Written in the file's header, so that a foreign SQLite file is told from ours."""
SCHEMA_VERSION = 1

SCHEMA = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE reports (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL,
    revision INTEGER NOT NULL, standing INTEGER NOT NULL, digest TEXT NOT NULL,
    known_at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX reports_of_event ON reports (event_id);

CREATE TABLE entries (
    event_id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL,
    revision INTEGER NOT NULL, standing INTEGER NOT NULL, digest TEXT NOT NULL,
    seen TEXT NOT NULL, known_at INTEGER NOT NULL, report INTEGER,
    PRIMARY KEY (event_id, source, type)) WITHOUT ROWID;

CREATE TABLE sightings (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    given INTEGER NOT NULL, subject TEXT NOT NULL, subject_kind TEXT NOT NULL,
    occurred_at INTEGER NOT NULL, evidence INTEGER NOT NULL,
    event_id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL,
    place TEXT NOT NULL, flagged INTEGER NOT NULL, recorded_at INTEGER NOT NULL, known_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL);
CREATE INDEX sightings_of_event ON sightings (event_id);

{ALERT_TABLES}
CREATE TABLE follows (
    token TEXT PRIMARY KEY, since INTEGER NOT NULL, until INTEGER NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL
    ) WITHOUT ROWID;
CREATE TABLE ended (token TEXT PRIMARY KEY, ended_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE strikes (
    subject TEXT NOT NULL, event_id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL,
    reason TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (subject, event_id, source, type)) WITHOUT ROWID;

CREATE TABLE receipts (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL,
    revision INTEGER NOT NULL, outcome TEXT NOT NULL, known_at INTEGER NOT NULL);
CREATE INDEX receipts_of_event ON receipts (event_id);
CREATE TABLE dead_letters (
    position INTEGER PRIMARY KEY AUTOINCREMENT, known_at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE destroyed (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL);

CREATE TABLE positions (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE probe (filling BLOB NOT NULL);
"""

GROWTHS = {
    "offered_to": """
ALTER TABLE alert_heads ADD COLUMN pushed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_heads ADD COLUMN owner TEXT;
ALTER TABLE alert_heads ADD COLUMN held_by TEXT;
ALTER TABLE alert_heads ADD COLUMN offered_to TEXT;
""",
    "cross_region": """
ALTER TABLE alert_heads ADD COLUMN card TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_heads ADD COLUMN event TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_heads ADD COLUMN card_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_heads ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_heads ADD COLUMN subject_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_heads ADD COLUMN evidence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_heads ADD COLUMN certainty TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_heads ADD COLUMN novelty TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_heads ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_heads ADD COLUMN repeat INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_heads ADD COLUMN historical INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_heads ADD COLUMN cross_border INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_heads ADD COLUMN cross_region INTEGER NOT NULL DEFAULT 0;
""",
    "arrived_at": """
ALTER TABLE alert_heads ADD COLUMN waits_since INTEGER;
ALTER TABLE alert_heads ADD COLUMN outcome TEXT;
ALTER TABLE alert_heads ADD COLUMN from_place TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_heads ADD COLUMN arrived_at INTEGER NOT NULL DEFAULT 0;
UPDATE alert_heads SET card='';
""",
    "alias": """
ALTER TABLE alert_heads ADD COLUMN alias INTEGER NOT NULL DEFAULT 0;
UPDATE alert_heads SET card='';
""",
}
"""What ``alert_heads`` gained after the first logs were written, by the last column of each time; it only grows, so the
version stays. Rows of before lie on no card, and are written anew when the log is next opened for writing."""

REPORT_INDICES = """
CREATE INDEX IF NOT EXISTS reports_of_municipalities ON reports (known_at)
    WHERE type='control' AND json_extract(body, '$.conducted_by')='municipality';
"""
"""Controls of municipalities are few, and looked for by themselves: reading 100,000 controls for them took 10 s."""

SOURCES = """
CREATE TABLE IF NOT EXISTS sources (
    source TEXT NOT NULL, type TEXT NOT NULL, first_heard_at INTEGER NOT NULL, last_heard_at INTEGER NOT NULL,
    longest_ms INTEGER NOT NULL, longest_before_ms INTEGER NOT NULL, PRIMARY KEY (source, type)) WITHOUT ROWID;
"""
"""A log of before learns the rhythm of its sources from now on."""

STREAMS = ("reports", "sightings", "alerts", "alert_states", "actions", "receipts", "dead_letters", "destroyed")
"""Tables whose rows bear a position that only grows and is never given twice."""

_CACHE_KIB = 64 * 1024
_WAL_BYTES_KEPT = 64 * 1024 * 1024
_BUSY_MS = 10_000


def create(path: Path) -> None:
    """Make an empty log at ``path``, whole or not at all: it is built beside it and then renamed."""
    building = path.with_name(path.name + ".new")
    building.unlink(missing_ok=True)
    os.close(os.open(building, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(building, isolation_level=None)
    try:
        connection.executescript(
            f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={SCHEMA_VERSION}; BEGIN; {SCHEMA} COMMIT;"
        )
    finally:
        connection.close()
    with building.open("rb") as written:
        os.fsync(written.fileno())
    building.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new names in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The one connection that writes. Every commit is on the disk when it returns; what is deleted is overwritten."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        f"journal_size_limit={_WAL_BYTES_KEPT}",
        f"cache_size=-{_CACHE_KIB}",
        f"busy_timeout={_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    _grow(connection)
    return connection


def _grow(connection: sqlite3.Connection) -> None:
    columns = {row[1] for row in connection.execute("PRAGMA table_info(alert_heads)")}
    if columns:  # else it is no log of ours: who asked for it says so
        growth = "".join(added for last, added in GROWTHS.items() if last not in columns)
        connection.executescript(f"BEGIN; {growth} {INDICES} {REPORT_INDICES} {SOURCES} COMMIT;")


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, beside a running writer or without one."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    connection.execute("PRAGMA query_only=ON")
    return connection
