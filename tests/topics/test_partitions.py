"""The partition of a key is the one that Kafka's own partitioner chooses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as kafkas_murmur2

from streams.partitions import murmur2, partition_of, partitions_of

KEYS = st.binary(max_size=100)
TOKENS = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(KEYS, st.integers(1, 200))
def test_it_is_where_kafka_python_puts_it(key, partitions):
    assert partition_of(key, partitions) == (kafkas_murmur2(key) & 0x7FFFFFFF) % partitions


@pytest.mark.parametrize(
    ("key", "hashed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_it_hashes_as_kafka_itself_says_in_its_tests(key, hashed):
    assert murmur2(key) == hashed & 0xFFFFFFFF


@given(st.lists(TOKENS) | st.lists(st.text()) | st.lists(st.text("é0", min_size=4, max_size=4)), st.integers(1, 200))
def test_many_at_once_lie_where_each_would_alone(keys, partitions):
    assert partitions_of(keys, partitions) == [partition_of(key, partitions) for key in keys]
