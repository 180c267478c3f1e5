"""``relocation worker``: from what publishers write to alerts, by a process for each role."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
import uuid

import psutil
import pytest
from made_up_topics import DEADLINE_S, now_ms, until
from workers import ROOT, Running

from infra.kafka.ports import free_ports
from schemas.times import DAY_MS, format_time
from streams.kafka.clients import Brokers
from streams.kafka.reader import Reader
from streams.kafka.records import Out
from streams.kafka.wire import Wire
from streams.kafka.writer import Writer
from streams.topics import ALERTS, RECEIPTS, TOPICS

KEY = "00112233445566778899aabbccddeeff" * 2
PARTITIONS = 2


class Platform:
    """Topics under a prefix of their own, and commands that use them."""

    def __init__(self, bootstrap, folder):
        self.bootstrap, self.folder = bootstrap, folder
        self.prefix = f"{uuid.uuid4().hex[:8]}."
        self.environment = {
            "RELOCATION_KAFKA": bootstrap,
            "RELOCATION_KAFKA_PREFIX": self.prefix,
            "RELOCATION_TOKEN_KEY": KEY,
        }
        self._running = []

    def done(self, *words, **environment):
        command = [sys.executable, "-m", "relocation", *words]
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | self.environment | environment
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def worker(self, name, *words, **environment):
        command = [sys.executable, "-m", "relocation", "worker", "--session", "6", *words]
        running = Running(command, self.folder, name, self.environment | environment)
        self._running.append(running)
        return running

    def publish(self, events):
        writer = Writer(self.bootstrap, patience_s=DEADLINE_S)
        writer.write(
            Out(f"{self.prefix}intake.{event['type']}", 0, None, json.dumps(event).encode(), (), now_ms())
            for event in events
        )

    def told(self, topic):
        """Every message of a topic."""
        name = self.prefix + topic.name
        places = [(name, number) for number in range(PARTITIONS)]
        reader, ends, told = Reader(self.bootstrap), Brokers(self.bootstrap).ends(places), []
        reader.add(dict.fromkeys(places, 0))

        def at_the_end():
            told.extend(reader.take(0.05))
            return all(reader.ends.get(at, -1) >= end for at, end in ends.items())

        until(at_the_end, "the end")
        reader.close()
        decode = Wire(prefix=self.prefix).decoder(topic)
        return [decode(record.value) for record in told]

    def end(self):
        for running in self._running:
            if running.process.poll() is None:
                running.process.kill()
                running.process.wait()


@pytest.fixture
def platform(kafka_broker, tmp_path):
    platform = Platform(kafka_broker.bootstrap, tmp_path)
    assert platform.done("topics", "create", "--partitions", str(PARTITIONS)).returncode in (0, 1)
    yield platform
    platform.end()


def a_control(number, place, days_ago):
    at = format_time(now_ms() - days_ago * DAY_MS)
    return {
        "type": "control",
        "event_id": f"00000000-0000-4000-8000-{number:012}",
        "source": "made-up",
        "occurred_at": at,
        "recorded_at": at,
        "place": {"municipality": place},
        "conducted_by": "police",
        "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": "MADE-UP-7"}}],
    }


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
