"""Metrics on an address of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from alerts.addresses import Address
from relocation.exits import UNREACHABLE, Failure


@contextmanager
def metrics_served(registry: CollectorRegistry, address: Address) -> Iterator[None]:
    """Serve them while this lasts. Raises Failure."""
    try:
        server, thread = start_http_server(address.port, address.host, registry)
    except OSError as error:
        told = f"RELOCATION_METRICS cannot be served ({error.strerror}): choose another port"
        raise Failure(told, UNREACHABLE) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
