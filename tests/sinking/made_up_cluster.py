"""The topics of the platform on the shared broker, under a prefix of a test's own, and what to write to them."""

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaException
from confluent_kafka import TopicPartition as ConsumedPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic, TopicPartition

from relocation.sinking.stored import STREAMS
from schemas.avro import kind_of
from schemas.dead_letters import DeadLetter
from schemas.receipts import Receipt
from streams.kafka.clients import Brokers
from streams.kafka.headers import CAUSE, ORIGIN, headers_for
from streams.kafka.records import Out
from streams.kafka.tally import Tally
from streams.kafka.wire import Wire
from streams.kafka.writer import Writer
from streams.partitions import partition_of
from streams.topic import Topic, named
from streams.topics import TOPICS

DEADLINE_S = 60
KEY = "ab" * 32
ROOT = Path(__file__).parents[2]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def _committed(consumer: Consumer, offsets: list[ConsumedPartition]) -> bool:
    """A broker that has just begun does not coordinate the group for a moment."""
    try:
        consumer.commit(offsets=offsets, asynchronous=False)
    except KafkaException:
        return False
    return True


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def until(happened: Callable[[], Any], what: str = "it") -> Any:
    deadline = time.monotonic() + DEADLINE_S
    while not (found := happened()):
        assert time.monotonic() < deadline, f"{what} did not happen within {DEADLINE_S} s"
        time.sleep(0.05)
    return found


class Cluster:
    """All topics, with two partitions each."""

    partitions = 2

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.prefix = f"made-up-{uuid.uuid4().hex[:8]}."
        self.wire = Wire(prefix=self.prefix)
        self.writer = Writer(bootstrap, patience_s=DEADLINE_S)
        self.brokers = Brokers(bootstrap)
        self._admin = AdminClient({"bootstrap.servers": bootstrap})
        asked = [
            NewTopic(named(self.prefix, topic), topic.partitions(self.partitions), 1, config=_config(topic))
            for topic in TOPICS
        ]
        for made in self._admin.create_topics(asked).values():
            made.result(DEADLINE_S)

    def put(
        self,
        topic: Topic,
        key: str,
        message: Any,
        *,
        cause: str = "",
        origin: str = "",
        by: str = "",
        partition: int | None = None,
        more: tuple[tuple[str, bytes], ...] = (),
    ) -> tuple[int, int]:
        """Write one message (None: a tombstone; bytes: as they are); its partition and offset."""
        headers = [*more]
        value: bytes | None = message
        if message is not None and not isinstance(message, bytes):
            headers += headers_for(kind_of(message), "made-up")(message)
            value = self.wire.encode(topic, message)
        headers += [(name, told.encode()) for name, told in ((CAUSE, cause), (ORIGIN, origin)) if told]
        at = partition_of(by or key, self.partitions) if partition is None else partition
        offset = self.end(topic, at)
        self.writer.write([Out(named(self.prefix, topic), at, key.encode(), value, headers, now_ms())])
        return at, offset

    def end(self, topic: Topic, partition: int) -> int:
        at = (named(self.prefix, topic), partition)
        return self.brokers.ends([at])[at]

    def ends(self, *topics: Topic) -> dict[tuple[str, int], int]:
        names = [(named(self.prefix, topic), number) for topic in topics for number in range(self.partitions)]
        return self.brokers.ends(names)

    def pass_all(self, group: str, *topics: Topic, **counts: int) -> None:
        """The group has come to the end of these; without ``counts`` all of it was ``done``."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": self.prefix + group})
        offsets = []
        for at, end in self.ends(*topics).items():
            tally = Tally(0)
            for reason, count in counts.items():
                tally.add(reason, min(count, end - tally.end))
            tally.reach(end, "done")
            offsets.append(ConsumedPartition(*at, end, tally.noted()))
        until(lambda: _committed(consumer, offsets), "a commit")
        consumer.close()

    def tally(self, group: str, topic: Topic, partition: int) -> Tally | None:
        at = (named(self.prefix, topic), partition)
        told = self.brokers.committed(self.prefix + group, [at])
        return Tally.read(told[at].noted, told[at].offset) if at in told else None

    def take_away(self, topic: Topic, partition: int, before: int) -> None:
        """As retention does."""
        at = TopicPartition(named(self.prefix, topic), partition, before)
        for answer in self._admin.delete_records([at]).values():
            answer.result(DEADLINE_S)

    def is_sunk(self) -> bool:
        """Whether the sink's group has come to the end of every topic that it stores."""
        ends = self.ends(*(topic for topic, _ in STREAMS))
        told = self.brokers.committed(self.prefix + "relocation-sink", ends)
        return all(end == 0 or (at in told and told[at].offset == end) for at, end in ends.items())


def _config(topic: Topic) -> dict[str, str]:
    """Nothing of the made-up past goes away by itself while a test looks."""
    return {**topic.config, "retention.ms": "-1", "min.compaction.lag.ms": "86400000"} if topic.config else {}


def of_receipt(receipt: Receipt) -> str:
    return receipt.event_id or "made-up"


def of_letter(letter: DeadLetter) -> str:
    return "made-up" if letter.position is None else "/".join(map(str, letter.position))


class Engine:
    """The engine behind ClickHouse's HTTP interface, in a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/default"

    def start(self) -> None:
        program = ROOT / "tests" / "history" / "clickhouse_over_http.py"
        command = [sys.executable, str(program), str(self.folder), str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        self.port = int(ready.rsplit(":", 1)[1].split("/")[0])

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None


@contextmanager
def engine_in(folder: Path) -> Iterator[Engine]:
    engine = Engine(folder)
    engine.start()
    try:
        yield engine
    finally:
        engine.kill()


def environment(cluster: Cluster, engine: Engine, **more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
    return {
        **own,
        "RELOCATION_KAFKA": cluster.bootstrap,
        "RELOCATION_KAFKA_PREFIX": cluster.prefix,
        "RELOCATION_CLICKHOUSE": engine.url,
        "RELOCATION_TOKEN_KEY": KEY,
        **more,
    }


class SinkProcess:
    """``relocation sink`` as a process."""

    def __init__(self, environment: dict[str, str], *options: str, wait_ready: bool = True) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "relocation.command", "sink", *options],
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("LOUD") else subprocess.DEVNULL,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        if wait_ready:
            assert self.process.stdout is not None
            assert self.process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        self.process.kill()
        self._gone()

    def stop(self) -> int:
        self.process.terminate()
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(DEADLINE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@contextmanager
def sinking(cluster: Cluster, engine: Engine, *options: str, **more: str) -> Iterator[SinkProcess]:
    sink = SinkProcess(environment(cluster, engine, **more), *options)
    try:
        yield sink
    finally:
        if sink.process.poll() is None:
            assert sink.stop() == 0
