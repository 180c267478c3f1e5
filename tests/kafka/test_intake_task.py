"""The task of INTAKE between its topics: what becomes of every event, whatever its bytes are."""

import json

import pytest
from made_up_events import KEY

from relocation.parts import intake_of
from relocation.settings import load_settings
from schemas.dead_letters import Fault
from schemas.following import Followed
from schemas.receipts import Became
from schemas.reports import EventType
from schemas.times import parse_time
from streams.kafka.cluster import Cluster
from streams.kafka.headers import ORIGIN
from streams.kafka.intake_task import IntakeParts, IntakeRole
from streams.kafka.invalid_share import IN_A_ROW_MAX, LAST, OF_LAST_MAX, InvalidShare
from streams.kafka.records import Record
from streams.kafka.tally import Tally
from streams.kafka.wire import Wire
from streams.topics import INTAKE, TOPICS

NOW = parse_time("2026-03-02T12:00:00Z")
WIRE = Wire()
BY_NAME = {topic.name: topic for topic in TOPICS}
CONTROL = {
    "type": "control",
    "event_id": "00000000-0000-4000-8000-000000000901",
    "source": "made-up",
    "occurred_at": "2026-03-01T20:15:00Z",
    "recorded_at": "2026-03-01T23:40:00Z",
    "place": {"municipality": "GM0363"},
    "conducted_by": "police",
    "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": "MADE-UP-9"}}],
    "vehicles": [{"country": "NL", "plate": "MADE-UP-1"}],
}
PASSAGE = {
    "type": "vehicle",
    "event_id": "00000000-0000-4000-8000-000000000902",
    "source": "made-up",
    "camera": "MADE-UP",
    "occurred_at": "2026-03-02T11:59:00Z",
    "recorded_at": "2026-03-02T11:59:00Z",
    "place": {"municipality": "GM0363"},
    "country": "NL",
    "plate": "MADE-UP-1",
}


class Partition:
    """Number 0 of every ``intake.<type>``."""

    def __init__(self):
        self.role = IntakeRole(
            IntakeParts(
                intake_of(load_settings(token_key=KEY)), Cluster("nowhere:1", prefix="", partitions=4, wire=WIRE)
            )
        )
        self.tallies = {topic: Tally(0) for topic in self.role.reading.inputs}
        self.task = self.role.task(0, self.tallies, {})
        self.offsets = dict.fromkeys(self.role.reading.inputs, 0)

    def take(self, value, type_="control"):
        return self.take_all([value], type_)

    def take_all(self, values, type_="control"):
        """What is written of so many values, by topic, with its headers."""
        topic, records = f"intake.{type_}", []
        for value in values:
            records.append(Record(topic, 0, self.offsets[topic], NOW, b"made-up", value))
            self.offsets[topic] += 1
        outs = list(self.task.process(records, NOW))
        return [(out.topic, WIRE.decode(BY_NAME[out.topic], out.value), dict(out.headers), out) for out in outs]

    def counts(self, type_="control"):
        return self.tallies[f"intake.{type_}"].counts


@pytest.fixture
def partition():
    return Partition()


def told(event, **more):
    return json.dumps(event | more).encode()


@pytest.mark.parametrize("avro", [False, True])
def test_a_good_event_becomes_a_report_that_says_where_it_comes_from(partition, avro):
    value = WIRE.encoder(INTAKE[EventType.CONTROL])(CONTROL) if avro else told(CONTROL)
    [(topic, report, headers, out)] = partition.take(value)
    assert (topic, report.event_id, report.known_at) == ("reports.control", CONTROL["event_id"], NOW)
    assert headers[ORIGIN] == b"intake.control/0/0"
    assert out.timestamp_ms == report.occurred_at
    assert partition.counts() == {"admitted": 1}
    assert b"MADE-UP-9" not in out.value


def test_a_refused_event_leaves_a_dead_letter_and_a_receipt(partition):
    (_, letter, _, _), (_, receipt, headers, out) = partition.take(told(CONTROL, place={"name": "Nowhere-on-Sea"}))
    assert (letter.fault, letter.role, letter.position.offset) == (Fault.REFUSED, "intake", 0)
    assert (receipt.became, receipt.event_id) == (Became.REJECTED, CONTROL["event_id"])
    assert (out.key, headers[ORIGIN]) == (CONTROL["event_id"].encode(), b"intake.control/0/0")
    assert partition.counts() == {"unknown_place": 1}


