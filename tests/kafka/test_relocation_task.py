"""The task of RELOCATION between its topics: what it reads and says, and what it knows again after a restart."""

import json
from uuid import NAMESPACE_URL, uuid5

import pytest

from processors.places import Gazetteer
from processors.rules import Rules
from schemas.actions import SubjectAction
from schemas.dead_letters import Fault
from schemas.decisions import Decided
from schemas.keys import sighting_key
from schemas.sightings import Evidence, Sighting, SubjectSighting
from schemas.times import DAY_MS, parse_time
from streams.kafka.records import Record
from streams.kafka.relocation_task import RelocationParts, RelocationRole
from streams.kafka.tally import Tally
from streams.kafka.wire import Wire
from streams.topics import ACTION_ANSWERS, ALERTS, DEAD_LETTERS, SIGHTINGS, SUBJECT_ACTIONS, SUBJECT_STATES

START = parse_time("2026-03-01T12:00:00Z")
WHO = uuid5(NAMESPACE_URL, "made-up woman").hex
WIRE = Wire()
TOPIC_OF = {
    topic.name: topic for topic in (*SIGHTINGS.values(), ALERTS, SUBJECT_STATES, ACTION_ANSWERS, SUBJECT_ACTIONS)
}


class Partition:
    """One partition number's topics, and the keepers that come and go over them."""

    def __init__(self):
        self.logs = {}
        self.role = RelocationRole(RelocationParts(Rules(), Gazetteer.load(), 360 * DAY_MS, WIRE, partitions=1))
        self.begin()

    def begin(self):
        """A new keeper, which knows what lies in the logs."""
        old = getattr(self, "tallies", {})
        self.tallies = {topic: Tally(0) for topic in self.role.reading.inputs} | old
        self.task = self.role.task(0, self.tallies, getattr(self, "noted", {}))
        for topic in (*self.role.reading.folded, *self.role.reading.to_end):
            until = self.tallies[topic].end if topic in self.tallies else len(self.logs.get(topic, ()))
            for record in self.logs.get(topic, [])[:until]:
                self.task.restore(record)
        self.write(self.task.restored(START))

    def write(self, outs):
        said = []
        for out in outs:
            log = self.logs.setdefault(out.topic, [])
            log.append(
                Record(out.topic, 0, len(log), out.timestamp_ms, out.key, out.value, lambda of=out: list(of.headers))
            )
            topic = TOPIC_OF.get(out.topic)
            said.append((out.topic, None if out.value is None or topic is None else WIRE.decode(topic, out.value)))
            if out.topic in self.role.reading.told_of:
                self.task.wrote(out.topic, len(log) - 1)
        self.noted = json.loads(json.dumps(self.task.noted()))
        return said

    def take(self, topic, key, value, at=START):
        log = self.logs.setdefault(topic.name, [])
        record = Record(topic.name, 0, len(log), at, key, value)
        log.append(record)
        return self.write(self.task.process([record], at))

    def see(self, place, day, version=0, *, taken=False):
        at = START + day * DAY_MS
        event_id = str(uuid5(NAMESPACE_URL, f"{place} {day}"))
        seen = Sighting(
            at, int(Evidence.PRESENCE), event_id, "made-up", "control", place, flagged=True, recorded_at=at, known_at=at
        )
        told = SubjectSighting(WHO, "person", seen, taken=taken, version=version)
        topic = SIGHTINGS[Evidence.PRESENCE]
        return self.take(topic, sighting_key(told).encode(), WIRE.encode(topic, told), at), seen


@pytest.fixture
def partition():
    return Partition()


def alerts_in(said):
    return [
        (str(alert.status), alert.finding.from_place, alert.finding.to_place)
        for topic, alert in said
        if topic == "alerts"
    ]


def test_two_places_are_an_alert_in_the_partition_of_the_subject(partition):
    assert alerts_in(partition.see("GM0363", 1)[0]) == []
    assert alerts_in(partition.see("GM0344", 5)[0]) == [("raised", "GM0363", "GM0344")]
    assert {topic: tally.counts for topic, tally in partition.tallies.items() if tally.counts} == {
        "sightings.presence": {"applied": 2}
    }


