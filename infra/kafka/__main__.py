"""A broker and a schema registry for development, until Ctrl-C: ``make kafka``."""

import signal
import sys

from infra.kafka.broker import running_broker
from infra.kafka.fetching import Unavailable
from infra.kafka.ports import is_free
from infra.kafka.registry import running_registry
from infra.kafka.servers import NotStarted

KAFKA_PORT, REGISTRY_PORT = 9092, 8081
"""Where others expect them; taken ones are left alone, and free ones used instead."""


def main() -> int:
    """Start both, say how to reach them, and wait to be told to end."""
    for each in (signal.SIGINT, signal.SIGTERM):  # a shell has those that it starts in the background ignore SIGINT
        signal.signal(each, signal.default_int_handler)
    try:
        _serve()
    except KeyboardInterrupt:
        print("\nThe broker and the registry are gone, and all that was in them", file=sys.stderr)
    except (Unavailable, NotStarted) as why:
        print(why, file=sys.stderr)
        return 1
    return 0


def _serve() -> None:
    print("Starting a Kafka broker", file=sys.stderr, flush=True)
    with running_broker(port=KAFKA_PORT if is_free(KAFKA_PORT) else None) as broker:
        print("Starting a schema registry", file=sys.stderr, flush=True)
        with running_registry(port=REGISTRY_PORT if is_free(REGISTRY_PORT) else 0) as registry:
            print("Both are ready, and keep what they are given until Ctrl-C. In another terminal:\n", file=sys.stderr)
            print(f"export RELOCATION_KAFKA={broker.bootstrap}")
            print(f"export RELOCATION_SCHEMA_REGISTRY={registry.url}", flush=True)
            signal.pause()


if __name__ == "__main__":
    sys.exit(main())
