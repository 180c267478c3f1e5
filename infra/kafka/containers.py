"""A broker in a container, where Docker answers: Apache's own image of the same version, through testcontainers.

Written against the documented interface of testcontainers and of the image; it is exercised only where Docker answers.
Its reaper removes the container also when whoever started it was killed.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from infra.kafka.cluster import HEAP_MB, READY
from infra.kafka.configuration import SETTINGS, listening, replication
from infra.kafka.fetching import KAFKA_VERSION
from infra.kafka.ports import free_ports
from infra.kafka.servers import READY_WITHIN_S

IMAGE = f"apache/kafka:{KAFKA_VERSION}"
CLIENT_PORT, CONTROLLER_PORT = 9092, 9093
ANSWERS_WITHIN_S = 10


@cache
def docker_answers() -> bool:
    """Whether there is a Docker engine that the ``docker`` command reaches."""
    if shutil.which("docker") is None:
        return False
    asked = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        return subprocess.run(asked, capture_output=True, timeout=ANSWERS_WITHIN_S, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


@contextmanager
def contained_broker(*, settings: Mapping[str, str], port: int | None) -> Iterator[str]:
    """The address of a broker in a container, until the block ends; the image is pulled the first time."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    published = port or free_ports(1)[0]
    container = (
        DockerContainer(IMAGE)
        .with_bind_ports(CLIENT_PORT, published)
        .with_env("KAFKA_HEAP_OPTS", f"-Xmx{HEAP_MB}m")
        .waiting_for(LogMessageWaitStrategy(READY).with_startup_timeout(int(READY_WITHIN_S)))
    )
    address = f"{container.get_docker_client().host()}:{published}"
    for name, value in (_configuration(address) | dict(settings)).items():
        container.with_env("KAFKA_" + name.upper().replace(".", "_"), value)
    with container:
        yield address


def _configuration(address: str) -> dict[str, str]:
    listens = listening(1, "0.0.0.0", clients=CLIENT_PORT, controllers=CONTROLLER_PORT, advertised=address)  # noqa: S104 - in the container
    own = {"controller.quorum.voters": f"1@localhost:{CONTROLLER_PORT}", "log.dirs": "/tmp/kafka-data"}  # noqa: S108 - the same
    return SETTINGS | replication(1) | listens | own
