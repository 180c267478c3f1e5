"""Topics of a test's own, what to write to them, and waiting with a deadline."""

import time
import uuid

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams.kafka.records import Out

DEADLINE_S = 60


def topics(bootstrap, *names, partitions=1, **config):
    """Topics of these names, each with a beginning of its own; their full names."""
    own = uuid.uuid4().hex[:8]
    full = [f"{own}.{name}" for name in names]
    admin = AdminClient({"bootstrap.servers": bootstrap})
    made = admin.create_topics([NewTopic(name, partitions, 1, config=config) for name in full])
    for done in made.values():
        done.result(DEADLINE_S)
    return full


def named_topics(bootstrap, **partitions):
    """Topics of exactly these names, each with so many partitions; they are known when this returns."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for done in admin.create_topics([NewTopic(name, count) for name, count in partitions.items()]).values():
        done.result(DEADLINE_S)
    until(lambda: set(partitions) <= set(admin.list_topics(timeout=DEADLINE_S).topics), "topics")


def an_out(topic, value=b"made up", *, key=b"key", partition=0, headers=()):
    return Out(topic, partition, key, value, headers, now_ms())


def now_ms():
    return time.time_ns() // 1_000_000


def until(happened, what="it", within_s=DEADLINE_S):
    """What ``happened`` returns, once that is true; the deadline says what did not come."""
    deadline = time.monotonic() + within_s
    while not (found := happened()):
        assert time.monotonic() < deadline, f"{what} did not happen within {within_s} s"
        time.sleep(0.02)
    return found
