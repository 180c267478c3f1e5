"""A real Kafka broker, for whoever needs nothing but its address: ``with running_broker() as broker``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.kafka.cluster import started_cluster
from infra.kafka.servers import Servers
from infra.kafka.sharing import shared


@dataclass(frozen=True)
class Broker:
    """A broker that runs; topics are made explicitly, one copy of each partition."""

    bootstrap: str
    """Its address, for clients: ``host:port``."""


@contextmanager
def running_broker(*, settings: Mapping[str, str] | None = None, compiled_well: bool = False) -> Iterator[Broker]:
    """A broker of one's own until the block ends, or whoever runs it does: see ``cluster.running_cluster``."""
    servers, cluster = started_cluster(1, settings=settings or {}, compiled_well=compiled_well)
    with servers:
        yield Broker(cluster.bootstrap)


@contextmanager
def shared_broker(folder: Path) -> Iterator[Broker]:
    """The one broker of all processes that name the same ``folder``, until the last of them leaves or is killed."""
    with shared(folder / "kafka-broker", _started) as bootstrap:
        yield Broker(bootstrap)


def _started() -> tuple[Servers, str]:
    servers, cluster = started_cluster(1, settings={})
    return servers, cluster.bootstrap
