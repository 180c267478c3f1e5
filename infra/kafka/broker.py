"""A real Kafka broker, for whoever needs nothing but its address: ``with running_broker() as broker``."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.kafka.cluster import started_cluster
from infra.kafka.containers import contained_broker, docker_answers
from infra.kafka.ports import free_ports
from infra.kafka.servers import Servers
from infra.kafka.sharing import shared

CHOICE = "KAFKA_FOR_TESTS"
"""The environment variable that forces ``jars`` or ``docker``."""


@dataclass(frozen=True)
class Broker:
    """A broker that runs; topics are made explicitly, one copy of each partition."""

    bootstrap: str
    """Its address, for clients: ``host:port``."""


@contextmanager
def running_broker(
    *, settings: Mapping[str, str] | None = None, compiled_well: bool = False, port: int | None = None
) -> Iterator[Broker]:
    """A broker of one's own until the block ends, or whoever runs it does, be it by kill -9.

    It runs in a container where Docker answers, else from the jars. ``port`` is for clients, None any that is free; the
    rest is as for ``cluster.running_cluster``.
    """
    if in_a_container():
        with contained_broker(settings=settings or {}, port=port) as bootstrap:
            yield Broker(bootstrap)
        return
    servers, bootstrap = _started(settings=settings, compiled_well=compiled_well, port=port)
    with servers:
        yield Broker(bootstrap)


@contextmanager
def shared_broker(folder: Path) -> Iterator[Broker]:
    """The one broker of all processes that name the same ``folder``, until the last of them leaves or is killed.

    A container is not shared: there, each process has its own.
    """
    if in_a_container():
        with running_broker() as broker:
            yield broker
        return
    with shared(folder / "kafka-broker", _started) as bootstrap:
        yield Broker(bootstrap)


def in_a_container() -> bool:
    """Whether brokers run in containers here; ValueError when the environment asks for what there is not."""
    choice = os.environ.get(CHOICE)
    if choice not in (None, "", "jars", "docker"):
        raise ValueError(f"{CHOICE} is `jars` or `docker`")
    return choice == "docker" or (choice != "jars" and docker_answers())


def _started(
    *, settings: Mapping[str, str] | None = None, compiled_well: bool = False, port: int | None = None
) -> tuple[Servers, str]:
    def ports(count: int) -> list[int]:
        return free_ports(count) if port is None else [port, *free_ports(count - 1)]

    servers, cluster = started_cluster(1, settings=settings or {}, compiled_well=compiled_well, ports=ports)
    return servers, cluster.bootstrap
