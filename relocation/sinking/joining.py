"""Joins the settings to Kafka and the history, for whatever reads stored topics."""

import time
from dataclasses import dataclass

from relocation.agreeing import agree_or_fail, kafka_of
from relocation.exits import UNUSABLE, Failure
from relocation.historian import writing_of
from relocation.settings import Settings
from sinks.connecting import server_store
from sinks.history import StoredHistory
from sinks.store import Store
from streams.kafka.clients import Brokers
from streams.kafka.registry import Registry
from streams.kafka.wire import Wire
from streams.topic import Topic, named


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the logs are."""

    bootstrap: str
    prefix: str
    wire: Wire
    partitions: int
    """Of every topic."""

    def named(self, topic: Topic) -> str:
        """The name that brokers know it by."""
        return named(self.prefix, topic)

    def group(self, name: str) -> str:
        """The name of a group on a shared cluster."""
        return self.prefix + name

    @property
    def brokers(self) -> Brokers:
        """To ask about logs and groups."""
        return Brokers(self.bootstrap)


def now_ms() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


def cluster_of(settings: Settings) -> Cluster:
    """The cluster of the settings, which has the topics, and whose processes have what this one has. Raises Failure."""
    bootstrap = kafka_of(settings)
    partitions = agree_or_fail(settings)
    return Cluster(bootstrap, settings.kafka_prefix, wire_of(settings), partitions)


def wire_of(settings: Settings) -> Wire:
    """How messages lie in topics: with the registry of the settings, or without any."""
    told = settings.schema_registry
    registry = None if told is None else Registry(told.get_secret_value())
    return Wire(registry, prefix=settings.kafka_prefix)


def server_of(settings: Settings) -> Store:
    """The ClickHouse server of the settings. Raises Failure."""
    if settings.clickhouse is None:
        why = "RELOCATION_CLICKHOUSE is not set: write a URL such as http://localhost:8123"
        raise Failure(why, UNUSABLE)
    try:
        return server_store(settings.clickhouse.get_secret_value())
    except ValueError:
        why = "RELOCATION_CLICKHOUSE cannot be used: write a URL such as http://localhost:8123"
        raise Failure(why, UNUSABLE) from None


def history_of(settings: Settings, store: Store) -> StoredHistory:
    """The history on a server."""
    return StoredHistory(store, writing_of(settings))
