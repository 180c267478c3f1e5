"""The channels: to whom what is told and when, as frozen data."""

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from urllib.parse import urlsplit

from alerts.addresses import Address, is_loopback

GROUP_SECONDS = 60
GROUP_SECONDS_MAX = 3_600
TLS_PORT = 465
"""On which a mail server speaks TLS from its first word on (RFC 8314, 3.3)."""


class Way(StrEnum):
    """How a channel is reached."""

    WEBHOOK = "webhook"
    EMAIL = "email"


class Security(StrEnum):
    """How mail is kept from those between us and the server. What is asked for is had, or nothing is sent."""

    STARTTLS = "starttls"
    """It begins in the clear, and goes on in TLS before anything is said."""
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` to ``end`` by the coordinators' clock nothing is sent; over midnight where start is later."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server, and how it is spoken with."""

    server: Address
    security: Security
    ca: str = ""
    """PEM file with the certificates of who vouches for it; empty: whom the system trusts."""
    user: str = ""
    """As whom mail is sent; empty: it does not ask."""
    password: str = field(default="", repr=False)

    @property
    def is_in_the_clear(self) -> bool:
        """Whether what it is told can be read on the way."""
        return self.security is Security.NONE and not self.server.is_loopback


def usual_security(server: Address) -> Security:
    """What holds where the file does not say: in the clear only what does not leave this machine."""
    if server.port == TLS_PORT:
        return Security.TLS
    return Security.NONE if server.is_loopback else Security.STARTTLS


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to tell somebody."""

    name: str
    way: Way
    url: str = ""
    """Of a webhook."""
    ca: str = ""
    """PEM file with the certificates of who vouches for a webhook's server; empty: whom everybody trusts."""
    to: tuple[str, ...] = ()
    """Mailboxes."""
    sender: str = ""
    relay: Relay | None = None
    """The server that mail is handed to; of every e-mail channel."""
    units: frozenset[str] = frozenset()
    """Police units and country codes of either end; empty: the whole country."""
    language: str = "nl"
    quiet: QuietHours | None = None
    group_s: int = GROUP_SECONDS
    """What comes within so many seconds of the first goes in one message."""

    @property
    def is_in_the_clear(self) -> bool:
        """Whether what it is told can be read on the way."""
        if self.relay is not None:
            return self.relay.is_in_the_clear
        try:
            return self.url.startswith("http://") and not is_loopback(urlsplit(self.url).hostname or "")
        except ValueError:  # what no library makes sense of is told nothing
            return False


@dataclass(frozen=True, slots=True)
class Channels:
    """All channels, and where the console is that messages link to."""

    channels: tuple[Channel, ...]
    console: str
    """Its URL, without a slash at the end."""
