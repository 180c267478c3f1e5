"""``relocation worker``: from what publishers write to alerts, by a process for each role."""

import re
import signal
import urllib.request

import psutil
import pytest
from commanded import PARTITIONS, Platform, a_control
from made_up_topics import DEADLINE_S, until

from infra.kafka.ports import free_ports
from streams.topics import ALERTS, RECEIPTS, TOPICS


@pytest.fixture
def platform(kafka_broker, tmp_path):
    platform = Platform(kafka_broker.bootstrap, tmp_path)
    assert platform.done("topics", "create", "--partitions", str(PARTITIONS)).returncode in (0, 1)
    yield platform
    platform.end()


def measures(port, awaited):
    """What a worker measures; None as long as it lacks this."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=DEADLINE_S) as answer:
        told = answer.read().decode()
    return told if awaited in told else None


def test_what_is_written_to_kafka_becomes_an_alert(platform):
    [port] = free_ports(1)
    worker = platform.worker("all", "--instance", "a", RELOCATION_METRICS=f"127.0.0.1:{port}").ready()
    assert worker.out.count("\n") == 1
    told_twice = a_control(1, "GM0363", 9)
    platform.publish([told_twice, a_control(2, "GM0344", 2), told_twice])
    alert, *more = until(lambda: platform.told(ALERTS), "an alert")
    assert (alert.finding.from_place, alert.finding.to_place, more) == ("GM0363", "GM0344", [])
    until(lambda: len(platform.told(RECEIPTS)) == 3, "receipts")
    assert sorted(receipt.became for receipt in platform.told(RECEIPTS)) == ["applied", "applied", "duplicate"]
    measured = until(lambda: measures(port + 1, 'became="duplicate"'), "measures of register")
    assert 'relocation_worker_offsets_total{became="duplicate",partition="' in measured
    labels = set(re.findall(r'="([^"]*)"', measured))
    words = {"register", "applied", "duplicate", "+Inf"} | {f"{platform.prefix}{topic.name}" for topic in TOPICS}
    assert all(label in words or re.fullmatch(r"[0-9.e-]+", label) for label in labels)
    children = psutil.Process(worker.process.pid).children()
    assert len(children) == 4
    children[0].kill()
    until(lambda: len(psutil.Process(worker.process.pid).children()) == 4, "its restart")
    platform.publish([a_control(3, "GM0518", 1)])
    until(lambda: len(platform.told(ALERTS)) == 2, "another alert")
    assert worker.stopped() == 0
    assert not any(child.is_running() for child in children)


def test_roles_end_with_who_keeps_them(platform):
    worker = platform.worker("all").ready()
    children = psutil.Process(worker.process.pid).children()
    worker.signal(signal.SIGKILL)
    assert worker.ended() == -signal.SIGKILL
    until(lambda: not any(child.is_running() for child in children), "the end of its roles")


def test_a_worker_says_what_it_lacks(platform, kafka_broker):
    lacking = platform.done("worker", "--role", "intake", RELOCATION_TOKEN_KEY="")
    assert (lacking.returncode, "RELOCATION_TOKEN_KEY is not set" in lacking.stderr) == (2, True)
    unmade = platform.done("worker", "--role", "intake", RELOCATION_KAFKA_PREFIX="unmade.")
    assert (unmade.returncode, "relocation topics create" in unmade.stderr) == (2, True)
    in_earnest = platform.done("worker", "--role", "intake", RELOCATION_CRASH="intake:before_commit:1")
    assert (in_earnest.returncode, "is for tests" in in_earnest.stderr) == (2, True)
