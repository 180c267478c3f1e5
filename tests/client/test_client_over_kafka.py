"""The client straight to a real Kafka."""

import json
import logging
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import closing, contextmanager

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from kafka_topics import DEADLINE_S, PARTITIONS, made_for_publishers
from publishing import IDENTIFIERS, MADE_UP_PLATE, a_control, a_passage

from infra.kafka.cluster import running_cluster
from relocation.client import Client, InvalidEvent, Kafka, NotAccepted, Person, Status
from relocation.integration.checking import EVENT_BYTES_MAX, outgoing
from relocation.integration.receipts import partition_of
from schemas import avro
from schemas.avro_ids import pinned_id
from schemas.problems import Code, Problem
from schemas.receipts import Became, Receipt


@pytest.fixture(scope="module")
def kafka(kafka_broker):
    """A broker that has the topics that publishers know, under a prefix of ours."""
    prefix = f"made-up-{uuid.uuid4()}."
    made_for_publishers(kafka_broker.bootstrap, prefix)
    return Kafka(kafka_broker.bootstrap, prefix)


OF_A_REGISTRY = 12


def the_record_at(kafka, position):
    settings = {"bootstrap.servers": kafka.servers, "group.id": str(uuid.uuid4()), "enable.auto.commit": False}
    consumer = Consumer(settings)
    try:
        consumer.assign([TopicPartition(position.topic, position.partition, position.offset)])
        [record] = consumer.consume(1, DEADLINE_S)
        return record
    finally:
        consumer.close()


def tell(kafka, answer, receipt, *, origin=None, schema_id=OF_A_REGISTRY):
    """Write a receipt as the platform does."""
    body = avro.frame(schema_id, avro.encode(receipt))
    headers = {"relocation_origin": origin or "/".join(map(str, answer.position))}
    producer = Producer({"bootstrap.servers": kafka.servers})
    partition = partition_of(answer.event_id, PARTITIONS)
    producer.produce(
        kafka.topic("receipts"),
        body,
        answer.event_id,
        partition,
        headers=headers,
        timestamp=max(answer.sent_at, receipt.known_at),
    )
    assert producer.flush(DEADLINE_S) == 0


def a_receipt(answer, became, **more):
    return Receipt(became, answer.sent_at, answer.type, "avim-made-up", answer.event_id, 0, **more)


def test_an_event_lies_in_its_topic_under_its_own_id(kafka):
    event = a_control(str(uuid.uuid4()))
    with Client(kafka=kafka) as client:
        answer = client.publish(event)
    assert (answer.status, answer.position.topic) == (Status.SENT, kafka.topic("intake.control"))
    record = the_record_at(kafka, answer.position)
    assert record.key().decode() == event.event_id
    assert json.loads(record.value())["event_id"] == event.event_id
    assert record.timestamp()[1] == answer.sent_at
    assert record.partition() == partition_of(event.event_id, PARTITIONS)


def test_many_are_answered_in_order_whatever_their_type_and_each_lies_where_it_says(kafka):
    events = [make(str(uuid.uuid4())) for _ in range(300) for make in (a_control, a_passage)]
    with Client(kafka=kafka) as client:
        answers = client.publish_many(events)
    assert [answer.event_id for answer in answers] == [event.event_id for event in events]
    assert len({answer.position for answer in answers}) == 600
    assert {answer.position.topic for answer in answers} == {
        kafka.topic("intake.control"),
        kafka.topic("intake.vehicle"),
    }


def of_bytes(size):
    """A control that is as large as that, or a little less."""
    person = len(outgoing(a_control(persons=[a_person(0)] * 2)).raw) - len(
        outgoing(a_control(persons=[a_person(0)])).raw
    )
    count = (size - len(outgoing(a_control(persons=[])).raw)) // person
    return a_control(str(uuid.uuid4()), persons=[a_person(number) for number in range(count)])


def a_person(number):
    return Person(bvh_person=f"VERZONNEN-{number:06}")


