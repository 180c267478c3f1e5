-- How far the log is proven to be in the history: what one run of `relocation reconcile` leaves for the next.
CREATE TABLE IF NOT EXISTS reconciled (
    at DateTime64(3, 'UTC'),
    snapshot String,
    kept_until DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY at
TTL toDateTime(kept_until) DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
