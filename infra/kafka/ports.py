"""Ports that are free, and stay so while a server is away between two starts."""

import socket
from random import SystemRandom

FIRST, LAST = 15_000, 31_999
"""Below what Linux hands out to outgoing connections (32768 and up): those never take the port of a killed server."""
TRIES = 200


def free_ports(count: int) -> list[int]:
    """So many different ports on 127.0.0.1 that nobody listens on now; drawn at random, so that runs rarely meet."""
    draw, found = SystemRandom(), set[int]()
    for _ in range(TRIES):
        if len(found) == count:
            return sorted(found)
        port = draw.randint(FIRST, LAST)
        if is_free(port):
            found.add(port)
    raise OSError(f"no {count} free ports were found between {FIRST} and {LAST}")


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of 127.0.0.1 now."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
