-- Every message about every alert, and every decision of DESK. The key is the revision (version), so that a message
-- told again replaces itself.
CREATE TABLE IF NOT EXISTS alerts (
    alert_id String,
    revision UInt32,
    status LowCardinality(String),
    kind LowCardinality(String),
    subject_kind LowCardinality(String),
    subject String,
    from_place LowCardinality(String),
    to_place LowCardinality(String),
    from_unit LowCardinality(String),
    to_unit LowCardinality(String),
    from_last_seen DateTime64(3, 'UTC'),
    arrived_at DateTime64(3, 'UTC'),
    arrival_event_id String,
    arrival_source LowCardinality(String),
    arrival_type LowCardinality(String),
    evidence LowCardinality(String),
    novelty LowCardinality(String),
    certainty LowCardinality(String),
    implausible Bool,
    repeat Bool,
    attention LowCardinality(String),
    cross_region Bool,
    cross_border Bool,
    historical Bool,
    known_at DateTime64(3, 'UTC'),
    reason LowCardinality(String),
    superseded_by String,
    `based_on.occurred_at` Array(DateTime64(3, 'UTC')),
    `based_on.evidence` Array(LowCardinality(String)),
    `based_on.event_id` Array(String),
    `based_on.source` Array(LowCardinality(String)),
    `based_on.type` Array(LowCardinality(String)),
    `based_on.place` Array(LowCardinality(String)),
    `based_on.flagged` Array(Bool),
    `based_on.recorded_at` Array(DateTime64(3, 'UTC')),
    `based_on.known_at` Array(DateTime64(3, 'UTC')),
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree(position)
PARTITION BY toYYYYMM(arrived_at)
ORDER BY (alert_id, revision)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1;

CREATE TABLE IF NOT EXISTS alert_states (
    alert_id String,
    version UInt32,
    handling LowCardinality(String),
    changed_at DateTime64(3, 'UTC'),
    owner String,
    unit LowCardinality(String),
    outcome LowCardinality(String),
    snoozed_until Nullable(DateTime64(3, 'UTC')),
    `comments.at` Array(DateTime64(3, 'UTC')),
    `comments.by` Array(String),
    `comments.text` Array(String),
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree(position)
PARTITION BY toYYYYMM(changed_at)
ORDER BY (alert_id, version)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1;

CREATE TABLE IF NOT EXISTS actions (
    action_id String,
    action LowCardinality(String),
    -- An action is about an alert or about a subject (and then may name one of its events); what does not apply is empty.
    alert_id String,
    subject String,
    event_source LowCardinality(String),
    event_type LowCardinality(String),
    event_id String,
    by String,
    at DateTime64(3, 'UTC'),
    unit LowCardinality(String),
    outcome LowCardinality(String),
    -- The comment on an alert, or the reason of an action on a subject.
    words String,
    until Nullable(DateTime64(3, 'UTC')),
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree(position)
PARTITION BY toYYYYMM(at)
ORDER BY (action_id)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1;
