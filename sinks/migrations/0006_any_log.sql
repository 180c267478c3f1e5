-- baseline
-- Rows of any log, embedded or Kafka: every row says which record of which log says it (topic, partition, position),
-- and its key is what it tells, so that a record told again, at whatever position, replaces itself. The tables are made
-- anew and fed anew from the log, which is the truth; the positions go first.
DROP TABLE IF EXISTS feed;
DROP TABLE IF EXISTS erasing;
DROP TABLE IF EXISTS events;
DROP TABLE IF EXISTS sightings;
DROP TABLE IF EXISTS alerts;
DROP TABLE IF EXISTS alert_states;
DROP TABLE IF EXISTS actions;
DROP TABLE IF EXISTS receipts;
DROP TABLE IF EXISTS dead_letters;

-- How far each partition of each stream has been stored. Written after the rows: a block stored twice is harmless, a
-- block believed stored is not. The embedded log has one partition and no topics. On Kafka the group's offsets are the
-- truth, and this is for questions: up to when is the history complete?
CREATE TABLE IF NOT EXISTS feed (
    stream LowCardinality(String),
    topic LowCardinality(String),
    partition UInt16,
    position SimpleAggregateFunction(max, UInt64),
    -- Everything that the platform knew before this time is in the history (on Kafka: of this partition).
    complete_until SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (stream, topic, partition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The rows that are being erased right now: the statements that erase name this table, so that what is erased stands
-- in no statement that the engine keeps. In memory only; each erasure takes its own out again.
CREATE TABLE IF NOT EXISTS erasing (
    erasure String,
    type LowCardinality(String),
    source LowCardinality(String),
    event_id String,
    known_at DateTime64(3, 'UTC')
)
ENGINE = Memory;

-- Events that were destroyed: what was known of them until `at` is erased, also when it comes after the order to.
CREATE TABLE IF NOT EXISTS destroyed (
    type LowCardinality(String),
    source LowCardinality(String),
    event_id String,
    at DateTime64(3, 'UTC'),
    kept_until DateTime64(3, 'UTC'),
    topic LowCardinality(String),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (event_id, source, type)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

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
    topic LowCardinality(String),
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

-- Every time a subject was given a sighting or had it taken away: a fact with a version. Of what is said of a subject,
-- an event and a way (`via`: the document that passes it on; empty: the event itself) the highest version known until
-- a time was so then. A taken row carries the form that it takes away.
CREATE TABLE IF NOT EXISTS sightings (
    subject String,
    subject_kind LowCardinality(String),
    given Bool,
    -- Since when it is so; known_at is that of the event.
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
    via String,
    -- In the embedded log the position, which grows with every change.
    version UInt64,
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    topic LowCardinality(String),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (subject, occurred_at, event_id, source, type, via, version)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1,
    merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 2,
    cleanup_delay_period_random_add = 0, finished_mutations_to_keep = 1;

-- Every message about every alert, and every decision of DESK. The key is the revision (version). Of two messages with
-- one key, of which a worker that had lost its partition said the second, the first in the log counts: `earliest`.
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
    topic LowCardinality(String),
    partition UInt16,
    position UInt64,
    earliest UInt64 MATERIALIZED 18446744073709551615 - position
)
ENGINE = ReplacingMergeTree(earliest)
PARTITION BY toYYYYMM(arrived_at)
ORDER BY (alert_id, revision)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1,
    merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 2,
    cleanup_delay_period_random_add = 0, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS alert_states (
    alert_id String,
    version UInt32,
    handling LowCardinality(String),
    changed_at DateTime64(3, 'UTC'),
    owner String,
    unit LowCardinality(String),
    offered_to LowCardinality(String),
    outcome LowCardinality(String),
    snoozed_until Nullable(DateTime64(3, 'UTC')),
    `comments.at` Array(DateTime64(3, 'UTC')),
    `comments.by` Array(String),
    `comments.text` Array(String),
    -- The request that this answers; empty where DESK decided by itself, and in rows of an embedded log.
    action_id String,
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    topic LowCardinality(String),
    partition UInt16,
    position UInt64,
    earliest UInt64 MATERIALIZED 18446744073709551615 - position
)
ENGINE = ReplacingMergeTree(earliest)
PARTITION BY toYYYYMM(changed_at)
ORDER BY (alert_id, version)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1;

-- What coordinators asked for. On Kafka refused requests are among them: what was done is in alert_states (by
-- action_id) and subject_states.
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
    topic LowCardinality(String),
    partition UInt16,
    position UInt64,
    earliest UInt64 MATERIALIZED 18446744073709551615 - position
)
ENGINE = ReplacingMergeTree(earliest)
PARTITION BY toYYYYMM(at)
ORDER BY (action_id)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1;

-- What RELOCATION did for a subject: in the order of their positions they are its strikes and follows. Only of Kafka: in
-- an embedded log a strike takes the sighting away.
CREATE TABLE IF NOT EXISTS subject_states (
    action_id String,
    action LowCardinality(String),
    subject String,
    event_source LowCardinality(String),
    event_type LowCardinality(String),
    event_id String,
    by String,
    at DateTime64(3, 'UTC'),
    words String,
    until Nullable(DateTime64(3, 'UTC')),
    followed Bool,
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    topic LowCardinality(String),
    partition UInt16,
    position UInt64,
    earliest UInt64 MATERIALIZED 18446744073709551615 - position
)
ENGINE = ReplacingMergeTree(earliest)
PARTITION BY toYYYYMM(at)
ORDER BY (subject, action_id)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1;

-- What became of each revision that was published. The cause is the record of the log that the receipt is about: a
-- report, or what a publisher wrote; a receipt of an embedded log is its own.
CREATE TABLE IF NOT EXISTS receipts (
    type LowCardinality(String),
    source LowCardinality(String),
    event_id String,
    revision UInt32,
    became LowCardinality(String),
    known_at DateTime64(3, 'UTC'),
    codes Array(LowCardinality(String)),
    cause_topic LowCardinality(String),
    cause_partition UInt16,
    cause_position UInt64,
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    topic LowCardinality(String),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(known_at)
ORDER BY (type, source, event_id, revision, cause_topic, cause_partition, cause_position)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1,
    merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 2,
    cleanup_delay_period_random_add = 0, finished_mutations_to_keep = 1;

-- What was refused (without anything of what was sent). The origin tells what it was: the key of the record.
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
    origin String,
    kept_until DateTime64(3, 'UTC'),
    open_until DateTime64(3, 'UTC'),
    topic LowCardinality(String),
    partition UInt16,
    position UInt64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(known_at)
ORDER BY (origin, role)
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1;
