"""Makes the file of ``classes.py``, once: ``python -m infra.kafka.keeping``."""

import os
import sys
from pathlib import Path

from infra.kafka.classes import kept
from infra.kafka.cluster import HEAP_MB, Cluster
from infra.kafka.fetching import Unavailable
from infra.kafka.java import java
from infra.kafka.ports import free_ports
from infra.kafka.servers import NotStarted, Servers


def keep() -> None:
    """Start a broker, and have it write down its classes when it ends. Raises Unavailable, NotStarted, OSError."""
    file = kept()
    new = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        _write(new)
        new.replace(file)  # brokers that are starting have the one or the other, each whole
    finally:
        new.unlink(missing_ok=True)


def _write(file: Path) -> None:
    ports, command = free_ports(2), java(HEAP_MB)
    with Servers() as servers:
        Cluster(servers, ports, settings={}, java=command).format()
        broker = Cluster(servers, ports, settings={}, java=[*command, f"-XX:ArchiveClassesAtExit={file}"])
        broker.start(1)
        broker.stop(1)


def main() -> None:
    """Make the file unless it is there; where that fails brokers start all the same."""
    try:
        if not kept().exists():
            keep()
    except (Unavailable, NotStarted, OSError) as why:
        print(f"The classes of brokers are not kept, so they start slower: {why}", file=sys.stderr)


if __name__ == "__main__":
    main()