@pytest.mark.parametrize(
    ("value", "fault", "became"),
    [
        (None, Fault.UNDECODABLE, "empty"),
        (b"", Fault.UNDECODABLE, "empty"),
        (b"\x00\x00\x00", Fault.UNDECODABLE, "undecodable"),
        (b"\x00\x7f\xff\xff\xff made up", Fault.UNDECODABLE, "undecodable"),
        (b"made up", Fault.UNDECODABLE, "undecodable"),
        (told(PASSAGE), Fault.UNDECODABLE, "undecodable"),
        (b"{made up", Fault.REFUSED, "malformed"),
        (b'{"x":"' + b"x" * 70_000 + b'"}', Fault.REFUSED, "too_large"),
        (b"{" * 70_000, Fault.REFUSED, "too_large"),
        (b"[" * 60_000, Fault.UNDECODABLE, "undecodable"),
    ],
)
def test_whatever_bytes_there_are_they_end_as_a_dead_letter_without_their_content(partition, value, fault, became):
    written = partition.take_all([value, told(CONTROL)])
    assert [topic for topic, *_ in written] == ["dead-letters", "receipts", "reports.control"]
    assert written[0][1].fault is fault
    assert written[1][1].became is (Became.UNDECODABLE if fault is Fault.UNDECODABLE else Became.REJECTED)
    assert written[1][3].key == b"intake.control/0/0"
    assert partition.counts() == {became: 1, "admitted": 1}


def test_of_a_passage_that_is_no_hit_only_the_count_is_left(partition):
    assert partition.take(told(PASSAGE), "vehicle") == []
    assert partition.counts("vehicle") == {"no_hit": 1}


def test_a_passage_of_who_was_named_a_moment_ago_is_a_hit_and_has_no_receipt_either(partition):
    partition.take(told(CONTROL))
    [(topic, report, _, _)] = partition.take(told(PASSAGE), "vehicle")
    assert (topic, report.event_id) == ("reports.vehicle", PASSAGE["event_id"])
    assert partition.counts("vehicle") == {"admitted": 1}


def test_a_passage_of_who_is_followed_is_a_hit(partition):
    [(_, report, _, _)] = partition.take(told(CONTROL))
    other = Partition()
    other.role._followed.hear(None, Followed(report.vehicles[0], named=True))
    assert [topic for topic, *_ in other.take(told(PASSAGE), "vehicle")] == ["reports.vehicle"]


def test_a_refused_passage_leaves_no_more_than_the_law_lets_it(partition):
    (_, letter, _, _), (_, receipt, _, out) = partition.take(told(PASSAGE, place={"name": "Nowhere-on-Sea"}), "vehicle")
    assert (letter.event_id, receipt.event_id) == (None, None)
    assert out.key == b"intake.vehicle/0/0"
    assert receipt.known_at == NOW - NOW % 86_400_000


def test_passages_wait_until_it_is_known_who_is_followed(partition):
    assert partition.role.withheld() == {"intake.vehicle"}


def test_five_hundred_wrong_ones_in_a_row_are_enough(partition):
    partition.take_all([b"{made up"] * (IN_A_ROW_MAX + 50))
    assert partition.counts() == {"malformed": IN_A_ROW_MAX + 1}
    assert partition.task.halted()["intake.control"].at == IN_A_ROW_MAX + 1
    partition.take(told(CONTROL))
    assert partition.task.halted() == {}


def test_more_than_five_in_a_hundred_are_too_many_and_five_are_not():
    share = InvalidShare()
    assert not any(share.is_too_much(is_invalid=number % 20 == 0) for number in range(5 * LAST))
    share = InvalidShare()
    found = [number for number in range(5 * LAST) if share.is_too_much(is_invalid=number % 19 == 0)]
    assert found[0] == LAST - 1
    assert OF_LAST_MAX == 50


def test_what_intake_fails_at_is_a_dead_letter_and_has_its_receipt(partition):
    record = Record("intake.control", 0, 7, NOW, b"made-up", told(CONTROL))
    letter, receipt = partition.task.given_up(record, NOW)
    assert {dict(out.headers)[ORIGIN] for out in (letter, receipt)} == {b"intake.control/0/7"}
    assert WIRE.decode(BY_NAME["dead-letters"], letter.value).fault is Fault.FAILED
    assert WIRE.decode(BY_NAME["receipts"], receipt.value).became is Became.REJECTED
    assert not any(b"MADE-UP" in out.value or CONTROL["event_id"].encode() in out.value for out in (letter, receipt))
