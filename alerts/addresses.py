"""Where something is reached on a network, as ``host:port``."""

import ipaddress
import re
from dataclasses import dataclass

PORT_MAX = 65_535
_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Address:
    """A host, and a port on it; where something is served, port 0 lets the system choose."""

    host: str
    port: int

    @classmethod
    def of(cls, told: str) -> "Address":
        """What ``host:port`` says. Raises ValueError."""
        match = _ADDRESS.fullmatch(told)
        if match is None or int(match["port"]) > PORT_MAX:
            raise ValueError("this is no host:port")
        return cls(match["host"].strip("[]").lower(), int(match["port"]))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by a name or number that nobody else answers to."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
