"""Probes of the latency benchmark, each a process of its own: who publishes at an even pace, and who waits for alerts.

Times are ``time.monotonic()``, which all processes of a machine share.
"""

import json
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from typing import TYPE_CHECKING, Any

import httpx
from confluent_kafka import Consumer, Producer, TopicPartition

from streams.kafka.records import Out, Partition
from streams.kafka.wire import Wire
from streams.topics import ALERTS

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

    from schemas.alerts import Alert

Times = dict[str, float]
"""When an event was published or first heard of, by its id."""
_CONTEXT = multiprocessing.get_context("spawn")


def published_evenly(bootstrap: str, outs: Sequence[tuple[str, Out]], rate: float) -> Times:
    """Write one record after the other at an even pace; a late one does not wait for the next. Blocks until all are."""
    answer: Queue[Times] = _CONTEXT.Queue()
    process = _CONTEXT.Process(target=_publish, args=(bootstrap, outs, rate, answer))
    process.start()
    times = answer.get()
    process.join()
    return times


def _publish(bootstrap: str, outs: Sequence[tuple[str, Out]], rate: float, answer: "Queue[Times]") -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 0, "acks": "all"})
    producer.list_topics(timeout=10)
    times: Times = {}
    start = time.monotonic() + 0.5
    for index, (event_id, out) in enumerate(outs):
        due = start + index / rate
        while (left := due - time.monotonic()) > 0:
            producer.poll(0)
            time.sleep(min(left, 0.001))
        times[event_id] = time.monotonic()
        producer.produce(
            out.topic, value=out.value, key=out.key, partition=out.partition, timestamp=out.timestamp_ms,
            headers=list(out.headers),
        )  # fmt: skip
    producer.flush(30)
    answer.put(times)


@contextmanager
def listening(listen: Callable[..., None], *told: Any) -> Iterator[Callable[[], Times]]:
    """A process that listens; what the block is given ends it, and says when it first heard of each event."""
    ready, ending, answer = _CONTEXT.Event(), _CONTEXT.Event(), _CONTEXT.Queue()
    process = _CONTEXT.Process(target=listen, args=(*told, ready, ending, answer), daemon=True)
    process.start()
    if not ready.wait(60):
        raise SystemExit("a listener did not get ready")

    def heard() -> Times:
        ending.set()
        times: Times = answer.get()
        return times

    try:
        yield heard
    finally:
        process.kill()


def hear_alerts(  # noqa: PLR0913, PLR0917 - where, and how it is told
    bootstrap: str, prefix: str, ends: dict[Partition, int], ready: Event, ending: Event, answer: "Queue[Times]"
) -> None:
    """Reads ``alerts`` as any consumer would; an alert is told of its latest sighting."""
    decode = Wire(prefix=prefix).decoder(ALERTS)
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "fetch.queue.backoff.ms": 2})
    consumer.assign([TopicPartition(*at, end) for at, end in ends.items()])
    consumer.poll(0.5)
    ready.set()
    raw: list[tuple[float, bytes]] = []
    while not ending.is_set():
        message = consumer.poll(0.2)
        if message is not None and not message.error():
            raw.append((time.monotonic(), message.value() or b""))
    times: Times = {}
    for at, value in raw:
        alert: Alert = decode(value)
        times.setdefault(alert.finding.arrival_event_id, at)
    answer.put(times)


def hear_stream(url: str, ready: Event, ending: Event, answer: "Queue[Times]") -> None:
    """Listens to the console's alert stream as a page does."""
    raw: list[tuple[float, str]] = []

    def listen() -> None:
        with httpx.stream("GET", f"{url}/api/v1/alerts/stream", timeout=httpx.Timeout(10, read=None)) as told:
            for line in told.iter_lines():
                now = time.monotonic()
                ready.set()
                if line.startswith("data:"):
                    raw.append((now, line[5:]))

    threading.Thread(target=listen, daemon=True).start()
    ending.wait()
    times: Times = {}
    for at, data in raw.copy():
        event_id = json.loads(data).get("arrival_event_id")
        if event_id is not None:
            times.setdefault(event_id, at)
    answer.put(times)
