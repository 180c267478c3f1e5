"""A ClickHouse server in a container, where Docker answers.

Written against the documented interface of testcontainers and of the image; it is exercised only where Docker answers.
"""

from collections.abc import Iterator
from contextlib import contextmanager

IMAGE = "clickhouse/clickhouse-server:25.8"
PORT = 8123
USER = PASSWORD = "made-up"
READY_WITHIN_S = 120


@contextmanager
def contained_clickhouse() -> Iterator[str]:
    """The URL of a server with an empty database, until the block ends; the image is pulled the first time."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import HttpWaitStrategy

    container = (
        DockerContainer(IMAGE)
        .with_exposed_ports(PORT)
        .with_env("CLICKHOUSE_USER", USER)
        .with_env("CLICKHOUSE_PASSWORD", PASSWORD)
        .waiting_for(HttpWaitStrategy(PORT, "/ping").with_startup_timeout(READY_WITHIN_S))
    )
    with container:
        host, port = container.get_container_host_ip(), container.get_exposed_port(PORT)
        yield f"http://{USER}:{PASSWORD}@{host}:{port}/default"
