"""A gateway and a console over topics of a test's own, on the broker of the run."""

import uuid
from contextlib import ExitStack, contextmanager

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from made_up_events import KEY
from made_up_topics import until

from processors.geography import Distances
from relocation.clock import now_ms
from relocation.parts import gazetteer, intake_of, rules_of
from relocation.settings import load_settings
from streams.kafka.clients import Brokers
from streams.kafka.cluster import Cluster
from streams.kafka.gateway_metrics import GatewayMetrics
from streams.kafka.opening_console import ConsoleOnly, open_console
from streams.kafka.opening_gateway import FaceParts, open_gateway
from streams.kafka.reader import Reader
from streams.kafka.records import Out
from streams.kafka.wire import Wire
from streams.kafka.writer import Writer
from streams.partitions import partition_of
from streams.topic import named
from streams.topics import TOPICS

DEADLINE_S = 60


def a_cluster(bootstrap, *, partitions=3):
    """Topics of its own."""
    prefix = f"{uuid.uuid4().hex[:8]}."
    admin = AdminClient({"bootstrap.servers": bootstrap})
    made = admin.create_topics(
        [NewTopic(named(prefix, topic), topic.partitions(partitions), config=dict(topic.config)) for topic in TOPICS]
    )
    for done in made.values():
        done.result(DEADLINE_S)
    names = {named(prefix, topic) for topic in TOPICS}
    until(lambda: names <= Brokers(bootstrap).partitions().keys(), "the topics are known everywhere")
    return Cluster(bootstrap, prefix, Wire(prefix=prefix), partitions)


def lying_in(cluster, topic, count):
    """The records and messages of a topic; it waits until they are so many."""
    reader, found = Reader(cluster.bootstrap), []
    logs = cluster.numbered(topic)
    reader.add(dict.fromkeys(logs, 0))

    def is_read():
        found.extend(reader.take(0.1))
        return len(found) >= count and all(log in reader.ends for log in logs)

    until(is_read, f"{count} messages of {topic.name}")
    reader.close()
    return [(record, cluster.wire.decode(topic, record.value)) for record in found]


def an_out_of(cluster, topic, message, *, key, by=None, headers=()):
    """A message as a role writes it; ``by`` chooses the partition where that is not the key."""
    at = (named(cluster.prefix, topic), partition_of(by or key, cluster.partitions))
    return Out(*at, key.encode(), cluster.wire.encode(topic, message), headers, now_ms())


def writing(cluster, *args, **more):
    """Write one message."""
    Writer(cluster.bootstrap, patience_s=DEADLINE_S).write([an_out_of(cluster, *args, **more)])


def face_parts(now=now_ms):
    return FaceParts(intake_of(load_settings(token_key=KEY)), now, {"rules": "made-up"})


@contextmanager
def a_gateway(cluster, *, now=now_ms):
    with ExitStack() as stack:
        yield open_gateway(stack, cluster, face_parts(now), GatewayMetrics())


@contextmanager
def a_console(cluster, *, past=None, now=now_ms, **more):
    settings, places = load_settings(token_key=KEY), gazetteer()
    only = ConsoleOnly(rules_of(settings), Distances(places), lambda code: places.place(code).region, past, **more)
    with ExitStack() as stack:
        yield open_console(stack, cluster, face_parts(now), only)
