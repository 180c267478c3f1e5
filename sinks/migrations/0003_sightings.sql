-- Every time a subject was given a sighting or had it taken away. A sighting is valid at a time when the last such
-- row of its subject and event, known until then, gave it. A taken row carries the form that it takes away.
CREATE TABLE IF NOT EXISTS sightings (
    subject String,
    subject_kind LowCardinality(String),
    given Bool,
    -- When the platform gave or took it; known_at is that of the event.
    changed_at DateTime64(3, 'UTC'),
    occurred_at DateTime64(3, 'UTC'),
    evidence LowCardinality(String),
    event_id String,
    source LowCardinality(String),
    type LowCardinality(String),
    place LowCardinality(String),
    unit LowCardinality(String),
    flagged Bool,
    recorded_at DateTime64(3, 'UTC'),
    known_at DateTime64(3, 'UTC'),
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (subject, occurred_at, event_id, source, type, partition, position)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1,
    merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 2,
    cleanup_delay_period_random_add = 0, finished_mutations_to_keep = 1;
