"""How topics are against how they should be: every difference in words, and nothing lowered unasked."""

import pytest

from streams.kafka.shape import CREATE, LOWER, Found, Wanted, differences, lowers, partitions_in, readable, wanted_of
from streams.topics import TOPICS

NAMES = {f"cemi.{topic.name}": topic for topic in TOPICS}
WANTED = Wanted(NAMES, partitions=6, replicas=3)


def found(**changes):
    """All topics as they should be, but for ``alerts``."""
    there = {name: Found(topic.partitions(6), 3, WANTED.config(topic)) for name, topic in NAMES.items()}
    alerts = there["cemi.alerts"]
    config = {**alerts.config, **{name.replace("_", "."): value for name, value in changes.pop("config", {}).items()}}
    return {**there, "cemi.alerts": Found(**{"partitions": 6, "replicas": 3, "config": config} | changes)}


def the_one(there):
    (difference,) = differences(WANTED, there)
    return difference


def test_what_is_as_it_should_be_has_no_difference():
    assert differences(WANTED, found()) == []


def test_settings_that_we_say_nothing_of_are_left_to_the_brokers():
    assert differences(WANTED, found(config={"compression_type": "zstd"})) == []


def test_a_missing_topic_is_told_once():
    there = found()
    del there["cemi.alerts"]
    assert str(the_one(there)) == "cemi.alerts: topic is missing, should be there: relocation topics create"


def test_what_is_too_short_is_mended_by_create():
    difference = the_one(found(config={"retention_ms": "86400000"}))
    assert difference.mend == CREATE
    assert "retention.ms is 86400000 (24 hours), should be 157680000000 (5 years)" in str(difference)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("retention_ms", "-1"),
        ("retention_ms", "999999999999999"),
        ("cleanup_policy", "delete"),
        ("cleanup_policy", "compact"),
        ("max_message_bytes", "2000000"),
        ("min_insync_replicas", "3"),
        ("min_compaction_lag_ms", "9999999999"),
    ],
)
def test_what_is_more_than_it_should_be_is_lowered_only_when_asked(name, value):
    assert the_one(found(config={name: value})).mend == LOWER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("retention_bytes", "1000000"),
        ("segment_ms", "9999999999"),
        ("min_insync_replicas", "1"),
        ("unclean_leader_election_enable", "true"),
        ("message_timestamp_type", "LogAppendTime"),
        ("max_message_bytes", "1000"),
    ],
)
def test_what_protects_too_little_is_mended_by_create(name, value):
    assert the_one(found(config={name: value})).mend == CREATE


def test_the_order_of_policies_says_nothing():
    assert differences(WANTED, found(config={"cleanup_policy": "delete,compact"})) == []
    assert not lowers("cleanup.policy", "delete,compact", "delete")


def test_no_command_changes_the_number_of_partitions():
    difference = the_one(found(partitions=5))
    assert (difference.found, difference.wanted) == ("5", "6")
    assert "keys lie by the number of partitions" in difference.mend
    assert "kafka-topics.sh --delete --topic cemi.alerts" in difference.mend


def test_too_few_copies_are_told_and_too_many_are_not():
    assert "kafka-reassign-partitions.sh" in the_one(found(replicas=1)).mend
    assert differences(WANTED, found(replicas=4)) == []


def test_control_has_one_partition_whatever_the_others_have():
    there = found()
    there["cemi.control"] = Found(6, 3, there["cemi.control"].config)
    assert (the_one(there).found, the_one(there).wanted) == ("6", "1")


@pytest.mark.parametrize(("brokers", "replicas", "in_sync"), [(1, 1, "1"), (2, 2, "1"), (3, 3, "2"), (9, 3, "2")])
def test_a_partition_has_copies_on_three_brokers_where_there_are_three(brokers, replicas, in_sync):
    wanted = wanted_of(NAMES, {}, brokers, None, None)
    assert (wanted.partitions, wanted.replicas) == (12, replicas)
    assert {wanted.config(topic)["min.insync.replicas"] for topic in TOPICS} == {in_sync}


def test_there_are_as_many_partitions_as_there_were_unless_it_is_said():
    there = {name: one for name, one in found(partitions=5).items() if "intake" not in name}
    assert partitions_in(NAMES, there) == 6
    assert partitions_in(NAMES, {}) is None
    assert wanted_of(NAMES, there, 3, None, None).partitions == 6
    assert wanted_of(NAMES, there, 3, 7, 2) == Wanted(NAMES, 7, 2)


@pytest.mark.parametrize(
    ("what", "value", "words"),
    [
        ("retention.ms", "-1", "-1 (no end)"),
        ("retention.ms", "3600000", "3600000 (60 minutes)"),
        ("segment.ms", "259200000", "259200000 (3 days)"),
        ("segment.ms", "1500", "1500 (1.5 seconds)"),
        ("segment.ms", "unset", "unset"),
        ("retention.bytes", "-1", "-1"),
    ],
)
def test_spans_of_time_can_be_read(what, value, words):
    assert readable(what, value) == words
