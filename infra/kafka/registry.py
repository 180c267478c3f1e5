"""A real schema registry, Apicurio's, in memory: ``with running_registry() as registry: registry.url``."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.kafka.fetching import registry_folder
from infra.kafka.java import java
from infra.kafka.servers import Servers
from infra.kafka.sharing import shared

NAME = "registry"
HEAP_MB = 256
READY = "Installed features"
"""Logged once it listens."""
LISTENS = re.compile(r"Listening on: http://127\.0\.0\.1:(\d+)")
CONFLUENT_API = "/apis/ccompat/v7"
OPTIONS = {
    "quarkus.http.host": "127.0.0.1",
    'quarkus.log.category."io.quarkus".level': "INFO",
    # Its database is in its own memory: it need not open twenty connections to it before it starts.
    "apicurio.datasource.jdbc.initial-size": "1",
    "apicurio.datasource.jdbc.min-size": "1",
}


@dataclass(frozen=True)
class Registry:
    """A registry that runs and is empty at first."""

    url: str
    """Where it speaks Confluent's API: ``http://host:port/apis/ccompat/v7``."""


@contextmanager
def running_registry(*, port: int = 0) -> Iterator[Registry]:
    """A registry of one's own until the block ends, or whoever runs it does; port 0 is any that is free.

    Raises Unavailable when it cannot be had, NotStarted when it fails to start.
    """
    servers, url = _started(port)
    with servers:
        yield Registry(url)


@contextmanager
def shared_registry(folder: Path) -> Iterator[Registry]:
    """The one registry of all processes that name the same ``folder``, until the last of them leaves or is killed."""
    with shared(folder / "schema-registry", _started) as url:
        yield Registry(url)


def _started(port: int = 0) -> tuple[Servers, str]:
    runner = next(registry_folder().glob("*-runner.jar"))
    options = [f"-D{name}={value}" for name, value in (OPTIONS | {"quarkus.http.port": str(port)}).items()]
    command = [*java(HEAP_MB), *options, "-jar", str(runner)]
    servers = Servers()
    try:
        servers.start(NAME, command)
        servers.wait_until_said(NAME, READY)
        [listens] = LISTENS.findall(servers.said(NAME))
    except BaseException:
        servers.close()
        raise
    return servers, f"http://127.0.0.1:{listens}{CONFLUENT_API}"
