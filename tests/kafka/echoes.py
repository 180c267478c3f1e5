"""What the echo role must have said, whatever happened to its workers."""

import json
import uuid
from collections import Counter, defaultdict

from confluent_kafka import Producer
from made_up_topics import an_out, now_ms, topics, until

from streams.kafka.clients import Brokers
from streams.kafka.reader import Reader
from streams.kafka.records import Out
from streams.kafka.tally import Tally
from streams.kafka.writer import Writer


class Echoes:
    """Topics, group and checks of one test."""

    def __init__(self, bootstrap, *, inputs=("first", "second"), partitions=4, **config):
        self.bootstrap, self.partitions = bootstrap, partitions
        *self.inputs, self.said = topics(bootstrap, *inputs, "said", partitions=partitions, **config)
        self.group = f"made-up-{uuid.uuid4().hex[:8]}"
        self.writer = Writer(bootstrap, patience_s=30)
        self.shared = {"bootstrap": bootstrap, "group": self.group, "inputs": self.inputs, "said": self.said}
        self.published = Counter()
        """How many records of each key, by topic."""

    def publish(self, count, value=b"told", *, keys=7):
        """So many records, spread over topics, partitions and keys."""
        outs = []
        for number in range(count):
            topic, key = self.inputs[number % len(self.inputs)], f"key-{number % keys}"
            self.published[topic, key] += 1
            outs.append(Out(topic, hash_of(key) % self.partitions, key.encode(), value, (), now_ms()))
        self.writer.write(outs)

    def check_commits(self):
        """Nothing is committed that was not said."""
        said = {tuple(echo["of"]) for echo in self.all_said()}
        for (topic, number), committed in self.committed().items():
            assert number == 0, "for tests of one partition"
            assert {(topic, offset) for offset in range(committed.offset)} <= said

    def publish_in_transaction(self, count, *, aborted=False):
        """So many records of one key, and the marker that ends them."""
        transactional = Producer({"bootstrap.servers": self.bootstrap, "transactional.id": uuid.uuid4().hex})
        transactional.init_transactions(30)
        transactional.begin_transaction()
        for _ in range(count):
            transactional.produce(self.inputs[0], b"told", b"key-0", 0)
        if aborted:
            transactional.flush(30)
            transactional.abort_transaction(30)
        else:
            transactional.commit_transaction(30)
            self.published[self.inputs[0], "key-0"] += count

    def tallies(self):
        return [Tally.read(committed.noted, committed.offset) for committed in self.committed().values()]

    def send(self, value, *, key="key-0", topic=None):
        topic = topic or self.inputs[0]
        self.writer.write([an_out(topic, value, key=key.encode(), partition=hash_of(key) % self.partitions)])

    def all_said(self):
        """Every echo there is, in the order of its partition."""
        return [told for told in self._told() if "of" in told]

    def given_up(self):
        """The offsets that were left out, and said to be."""
        return [told["given_up"][1] for told in self._told() if "given_up" in told]

    def _told(self):
        places = [(self.said, number) for number in range(self.partitions)]
        reader, ends, told = Reader(self.bootstrap), Brokers(self.bootstrap).ends(places), []
        reader.add(dict.fromkeys(places, 0))

        def at_the_end():
            told.extend(reader.take(0.05))
            return all(reader.ends.get(at, -1) >= end for at, end in ends.items())

        until(at_the_end, "the end of what was said")
        reader.close()
        return [json.loads(record.value) for record in told]

    def counted(self):
        """How many different input records were echoed."""
        return len({tuple(echo["of"]) for echo in self.all_said()})

    def committed(self):
        places = [(topic, number) for topic in self.inputs for number in range(self.partitions)]
        return Brokers(self.bootstrap).committed(self.group, places)

    def is_committed(self):
        """Whether the group is at the end of all its logs."""
        places = [(topic, number) for topic in self.inputs for number in range(self.partitions)]
        ends, committed = Brokers(self.bootstrap).ends(places), self.committed()
        return all(ends[at] == (committed[at].offset if at in committed else 0) for at in places)

    def wait_until_committed(self, within_s=60):
        until(self.is_committed, "committing all", within_s)

    def check(self, *, in_order=False):
        """Every record was echoed with its own count: none lost, none told differently when told again.

        ``in_order``: nobody was killed, so each was told once, and those of a key in their order.
        """
        said = self.all_said()
        counts = defaultdict(set)
        for echo in said:
            counts[echo["of"][0], echo["key"]].add((echo["of"][1], echo["count"]))
        assert {key: len(found) for key, found in counts.items()} == dict(self.published)
        for found in counts.values():
            assert [count for _, count in sorted(found)] == list(range(1, len(found) + 1))
        if in_order:
            offsets = defaultdict(list)
            for echo in said:
                offsets[echo["of"][0], echo["key"]].append(echo["of"][1])
            assert all(found == sorted(set(found)) for found in offsets.values())
        for at, committed in self.committed().items():
            tally = Tally.read(committed.noted, committed.offset)
            assert (tally.first, tally.end) == (0, committed.offset), at
            assert tally.more["wrote"] < Brokers(self.bootstrap).ends([(self.said, at[1])])[self.said, at[1]]


def hash_of(key):
    return int(key.rpartition("-")[2])
