"""Brokers are asked about their logs through whatever happens to them."""

import threading
import time
import uuid

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from made_up_topics import DEADLINE_S, until

from streams.kafka.clients import Brokers, Unreachable

CPU_S_MAX = 1.0
"""A client that asks without a pause takes half a core: 2 s in ASKED_S."""
ASKED_S = 4.0


def test_who_asked_while_every_broker_was_away_is_answered_when_they_are_back(kafka_cluster):
    topic = f"made-up-{uuid.uuid4()}"
    admin = AdminClient({"bootstrap.servers": kafka_cluster.bootstrap})
    admin.create_topics([NewTopic(topic, 4, 3)])[topic].result(DEADLINE_S)
    logs = [(topic, number) for number in range(4)]
    answered, ending = [0.0, 0.0], threading.Event()

    def ask(which):
        brokers = Brokers(kafka_cluster.bootstrap)
        while not ending.wait(0.2):
            try:
                brokers.ends(logs)
            except Unreachable:
                continue
            answered[which] = time.monotonic()

    asking = [threading.Thread(target=ask, args=(which,)) for which in range(2)]
    for each in asking:
        each.start()
    until(lambda: all(answered), "the first answers")
    *others, last = kafka_cluster.brokers
    for broker in others:
        kafka_cluster.kill(broker)
    spent_s = cpu_spent_on(lambda: Brokers(kafka_cluster.bootstrap, timeout_s=ASKED_S).ends(logs))
    kafka_cluster.kill(last)
    for broker in kafka_cluster.brokers:
        kafka_cluster.launch(broker)
    for broker in kafka_cluster.brokers:
        kafka_cluster.wait_until_ready(broker)
    back = time.monotonic()
    try:
        until(lambda: min(answered) > back, "answers after brokers are back")
    finally:
        ending.set()
        for each in asking:
            each.join()
    assert spent_s < CPU_S_MAX


def cpu_spent_on(asking_in_vain):
    """By all threads of this process, in seconds."""
    before = time.process_time()
    with pytest.raises(Unreachable):
        asking_in_vain()
    return time.process_time() - before
