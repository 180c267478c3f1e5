"""Which Kafka is meant, and by which names it knows the topics of the platform."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Kafka(NamedTuple):
    """A Kafka as a publisher reaches it."""

    servers: str
    """Where to begin: ``broker-1:9092,broker-2:9092``."""
    prefix: str = ""
    """What stands before the names of the platform's topics, where others share its Kafka."""
    settings: Mapping[str, Any] = MappingProxyType({})
    """Of kafka-python, such as ``security_protocol`` and ``ssl_context``; given to it as they are."""

    @property
    def client_settings(self) -> dict[str, Any]:
        """What every client of kafka-python is told."""
        return {**self.settings, "bootstrap_servers": [each.strip() for each in self.servers.split(",")]}

    def topic(self, name: str) -> str:
        """The topic as this Kafka knows it."""
        return self.prefix + name

    def origin(self, told: str) -> str:
        """A position as ``relocation_origin`` tells it, without the prefix."""
        return told.removeprefix(self.prefix)
