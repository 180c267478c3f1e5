"""The table of topics keeps what the design and the law say."""

import re
from pathlib import Path

import pytest

from processors.policy_file import default_policy_text, parse_policy
from processors.rules import Rules
from schemas import avro
from schemas.keys import event_key, sighting_key
from schemas.reports import EventKey, EventType
from schemas.sightings import Evidence, Sighting, SubjectSighting
from schemas.times import DAY_MS, HOUR_MS, MINUTE_MS
from streams.topic import MESSAGE_BYTES_MAX, Cleanup, Held, Stamped, named
from streams.topics import EVENTS, INTAKE, REPORTS, SIGHTINGS, TOPICS, TYPES_OF, topics_for

ROOT = Path(__file__).parents[2]
POLICY = parse_policy(default_policy_text(), window_ms=Rules().window_ms)
YEAR_MS = 365 * DAY_MS
LOOK_AND_DELETE_MS = 6 * MINUTE_MS
"""A broker looks every 5 minutes, and deletes a minute later."""


def of(names):
    return pytest.mark.parametrize("topic", names, ids=lambda topic: topic.name)


def terms_of(types):
    """The longest that the policy lets anything of these types be kept, by type."""
    return {type_: max(rule.term_ms for rule in POLICY.rules if rule.type == type_) for type_ in types}


# ---------------------------------------------------------------------------------------------- what the design says


def _told_rows():
    """The rows of the table in docs/distributed.md, one a topic: name, key, what partitions, cleanup and term."""
    text = (ROOT / "docs/distributed.md").read_text("utf-8")
    for names, rest in re.findall(r"(?m)^\| ((?:`[a-z][^`]*`(?:, )?)+) \|(.*)\|$", text):
        told = [cell.strip() for cell in rest.split("|")]
        for name in re.findall(r"`([^`]+)`", names):
            family, dot, types = name.rpartition(".")
            for type_ in types.split("|"):
                if len(told) == 3:
                    yield f"{family}{dot}{type_}", *told


def _expanded(name):
    return [f"events.{type_}" for type_ in EventType] if name == "events.<type>" else [name]


def test_the_topics_are_those_of_the_design():
    told = [name for row in _told_rows() for name in _expanded(row[0])]
    assert sorted(told) == sorted(topic.name for topic in TOPICS)


def test_what_is_compacted_is_what_the_design_says():
    cleanups = {name: row[3] for row in _told_rows() for name in _expanded(row[0])}
    for topic in TOPICS:
        told = cleanups[topic.name].partition(",")[0]
        expected = {"compact": Cleanup.COMPACT, "delete": Cleanup.DELETE, "compact+delete": Cleanup.BOTH}
        if topic.name.startswith("events."):
            assert topic.cleanup is REPORTS[EventType(topic.name.partition(".")[2])].cleanup
        else:
            assert topic.cleanup is expected[told], topic.name


TERMS = {
    Held.PRESENCE: 5 * YEAR_MS,
    Held.OFFER: YEAR_MS,
    Held.PASSAGE: YEAR_MS,
    Held.OUTCOME: 30 * DAY_MS,
    Held.FOLLOWING: None,
    Held.NOBODY: None,
}


@of(TOPICS)
def test_a_topic_has_the_term_of_the_design(topic):
    if topic.held in TERMS:
        assert topic.lasting.term_ms == TERMS[topic.held]
    elif topic.held is Held.CLEAR:
        assert topic.lasting.term_ms == (HOUR_MS if topic.name == "intake.vehicle" else 72 * HOUR_MS)
    else:
        assert topic.lasting.term_ms == (7 * DAY_MS if topic.name == "action-answers" else 5 * YEAR_MS)


def test_all_topics_but_control_have_as_many_partitions_as_one_another():
    assert {topic.name: topic.partitions(12) for topic in TOPICS if topic.partitions(12) != 12} == {"control": 1}


def test_only_what_publishers_write_is_stamped_by_the_broker():
    assert {topic for topic in TOPICS if topic.stamped is Stamped.BY_BROKER} == set(INTAKE.values())


# ------------------------------------------------------------------------------------------------ what the law says


@of([topic for topic in TOPICS if topic.lasting.term_ms is not None])
def test_what_is_folded_is_there_until_its_term_and_all_else_is_gone_by_then(topic):
    """What is oldest of a segment goes with what is newest, when the broker looks."""
    lasting = topic.lasting
    latest_ms = lasting.retention_ms + lasting.segment_ms + LOOK_AND_DELETE_MS
    if lasting.is_folded:
        assert lasting.retention_ms == lasting.term_ms
        assert latest_ms <= lasting.term_ms * 1.01
    else:
        assert latest_ms <= lasting.term_ms
        assert lasting.retention_ms > lasting.term_ms / 2


def test_what_the_law_gives_a_term_of_years_is_folded_and_what_publishers_write_is_not():
    assert {topic.lasting.is_folded for topic in TOPICS if topic.held in (Held.CLEAR, Held.OUTCOME)} == {False}
    assert {topic.lasting.is_folded for topic in TOPICS if (topic.lasting.term_ms or 0) >= YEAR_MS} == {True}


