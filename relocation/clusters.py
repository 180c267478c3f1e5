"""Joins the settings to Kafka, for every process of the distributed platform."""

from relocation.agreeing import agree_or_fail, partitions_of
from relocation.settings import Settings, kafka_of
from streams.kafka.cluster import Cluster
from streams.kafka.registry import Registry
from streams.kafka.wire import Wire


def cluster_of(settings: Settings) -> Cluster:
    """The cluster of the settings, which has the topics, and whose processes have what this one has. Raises Failure."""
    bootstrap = kafka_of(settings)
    partitions = agree_or_fail(settings)
    return Cluster(bootstrap, settings.kafka_prefix, wire_of(settings), partitions)


def looked_at(settings: Settings) -> Cluster:
    """The same for who only reads topics, and needs neither a token key nor rules. Raises Failure and Unreachable."""
    return Cluster(kafka_of(settings), settings.kafka_prefix, wire_of(settings), partitions_of(settings))


def wire_of(settings: Settings) -> Wire:
    """How messages lie in topics: with the registry of the settings, or without any."""
    told = settings.schema_registry
    registry = None if told is None else Registry(told.get_secret_value())
    return Wire(registry, prefix=settings.kafka_prefix)
