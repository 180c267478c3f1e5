"""The same key lands in the same partition whoever writes it: C, Python or us."""

import random
import uuid

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from kafka import KafkaProducer

from streams.partitions import partition_of

DEADLINE_S = 60
PARTITIONS = 7
DICE = random.Random(5)
KEYS = [DICE.randbytes(DICE.randrange(1, 60)) for _ in range(200)] + [
    f"{DICE.getrandbits(128):032x}".encode() for _ in range(300)
]


def a_topic(bootstrap):
    name = f"made-up-{uuid.uuid4()}"
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(name, num_partitions=PARTITIONS)])[name].result(DEADLINE_S)
    return name


def test_librdkafka_puts_keys_where_we_do(kafka_broker):
    topic, landed = a_topic(kafka_broker.bootstrap), {}
    producer = Producer({"bootstrap.servers": kafka_broker.bootstrap, "partitioner": "murmur2_random"})
    for key in KEYS:
        producer.produce(topic, b"", key, on_delivery=lambda error, told: landed.update({told.key(): told.partition()}))
    assert producer.flush(DEADLINE_S) == 0
    assert landed == {key: partition_of(key, PARTITIONS) for key in KEYS}


def test_kafka_python_puts_keys_where_we_do(kafka_broker):
    topic = a_topic(kafka_broker.bootstrap)
    producer = KafkaProducer(bootstrap_servers=kafka_broker.bootstrap)
    try:
        sent = [producer.send(topic, b"", key) for key in KEYS]
        landed = [one.get(DEADLINE_S).partition for one in sent]
    finally:
        producer.close()
    assert landed == [partition_of(key, PARTITIONS) for key in KEYS]
