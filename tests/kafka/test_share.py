"""A member's share of topics on a real broker: nothing is skipped in silence, whoever comes, goes or is too late."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams.kafka.clients import Brokers
from streams.kafka.committed import leave
from streams.kafka.records import Partition, Record
from streams.kafka.share import LeftOut, Share
from streams.kafka.tally import Tally

DEADLINE_S = 60
OUTSIDE_S = 8


class Topic:
    """A topic of its own, with what a test does to it."""

    def __init__(self, bootstrap: str, partitions: int = 2, **config: str) -> None:
        self.bootstrap = bootstrap
        self.name = f"made-up-{uuid.uuid4()}"
        self.group = f"group-of-{self.name}"
        self._admin = AdminClient({"bootstrap.servers": bootstrap})
        asked = NewTopic(self.name, num_partitions=partitions, config=config)
        self._admin.create_topics([asked])[self.name].result(DEADLINE_S)
        self._producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True})

    def put(self, count: int, partition: int = 0, key: str = "made-up") -> None:
        for _ in range(count):
            self._producer.produce(self.name, b"made-up", key, partition=partition)
        assert self._producer.flush(DEADLINE_S) == 0

    def take_away(self, before: int, partition: int = 0) -> None:
        """As retention does."""
        at = TopicPartition(self.name, partition, before)
        for answer in self._admin.delete_records([at]).values():
            answer.result(DEADLINE_S)

    def committed(self) -> dict[int, Tally]:
        partitions = [(self.name, number) for number in range(2)]
        told = Brokers(self.bootstrap).committed(self.group, partitions)
        return {number: Tally.read(at.noted, at.offset) for (_, number), at in told.items()}

    def cast_out(self) -> None:
        """The group takes its only member for gone."""
        told = self._admin.describe_consumer_groups([self.group])[self.group].result(DEADLINE_S)
        leave(self.bootstrap, self.group, told.members[0].member_id, within_s=DEADLINE_S)

    @contextmanager
    def share(self, **more: object) -> Iterator[Share]:
        share = Share(self.bootstrap, self.group, [self.name], session_s=6, **more)  # type: ignore[arg-type]
        try:
            yield share
        finally:
            share.close()


@pytest.fixture
def topic(kafka_broker: object) -> Topic:
    return Topic(kafka_broker.bootstrap)  # type: ignore[attr-defined]


def taken(share: Share, count: int) -> list[Record]:
    found: list[Record] = []
    deadline = time.monotonic() + DEADLINE_S
    while len(found) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} came"
        found += share.take(0.2, 1_000)
    return found


def told(records: list[Record], reason: str = "stored") -> dict[Partition, list[tuple[int, str]]]:
    done: dict[Partition, list[tuple[int, str]]] = {}
    for record in records:
        done.setdefault((record.topic, record.partition), []).append((record.offset, reason))
    return done


def owned_by(share: Share) -> int:
    return len(share.owned)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to be so"


def test_a_member_goes_on_where_the_group_committed_and_counts_what_became_of_all(topic: Topic) -> None:
    topic.put(5)
    with topic.share() as share:
        records = taken(share, 5)
        assert share.commit(told(records[:2]) | {})
        assert share.commit(told(records[2:3], "dropped"))
    assert topic.committed()[0].counts == {"stored": 2, "dropped": 1}
    with topic.share() as share:
        assert [record.offset for record in taken(share, 2)] == [3, 4]
        assert share.commit(told(taken(share, 0)))
    assert topic.committed()[0].end == 3


def test_two_members_share_and_one_takes_over_from_another(topic: Topic) -> None:
    topic.put(10, 0)
    topic.put(10, 1)
    with topic.share() as first:
        records = taken(first, 20)
        epochs = {at: first.epoch_of(at) for at in told(records)}
        with topic.share() as second:
            until(lambda: first.take(0.1, 1) + second.take(0.1, 1) and len(first.owned) == len(second.owned) == 1)
            [left] = second.owned
            assert first.epoch_of(left) is None
            [kept] = first.owned
            assert first.epoch_of(kept) == epochs[kept], "what stays is not disturbed"
            assert first.commit(told(records))
        until(lambda: first.take(0.1, 100) and len(first.owned) == 2)
        assert first.epoch_of(left) != epochs[left]
    assert list(topic.committed()) == [kept[1]]


def test_what_was_taken_before_and_after_an_absence_is_told_apart(topic: Topic) -> None:
    topic.put(3, 0)
    with topic.share() as share:
        taken(share, 3)
        before = share.epoch_of((topic.name, 0))
        share._revoked(share._consumer, [TopicPartition(topic.name, 0)])
        share._assigned(share._consumer, [TopicPartition(topic.name, 0)])
        assert share.epoch_of((topic.name, 0)) != before
        assert [record.offset for record in taken(share, 3)] == [0, 1, 2]


def test_what_retention_took_before_a_member_came_back_is_lost_and_said_to_be(topic: Topic) -> None:
    lost: list[tuple[Partition, int]] = []
    topic.put(10)
    with topic.share() as share:
        assert share.commit(told(taken(share, 10)[:4]))
    topic.take_away(7)
    with topic.share(on_lost=lambda at, count: lost.append((at, count))) as share:
        records = taken(share, 3)
        assert [record.offset for record in records] == [7, 8, 9]
        assert share.commit(told(records))
    assert lost == [((topic.name, 0), 3)]
    assert topic.committed()[0].counts == {"stored": 7, "lost": 3}


def test_what_retention_takes_under_the_eyes_of_a_member_is_lost_and_said_to_be(topic: Topic) -> None:
    lost: list[int] = []
    topic.put(4)
    with topic.share(on_lost=lambda at, count: lost.append(count)) as share:
        records = taken(share, 4)
        share.wait(0.1)
        topic.put(20_000)
        topic.take_away(19_000)
        records += taken(share, 1_004)
        assert share.commit(told(records))
    assert topic.committed()[0].counts == {"stored": 1_008, "lost": 18_996}
    assert lost == [18_996]


def test_what_compaction_took_is_absent_and_not_lost(topic: Topic) -> None:
    topic.put(6)
    with topic.share() as share:
        records = taken(share, 6)
        assert share.commit(told([record for record in records if record.offset not in (1, 2, 4)]))
    assert topic.committed()[0].counts == {"stored": 3, "absent": 3}


def test_while_it_waits_a_member_takes_nothing_and_stays_one(topic: Topic) -> None:
    topic.put(3)
    with topic.share() as share:
        until(lambda: share.wait(0.1) or share.owned)
        for _ in range(5):
            share.wait(0.1)
        assert share.owned[topic.name, 0].next == 0
        assert len(taken(share, 3)) == 3


@pytest.mark.parametrize(("stays", "then"), [(True, "made-up-1"), (False, "made-up-2")])
def test_a_member_with_a_name_has_the_same_again_at_once_and_others_have_it_if_it_left(
    topic: Topic, *, stays: bool, then: str
) -> None:
    topic.put(3)
    first = Share(topic.bootstrap, topic.group, [topic.name], instance="made-up-1", session_s=30, stays=stays)
    taken(first, 3)
    first.close()
    began = time.monotonic()
    with topic.share(instance=then) as share:
        taken(share, 3)
    assert time.monotonic() - began < 20


def test_a_member_that_the_group_took_for_gone_is_back_in_it_and_goes_on_where_it_was(topic: Topic) -> None:
    topic.put(3)
    with topic.share() as share:
        taken(share, 3)
        before = share.epoch_of((topic.name, 0))
        topic.cast_out()
        until(lambda: share.take(0.1, 1) and share.epoch_of((topic.name, 0)) != before)
        assert share.owned[topic.name, 0].next == 1


def test_a_member_that_brokers_take_for_another_of_its_name_is_back_in_its_group_too(topic: Topic) -> None:
    """What a client still sends when its session is over bears its name and no id: here a commit that had to wait."""
    topic.put(3)
    with topic.share(instance="made-up-1") as share:
        records = taken(share, 3)
        topic.cast_out()
        until(lambda: share._consumer.memberid() is None)
        with topic.share(instance="made-up-1", stays=True) as before:
            taken(before, 3)
        assert not share.commit(told(records)), "who is out commits nothing"
        assert not topic.committed()
        again = taken(share, 3)
        assert share.outside_s() == 0
        assert share.commit(told(again))
    assert topic.committed()[0].counts == {"stored": 3}


def test_a_member_whose_name_another_took_does_nothing_more_and_gives_up(topic: Topic) -> None:
    topic.put(3)
    with topic.share(instance="made-up-1") as first:
        taken(first, 3)
        first._outside_max_s = 0
        with topic.share(instance="made-up-1") as second:
            records = taken(second, 3)
            with pytest.raises(LeftOut, match="without this member"):
                until(lambda: first.take(0.1, 1))
            assert not first.owned
            assert second.commit(told(records))


def test_a_member_that_does_not_get_back_into_its_group_gives_up(topic: Topic) -> None:
    topic.put(3)
    with topic.share() as share:
        taken(share, 3)
        share._outside_max_s = 0
        topic.cast_out()
        with pytest.raises(LeftOut, match="without this member"):
            until(lambda: share.take(0, 1))


def test_a_member_that_never_gets_into_its_group_gives_up(topic: Topic) -> None:
    topic.put(3)
    dividing = {"group.id": topic.group, "partition.assignment.strategy": "range"}
    other = Consumer({"bootstrap.servers": topic.bootstrap, "session.timeout.ms": 6_000, **dividing})
    other.subscribe([topic.name])
    until(lambda: other.poll(0.1) is None and other.assignment())
    with topic.share(outside_s=OUTSIDE_S) as share, pytest.raises(LeftOut, match="without this member"):
        until(lambda: share.take(0.1, 1))
    other.close()


def test_a_member_that_is_given_nothing_is_in_its_group_all_the_same(topic: Topic) -> None:
    with topic.share() as one, topic.share() as other, topic.share() as third:
        shares = (one, other, third)
        until(lambda: [share.take(0.1, 1) for share in shares] and sorted(map(owned_by, shares)) == [0, 1, 1])
        assert not any(share.outside_s() for share in shares)
