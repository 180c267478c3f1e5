"""The real broker that tests share, and three of them that lose one."""

import uuid

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

DEADLINE_S = 60


def a_topic(bootstrap, **shape):
    name = f"made-up-{uuid.uuid4()}"
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(name, **shape)])[name].result(DEADLINE_S)
    return name


def produced(bootstrap, topic, count, amid=lambda number: None):
    """The numbers that were acknowledged of so many sent; ``amid`` is called before each."""
    told = set()
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 1})
    for number in range(count):
        amid(number)
        producer.produce(
            topic, str(number), str(number), on_delivery=lambda error, record: error or told.add(int(record.value()))
        )
        producer.poll(0)
    assert producer.flush(DEADLINE_S) == 0
    return told


def consumed(bootstrap, topic, count):
    """The first so many numbers, in the order of reading."""
    group = {"group.id": topic, "auto.offset.reset": "earliest", "enable.auto.commit": False}
    consumer = Consumer({"bootstrap.servers": bootstrap} | group)
    try:
        consumer.subscribe([topic])
        return [int(record.value()) for record in consumer.consume(count, DEADLINE_S)]
    finally:
        consumer.close()


def test_what_is_produced_is_consumed(kafka_broker):
    topic = a_topic(kafka_broker.bootstrap, num_partitions=2)
    assert produced(kafka_broker.bootstrap, topic, 100) == set(range(100))
    assert sorted(consumed(kafka_broker.bootstrap, topic, 100)) == list(range(100))


def test_a_topic_that_nobody_made_is_not_made_by_accident(kafka_broker):
    admin = AdminClient({"bootstrap.servers": kafka_broker.bootstrap})
    unmade = f"made-up-{uuid.uuid4()}"
    admin.list_topics(unmade, timeout=DEADLINE_S)
    assert unmade not in admin.list_topics(timeout=DEADLINE_S).topics


def test_of_three_brokers_one_is_killed_and_nothing_acknowledged_is_lost(kafka_cluster):
    topic = a_topic(kafka_cluster.bootstrap, num_partitions=3, replication_factor=3)

    def killing(number):
        if number == 2_000:
            kafka_cluster.kill(2)

    told = produced(kafka_cluster.bootstrap, topic, 6_000, killing)
    assert told == set(range(6_000))
    assert sorted(consumed(kafka_cluster.bootstrap, topic, 6_000)) == list(range(6_000))
    kafka_cluster.start(2)
    assert len(AdminClient({"bootstrap.servers": kafka_cluster.bootstrap}).list_topics(timeout=DEADLINE_S).brokers) == 3
