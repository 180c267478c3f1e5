"""Asks brokers how topics are, makes them and changes their settings; waits until all brokers know."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from confluent_kafka.cimpl import NewTopic

from streams.kafka.access import Bootstrap
from streams.kafka.clients import ASK_AGAIN_S, ASK_TIMEOUT_S, Unreachable, settings_of
from streams.kafka.failing import Complaints, in_words
from streams.kafka.shape import Difference, Found, Wanted

T = TypeVar("T")
WAIT_S = 60.0
"""A topic that was made is known by all brokers within a second or two; a busy cluster may take longer."""


class NotAllowed(Exception):
    """The brokers refuse it. Says what and why."""


class TopicAdmin:
    """Every call may block for a while and may be repeated. Raises Unreachable, and NotAllowed where brokers refuse."""

    def __init__(self, bootstrap: Bootstrap, *, timeout_s: float = ASK_TIMEOUT_S) -> None:
        """``timeout_s``: for how long brokers may be away before it raises Unreachable."""
        self._timeout_s = timeout_s
        self._complaints = Complaints()
        self._admin = AdminClient(settings_of(bootstrap, error_cb=self._complaints.hear))

    def brokers(self) -> int:
        """How many there are."""
        return len(self._patiently(lambda within_s: self._admin.list_topics(timeout=within_s)).brokers)

    def found(self, names: Iterable[str]) -> dict[str, Found]:
        """Those of the topics that are there."""
        known = self._patiently(lambda within_s: self._admin.list_topics(timeout=within_s)).topics
        there = [name for name in names if name in known and known[name].error is None]
        configs = self._configs(there)
        return {
            name: Found(
                len(known[name].partitions),
                min((len(one.replicas) for one in known[name].partitions.values()), default=0),
                configs[name],
            )
            for name in there
        }

    def leads(self, names: Iterable[str]) -> bool:
        """Whether all partitions of these topics have a broker that leads them."""
        known = self._patiently(lambda within_s: self._admin.list_topics(timeout=within_s)).topics
        return all(name in known and all(one.leader >= 0 for one in known[name].partitions.values()) for name in names)

    def create(self, wanted: Wanted, names: Iterable[str]) -> None:
        """Make these topics; one that is there already stays as it is."""
        topics = [
            NewTopic(
                name,
                num_partitions=wanted.names[name].partitions(wanted.partitions),
                replication_factor=wanted.replicas,
                config=wanted.config(wanted.names[name]),
            )
            for name in names
        ]
        if topics:
            told = self._admin.create_topics(
                topics, operation_timeout=self._timeout_s, request_timeout=2 * self._timeout_s
            )
            _finish(told, but=(KafkaError.TOPIC_ALREADY_EXISTS,))

    def alter(self, changes: Iterable[Difference]) -> None:
        """Give topics the settings that these differences want."""
        by_topic: dict[str, list[ConfigEntry]] = {}
        for change in changes:
            entry = ConfigEntry(change.what, change.wanted, incremental_operation=AlterConfigOpType.SET)
            by_topic.setdefault(change.topic, []).append(entry)
        resources = [
            ConfigResource(ResourceType.TOPIC, name, incremental_configs=entries) for name, entries in by_topic.items()
        ]
        if resources:
            _finish(self._admin.incremental_alter_configs(resources, request_timeout=2 * self._timeout_s))

    def _configs(self, names: list[str]) -> dict[str, Mapping[str, str]]:
        if not names:
            return {}
        asked = [ConfigResource(ResourceType.TOPIC, name) for name in names]

        def ask(within_s: float) -> dict[str, Mapping[str, str]]:
            told = self._admin.describe_configs(asked, request_timeout=within_s)
            return {
                resource.name: {name: str(entry.value) for name, entry in answer.result().items()}
                for resource, answer in told.items()
            }

        return self._patiently(ask)

    def _patiently(self, ask: Callable[[float], T]) -> T:
        """A broker that has just begun, or a topic that was just made, is not known everywhere for a moment."""
        deadline = time.monotonic() + self._timeout_s
        while True:
            try:
                return ask(max(0.1, deadline - time.monotonic()))
            except KafkaException as failed:
                error: KafkaError = failed.args[0]
                if error.code() in _REFUSED:
                    raise NotAllowed(error.str()) from None
                self._admin.poll(0)
                if self._complaints.is_final or time.monotonic() + ASK_AGAIN_S >= deadline:
                    raise Unreachable(self._complaints.in_words(error)) from None
                time.sleep(ASK_AGAIN_S)


def wait_until(is_so: Callable[[], bool], wait_s: float = WAIT_S) -> bool:
    """Wait until something is so at the brokers. Whether it became so."""
    deadline = time.monotonic() + wait_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(ASK_AGAIN_S)
    return True


def _finish(told: Mapping[Any, Future[Any]], but: tuple[int, ...] = ()) -> None:
    """Wait for what was asked of several; ``but``: errors that are as good as done."""
    for asked, answer in told.items():
        try:
            answer.result()
        except KafkaException as failed:
            error: KafkaError = failed.args[0]
            if error.code() in but:
                continue
            if error.retriable() or error.code() in _AWAY:
                raise Unreachable(in_words(error)) from None
            raise NotAllowed(f"{getattr(asked, 'name', asked)}: {error.str()}") from None


_AWAY = (KafkaError._TIMED_OUT, KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN)  # noqa: SLF001 - their names
_REFUSED = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED)
