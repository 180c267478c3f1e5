"""A worker with a role that is easy to check: it counts the records of each key, and says of every record its count.

What it says of a record follows from the log up to it alone, so doing it again says the same; and a fold that was not
whole shows. Run as a process of its own: ``python echo_worker.py '{"bootstrap": ...}'``.
"""

import json
import logging
import os
import sys
import time
from collections import Counter
from pathlib import Path

from relocation.logs import log_to_stderr
from streams.kafka.crashing import Crash
from streams.kafka.fence import Fence
from streams.kafka.records import Out
from streams.kafka.task import Reading
from streams.kafka.work import Hooks, Work
from streams.kafka.worker import Patience, WorkerProcess, once, say_ready

HANG_S = 10_000


class EchoTask:
    def __init__(self, number, tallies, said, epoch, wrote_at):
        self.number, self.tallies, self.said, self.epoch, self.wrote_at = number, tallies, said, epoch, wrote_at
        self.counts = Counter()
        self.heard = Counter()

    def restore(self, record):
        if record.topic == self.said:
            self.heard["old"] += 1
        elif record.value == b"poison":
            raise ValueError("made up")
        elif record.value != b"undecodable":
            self.counts[record.topic, record.key] += 1

    def restored(self, now):
        return []

    def process(self, records, now):
        for record in records:
            if record.value == b"undecodable":
                self.tallies[record.topic].add("undecodable")
                continue
            while record.value == b"held" and Path("held").exists():
                time.sleep(0.05)
            if record.value == b"poison":
                self.counts.clear()
                raise ValueError("made up")
            if record.value == b"hang":
                time.sleep(HANG_S)
            self.counts[record.topic, record.key] += 1
            self.tallies[record.topic].add("counted")
            told = {"of": [record.topic, record.offset], "key": record.key.decode()}
            told["count"] = self.counts[record.topic, record.key]
            headers = [("epoch", self.epoch)]
            yield Out(self.said, self.number, record.key, json.dumps(told).encode(), headers, now)

    def given_up(self, record, now):
        told = {"given_up": [record.topic, record.offset]}
        return [Out(self.said, self.number, record.key, json.dumps(told).encode(), [("epoch", self.epoch)], now)]

    def overheard(self, record, now):
        self.heard["ours" if record.headers["epoch"] == self.epoch else "others"] += 1
        return []

    def caught_up(self, now):
        self.is_caught_up = True
        return []

    def tick(self, now):
        return []

    def wrote(self, topic, offset):
        self.wrote_at = offset

    def noted(self):
        return {"wrote": self.wrote_at}

    def halted(self):
        return {}


class EchoRole:
    name = "echo"

    def __init__(self, inputs, said):
        self.reading = Reading(tuple(inputs), frozenset(inputs), (said,), told_of=frozenset([said]))

    def task(self, number, tallies, noted):
        return EchoTask(number, tallies, self.reading.to_end[0], os.urandom(8), noted.get("wrote", -1))

    def withheld(self):
        return frozenset()

    def start(self):
        pass

    def close(self):
        pass


def main(*, bootstrap, group, instance, inputs, said, session_s=6.0, progress_s=60.0):
    log_to_stderr()
    logging.getLogger("relocation").setLevel(logging.INFO)
    work = Work(
        EchoRole(inputs, said),
        bootstrap,
        group,
        Fence(session_s),
        session_s,
        crash=Crash.asked_for("echo", os.environ),
        hooks=Hooks(settled=once(lambda: say_ready("echo", instance))),
    )
    WorkerProcess(work, instance, Patience(session_s, progress_s)).run()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
