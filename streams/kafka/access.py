"""How brokers are reached, and as whom: what every client is told, whichever library it is of."""

import ssl
from dataclasses import dataclass, field
from typing import Any, TypeAlias

MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True, slots=True)
class Access:
    """Brokers, and what they ask of clients. Paths are of PEM files."""

    servers: str
    """``broker-1:9092,broker-2:9092``."""
    tls: bool = False
    ca: str | None = None
    """Who vouches for the brokers; None: whom the system trusts."""
    certificate: str | None = None
    """Of this client, where brokers ask for one; with ``certificate_key``."""
    certificate_key: str | None = None
    user: str | None = None
    """None: clients need not say who they are."""
    password: str = field(default="", repr=False)
    mechanism: str = MECHANISMS[-1]

    @property
    def protocol(self) -> str:
        """In Kafka's words."""
        if self.user is None:
            return "SSL" if self.tls else "PLAINTEXT"
        return "SASL_SSL" if self.tls else "SASL_PLAINTEXT"

    def for_librdkafka(self) -> dict[str, Any]:
        """Settings of a client of confluent-kafka."""
        told: dict[str, Any] = {
            "bootstrap.servers": self.servers,
            "security.protocol": self.protocol,
            "ssl.ca.location": self.ca,
            "ssl.certificate.location": self.certificate,
            "ssl.key.location": self.certificate_key,
        }
        if self.user is not None:
            told |= {
                "sasl.username": self.user,
                "sasl.password": self.password,
                "sasl.mechanisms": self.mechanism,
            }
        return {name: value for name, value in told.items() if value is not None}

    def for_aiokafka(self) -> dict[str, Any]:
        """Arguments of a client of aiokafka."""
        told: dict[str, Any] = {
            "bootstrap_servers": [each.strip() for each in self.servers.split(",")],
            "security_protocol": self.protocol,
            "ssl_context": self.ssl_context(),
        }
        if self.user is not None:
            told |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return told

    def ssl_context(self) -> ssl.SSLContext | None:
        """What a client in Python needs for TLS; None without it."""
        if not self.tls:
            return None
        context = ssl.create_default_context(cafile=self.ca)
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.certificate_key)
        return context


Bootstrap: TypeAlias = Access | str
"""Where to begin; a text alone are brokers that ask nothing of clients."""


def access_to(bootstrap: Bootstrap) -> Access:
    """The same, whichever it is."""
    return Access(bootstrap) if isinstance(bootstrap, str) else bootstrap
