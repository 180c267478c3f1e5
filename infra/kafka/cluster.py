"""Clusters of real Kafka brokers, which can be killed, frozen and started again.

Brokers run in KRaft mode, each with both roles, on 127.0.0.1, with their data in a folder that goes with them.
"""

import base64
import signal
import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infra.kafka.classes import mapped
from infra.kafka.configuration import SETTINGS, listening, replication
from infra.kafka.fetching import kafka_jars
from infra.kafka.java import java
from infra.kafka.ports import free_ports
from infra.kafka.servers import NotStarted, Servers

READY = "Kafka Server started"
TAKEN = "Address already in use"
TRIES = 5
HEAP_MB = 400
KAFKA_OPTIONS = [f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties')}"]


class Cluster:
    """Brokers that run, numbered from 1 as in Kafka's metadata."""

    def __init__(self, servers: Servers, ports: list[int], *, settings: Mapping[str, str], java: list[str]) -> None:
        """Brokers that are still to be formatted and started; two ports each, the first for clients."""
        self._servers, self._java = servers, [*java, *KAFKA_OPTIONS, "-cp", f"{kafka_jars()}/*"]
        half = len(ports) // 2
        self._clients, self._controllers = ports[:half], ports[half:]
        self.brokers = range(1, half + 1)
        self._settings = SETTINGS | replication(half) | dict(settings)

    @property
    def bootstrap(self) -> str:
        """Where clients begin: the addresses of all brokers."""
        return ",".join(f"127.0.0.1:{port}" for port in self._clients)

    def start(self, broker: int) -> None:
        """Start a broker that was killed, with the data it had; it takes part again when this returns."""
        self.launch(broker)
        self.wait_until_ready(broker)

    def kill(self, broker: int) -> None:
        """Kill -9 a broker; it is gone when this returns."""
        self._servers.signal(self._name(broker), signal.SIGKILL)

    def stop(self, broker: int) -> None:
        """SIGTERM a broker; it has come to its own end when this returns. NotStarted when it does not end."""
        self._servers.signal(self._name(broker), signal.SIGTERM)
        self._servers.wait_until_ended(self._name(broker))

    def freeze(self, broker: int) -> None:
        """SIGSTOP a broker: its connections stay open and nobody answers."""
        self._servers.signal(self._name(broker), signal.SIGSTOP)

    def thaw(self, broker: int) -> None:
        """SIGCONT a broker that was frozen."""
        self._servers.signal(self._name(broker), signal.SIGCONT)

    def pid(self, broker: int) -> int:
        """The process id of a broker."""
        return self._servers.pid(self._name(broker))

    def log(self, broker: int) -> Path:
        """The file with all that a broker logged."""
        return self._servers.log(self._name(broker))

    def format(self) -> None:
        """Prepare the data folder of every broker."""
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        for broker in self.brokers:
            self._properties(broker).write_text(self._written_settings(broker), "utf-8")
            tool = (*self._java, "kafka.tools.StorageTool", "format")
            done = subprocess.run(
                [*tool, f"--cluster-id={cluster}", "--config", self._properties(broker)],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise NotStarted("the data folder could not be formatted", done.stdout + done.stderr)

    def launch(self, broker: int) -> None:
        """Start a broker and do not wait until it is ready."""
        self._servers.start(self._name(broker), [*self._java, "kafka.Kafka", self._properties(broker)])

    def wait_until_ready(self, broker: int) -> None:
        """Return when a launched broker takes part; NotStarted when it ended instead."""
        self._servers.wait_until_said(self._name(broker), READY)

    def _name(self, broker: int) -> str:
        if broker not in self.brokers:
            raise ValueError(f"brokers are numbered from 1 to {len(self.brokers)}")
        return f"broker-{broker}"

    def _properties(self, broker: int) -> Path:
        return self._servers.folder / f"{self._name(broker)}.properties"

    def _written_settings(self, broker: int) -> str:
        client, controller = self._clients[broker - 1], self._controllers[broker - 1]
        voters = (f"{number}@127.0.0.1:{port}" for number, port in zip(self.brokers, self._controllers, strict=True))
        listens = listening(
            broker, "127.0.0.1", clients=client, controllers=controller, advertised=f"127.0.0.1:{client}"
        )
        own = {
            "controller.quorum.voters": ",".join(voters),
            "log.dirs": str(self._servers.folder / f"{self._name(broker)}-data"),
        }
        return "".join(f"{name}={value}\n" for name, value in (self._settings | listens | own).items())


@contextmanager
def running_cluster(
    brokers: int = 3, *, settings: Mapping[str, str] | None = None, compiled_well: bool = False
) -> Iterator[Cluster]:
    """So many brokers until the block ends, or whoever runs it does, be it by kill -9.

    ``settings`` are Kafka's, and win over those that tests like. ``compiled_well`` lets the JVM compile as it does in
    production: slower to start, for measurements. Raises Unavailable when Kafka cannot be had, NotStarted when it fails
    to start.
    """
    servers, cluster = started_cluster(brokers, settings=settings or {}, compiled_well=compiled_well)
    with servers:
        yield cluster


def started_cluster(
    brokers: int,
    *,
    settings: Mapping[str, str],
    compiled_well: bool = False,
    ports: Callable[[int], list[int]] = free_ports,
) -> tuple[Servers, Cluster]:
    """A cluster that is ready, and what keeps it; on other ports when somebody was faster to take those chosen.

    ``ports`` chooses so many: first those for clients, one a broker, then those that only brokers use.
    """
    command = [*java(HEAP_MB, compiled_well=compiled_well), *mapped()]
    for tries_left in reversed(range(TRIES)):
        servers = Servers()
        try:
            cluster = Cluster(servers, ports(2 * brokers), settings=settings, java=command)
            _start_all(cluster)
        except NotStarted as failed:
            servers.close()
            if TAKEN not in failed.log or not tries_left:
                raise
        except BaseException:
            servers.close()
            raise
        else:
            return servers, cluster
    raise AssertionError("the last try returns or raises")


def _start_all(cluster: Cluster) -> None:
    cluster.format()
    for broker in cluster.brokers:
        cluster.launch(broker)
    for broker in cluster.brokers:
        cluster.wait_until_ready(broker)
