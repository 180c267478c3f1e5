"""The examples of docs/publishing.md, copied and run against platforms that run."""

import json
import re
import shutil
import subprocess
import uuid

import httpx
import pytest
from documents import block, done_in_a_shell
from made_up_topics import until
from publishing import a_control
from stack import a_stack

from infra.kafka.fetching import kafka_jars
from relocation.client import Client, Kafka, line_of
from tests.console.running import Up

pytestmark = pytest.mark.timeout(400)
DOCUMENT = "publishing.md"
HTTP, KAFKA = "http://127.0.0.1:8080", "127.0.0.1:9092"


@pytest.fixture(scope="module")
def stack(kafka_broker):
    with a_stack(kafka_broker.bootstrap) as stack:
        yield stack


def told_of(stack, example):
    """The example, for this Kafka, which others use too."""
    named = example.replace("intake.", f"{stack.prefix}intake.").replace("-t receipts", f"-t {stack.prefix}receipts")
    return named.replace(KAFKA, stack.bootstrap)


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


def test_from_python_straight_to_kafka(stack, tmp_path):
    example = block(DOCUMENT, "tested: python")
    shared = example.replace("sys.argv[2]} if", f'Kafka(sys.argv[2], "{stack.prefix}")}} if')
    (tmp_path / "publish.py").write_text(shared.replace("import Client", "import Kafka, Client"), "utf-8")
    told = done_in_a_shell(f"python publish.py kafka {stack.bootstrap}", tmp_path)
    assert told.count("accepted") == 2
    assert stack.arrival("GM0193")["from"] == "GM0202"


@pytest.mark.skipif(shutil.which("kcat") is None, reason="there is no kcat: apt-get install kcat")
def test_a_new_integrator_publishes_with_kcat_and_sees_the_receipts_and_the_alert(stack, tmp_path):
    publishing = told_of(stack, block(DOCUMENT, "tested: kcat"))
    done_in_a_shell(publishing, tmp_path)
    looking = publishing.splitlines()[0] + "\n" + told_of(stack, block(DOCUMENT, "tested: kcat receipts"))

    def receipts():
        told = done_in_a_shell(looking.rstrip() + " || true", tmp_path).splitlines()
        return [json.loads(line) for line in told if len(told) >= 2]

    receipts = until(receipts, "two receipts")
    assert {receipt["key"][-3:] for receipt in receipts} == {"131", "132"}
    assert all("applied" in receipt["payload"] for receipt in receipts)
    assert all("relocation_origin" in receipt["headers"] for receipt in receipts)
    assert stack.arrival("GM0344")["from"] == "GM0363"


def test_from_java(stack, tmp_path):
    listed = subprocess.run(["java", "--list-modules"], capture_output=True, text=True, check=True)
    if "jdk.compiler" not in listed.stdout:
        pytest.skip("this Java has no compiler: apt-get install openjdk-17-jdk-headless")
    (tmp_path / "Publish.java").write_text(told_of(stack, block(DOCUMENT, "tested: java")), "utf-8")
    for case, place, days_ago in [("java 1", "GM0014", 3), ("java 2", "GM0106", 1)]:
        event = a_control(case, place=place, days_ago=days_ago)
        (tmp_path / "control.json").write_text(line_of(event), "utf-8")
        command = f"java -cp '{kafka_jars()}/*' Publish.java {stack.bootstrap} control {event.event_id} control.json"
        told = done_in_a_shell(command, tmp_path)
        assert re.fullmatch(r".*intake\.control/\d+/\d+\n", told)
    until(lambda: len(stack.alerts("GM0106")) == 3, "alerts of the woman, her car and her phone")


def test_the_client_hears_what_became_of_each_kind_of_event(stack):
    with Client(kafka=Kafka(stack.bootstrap, stack.prefix)) as client:
        right, wrong = a_control(str(uuid.uuid4())), a_control(str(uuid.uuid4()), place="GM9999")
        first = client.publish_many([right, wrong])
        told = {answer.event_id: answer for answer in client.receipts(first, patience_s=60)}
        assert str(told[right.event_id].status) == "accepted"
        assert str(told[wrong.event_id].status) == "rejected"
        assert [str(problem.code) for problem in told[wrong.event_id].problems] == ["unknown_place"]
        [again] = client.receipts([client.publish(right)], patience_s=60)
        assert str(again.status) == "duplicate"
