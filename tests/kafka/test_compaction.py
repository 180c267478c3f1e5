"""What a broker compacts away, and when: a record goes by a later one of its key that is older than the lag."""

from confluent_kafka import Producer
from made_up_topics import now_ms, topics, until

from schemas.times import DAY_MS
from streams.kafka.reader import Reader

COMPACTED = {
    "cleanup.policy": "compact",
    "segment.bytes": str(2**20),
    "min.compaction.lag.ms": str(DAY_MS),
    "min.cleanable.dirty.ratio": "0.0",
}


def lying_in(bootstrap, topic):
    """The values that are there, in order."""
    reader, found = Reader(bootstrap), []
    reader.add({(topic, 0): 0})
    until(lambda: found.extend(reader.take(0.1)) or (topic, 0) in reader.ends, "the end of it")
    reader.close()
    return [record.value for record in found]


def put(bootstrap, topic, *dated):
    """Records of one key with these times, then others, so that the segment that they lie in ends."""
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all"})
    for value, at in (*dated, *((b"x" * 600_000, now_ms()) for _ in range(3))):
        producer.produce(topic, value, value[:1] if value[:1] == b"x" else b"a passage", timestamp=at)
        producer.flush()


def test_what_a_correction_takes_away_stays_for_the_lag_where_that_is_dated_when_it_became_known(kafka_broker):
    bootstrap, month_ago = kafka_broker.bootstrap, now_ms() - 30 * DAY_MS
    occurred, known = topics(bootstrap, "dated-when-it-occurred", "dated-when-it-became-known", **COMPACTED)
    put(bootstrap, occurred, (b"first", month_ago), (b"corrected", month_ago))
    put(bootstrap, known, (b"first", month_ago), (b"corrected", now_ms()))
    until(lambda: b"first" not in lying_in(bootstrap, occurred), "compaction")
    assert lying_in(bootstrap, known)[:2] == [b"first", b"corrected"]