@of([topic for topic in TOPICS if topic.held in TYPES_OF])
def test_no_topic_keeps_longer_than_the_longest_term_of_what_it_may_hold(topic):
    assert topic.lasting.term_ms <= max(terms_of(TYPES_OF[topic.held]).values())


@pytest.mark.parametrize("held", [Held.PRESENCE, Held.OFFER, Held.PASSAGE])
def test_no_class_mixes_terms(held):
    assert len(set(terms_of(TYPES_OF[held]).values())) == 1


def test_every_type_of_event_belongs_to_one_class():
    classes = [type_ for held in (Held.PRESENCE, Held.OFFER, Held.PASSAGE) for type_ in TYPES_OF[held]]
    assert sorted(classes) == sorted(EventType)


@pytest.mark.parametrize("type_", EventType)
def test_what_an_event_becomes_lies_in_topics_of_its_class(type_):
    evidence = {"ad": Evidence.OFFER, "vehicle": Evidence.PASSAGE}.get(type_, Evidence.PRESENCE)
    for topic in (REPORTS[type_], EVENTS[type_], SIGHTINGS[evidence]):
        assert type_ in TYPES_OF[topic.held], topic.name


def test_identifiers_in_the_clear_are_only_where_publishers_write():
    assert {topic for topic in TOPICS if topic.held is Held.CLEAR} == set(INTAKE.values())


@of([topic for topic in TOPICS if topic.held is Held.PASSAGE])
def test_passages_can_be_destroyed_one_by_one(topic):
    assert topic.has_tombstones
    assert topic.cleanup is Cleanup.BOTH
    assert topic.lasting.compacted_after_ms + topic.lasting.compacted_within_ms <= 2 * DAY_MS


@of([topic for topic in TOPICS if topic.held in TYPES_OF and topic.lasting.term_ms >= YEAR_MS])
def test_no_window_is_older_than_its_log(topic):
    assert topic.lasting.retention_ms >= 2 * Rules().window_ms


def test_with_the_packaged_policy_the_table_is_as_it_stands():
    assert topics_for(POLICY) == TOPICS


def test_a_policy_with_other_terms_has_topics_with_other_terms():
    text = default_policy_text().replace("term_days = 1825", "term_days = 1000")
    changed = {topic.name: topic for topic in topics_for(parse_policy(text, window_ms=Rules().window_ms))}
    assert {topic.lasting.term_ms for topic in changed.values() if topic.held is Held.PRESENCE} == {1_000 * DAY_MS}
    assert {topic.lasting.term_ms for topic in changed.values() if topic.held is Held.OFFER} == {YEAR_MS}
    assert changed["alerts"].lasting.term_ms == 1_000 * DAY_MS
    for same in ("intake.vehicle", "receipts", "action-answers", "followed", "control"):
        assert changed[same] in TOPICS


# -------------------------------------------------------------------------------------------------- what Kafka needs


@of(TOPICS)
def test_a_topic_takes_the_largest_message_of_its_kind(topic):
    kinds = [topic.kind] if topic.also is None else [topic.kind, topic.also]
    keys_and_headers = 4 * 1024
    assert max(map(avro.max_bytes, kinds)) + keys_and_headers < MESSAGE_BYTES_MAX
    assert topic.config["max.message.bytes"] == str(MESSAGE_BYTES_MAX)


@of(TOPICS)
def test_a_topic_that_is_not_compacted_says_nothing_of_compaction(topic):
    assert ("min.compaction.lag.ms" in topic.config) == (topic.cleanup is not Cleanup.DELETE)


@of(TOPICS)
def test_tombstones_are_for_compacted_topics(topic):
    assert topic.cleanup is not Cleanup.DELETE or not topic.has_tombstones


@of(TOPICS)
def test_a_name_is_one_for_kafka_and_for_its_metrics(topic):
    assert re.fullmatch(r"[a-z][a-z_.-]{0,60}", topic.name)
    assert named("cemi-test.", topic) == f"cemi-test.{topic.name}"
    clashing = [other for other in TOPICS if other.name.replace(".", "_") == topic.name.replace(".", "_")]
    assert clashing == [topic], "Kafka's metrics cannot tell . from _"


# ----------------------------------------------------------------------------------------------------------- keys

EVENT = "7b0e8a5c-0000-4000-8000-00000000000a"
TOLD = SubjectSighting("ab" * 16, "person", Sighting(1, 0, EVENT, "avim", "control", "GM0363", False, 2, 3))


def test_a_sighting_is_one_fact_whatever_it_says_now():
    assert sighting_key(TOLD) == f"{'ab' * 16}/avim/control/{EVENT}"
    assert sighting_key(TOLD._replace(taken=True, version=9)) == sighting_key(TOLD)


def test_what_a_document_passes_on_is_a_fact_of_its_own():
    assert sighting_key(TOLD._replace(via="cd" * 16)) == f"{sighting_key(TOLD)}/{'cd' * 16}"


@pytest.mark.parametrize("type_", EventType)
def test_only_passages_can_be_told_apart_by_source_for_their_tombstones(type_):
    key = event_key(EventKey("anpr-a2", type_, EVENT))
    assert key == (f"{EVENT}/anpr-a2" if type_ == "vehicle" else EVENT)
    assert ("source" in REPORTS[type_].key) == ("source" in EVENTS[type_].key) == (type_ == "vehicle")
