"""A platform of a test's own: topics under a prefix, and the commands that use them."""

import json
import os
import subprocess
import sys
import uuid

from made_up_topics import DEADLINE_S, now_ms, until
from workers import ROOT, Running

from schemas.times import DAY_MS, format_time
from streams.kafka.access import access_to
from streams.kafka.clients import Brokers
from streams.kafka.reader import Reader
from streams.kafka.records import Out
from streams.kafka.wire import Wire
from streams.kafka.writer import Writer

KEY = "00112233445566778899aabbccddeeff" * 2
PARTITIONS = 2


class Platform:
    """Topics under a prefix of their own, and commands that use them."""

    def __init__(self, bootstrap, folder, **environment):
        """``bootstrap`` may be an Access, and then ``environment`` says the same."""
        self.bootstrap, self.folder = bootstrap, folder
        self.prefix = f"{uuid.uuid4().hex[:8]}."
        self.environment = {
            "RELOCATION_KAFKA": access_to(bootstrap).servers,
            "RELOCATION_KAFKA_PREFIX": self.prefix,
            "RELOCATION_TOKEN_KEY": KEY,
            **environment,
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
