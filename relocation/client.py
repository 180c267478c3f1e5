"""Publishing events from Python: ``with Client(kafka="broker:9092") as client: client.publish(Control(...))``.

It needs ``pip install 'relocation-alerts[client]'`` and nothing of the platform. docs/publishing.md shows it at work.
"""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, Self

from relocation.integration.answers import Answer, Status
from relocation.integration.checking import InvalidEvent, Outgoing, outgoing
from relocation.integration.events import (
    Ad,
    Address,
    BvhMutation,
    Control,
    Document,
    Event,
    Name,
    Passage,
    Person,
    Place,
    Vehicle,
    Withdrawal,
    event_id_of,
)
from relocation.integration.failures import NotAccepted, Unreachable
from relocation.integration.servers import Kafka

__all__ = [
    "Ad",
    "Address",
    "Answer",
    "BvhMutation",
    "Client",
    "Control",
    "Document",
    "InvalidEvent",
    "Kafka",
    "Name",
    "NotAccepted",
    "Passage",
    "Person",
    "Place",
    "Status",
    "Unreachable",
    "Vehicle",
    "Withdrawal",
    "event_id_of",
    "line_of",
]

PATIENCE_S = 120.0
"""How long nobody may answer before ``Unreachable``."""

Published = Event | Withdrawal | Mapping[str, Any]
"""One of the classes, or the JSON form as a dict."""


def line_of(event: Published) -> str:
    """The event as a line of NDJSON without its end, for files: ``relocation publish``, ``relocation replay``.

    Raises InvalidEvent.
    """
    return outgoing(event).raw.decode()


class Client:
    """One publisher, over HTTP or straight to Kafka. For one thread at a time; the same program works either way.

    Whatever cannot be sent now is sent again; an event that is published twice changes nothing. No identifier is
    logged, by this or by what it is built on.
    """

    def __init__(
        self,
        *,
        http: str | None = None,
        kafka: str | Kafka | None = None,
        patience_s: float = PATIENCE_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Connects when first used. Raises ValueError unless exactly one of ``http`` and ``kafka`` is given.

        Args:
            http: URL of the platform, for example ``http://127.0.0.1:8080``.
            kafka: bootstrap servers, for example ``broker-1:9092,broker-2:9092``, or a ``Kafka`` with its settings.
            patience_s: how long nobody may answer before ``Unreachable``.
            tls: certificates to trust, and one to show, over HTTPS.
        """
        if (http is None) == (kafka is None):
            raise ValueError('write Client(http="http://127.0.0.1:8080") or Client(kafka="broker:9092")')
        if http is not None:
            self._way: _Way = _over_http(http, patience_s, tls)
        if kafka is not None:
            self._way = _over_kafka(kafka if isinstance(kafka, Kafka) else Kafka(kafka), patience_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def publish(self, event: Published) -> Answer:
        """Publish one event and wait until it is durable. Raises InvalidEvent, Unreachable, NotAccepted."""
        [answer] = self._way.send([outgoing(event)])
        return answer

    def publish_many(self, events: Iterable[Published]) -> list[Answer]:
        """Publish many, far faster than one by one, and wait until all are durable: their answers, in order.

        Raises InvalidEvent before anything is sent, and Unreachable and NotAccepted; then publish all of them again.
        """
        return list(self._way.send(_all_outgoing(events)))

    def receipts(self, answers: Iterable[Answer], *, patience_s: float = 30.0) -> Iterator[Answer]:
        """What became of events: each answer once, as its receipt comes; without one in time, still as it was.

        Over HTTP the answer is the receipt. Raises Unreachable and NotAccepted.
        """
        return self._way.receipts(answers, patience_s)

    def close(self) -> None:
        """Wait until everything that was sent is durable, and let go of the connection."""
        self._way.close()


def _all_outgoing(events: Iterable[Published]) -> list[Outgoing]:
    ready = []
    for at, event in enumerate(events):
        try:
            ready.append(outgoing(event))
        except InvalidEvent as invalid:
            raise InvalidEvent(invalid.problems, at) from None
    return ready


class _Way(Protocol):
    """How events go; ``Client`` says what each promises."""

    def send(self, events: Iterable[Outgoing]) -> Iterator[Answer]: ...

    def receipts(self, answers: Iterable[Answer], patience_s: float) -> Iterator[Answer]: ...

    def close(self) -> None: ...


def _over_http(url: str, patience_s: float, tls: ssl.SSLContext | None) -> _Way:
    """Only the way that is asked for is imported."""
    from relocation.integration.over_http import OverHttp

    return OverHttp(url, patience_s, tls)


def _over_kafka(kafka: Kafka, patience_s: float) -> _Way:
    from relocation.integration.over_kafka import OverKafka

    return OverKafka(kafka, patience_s)
