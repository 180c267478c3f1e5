"""The job as a bare loop: ``python bare.py BOOTSTRAP INPUT OUTPUT GROUP SCHEMA``. The fastest that Python allows."""

import sys
from pathlib import Path

from confluent_kafka import Consumer, Producer
from job import Job

BATCH = 5_000


def main(bootstrap: str, read: str, write: str, group: str, schema: str, *_: str) -> None:
    job, last = Job(Path(schema)), {}
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
            "fetch.queue.backoff.ms": 2, "queued.min.messages": 100_000,
        }
    )  # fmt: skip
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5, "queue.buffering.max.messages": 1_000_000})
    consumer.subscribe([read])
    while True:
        for message in consumer.consume(BATCH, 0.05):
            if message.error():
                continue
            seen = job.read(message.value())
            subject, place = seen["subject"], seen["place"]
            before = last.get(subject)
            if before is not None and before != place:
                producer.produce(write, value=job.alert(seen, before), key=subject, partition=message.partition())
            last[subject] = place
        producer.poll(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