def test_events_up_to_the_largest_arrive_whole_and_larger_ones_are_not_sent(kafka):
    sizes = [EVENT_BYTES_MAX * percent // 100 for percent in (50, 90, 100)]
    events = [of_bytes(size) for size in sizes]
    assert len(outgoing(events[-1]).raw) > EVENT_BYTES_MAX - 100
    with Client(kafka=kafka) as client:
        for event, answer in zip(events, client.publish_many(events), strict=True):
            assert the_record_at(kafka, answer.position).value() == outgoing(event).raw
        with pytest.raises(InvalidEvent, match="64 KiB"):
            client.publish(of_bytes(EVENT_BYTES_MAX * 11 // 10))


def test_a_receipt_tells_what_became_of_an_event_and_strangers_tell_nothing(kafka):
    with Client(kafka=kafka) as client:
        applied, rejected, forgotten = client.publish_many([a_control(str(uuid.uuid4())) for _ in range(3)])
        tell(kafka, applied, a_receipt(applied, Became.REJECTED), origin="intake.control/0/999999999")
        tell(kafka, applied, a_receipt(applied, Became.APPLIED))
        tell(kafka, applied, a_receipt(applied, Became.DUPLICATE))
        problem = Problem(Code.UNKNOWN_PLACE, "no such place", "place.name", "send another")
        refusal = a_receipt(rejected, Became.REJECTED, problems=(problem,))
        tell(kafka, rejected, refusal, schema_id=pinned_id(avro.Kind.ALERT))
        tell(kafka, rejected, refusal, schema_id=pinned_id(avro.Kind.RECEIPT))
        told = {answer.event_id: answer for answer in client.receipts([applied, rejected, forgotten], patience_s=3)}
    assert told[applied.event_id].status is Status.ACCEPTED
    assert told[rejected.event_id].status is Status.REJECTED
    assert told[rejected.event_id].problems == (problem,)
    assert told[forgotten.event_id] == forgotten


def test_a_receipt_is_awaited_and_found_again_by_another_client(kafka):
    with Client(kafka=kafka) as client:
        answer = client.publish(a_control(str(uuid.uuid4())))
        later = threading.Timer(1.0, tell, (kafka, answer, a_receipt(answer, Became.DUPLICATE)))
        later.start()
        [told] = client.receipts([answer], patience_s=DEADLINE_S)
        later.join()
    with Client(kafka=kafka) as another:
        assert list(another.receipts([answer], patience_s=DEADLINE_S)) == [told]
    assert told.status is Status.DUPLICATE


def test_nothing_of_an_event_is_logged_however_loud_the_logging(kafka, caplog):
    caplog.set_level(logging.DEBUG)
    with Client(kafka=kafka) as client:
        client.publish(a_control(str(uuid.uuid4())))
        for name in list(logging.root.manager.loggerDict):
            if name.startswith("kafka"):
                logging.getLogger(name).setLevel(logging.DEBUG)
        answers = client.publish_many([a_control(str(uuid.uuid4())), a_passage(str(uuid.uuid4()))])
        list(client.receipts(answers, patience_s=0.1))
    assert not any(identifier in caplog.text for identifier in IDENTIFIERS)
    assert MADE_UP_PLATE in a_passage().plate, "else nothing was tried"


def test_a_kafka_without_the_topics_is_said_at_once(kafka):
    began = time.monotonic()
    event = A_MUTATION | {"event_id": str(uuid.uuid4())}
    with Client(kafka=kafka) as client, pytest.raises(NotAccepted, match=r"no topic .*intake\.bvh_mutation"):
        client.publish(event)
    assert time.monotonic() - began < DEADLINE_S


A_MUTATION = {
    "type": "bvh_mutation",
    "source": "made-up",
    "mutation": "PL0000-2026000001-1",
    "occurred_at": "2026-03-01T20:15:00Z",
    "recorded_at": "2026-03-01T20:15:00Z",
    "place": {"municipality": "GM0363"},
}


PUBLISHER = """
import sys
sys.path[:0] = {path!r}
from publishing import a_control
from relocation.client import Client, Unreachable
with Client(kafka={kafka!r}, patience_s={patience_s}) as client:
    for line in sys.stdin:
        try:
            print(client.publish(a_control(line)).position.offset, flush=True)
        except Unreachable as unreachable:
            print("Unreachable", unreachable, flush=True)
"""


@contextmanager
def a_publisher(kafka, *, patience_s):
    """A process that publishes an event a line: kafka-python leaves sockets of failed connections to its end."""
    script = PUBLISHER.format(kafka=kafka, patience_s=patience_s, path=sys.path)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([sys.executable, "-c", script], **pipes) as process:

        def publish(case):
            process.stdin.write(case + "\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        try:
            yield publish
        finally:
            process.kill()


def test_nobody_there_is_said_once_the_patience_is_over():
    with closing(socket.socket()) as unheard:
        unheard.bind(("127.0.0.1", 0))
        with a_publisher(f"127.0.0.1:{unheard.getsockname()[1]}", patience_s=1) as publish:
            said = publish("case")
    assert said.startswith("Unreachable")
    assert said.endswith("publish again later")


def test_a_client_goes_on_after_its_only_broker_was_killed():
    with running_cluster(1) as kafka, a_publisher(kafka.bootstrap, patience_s=90) as publish:
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
        admin.create_topics([NewTopic("intake.control", 1)])["intake.control"].result(DEADLINE_S)
        del admin  # else it tells all about the outage
        before = publish("before")
        kafka.kill(1)
        back = threading.Timer(1.0, kafka.launch, (1,))
        back.start()
        after = publish("while it is away")
        back.join()
    assert (before, after) == ("0", "1")
