"""The tables of alerts: every message, every alert as it stands, how it was handled, and what was asked of it."""

ALERT_TABLES = """
CREATE TABLE alerts (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id TEXT NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
    UNIQUE (alert_id, revision));

CREATE TABLE alert_heads (
    alert_id TEXT PRIMARY KEY, position INTEGER NOT NULL, known_at INTEGER NOT NULL, raised_at INTEGER NOT NULL,
    status TEXT NOT NULL, active INTEGER NOT NULL, handling TEXT NOT NULL, kind TEXT NOT NULL,
    attention TEXT NOT NULL, from_unit TEXT NOT NULL, to_unit TEXT NOT NULL, to_place TEXT NOT NULL,
    subject TEXT NOT NULL, state TEXT NOT NULL,
    pushed INTEGER NOT NULL DEFAULT 0, owner TEXT, held_by TEXT, offered_to TEXT) WITHOUT ROWID;
CREATE INDEX heads_newest_first ON alert_heads (
    known_at DESC, position DESC, status, active, handling, kind, attention, from_unit, to_unit, to_place);
CREATE INDEX heads_of_subject ON alert_heads (subject, known_at DESC, position DESC);
CREATE INDEX heads_of_place ON alert_heads (to_place, known_at DESC, position DESC);

CREATE TABLE alert_states (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE actions (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    action_id TEXT NOT NULL UNIQUE, on_alert INTEGER NOT NULL, body TEXT NOT NULL, answer TEXT NOT NULL);
"""

INDICES = """
CREATE INDEX IF NOT EXISTS heads_by_handling ON alert_heads (
    pushed, handling, known_at DESC, position DESC, status, owner, held_by, offered_to, from_unit, to_unit);
CREATE INDEX IF NOT EXISTS heads_of_owner ON alert_heads (owner, known_at DESC, position DESC) WHERE owner IS NOT NULL;
CREATE INDEX IF NOT EXISTS heads_offered ON alert_heads (offered_to) WHERE offered_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS states_of_alert ON alert_states (alert_id, position);
CREATE INDEX IF NOT EXISTS actions_on_alert ON actions (json_extract(body, '$.alert_id'), position) WHERE on_alert = 1;
"""
