"""Brokers are asked about their logs through whatever happens to them."""

import threading
import time
import uuid

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from made_up_topics import DEADLINE_S, until

from streams.kafka.clients import Brokers, Unreachable


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
    for broker in kafka_cluster.brokers:
        kafka_cluster.kill(broker)
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
