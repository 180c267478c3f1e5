"""What every client of ours is told about the brokers, and how those are asked about logs."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams.kafka import client_log
from streams.kafka.access import Bootstrap, access_to
from streams.kafka.committed import Committed, ask_committed
from streams.kafka.coordinating import NotTold
from streams.kafka.failing import Complaints
from streams.kafka.records import Partition

LOG = logging.getLogger("relocation.kafka")
ASK_TIMEOUT_S = 10.0
ASK_AGAIN_S = 0.1
RENEW_AFTER_S = 1.0
ASK_ONCE_S = 5.0
"""A client may never answer again (below): one question takes no more of the patience."""
_FIRST, _END = -2, -1
"""What brokers take for a time: of the first record that there is, of the next that will be."""
T = TypeVar("T")


class Unreachable(Exception):
    """The brokers did not answer in time; asking again may help."""


class Extent(NamedTuple):
    """What a log holds: records from ``first`` on, the next one will have ``end``."""

    first: int
    end: int


def settings_of(bootstrap: Bootstrap, **more: Any) -> dict[str, Any]:
    """Settings of a client: where brokers are, and that what it has to say goes to our logs."""
    return {**access_to(bootstrap).for_librdkafka(), "log.connection.close": False, "logger": client_log.LOG, **more}


class Brokers:
    """Asks brokers about logs and groups. May block for ``timeout_s``; raises Unreachable then. Changes nothing.

    It asks as a consumer that consumes nothing. An admin client that asks for offsets while a leader is away keeps half
    a core busy until it is answered (librdkafka 2.16).
    """

    def __init__(self, bootstrap: Bootstrap, *, timeout_s: float = ASK_TIMEOUT_S) -> None:
        self._bootstrap = bootstrap
        self._complaints = Complaints()
        self._client, self._made_at = self._made(), time.monotonic()
        self._timeout_s = timeout_s

    def partitions(self) -> dict[str, int]:
        """How many partitions each topic has."""
        told = self._patiently(lambda within_s: self._client.list_topics(timeout=within_s))
        return {name: len(topic.partitions) for name, topic in told.topics.items()}

    def extents(self, of: Iterable[Partition]) -> dict[Partition, Extent]:
        """What each of these logs holds now."""
        wanted = list(of)
        firsts = self._offsets(wanted, _FIRST)
        ends = self._offsets(wanted, _END)
        return {partition: Extent(firsts[partition], ends[partition]) for partition in wanted}

    def ends(self, of: Iterable[Partition]) -> dict[Partition, int]:
        """The offset that the next record of each of these logs will have."""
        return self._offsets(list(of), _END)

    def committed(self, group: str, of: Iterable[Partition]) -> dict[Partition, Committed]:
        """How far a group is; a log that it has not begun is left out."""
        wanted = list(of)

        def ask(within_s: float) -> dict[Partition, Committed]:
            return ask_committed(self._bootstrap, group, wanted, within_s=within_s)

        return self._patiently(ask) if wanted else {}

    def _offsets(self, of: list[Partition], time_ms: int) -> dict[Partition, int]:
        if not of:
            return {}
        asked = [TopicPartition(*partition, time_ms) for partition in of]

        def ask(within_s: float) -> dict[Partition, int]:
            told = self._client.offsets_for_times(asked, timeout=within_s)
            for one in told:
                if one.error is not None:
                    raise KafkaException(one.error)
            return {(one.topic, one.partition): one.offset for one in told}

        return self._patiently(ask)

    def _patiently(self, ask: Callable[[float], T]) -> T:
        """A broker that has just begun says for a moment that it is none, or that nobody leads a log.

        A client that saw all brokers go may remember leaders of before for ever, so another one asks again.
        """
        deadline = time.monotonic() + self._timeout_s
        while True:
            try:
                return ask(min(ASK_ONCE_S, max(0.1, deadline - time.monotonic())))
            except (KafkaException, NotTold) as failed:
                self._client.poll(0)
                self._renew()
                if self._complaints.is_final or time.monotonic() + ASK_AGAIN_S >= deadline:
                    raise Unreachable(self._complaints.in_words(failed.args[0])) from None
                time.sleep(ASK_AGAIN_S)

    def _made(self) -> Consumer:
        unused = {"group.id": "unused", "enable.auto.commit": False, "isolation.level": "read_uncommitted"}
        return Consumer(settings_of(self._bootstrap, error_cb=self._complaints.hear, **unused))

    def _renew(self) -> None:
        if time.monotonic() - self._made_at > RENEW_AFTER_S:
            self._client, self._made_at = self._made(), time.monotonic()