def test_after_a_restart_nothing_is_said_again_and_revisions_go_on(partition):
    partition.see("GM0363", 1)
    partition.see("GM0344", 5)
    partition.begin()
    assert partition.write(partition.task.tick(START)) == []
    assert partition.write(partition.task.caught_up(START)) == []
    said, _ = partition.see("GM0599", 3)
    assert alerts_in(said) == [
        ("withdrawn", "GM0363", "GM0344"), ("raised", "GM0363", "GM0599"), ("raised", "GM0599", "GM0344"),
    ] or sorted(alerts_in(said)) == sorted(
        [("revised", "GM0599", "GM0344"), ("raised", "GM0363", "GM0599")]
    )  # fmt: skip
    assert max(alert.revision for topic, alert in said if topic == "alerts") == 2


def test_a_batch_done_again_says_nothing_that_was_said(partition):
    partition.see("GM0363", 1)
    committed, noted = (
        {topic: Tally(0, dict(tally.counts)) for topic, tally in partition.tallies.items()},
        partition.noted,
    )
    partition.see("GM0344", 5)
    partition.tallies, partition.noted = committed, noted
    partition.begin()
    again = partition.logs["sightings.presence"][1]
    assert partition.write(partition.task.process([again], START)) == []
    assert partition.write(partition.task.caught_up(START)) == []


def test_a_strike_is_answered_and_the_same_again_is_answered_the_same(partition):
    partition.see("GM0363", 1)
    _, seen = partition.see("GM0344", 5)
    action = SubjectAction(
        "00000000-0000-4000-8000-00000000000a", "strike", WHO, "made up", "made-up", START, event=seen.event
    )
    body = WIRE.encode(SUBJECT_ACTIONS, action)
    said = partition.take(SUBJECT_ACTIONS, WHO.encode(), body)
    assert alerts_in(said) == [("withdrawn", "GM0363", "GM0344")]
    answers = [message for topic, message in said if topic == "action-answers"]
    assert [answer.decided for answer in answers] == [Decided.DONE]
    partition.begin()
    said = partition.take(SUBJECT_ACTIONS, WHO.encode(), body)
    assert [message.decided for topic, message in said if topic == "action-answers"] == [Decided.DONE]
    assert alerts_in(said) == []


def test_what_cannot_be_read_is_counted_and_does_not_stop_it(partition):
    topic = SIGHTINGS[Evidence.PRESENCE]
    assert partition.take(topic, b"nonsense", b"\x00\x00\x00\x00\x01nonsense") == []
    assert partition.take(topic, None, b"") == []
    partition.see("GM0363", 1)
    partition.begin()
    partition.write(partition.task.tick(START))
    assert alerts_in(partition.see("GM0344", 5)[0]) == [("raised", "GM0363", "GM0344")]
    assert partition.tallies["sightings.presence"].counts == {"undecodable": 2, "applied": 2}


def test_what_it_fails_at_is_a_dead_letter_with_its_place_and_nothing_else(partition):
    record = Record("sightings.presence", 0, 7, START, b"made-up", b"made up")
    [out] = partition.task.given_up(record, START)
    letter = WIRE.decode(DEAD_LETTERS, out.value)
    assert (letter.fault, letter.role, letter.position) == (Fault.FAILED, "relocation", record.position)
    assert b"made" not in out.key + out.value


def test_an_alert_that_is_damaged_after_its_head_is_as_if_it_had_not_been_said(partition):
    partition.see("GM0363", 1)
    partition.see("GM0344", 5)
    said = partition.logs["alerts"][-1]
    partition.logs["alerts"][-1] = said._replace(value=said.value[:-40])
    partition.begin()
    partition.write(partition.task.tick(START))
    assert alerts_in(partition.write(partition.task.caught_up(START))) == []
    assert alerts_in(partition.see("GM0599", 9)[0])[-1] == ("raised", "GM0344", "GM0599")


def test_its_own_alerts_are_heard_by_their_headers_and_those_of_another_whole(partition):
    partition.see("GM0363", 1)
    partition.see("GM0344", 5)
    own = partition.logs["alerts"][-1]
    unread = own._replace(value=b"not looked at")
    assert partition.write(partition.task.overheard(unread, START)) == []
    theirs = own._replace(read_headers=lambda: [("relocation_epoch", b"another")])
    [(topic, repeated)] = partition.write(partition.task.overheard(theirs, START))
    assert (topic, repeated.revision) == ("alerts", 1)
