"""``relocation migrate``: a folder to a real Kafka, once, whatever happens on the way."""

import subprocess
import sys
import uuid
from collections import Counter

import pytest
from made_up_events import KEY
from made_up_topics import until
from moved import an_environment, ends_of, exported, fill, make_topics, messages_in, records_in, relocation

from schemas.report_form import report_as_json
from streams.kafka.agreement import agree
from streams.moving.mark import NAME, Mark
from tests.console.running import Up


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A filled folder; nobody changes it."""
    return fill(tmp_path_factory.mktemp("moving") / "data")


@pytest.fixture
def prefix(kafka_broker):
    """A platform of its own on the shared broker, with empty topics."""
    prefix = f"made-up-{uuid.uuid4().hex[:8]}."
    make_topics(kafka_broker.bootstrap, prefix)
    return prefix


@pytest.fixture(scope="module")
def moved(kafka_broker, folder):
    """(prefix, records by topic) after one move that nobody disturbed."""
    prefix = f"made-up-{uuid.uuid4().hex[:8]}."
    make_topics(kafka_broker.bootstrap, prefix)
    done = relocation(kafka_broker.bootstrap, prefix, "migrate", "--data", folder)
    assert done.returncode == 0, done.stderr
    return prefix, records_in(kafka_broker.bootstrap, prefix)


def as_lines(found):
    return Counter(map(str, found))


def test_every_report_lies_there_with_its_known_at(kafka_broker, folder, moved):
    prefix, records = moved
    reports = [
        report_as_json(report)
        for topic in records
        if topic.startswith("reports.")
        for report in messages_in(records, topic)
    ]
    assert as_lines(reports) == as_lines(exported(kafka_broker.bootstrap, prefix, folder, "reports"))


def test_every_alert_message_lies_there_and_those_of_a_subject_in_their_order(kafka_broker, folder, moved):
    prefix, records = moved
    told = [
        (alert, record)
        for alert, record in zip(messages_in(records, "alerts"), records["alerts"], strict=True)
        if "relocation_settled" not in record.headers
    ]
    expected = exported(kafka_broker.bootstrap, prefix, folder, "alerts")
    assert as_lines(alert.as_json() for alert, _ in told) == as_lines(expected)
    for subject in {alert["subject"] for alert in expected}:
        ours = [alert.as_json() for alert, _ in told if alert.subject == subject]
        assert ours == [alert for alert in expected if alert["subject"] == subject]
    assert len({record.partition for alert, record in told}) > 1


def test_handling_lies_there_with_the_requests_that_led_to_it(kafka_broker, folder, moved):
    prefix, records = moved
    states = messages_in(records, "alert-states")
    assert as_lines(state.as_json() for state in states) == as_lines(
        exported(kafka_broker.bootstrap, prefix, folder, "states")
    )
    actions = {action.action_id: action for action in messages_in(records, "alert-actions")}
    asked = {
        record.headers["relocation_action"].decode(): state
        for state, record in zip(states, records["alert-states"], strict=True)
        if "relocation_action" in record.headers
    }
    assert asked.keys() == actions.keys()
    for action_id, state in asked.items():
        assert (actions[action_id].alert_id, actions[action_id].expected + 1) == (state.alert_id, state.version)


def test_follows_and_strikes_lie_there(moved):
    _, records = moved
    states = messages_in(records, "subject-states")
    assert [state.action.action for state in states if state.action.action != "strike"] == ["follow", "unfollow"]
    assert len([state for state in states if state.action.action == "strike"]) == 1
    assert len(messages_in(records, "subject-actions")) == 3
    assert any(followed.named for followed in messages_in(records, "followed"))
    assert any(followed.ended_at for followed in messages_in(records, "followed"))


def test_what_a_document_passes_on_lies_there(moved):
    _, records = moved
    sightings = messages_in(records, "sightings.presence")
    assert any(told.is_document for told in sightings)
    passed_on = [told for told in sightings if told.via is not None]
    assert {told.taken for told in passed_on} == {True, False}


def test_receipts_and_dead_letters_lie_there(kafka_broker, folder, moved):
    prefix, records = moved
    for topic in ("receipts", "dead-letters"):
        told = [message.as_json() for message in messages_in(records, topic)]
        assert as_lines(told) == as_lines(exported(kafka_broker.bootstrap, prefix, folder, topic))
        assert told


def without_moment(records):
    """All that a log says, but for when the move began."""
    return {
        topic: [
            (record.partition, record.offset, record.key, record.value, sorted(record.headers.items()))
            for record in told
        ]
        for topic, told in records.items()
        if topic not in ("control", "followed", "destroyed")
    }


def test_killed_anywhere_and_run_again_it_ends_the_same(kafka_broker, folder, moved, prefix):
    bootstrap = kafka_broker.bootstrap
    command = [sys.executable, "-m", "relocation", "migrate", "--data", str(folder)]
    for topic in ("alerts", "reports.control", "sightings.presence", "receipts"):
        process = subprocess.Popen(command, env=an_environment(bootstrap, prefix), stderr=subprocess.DEVNULL)

        def has_begun(topic=topic, process=process):
            ended = process.poll() is not None
            return ended or any(end for (name, _), end in ends_of(bootstrap, prefix).items() if name == topic)

        until(has_begun, topic)
        process.kill()
        process.wait()
    done = relocation(bootstrap, prefix, "migrate", "--data", folder)
    assert done.returncode == 0, done.stderr
    assert without_moment(records_in(bootstrap, prefix)) == without_moment(moved[1])


def test_nobody_reads_what_is_not_moved_whole(kafka_broker, prefix):
    agree(kafka_broker.bootstrap, {NAME: Mark("made-up", moved_at=1).value}, prefix=prefix)
    early = relocation(kafka_broker.bootstrap, prefix, "sink", RELOCATION_CLICKHOUSE="http://127.0.0.1:9")
    assert (early.returncode, "not done" in early.stderr) == (2, True)


def test_run_again_when_it_is_done_it_changes_nothing(kafka_broker, folder, moved):
    prefix, _ = moved
    before = ends_of(kafka_broker.bootstrap, prefix)
    done = relocation(kafka_broker.bootstrap, prefix, "migrate", "--data", folder)
    assert done.returncode == 0
    assert "moved before" in done.stderr
    assert ends_of(kafka_broker.bootstrap, prefix) == before


def test_topics_with_another_folders_data_are_left_alone(kafka_broker, moved, tmp_path):
    prefix, _ = moved
    other = fill(tmp_path / "data", events=40)
    before = ends_of(kafka_broker.bootstrap, prefix)
    done = relocation(kafka_broker.bootstrap, prefix, "migrate", "--data", other)
    assert done.returncode == 1
    assert "another folder" in done.stderr
    assert ends_of(kafka_broker.bootstrap, prefix) == before


def test_a_folder_that_is_in_use_is_left_alone(kafka_broker, prefix, tmp_path):
    with Up(tmp_path / "data") as up:
        done = relocation(kafka_broker.bootstrap, prefix, "migrate", "--data", tmp_path / "data")
        assert str(up.process.pid) in done.stderr
    assert done.returncode == 4


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [
        ("RELOCATION_TOKEN_KEY", KEY[::-1], "RELOCATION_TOKEN_KEY"),
        ("RELOCATION_KAFKA", "", "RELOCATION_KAFKA"),
        ("RELOCATION_KAFKA_PREFIX", "nobody-made-these.", "relocation topics create"),
    ],
)
def test_what_cannot_be_moved_is_said(kafka_broker, folder, setting, value, word):
    done = relocation(kafka_broker.bootstrap, "", "migrate", "--data", folder, **{setting: value})
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr
