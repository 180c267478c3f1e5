"""What a runtime reads and writes: whole batches, in order, and nothing is ever skipped in silence."""

import time

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from made_up_topics import an_out, now_ms, topics, until

from streams.kafka.clients import Brokers, Extent, Unreachable
from streams.kafka.committed import Committed
from streams.kafka.producing import MESSAGE_BYTES_MAX
from streams.kafka.reader import OutOfRange, Reader
from streams.kafka.records import Out
from streams.kafka.tail import Tail
from streams.kafka.writer import NotWritten, Writer

NOBODY = "127.0.0.1:1"
PATIENCE_S = 20


@pytest.fixture
def bootstrap(kafka_broker):
    return kafka_broker.bootstrap


@pytest.fixture
def writer(bootstrap):
    return Writer(bootstrap, patience_s=PATIENCE_S)


def read(reader, count):
    found = []
    until(lambda: found.extend(reader.take(0.1)) or len(found) >= count, f"{count} records")
    return found


def forgotten(bootstrap, topic, below):
    """Let the log begin at this offset, as retention does."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for done in admin.delete_records([TopicPartition(topic, 0, below)]).values():
        done.result(PATIENCE_S)


def test_a_record_is_read_as_it_was_written(bootstrap, writer):
    (topic,) = topics(bootstrap, "told", partitions=2)
    at = now_ms()
    assert writer.write([Out(topic, 1, b"k", b"v", [("ce_id", b"7")], at), Out(topic, 1, b"k", None, (), at)]) == 2
    reader = Reader(bootstrap)
    reader.add({(topic, 1): 0})
    told, tombstone = read(reader, 2)
    assert told[:6] == (topic, 1, 0, at, b"k", b"v")
    assert told.headers == {"ce_id": b"7"}
    assert told.position.as_json() == {"topic": topic, "partition": 1, "offset": 0}
    assert (tombstone.offset, tombstone.value, tombstone.headers) == (1, None, {})
    reader.close()


def test_a_batch_is_what_there_is_and_no_more_than_asked(bootstrap, writer):
    (topic,) = topics(bootstrap, "told")
    writer.write(an_out(topic, b"%d" % number) for number in range(1_000))
    reader = Reader(bootstrap)
    reader.add({(topic, 0): 0})
    offsets = []
    while len(offsets) < 1_000:
        batch = reader.take(5.0, count_max=64)
        assert len(batch) <= 64
        offsets += [record.offset for record in batch]
    assert offsets == list(range(1_000))
    until(lambda: reader.take(0.1) or reader.ends == {(topic, 0): 1_000}, "the end")
    assert reader.lag((topic, 0), 990) == 10
    reader.close()


def test_partitions_come_and_go_and_pause(bootstrap, writer):
    (topic,) = topics(bootstrap, "told", partitions=3)
    writer.write(an_out(topic, partition=number) for number in range(3))
    reader = Reader(bootstrap)
    reader.add({(topic, 0): 0, (topic, 1): 0})
    assert {record.partition for record in read(reader, 2)} == {0, 1}
    reader.drop([(topic, 0)])
    reader.pause([(topic, 1)])
    reader.add({(topic, 2): 0})
    writer.write(an_out(topic, partition=number) for number in range(3))
    assert [(record.partition, record.offset) for record in read(reader, 2)] == [(2, 0), (2, 1)]
    reader.resume([(topic, 1)])
    assert [(record.partition, record.offset) for record in read(reader, 1)] == [(1, 1)]
    reader.close()


def test_a_topic_that_is_new_to_a_reader_is_read_at_once(bootstrap, writer):
    """librdkafka by itself looks for new ones once a second: of five in turn four would wait for that long."""
    several = topics(bootstrap, "one", "two", "three", "four", "five")
    writer.write(an_out(topic) for topic in several)
    reader, took = Reader(bootstrap), []
    for topic in several:
        began = time.monotonic()
        reader.add({(topic, 0): 0})
        read(reader, 1)
        took.append(time.monotonic() - began)
    assert min(took[1:]) < 0.5
    reader.close()


def test_an_offset_that_is_gone_is_never_jumped_over(bootstrap, writer):
    (topic,) = topics(bootstrap, "told")
    writer.write(an_out(topic) for _ in range(10))
    forgotten(bootstrap, topic, 4)
    assert Brokers(bootstrap).extents([(topic, 0)]) == {(topic, 0): Extent(4, 10)}
    reader = Reader(bootstrap)
    reader.add({(topic, 0): 2})
    with pytest.raises(OutOfRange) as gone:
        read(reader, 1)
    assert gone.value.partition == (topic, 0)
    reader.close()


def test_what_the_brokers_would_not_take_fails(bootstrap, writer):
    (topic,) = topics(bootstrap, "told")
    with pytest.raises(NotWritten, match="MSG_SIZE_TOO_LARGE"):
        writer.write([an_out(topic, b"x" * (MESSAGE_BYTES_MAX + 1))])


def test_what_nobody_acknowledges_fails_in_time():
    with pytest.raises(NotWritten):
        Writer(NOBODY, patience_s=0.5).write([an_out("nowhere")])


def test_brokers_that_do_not_answer_are_said_to_be_unreachable():
    with pytest.raises(Unreachable):
        Brokers(NOBODY, timeout_s=0.3).partitions()


def test_how_far_a_group_is_comes_with_all_that_it_noted(bootstrap):
    topic, other = topics(bootstrap, "told", "other")
    assert Brokers(bootstrap).committed(topic, []) == {}
    assert Brokers(bootstrap).committed(topic, [(topic, 0), (other, 0)]) == {}
    noted = '{"v":1,"from":0,"n":{' + ",".join(f'"reason-{number}":1' for number in range(100)) + "}}"
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": topic})
    consumer.commit(offsets=[TopicPartition(topic, 0, 100, noted)], asynchronous=False)
    consumer.close()
    assert Brokers(bootstrap).committed(topic, [(topic, 0), (other, 0)]) == {(topic, 0): Committed(100, noted)}


def test_a_tail_reads_all_there_is_and_then_what_comes(bootstrap, writer):
    first, second = topics(bootstrap, "first", "second", partitions=2)
    writer.write(an_out(topic, b"old", partition=number) for topic in (first, second) for number in range(2))
    told = []
    tail = Tail(bootstrap, [first, second], lambda record: told.append((record.topic, record.partition, record.value)))
    assert tail.behind_s() == float("inf")
    tail.start()
    assert tail.wait_caught_up(PATIENCE_S)
    assert sorted(told) == [(topic, number, b"old") for topic in sorted((first, second)) for number in range(2)]
    caught_up = tail.as_of
    writer.write([an_out(second, b"new", partition=1)])
    until(lambda: told[-1] == (second, 1, b"new"), "the new record")
    until(lambda: tail.as_of > caught_up, "being up to date")
    assert tail.behind_s() < PATIENCE_S
    tail.close()


def test_a_tail_from_the_end_reads_only_what_comes(bootstrap, writer):
    (topic,) = topics(bootstrap, "told")
    writer.write([an_out(topic, b"old")])
    told = []
    tail = Tail(bootstrap, [topic], lambda record: told.append(record.value), from_end=True)
    tail.start()
    assert tail.wait_caught_up(PATIENCE_S)
    writer.write([an_out(topic, b"new")])
    until(lambda: told, "the new record")
    assert told == [b"new"]
    tail.close()


def test_a_tail_that_cannot_fold_stops_and_says_so(bootstrap, writer):
    (topic,) = topics(bootstrap, "told")
    writer.write([an_out(topic, b"poison"), an_out(topic)])

    def fold(record):
        raise ValueError("made up")

    tail = Tail(bootstrap, [topic], fold)
    tail.start()
    assert until(lambda: tail.failed, "the failure") == "ValueError"
    assert not tail.wait_caught_up(0.5)
    tail.close()
