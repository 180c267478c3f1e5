-- How far each stream of the log has been stored. Written after the rows: a block stored twice is harmless,
-- a block believed stored is not.
CREATE TABLE IF NOT EXISTS feed (
    stream LowCardinality(String),
    partition UInt16,
    position UInt64,
    -- Everything that the platform knew before this time is in the history.
    complete_until DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(position)
ORDER BY (stream, partition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The events that are being erased right now: the statements that erase name this table, so that what is erased
-- stands in no statement that the engine keeps. In memory only, emptied when they are gone.
CREATE TABLE IF NOT EXISTS erasing (
    type LowCardinality(String),
    source LowCardinality(String),
    event_id String
)
ENGINE = Memory;
