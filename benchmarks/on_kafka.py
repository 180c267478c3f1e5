"""What the benchmarks on Kafka share: a broker, platforms on it with processes of their own, and what fills topics."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from confluent_kafka import Producer
from rich.console import Console

from infra.kafka.broker import running_broker
from infra.kafka.servers import Servers
from streams.kafka.cluster import Cluster
from streams.kafka.records import Out, Partition
from streams.kafka.wire import Wire
from streams.topic import Topic

TREE = Path(__file__).resolve().parents[1]
KEY = "5a" * 32
PARTITIONS = 4
AT_EASE = {
    "log.cleaner.backoff.ms": "15000",
    "log.retention.check.interval.ms": "300000",
    "log.initial.task.delay.ms": "30000",
}
"""Kafka's defaults. Tests want a broker that compacts and deletes within a second, which takes half a core of it."""
SETTLES_WITHIN_S = 180.0
LOOK_EVERY_S = 0.05
MACHINE = "Broker, processes and what measures them share this machine's {cores} cores: compare ratios, not figures."


class Wrong(SystemExit):
    """A measurement that may not be believed: what it measured did not do its work."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not measured: {why}")


class Platform:
    """The topics of one platform, and the processes that run on them until the block of ``platforms`` ends."""

    def __init__(self, bootstrap: str, prefix: str, servers: Servers, partitions: int) -> None:
        self.bootstrap = bootstrap
        self.cluster = Cluster(bootstrap, prefix, Wire(prefix=prefix), partitions)
        self.environment = {
            "PYTHONPATH": str(TREE),
            "RELOCATION_KAFKA": bootstrap,
            "RELOCATION_KAFKA_PREFIX": prefix,
            "RELOCATION_TOKEN_KEY": KEY,
        }
        self._servers, self._brokers = servers, self.cluster.brokers
        subprocess.run(
            self._command("topics", "create", "--partitions", partitions, "--replication", 1),
            env=os.environ | self.environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self, name: str, *arguments: Any, ready: bool = True, **environment: str) -> str:
        """Start a command of the platform under a name of its own, which is returned, and wait until it is ready."""
        name = f"{self.cluster.prefix}{name}"
        self._servers.start(name, self._command(*arguments), self.environment | environment)
        if ready:
            self._servers.wait_until_said(name, "ready")
        return name

    def worker(self, role: str, number: int = 0, **options: Any) -> str:
        """Start a worker that plays a role."""
        name = f"{role}-{number}"
        return self.start(name, "worker", "--role", role, "--instance", name, **options)

    def served(self, name: str, *arguments: Any, **environment: str) -> str:
        """Start a command that serves HTTP; its address."""
        return self.address_of(self.start(name, *arguments, ready=True, **environment))

    def address_of(self, name: str) -> str:
        """Where it serves HTTP."""
        found = re.search(r"ready (http://\S+)", self.said(name))
        assert found is not None
        return found[1]

    def cpu_s(self, name: str) -> float:
        """How much processor time it took so far."""
        user, system, *_ = psutil.Process(self.pid(name)).cpu_times()
        return float(user + system)

    def run_beside(self, name: str, command: Sequence[Any]) -> str:
        """Start any other program beside it."""
        name = f"{self.cluster.prefix}{name}"
        self._servers.start(name, command, self.environment)
        return name

    def wait_until_said(self, name: str, words: str) -> None:
        """Until it has written this since it was last started."""
        self._servers.wait_until_said(name, words)

    def said(self, name: str) -> str:
        """What it wrote since it was last started."""
        return self._servers.said(name)

    def kill(self, name: str) -> None:
        """Kill -9; it is gone when this returns."""
        self._servers.signal(name, signal.SIGKILL)

    def freeze(self, name: str) -> None:
        """SIGSTOP: it stands still, and does not know."""
        self._servers.signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT: it goes on."""
        self._servers.signal(name, signal.SIGCONT)

    def end(self, name: str) -> None:
        """Stop it gracefully."""
        self._servers.signal(name, signal.SIGTERM)
        until(lambda: self._servers.exit_code(name) is not None, f"{name} ends")

    def pid(self, name: str) -> int:
        """Its process id."""
        return self._servers.pid(name)

    def has_ended(self, name: str) -> bool:
        """Whether it runs no more."""
        return self._servers.exit_code(name) is not None

    def ends(self, topics: Iterable[Topic]) -> dict[Partition, int]:
        """The next offset of every partition of these topics."""
        return self._brokers.ends([at for topic in topics for at in self.cluster.numbered(topic)])

    def count(self, *topics: Topic) -> int:
        """How many records were written to these topics, compacted ones too."""
        return sum(self.ends(topics).values())

    def wait_until_done(self, role: str, topics: Iterable[Topic]) -> None:
        """Until the group of a role has committed all that lies in these topics."""
        group, ends = self.cluster.group(f"relocation-{role}"), self.ends(topics)

        def is_done() -> bool:
            committed = self._brokers.committed(group, ends)
            return all(at in committed and committed[at].offset >= end for at, end in ends.items() if end)

        until(is_done, f"{role} has done all that was loaded")

    def _command(self, *arguments: Any) -> list[str]:
        return [sys.executable, "-m", "relocation.command", *map(str, arguments)]


@contextmanager
def platforms(partitions: int = PARTITIONS) -> Iterator[Callable[[str], Platform]]:
    """Makes platforms, each under a prefix of its own, on one well compiled broker; all ends with the block."""
    with running_broker(compiled_well=True, settings=AT_EASE) as broker, Servers() as servers:
        yield lambda name: Platform(broker.bootstrap, f"{name}.", servers, partitions)


def until(is_so: Callable[[], bool], what: str, within_s: float = SETTLES_WITHIN_S) -> float:
    """Wait until it is so; when that was (``time.monotonic()``)."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            raise Wrong(f"not within {within_s:.0f} s: {what}")
        time.sleep(LOOK_EVERY_S)
    return time.monotonic()


def fill(bootstrap: str, outs: Iterable[Out]) -> int:
    """Write all of these, quickly; how many they were."""
    producer = Producer(
        {
            "bootstrap.servers": bootstrap, "linger.ms": 20, "batch.size": 1_000_000,
            "queue.buffering.max.messages": 500_000, "queue.buffering.max.kbytes": 256 * 1024,
        }
    )  # fmt: skip
    count = 0
    for out in outs:
        while True:
            try:
                producer.produce(
                    out.topic, value=out.value, key=out.key, partition=out.partition, timestamp=out.timestamp_ms,
                    headers=list(out.headers),
                )  # fmt: skip
                break
            except BufferError:
                producer.poll(0.05)
        count += 1
    if producer.flush(SETTLES_WITHIN_S):
        raise Wrong("the broker did not take what was to be loaded")
    return count


def say_machine(console: Console) -> None:
    """The sentence below every table."""
    console.print(MACHINE.format(cores=os.cpu_count()))
