"""The task of REGISTER between its topics: what it says of reports, the same when it does them again."""

from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

import pytest

from schemas.dead_letters import Fault
from schemas.following import Destroyed
from schemas.reports import EventKey, Rank, Report, ReportedPerson
from schemas.times import DAY_MS, parse_time
from streams.kafka.headers import CAUSE, ORIGIN
from streams.kafka.records import Record
from streams.kafka.register_task import RegisterParts, RegisterRole
from streams.kafka.tally import Tally
from streams.kafka.wire import Wire
from streams.topics import DESTROYED, TOPICS

START = parse_time("2026-03-01T12:00:00Z")
WIRE = Wire()
BY_NAME = {topic.name: topic for topic in TOPICS}


def a_token(name):
    return uuid5(NAMESPACE_URL, name).hex


def a_report(
    *, who="made-up woman", revision=0, standing=0, digest="a" * 64, source="made-up", type_="control", **more
):
    counts = {} if standing else {"occurred_at": START, "place": "GM0363", "ground": "made-up"}
    persons = () if standing or who is None else (ReportedPerson(bvh_person=a_token(who)),)
    rank = Rank(revision, standing, "" if standing else digest)
    event_id = str(uuid5(NAMESPACE_URL, "made-up event"))
    return Report(type_, event_id, source, rank, START, START, persons=persons, **counts, **more)


class Partition:
    """One partition number's topics, and the registers that come and go over them."""

    def __init__(self):
        self.role = RegisterRole(RegisterParts(lambda _report: 5 * 365 * DAY_MS, 365 * DAY_MS, WIRE, partitions=4))
        self.tallies = {topic: Tally(0) for topic in self.role.reading.inputs}
        self.logs = {topic: [] for topic in self.role.reading.inputs}
        self.begin()

    def begin(self):
        self.task = self.role.task(0, self.tallies, {})
        for topic in self.role.reading.folded:
            for record in self.logs[topic][: self.tallies[topic].end]:
                self.task.restore(record)

    def take(self, topic, value, key=b"made-up", headers=()):
        log = self.logs[topic]
        log.append(Record(topic, 0, len(log), START, key, value, lambda: list(headers)))
        return list(self.task.process([log[-1]], START))

    def report(self, report, headers=()):
        topic = f"reports.{report.type}"
        return self.take(topic, WIRE.encode(BY_NAME[topic], report), headers=headers)


@pytest.fixture
def partition():
    return Partition()


def told(outs):
    return [(out.topic, None if out.value is None else WIRE.decode(BY_NAME[out.topic], out.value)) for out in outs]


def became(outs):
    return [str(message.became) for topic, message in told(outs) if topic == "receipts"]


def test_a_report_gives_a_sighting_an_event_and_a_receipt_with_its_cause(partition):
    outs = partition.report(a_report(), [(ORIGIN, b"intake.control/3/17")])
    (sighting,) = [message for topic, message in told(outs) if topic == "sightings.presence"]
    assert (sighting.subject, sighting.taken, sighting.version) == (a_token("made-up woman"), False, 0)
    assert [topic for topic, _ in told(outs)] == ["sightings.presence", "events.control", "receipts"]
    (receipt,) = [out for out in outs if out.topic == "receipts"]
    assert dict(receipt.headers)[CAUSE] == b"reports.control/0/0"
    assert WIRE.decode(BY_NAME["receipts"], receipt.value).position == ("intake.control", 3, 17)


def test_a_correction_takes_a_sighting_from_whom_it_no_longer_names(partition):
    partition.report(a_report())
    outs = partition.report(a_report(who="another", revision=1))
    moves = {message.subject: message.taken for topic, message in told(outs) if topic == "sightings.presence"}
    assert moves == {a_token("made-up woman"): True, a_token("another"): False}


@pytest.mark.parametrize("restarted", [False, True])
def test_the_same_again_is_a_duplicate_and_an_older_revision_outranked(partition, restarted):
    partition.report(a_report(revision=1))
    if restarted:
        partition.begin()
    assert became(partition.report(a_report(revision=1))) == ["duplicate"]
    assert became(partition.report(a_report(revision=0))) == ["outranked"]
    assert partition.tallies["reports.control"].counts == {"applied": 1, "duplicate": 1, "outranked": 1}


def test_a_batch_done_again_says_byte_for_byte_the_same(partition):
    first = partition.report(a_report())
    partition.tallies["reports.control"].counts.clear()
    partition.begin()
    again = list(partition.task.process(partition.logs["reports.control"], START))
    assert again == first


def test_two_sources_may_use_one_event_id(partition):
    partition.report(a_report())
    assert became(partition.report(a_report(source="another"))) == ["applied"]


def test_a_revision_that_was_refused_takes_away_and_its_receipt_says_rejected(partition):
    partition.report(a_report())
    outs = partition.report(a_report(revision=1, standing=1))
    assert [message.taken for topic, message in told(outs) if topic == "sightings.presence"] == [True]
    assert became(outs) == ["rejected"]


def test_a_passage_leaves_no_receipt_and_is_destroyed_with_tombstones(partition):
    passage = replace(a_report(who=None, type_="vehicle"), vehicles=(a_token("car"),), camera="A2-R-1")
    assert became(partition.report(passage)) == []
    order = Destroyed(EventKey("made-up", "vehicle", passage.event_id), START)
    outs = partition.take(DESTROYED.name, WIRE.encode(DESTROYED, order))
    assert {(out.topic, out.value) for out in outs} == {("reports.vehicle", None), ("events.vehicle", None)}
    assert partition.take(DESTROYED.name, WIRE.encode(DESTROYED, order)) == []


def test_what_cannot_be_read_is_a_dead_letter_with_its_place_and_a_receipt(partition):
    outs = partition.take("reports.control", b"\x00\x00\x00\x00\x01nonsense")
    assert [topic for topic, _ in told(outs)] == ["dead-letters", "receipts"]
    assert told(outs)[0][1].position == ("reports.control", 0, 0)
    partition.begin()
    assert became(partition.report(a_report())) == ["applied"]


def test_what_the_register_fails_at_is_a_dead_letter_and_has_its_receipt(partition):
    record = Record("reports.control", 0, 7, START, b"made-up", b"made up", lambda: [(ORIGIN, b"intake.control/1/5")])
    letter, receipt = partition.task.given_up(record, START)
    [(_, written)] = told([letter])
    assert (written.fault, written.role, written.position) == (Fault.FAILED, "register", ("reports.control", 0, 7))
    assert became([receipt]) == ["rejected"]
    assert dict(receipt.headers)[CAUSE] == b"reports.control/0/7"
    [only] = partition.task.given_up(record._replace(topic="reports.vehicle"), START)
    assert told([only])[0][1].known_at < START, "of a passage the day only"
    assert [out.topic for out in partition.task.given_up(record._replace(topic="destroyed"), START)] == ["dead-letters"]
