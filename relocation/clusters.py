"""Finds the cluster that the settings name, as every process on Kafka does first."""

from collections.abc import Iterable

from relocation.agreeing import kafka_of, unreachable
from relocation.exits import UNUSABLE, Failure
from relocation.settings import Settings
from streams.kafka.clients import Unreachable
from streams.kafka.cluster import Cluster, TopicsMissing, find_cluster
from streams.kafka.registry import Registry
from streams.kafka.wire import Wire
from streams.topic import Topic
from streams.topics import TOPICS


def cluster_of(settings: Settings, needed: Iterable[Topic] = TOPICS) -> Cluster:
    """The cluster, on which the topics needed are there. Raises Failure."""
    try:
        return find_cluster(kafka_of(settings), wire_of(settings), prefix=settings.kafka_prefix, among=needed)
    except TopicsMissing as missing:
        raise Failure(str(missing), UNUSABLE) from None
    except Unreachable as away:
        raise unreachable(away) from None


def wire_of(settings: Settings) -> Wire:
    """How messages lie in topics: with the registry of the settings, or without any."""
    told = settings.schema_registry
    registry = None if told is None else Registry(told.get_secret_value())
    return Wire(registry, prefix=settings.kafka_prefix)
