"""A member's share of topics: what a group reads is divided among its members by the brokers, and this reads one part.

For readers without state, which may be given any partition at any time (the sink). Roles, whose state goes with a
partition number, are members in another way (``membership``).
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.kafka.access import Bootstrap
from streams.kafka.clients import LOG, Brokers, Unreachable
from streams.kafka.committed import leave
from streams.kafka.consuming import QUEUE_KIB, consumer_of
from streams.kafka.coordinating import NotTold
from streams.kafka.ending import Unworkable
from streams.kafka.failing import in_words
from streams.kafka.owned import Owned
from streams.kafka.reader import Unreadable
from streams.kafka.records import Partition, Record
from streams.kafka.tally import LOST, Tally

ASK_AGAIN_S = 1.0
SESSION_S = 15.0
LEAVE_WITHIN_S = 2.0
OUTSIDE_S = 60.0
GATHERED_BYTES = 64 * 1024
GATHERED_MS = 500
"""Brokers answer when so much has come, or after so long: asked for every record, they had a third of their work from
a reader that stores once a second."""
T = TypeVar("T")


class LeftOut(Unworkable):
    """The group is without this member, which cannot get in: it is to be started anew."""


class Share:
    """One member of ``group``. Belongs to one thread, whose calls keep the membership: at least one in five minutes."""

    def __init__(  # noqa: PLR0913 - what a member is
        self,
        bootstrap: Bootstrap,
        group: str,
        topics: Iterable[str],
        *,
        instance: str | None = None,
        is_ending: Callable[[], bool] = lambda: False,
        on_lost: Callable[[Partition, int], None] = lambda partition, count: None,  # noqa: ARG005 - nobody listens
        stays: bool = False,
        session_s: float = SESSION_S,
        outside_s: float = OUTSIDE_S,
        queue_kib: int = QUEUE_KIB,
    ) -> None:
        """``instance``: a name that a member keeps when it is started anew, so that it soon has the same again.

        ``stays``: with a name it stays a member when it is closed, for as long as its session lasts.
        ``outside_s``: who is not in the group by then, at first or when it was taken for gone, gives up where brokers
        answer.
        ``is_ending`` is asked while brokers do not answer. ``on_lost`` hears how many records retention took unread.
        """
        self.owned: dict[Partition, Owned] = {}
        self._is_ending, self._on_lost = is_ending, on_lost
        self._bootstrap, self._group, self._leaves = bootstrap, group, instance is not None and not stays
        self._brokers = Brokers(bootstrap)
        self._epoch = 0
        self._paused = False
        self._outside_max_s, self._outside_since = outside_s, math.inf
        self._left: list[Record] = []
        self._owed: set[Partition] = set()
        """What was done of these is not committed yet."""
        membership: dict[str, Any] = {
            **({} if instance is None else {"group.instance.id": instance}),
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": int(session_s * 1000),
        }
        gathering: dict[str, Any] = {"fetch.min.bytes": GATHERED_BYTES, "fetch_wait_ms": GATHERED_MS}
        self._made = partial(consumer_of, bootstrap, group, queue_kib=queue_kib, **gathering, **membership)
        self._topics = list(topics)
        self._consumer = self._joining()

    def close(self) -> None:
        """Leave, so that others take over at once, unless the member stays."""
        member_id = self._consumer.memberid()
        self._consumer.close()
        if self._leaves and member_id:
            try:
                leave(self._bootstrap, self._group, member_id, within_s=LEAVE_WITHIN_S)
            except NotTold as why:
                LOG.warning("could not leave the group", extra={"reason": str(why)})

    def take(self, wait_s: float, count_max: int) -> list[Record]:
        """What there is, at most so many; waits for the first one only. Raises Unreadable, LeftOut.

        Record by record: what is asked for in one go may come from before and after a change of owners.
        """
        self._resume()
        self._see_that_it_is_one()
        found, self._left = self._left[:count_max], self._left[count_max:]
        while len(found) < count_max:
            message = self._consumer.poll(0 if found else wait_s)
            if message is None:
                break
            record = self._record(message)
            if record is not None:
                found.append(record)
        return found

    def wait(self, wait_s: float) -> None:
        """Stay a member for so long, and take nothing. Raises Unreadable, LeftOut."""
        self._pause()
        self._see_that_it_is_one()
        message = self._consumer.poll(wait_s)
        record = None if message is None else self._record(message)
        if record is not None:  # it was on its way
            self._left.append(record)

    def outside_s(self) -> float:
        """For how long it has not been in its group; 0 while it is. Safe from any thread."""
        return max(0.0, time.monotonic() - self._outside_since)

    def epoch_of(self, partition: Partition) -> int | None:
        """In which time as owner this member is; None: it is none."""
        owned = self.owned.get(partition)
        return None if owned is None else owned.epoch

    def commit(self, done: Mapping[Partition, list[tuple[int, str]]]) -> bool:
        """Offsets of each partition, in their order, with what became of them. False: the brokers do not take it now.

        Then it is owed, and done with the next one, be that of nothing. What is not this member's any more is left out.
        """
        for partition, offsets in done.items():
            owned = self.owned.get(partition)
            if owned is not None:
                owned.count(offsets)
        noted = [
            TopicPartition(*partition, owned.tally.end, owned.tally.noted())
            for partition in self._owed | done.keys()
            if (owned := self.owned.get(partition)) is not None
        ]
        self._owed = {(one.topic, one.partition) for one in noted}
        try:
            if noted:
                self._consumer.commit(offsets=noted, asynchronous=False)
        except KafkaException as failed:
            LOG.warning("not committed yet", extra={"reason": failed.args[0].name()})
            return False
        self._owed.clear()
        return True

    def behind(self, ends: Mapping[Partition, int]) -> int:
        """How many offsets of its partitions are not committed, where logs end there. Safe from any thread."""
        return sum(max(0, ends.get(at, owned.tally.end) - owned.tally.end) for at, owned in list(self.owned.items()))

    def _record(self, message: Message) -> Record | None:
        error = message.error()
        at = (message.topic() or "", message.partition() or 0)
        owned = self.owned.get(at)
        if error is not None:
            self._note(error, at, owned, message.offset())
            return None
        record = Record.of_message(message)
        if owned is None or record.offset < owned.next:
            return None
        owned.next = record.offset + 1
        return record

    def _note(self, error: KafkaError, at: Partition, owned: Owned | None, offset: int | None) -> None:
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - that is its name
            if owned is not None and offset is not None and offset > owned.next:
                owned.next = offset
        elif error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001
            if owned is not None:
                self._go_on(at, owned)
        elif error.code() == KafkaError._FATAL:  # noqa: SLF001
            self._replaced()
        elif error.fatal() or error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            raise Unreadable(f"{at[0]}: {in_words(error)}")
        else:
            LOG.warning("not read for a moment", extra={"topic": at[0], "reason": error.name()})

    def _go_on(self, at: Partition, owned: Owned) -> None:
        """The log begins later than what was to be read: what was between is lost, and said to be."""
        extent = self._patiently(lambda: self._brokers.extents([at])[at])
        if extent.first > owned.next:
            owned.lost.append((owned.next, extent.first))
            self._on_lost(at, extent.first - owned.next)
        elif extent.end < owned.next:
            raise Unreadable(f"{at[0]}/{at[1]} ends before what was read of it: was it made anew?")
        owned.next = max(owned.next, extent.first)
        self._consumer.incremental_unassign([TopicPartition(*at)])
        self._consumer.incremental_assign([TopicPartition(*at, owned.next)])

    def _joining(self) -> Consumer:
        """A client that is to be the member. Some never get into a group at whose beginning brokers hardly answered."""
        self._outside_since = min(self._outside_since, time.monotonic())
        consumer = self._made()
        consumer.subscribe(self._topics, on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._cast_out)
        return consumer

    def _assigned(self, consumer: Consumer, given: list[TopicPartition]) -> None:
        """Begin at the commits. A group that never was here begins with what there is.

        The brokers are asked beside the consumer: one that is being closed, or was just taken for gone, never answers.
        """
        self._outside_since = math.inf
        self._epoch += 1
        partitions = [(one.topic, one.partition) for one in given]
        extents = self._patiently(lambda: self._brokers.extents(partitions))
        committed = self._patiently(lambda: self._brokers.committed(self._group, partitions))
        for at in partitions:
            told = committed.get(at)
            tally = Tally(extents[at].first) if told is None else Tally.read(told.noted, told.offset)
            if tally.end < extents[at].first:
                self._on_lost(at, extents[at].first - tally.end)
                tally.reach(extents[at].first, LOST)
            self.owned[at] = Owned(self._epoch, tally.end, tally)
        consumer.incremental_assign([TopicPartition(*at, self.owned[at].next) for at in partitions])
        if self._paused:
            consumer.pause(given)

    def _revoked(self, consumer: Consumer, taken: list[TopicPartition]) -> None:
        self._let_go((one.topic, one.partition) for one in taken)
        consumer.incremental_unassign(taken)

    def _cast_out(self, consumer: Consumer, taken: list[TopicPartition]) -> None:
        """The group took this member for gone. As a rule it is back in it within a session."""
        LOG.warning("the group took this member for gone", extra={"group": self._group})
        self._outside_since = time.monotonic()
        self._revoked(consumer, taken)

    def _replaced(self) -> None:
        """Brokers take the name for another's, and librdkafka's client is none in any group any more, for ever.

        A client whose session ran out forgets its id at once, and what it still sends under the name has none: a commit
        that waited for a coordinator, a sign of life. Brokers take that for somebody else (librdkafka #3437). Then the
        name is this member's as before, and another client takes it up. Who still has an id was really replaced: two
        under one name would drive each other out for ever, so it is left to give up.
        """
        self._let_go(list(self.owned))
        if self._consumer.memberid():
            self._outside_since = min(self._outside_since, time.monotonic())
            LOG.error("another goes by the name of this member", extra={"group": self._group})
        else:
            LOG.warning("this member joins its group anew", extra={"group": self._group})
            self._consumer.close()
            self._consumer = self._joining()

    def _let_go(self, partitions: Iterable[Partition]) -> None:
        for at in partitions:
            self.owned.pop(at, None)
            self._owed.discard(at)
        self._left = [record for record in self._left if (record.topic, record.partition) in self.owned]

    def _see_that_it_is_one(self) -> None:
        if self.outside_s() < self._outside_max_s or not math.isfinite(self._outside_since):
            return
        try:
            self._brokers.partitions()
        except Unreachable:
            self._outside_since = time.monotonic()  # nobody is in any group now
        else:
            raise LeftOut(f"{self._group} has been without this member for {self._outside_max_s:.0f} s")

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._consumer.pause([TopicPartition(*at) for at in self.owned])

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._consumer.resume([TopicPartition(*at) for at in self.owned])

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Until the brokers answer: without that it is not known what to read."""
        while True:
            try:
                return ask()
            except Unreachable as why:
                LOG.warning("the brokers do not answer", extra={"reason": str(why)})
                if self._is_ending():
                    raise
                time.sleep(ASK_AGAIN_S)
