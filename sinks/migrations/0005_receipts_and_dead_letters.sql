-- What became of each revision that was published, and what was refused (without anything of what was sent).
CREATE TABLE IF NOT EXISTS receipts (
    type LowCardinality(String),
    source LowCardinality(String),
    event_id String,
    revision UInt32,
    became LowCardinality(String),
    known_at DateTime64(3, 'UTC'),
    codes Array(LowCardinality(String)),
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(known_at)
ORDER BY (type, source, event_id, revision, partition, position)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1,
    merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 2,
    cleanup_delay_period_random_add = 0, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS dead_letters (
    known_at DateTime64(3, 'UTC'),
    fault LowCardinality(String),
    role LowCardinality(String),
    type LowCardinality(String),
    source LowCardinality(String),
    event_id String,
    codes Array(LowCardinality(String)),
    fields Array(String),
    messages Array(String),
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(known_at)
ORDER BY (partition, position)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1;
