"""The examples of docs/publishing.md, copied and run."""

import json
import re
import shutil
import subprocess
import uuid

import httpx
import pytest
from confluent_kafka import Consumer, TopicPartition
from documents import block, done_in_a_shell
from kafka_topics import made_for_publishers

from infra.kafka.fetching import kafka_jars
from relocation.client import Kafka
from tests.console.running import Up

DOCUMENT = "publishing.md"
HTTP, KAFKA = "http://127.0.0.1:8080", "127.0.0.1:9092"


@pytest.fixture(scope="module")
def kafka(kafka_broker):
    prefix = f"made-up-{uuid.uuid4()}."
    made_for_publishers(kafka_broker.bootstrap, prefix)
    return Kafka(kafka_broker.bootstrap, prefix)


def told_of(kafka, example):
    """The example, for this Kafka."""
    return example.replace(KAFKA, kafka.servers).replace("intake.", kafka.topic("intake."))


def the_places_that_lie_in(kafka, topic, event_ids):
    """By event id, the place of each of these events that the topic has."""
    consumer = Consumer(
        {"bootstrap.servers": kafka.servers, "group.id": str(uuid.uuid4()), "enable.partition.eof": True}
    )
    partitions = consumer.list_topics(topic, 30).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    found, ended = {}, 0
    while ended < len(partitions):
        record = consumer.poll(30)
        if record.error():
            ended += 1
        elif record.key().decode() in event_ids:
            found[record.key().decode()] = json.loads(record.value())["place"]["name"]
    consumer.close()
    return found


def test_with_curl(tmp_path):
    with Up(tmp_path / "data") as up:
        assert '"accepted"' in done_in_a_shell(block(DOCUMENT, "tested: curl").replace(HTTP, up.url), tmp_path)


def test_from_python_over_http(tmp_path):
    (tmp_path / "publish.py").write_text(block(DOCUMENT, "tested: python"), "utf-8")
    with Up(tmp_path / "data") as up:
        told = done_in_a_shell(f"python publish.py http {up.url}", tmp_path)
        [alert] = httpx.get(f"{up.url}/api/v1/alerts").json()["items"]
    assert told.count("accepted") == 2
    assert (alert["from"], alert["to"]) == ("GM0202", "GM0193")


def test_from_java(kafka, tmp_path):
    listed = subprocess.run(["java", "--list-modules"], capture_output=True, text=True, check=True)
    if "jdk.compiler" not in listed.stdout:
        pytest.skip("this Java has no compiler: apt-get install openjdk-17-jdk-headless")
    (tmp_path / "Publish.java").write_text(told_of(kafka, block(DOCUMENT, "tested: java")), "utf-8")
    event_id = str(uuid.uuid4())
    (tmp_path / "control.json").write_text('{"type":"control","place":{"name":"Arnhem"}}', "utf-8")
    command = f"java -cp '{kafka_jars()}/*' Publish.java {kafka.servers} control {event_id} control.json"
    told = done_in_a_shell(command, tmp_path)
    assert re.fullmatch(r".*intake\.control/\d+/\d+\n", told)
    assert the_places_that_lie_in(kafka, kafka.topic("intake.control"), {event_id}) == {event_id: "Arnhem"}


@pytest.mark.skipif(shutil.which("kcat") is None, reason="there is no kcat: apt-get install kcat")
def test_with_kcat(kafka, tmp_path):
    script = block(DOCUMENT, "tested: kcat")
    done_in_a_shell(told_of(kafka, script), tmp_path)
    ids = set(re.findall(r"control ([0-9a-f-]{36}) ", script))
    assert sorted(the_places_that_lie_in(kafka, kafka.topic("intake.control"), ids).values()) == [
        "Amsterdam",
        "Utrecht",
    ]
