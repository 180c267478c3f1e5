"""Reads the partitions it is told to, from the offsets it is told, batch by batch. It commits nothing."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from streams.kafka.access import Bootstrap
from streams.kafka.clients import LOG
from streams.kafka.consuming import FETCH_WAIT_MS, QUEUE_KIB, consumer_of
from streams.kafka.ending import Unworkable
from streams.kafka.failing import in_words
from streams.kafka.records import Partition, Record

BATCH_RECORDS = 5_000


class Unreadable(Unworkable):
    """A log cannot be read any more: it is gone, or may not be read."""


class OutOfRange(Exception):
    """The next record of a partition is not there any more: the log begins later, or ends earlier."""

    def __init__(self, partition: Partition) -> None:
        super().__init__(f"{partition[0]}/{partition[1]} does not hold the offset that is next")
        self.partition = partition


class Reader:
    """One consumer. Belongs to one thread. The order of a partition is the order of its log."""

    def __init__(self, bootstrap: Bootstrap, *, queue_kib: int = QUEUE_KIB, fetch_wait_ms: int = FETCH_WAIT_MS) -> None:
        """``fetch_wait_ms``: a partition that is added waits for so long at most until brokers are asked for it too."""
        unused = "unused"  # librdkafka wants a group; nothing is ever committed under it
        queueing: dict[str, Any] = {"queued.min.messages": 20_000}
        self._consumer = consumer_of(bootstrap, unused, queue_kib=queue_kib, fetch_wait_ms=fetch_wait_ms, **queueing)
        self.ends: dict[Partition, int] = {}
        """The offset at which the end of a partition was last reached; it counts what is not there, too."""

    def add(self, positions: Mapping[Partition, int]) -> None:
        """Read these too, each from its offset on."""
        if positions:
            self._consumer.incremental_assign([TopicPartition(*at, offset) for at, offset in positions.items()])
            self._ask_for({topic for topic, _ in positions})

    def drop(self, partitions: Iterable[Partition]) -> None:
        """Read these no more. What was fetched of them is let go of."""
        gone = list(partitions)
        if gone:
            self._consumer.incremental_unassign([TopicPartition(*at) for at in gone])
            for partition in gone:
                self.ends.pop(partition, None)

    def take(self, wait_s: float, count_max: int = BATCH_RECORDS) -> list[Record]:
        """What there is, at most so many; waits for the first one only. Raises OutOfRange, Unreadable."""
        first = self._consumer.poll(wait_s)
        if first is None:
            return []
        # consume(n, t) would wait for all n
        rest = self._consumer.consume(count_max - 1, 0) if count_max > 1 else []
        return [Record.of_message(message) for message in (first, *rest) if self._is_record(message)]

    def pause(self, partitions: Iterable[Partition]) -> None:
        """Take nothing of these until they are resumed; their places are kept."""
        self._consumer.pause([TopicPartition(*at) for at in partitions])

    def resume(self, partitions: Iterable[Partition]) -> None:
        """Go on with these where they were paused."""
        self._consumer.resume([TopicPartition(*at) for at in partitions])

    def lag(self, partition: Partition, position: int) -> int:
        """How many offsets there are from ``position`` to the end, as far as is known without asking."""
        _, end = self._consumer.get_watermark_offsets(TopicPartition(*partition), cached=True)
        return max(0, end - position)

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()

    def _ask_for(self, topics: Iterable[str]) -> None:
        """Have brokers asked at once where these are; of a topic new to it librdkafka asks within a second only.

        Waits for no answer: librdkafka takes it when it comes, and asks by itself where none does.
        """
        for topic in topics:
            with suppress(KafkaException):
                self._consumer.list_topics(topic, timeout=0)

    def _is_record(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return True
        at = (message.topic() or "", message.partition() or 0)
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - that is its name
            self.ends[at] = message.offset() or 0
            return False
        if error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001
            raise OutOfRange(at)
        if error.code() in _GONE or error.fatal():
            raise Unreadable(f"{at[0]}: {in_words(error)}")
        LOG.warning("not read for a moment", extra={"topic": at[0], "reason": error.name()})
        return False


_GONE = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_PARTITION, KafkaError.TOPIC_AUTHORIZATION_FAILED)  # noqa: SLF001
