-- Every revision of every event, tokens only. The key is the revision itself, so telling it again replaces it.
CREATE TABLE IF NOT EXISTS events (
    type LowCardinality(String),
    source LowCardinality(String),
    event_id String,
    revision UInt32,
    standing UInt8,
    digest String,
    occurred_at Nullable(DateTime64(3, 'UTC')),
    recorded_at DateTime64(3, 'UTC'),
    known_at DateTime64(3, 'UTC'),
    -- occurred_at, or recorded_at of a withdrawal, which has no occurred_at.
    dated_at DateTime64(3, 'UTC'),
    ground LowCardinality(String),
    place LowCardinality(String),
    unit LowCardinality(String),
    indicators Array(LowCardinality(String)),
    `persons.role` Array(LowCardinality(String)),
    `persons.bvh_person` Array(String),
    `persons.document` Array(String),
    `persons.name` Array(String),
    `persons.nationality` Array(LowCardinality(String)),
    `persons.age_band` Array(LowCardinality(String)),
    vehicles Array(String),
    phones Array(String),
    photos Array(String),
    address String,
    conducted_by LowCardinality(String),
    licensed Nullable(Bool),
    venue LowCardinality(String),
    mutation String,
    incident_class LowCardinality(String),
    site LowCardinality(String),
    ad String,
    police_involved Bool,
    online Bool,
    camera LowCardinality(String),
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree(position)
PARTITION BY toYYYYMM(dated_at)
ORDER BY (type, source, event_id, revision, standing, digest)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1,
    merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 2,
    cleanup_delay_period_random_add = 0, finished_mutations_to_keep = 1;
