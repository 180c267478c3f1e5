"""The task of DESK between its topics: what it reads, says and answers, and what it knows again after a restart."""

import json
from uuid import NAMESPACE_URL, uuid5

import pytest

from schemas.actions import AlertAction, AlertState, Handling, SubjectAction
from schemas.alerts import Alert, AlertStatus, Finding, WithdrawnReason
from schemas.dead_letters import Fault
from schemas.decisions import ActionAnswer, Decided
from schemas.times import DAY_MS, HOUR_MS, parse_time
from streams.kafka.desk_task import EARLY_AGAIN_S, EARLY_MS, DeskParts, DeskRole
from streams.kafka.headers import SUCCESSOR
from streams.kafka.records import Record
from streams.kafka.tally import Tally
from streams.kafka.task import Halt
from streams.kafka.wire import Wire
from streams.topics import ACTION_ANSWERS, ALERT_ACTIONS, ALERT_STATES, ALERTS, DEAD_LETTERS, SUBJECT_ACTIONS

START = parse_time("2026-03-01T12:00:00Z")
WIRE = Wire()
TOPICS = {topic.name: topic for topic in (ALERTS, ALERT_ACTIONS, ALERT_STATES, ACTION_ANSWERS)}


def an_id(name):
    return str(uuid5(NAMESPACE_URL, name))


def an_alert(name="one", revision=1, **more):
    found = Finding("GM0363", "GM0344", START, START + DAY_MS, an_id("event"), 0, "first", "confirmed",
                    implausible=False,
                    repeat=False, attention="tell", cross_region=True, cross_border=False)  # fmt: skip
    told = {"status": AlertStatus.RAISED, **more}
    return Alert(an_id(name), revision, told.pop("status"), "person", uuid5(NAMESPACE_URL, name).hex, found, "made-up",
                 "control", START + DAY_MS, historical=False, **told)  # fmt: skip


def a_request(action="take", name="one", expected=1, request="request 1", **more):
    return AlertAction(an_id(request), an_id(name), action, expected, "made-up", START, **more)


class Partition:
    """One partition number's topics, and the desks that come and go over them."""

    def __init__(self):
        self.logs = {topic: [] for topic in TOPICS}
        self.role = DeskRole(DeskParts(WIRE, partitions=1))
        self.tallies = {topic: Tally(0) for topic in self.role.reading.inputs}
        self.begin()

    def begin(self):
        self.task = self.role.task(0, self.tallies, {})
        self.heard = {}
        for topic in (*self.role.reading.inputs, *self.role.reading.to_end):
            until = self.tallies[topic].end if topic in self.tallies else len(self.logs[topic])
            self.heard[topic] = until
            for record in self.logs[topic][:until]:
                self.task.restore(record)
        return self.write(self.task.restored(START))

    def write(self, outs):
        said = []
        for out in outs:
            if out.topic in self.logs:
                self.append(out.topic, out.key, out.value, out.headers)
            said.append(WIRE.decode(TOPICS.get(out.topic, SUBJECT_ACTIONS), out.value))
        return said

    def append(self, topic, key, value, headers=()):
        log = self.logs[topic]
        log.append(Record(topic, 0, len(log), START, key, value, lambda: list(headers)))

    def take(self, topic, message, headers=()):
        """A new record of an input, and all that follows until nothing more does."""
        self.append(topic.name, message.alert_id.encode(), WIRE.encode(topic, message), headers)
        return self.go_on()

    def go_on(self):
        said = []
        while any(len(self.logs[topic]) > at for topic, at in self.heard.items()):
            for topic, at in list(self.heard.items()):
                for record in self.logs[topic][at:]:
                    self.heard[topic] += 1
                    if topic in self.tallies:
                        said += self.write(self.task.process([record], START + DAY_MS))
                    else:
                        said += self.write(self.task.overheard(record, START + DAY_MS))
        return said


@pytest.fixture
def partition():
    return Partition()


def strikes(said):
    return [message for message in said if isinstance(message, SubjectAction)]


def told(said):
    return [(message.version, message.handling, message.owner) if isinstance(message, AlertState) else message.decided
            for message in said]  # fmt: skip


def test_an_alert_is_new_and_a_request_is_done_and_answered_after_its_state(partition):
    assert told(partition.take(ALERTS, an_alert())) == [(1, Handling.NEW, None)]
    said = partition.take(ALERT_ACTIONS, a_request())
    assert told(said) == [(2, Handling.TAKEN, "made-up"), Decided.DONE]
    assert [topic.counts for topic in partition.tallies.values()] == [{"applied": 1}, {"applied": 1}]


def test_the_second_of_two_is_told_and_nothing_changes(partition):
    partition.take(ALERTS, an_alert())
    partition.take(ALERT_ACTIONS, a_request())
    second = a_request(request="request 2")
    (answer,) = partition.take(ALERT_ACTIONS, second)
    assert (answer.decided, answer.state.version) == (Decided.CONFLICT, 2)


def test_a_request_sent_again_is_answered_the_same_also_after_a_restart(partition):
    partition.take(ALERTS, an_alert())
    first = partition.take(ALERT_ACTIONS, a_request())[-1]
    for _ in range(2):
        (again,) = partition.take(ALERT_ACTIONS, a_request())
        assert (again.decided, again.state) == (first.decided, first.state)
        assert partition.begin() == []


def test_a_request_read_before_its_alert_waits_for_it_and_so_do_those_behind_it(partition):
    for request in (a_request(), a_request(request="request 2")):
        partition.append(ALERT_ACTIONS.name, b"made-up", WIRE.encode(ALERT_ACTIONS, request))
    early = partition.logs[ALERT_ACTIONS.name]
    assert list(partition.task.process(early, START + 100)) == []
    assert partition.task.halted() == {ALERT_ACTIONS.name: Halt(0, EARLY_AGAIN_S)}
    assert partition.tallies[ALERT_ACTIONS.name].end == 0
    said = partition.take(ALERTS, an_alert())
    assert told(said)[:2] == [(1, Handling.NEW, None), (2, Handling.TAKEN, "made-up")]
    assert set(told(said)[2:]) == {Decided.DONE, Decided.CONFLICT}
    assert partition.task.halted() == {}


def test_a_request_for_an_alert_that_never_comes_is_refused_when_it_waited_for_long_enough(partition):
    (answer,) = partition.take(ALERT_ACTIONS, a_request())
    assert (answer.decided, answer.problems[0].field) == (Decided.REFUSED, "alert_id")
    assert partition.task.halted() == {}


def test_a_clock_that_runs_ahead_has_nobody_wait_for_longer(partition):
    partition.append(ALERT_ACTIONS.name, b"made-up", WIRE.encode(ALERT_ACTIONS, a_request()))
    requests, hour_before = partition.logs[ALERT_ACTIONS.name], START - HOUR_MS
    assert list(partition.task.process(requests, hour_before)) == []
    assert list(partition.task.process(requests, hour_before + EARLY_MS - 1)) == []
    (answer,) = partition.write(partition.task.process(requests, hour_before + EARLY_MS))
    assert answer.decided is Decided.REFUSED


def test_a_batch_done_again_has_its_effect_once(partition):
    partition.take(ALERTS, an_alert())
    committed = {topic: json.loads(tally.noted())["n"] for topic, tally in partition.tallies.items()}
    partition.take(ALERT_ACTIONS, a_request())
    partition.tallies = {topic: Tally(0, dict(counts)) for topic, counts in committed.items()}
    assert partition.begin() == []
    assert told(partition.go_on()) == [Decided.DONE]


def test_what_a_desk_did_and_did_not_come_to_answer_the_next_one_answers(partition):
    partition.take(ALERTS, an_alert())
    action = a_request()
    partition.append(ALERT_ACTIONS.name, action.alert_id.encode(), WIRE.encode(ALERT_ACTIONS, action))
    partition.write(partition.task.process(partition.logs[ALERT_ACTIONS.name], START))
    assert partition.logs[ACTION_ANSWERS.name] == []
    assert told(partition.begin()) == [Decided.DONE]
    assert partition.begin() == []


def test_a_withdrawn_alert_hands_its_owner_down_to_one_of_another_subject(partition):
    partition.take(ALERTS, an_alert())
    partition.take(ALERTS, an_alert("heir"))
    partition.take(ALERT_ACTIONS, a_request())
    heir = an_alert("heir")
    gone = an_alert(
        revision=2, status=AlertStatus.WITHDRAWN, reason=WithdrawnReason.IDENTITY, superseded_by=heir.alert_id
    )
    said = partition.take(ALERTS, gone, [(SUCCESSOR, heir.subject.encode())])
    assert (2, Handling.NEW, "made-up") in told(state for state in said if state.alert_id == heir.alert_id)
    partition.begin()
    assert partition.go_on() == []


def test_a_snooze_ends(partition):
    partition.take(ALERTS, an_alert())
    partition.take(ALERT_ACTIONS, a_request("snooze", until=START + DAY_MS + HOUR_MS))
    assert partition.write(partition.task.tick(START + DAY_MS)) == []
    (state,) = partition.write(partition.task.tick(START + DAY_MS + HOUR_MS))
    assert state.handling is Handling.NEW


def test_what_cannot_be_read_is_counted_and_refuses_nobody_else(partition):
    partition.append(ALERT_ACTIONS.name, b"nonsense", b"\x00\x00\x00\x00\x01nonsense")
    partition.append(ALERT_ACTIONS.name, None, None)
    assert partition.go_on() == []
    assert told(partition.take(ALERTS, an_alert())) == [(1, Handling.NEW, None)]
    assert partition.tallies[ALERT_ACTIONS.name].counts == {"undecodable": 1, "tombstone": 1}


def test_what_it_fails_at_is_a_dead_letter_with_its_place_and_nothing_else(partition):
    record = Record("alert-actions", 0, 7, START, b"made-up", b"made up")
    [out] = partition.task.given_up(record, START)
    letter = WIRE.decode(DEAD_LETTERS, out.value)
    assert (letter.fault, letter.role, letter.position) == (Fault.FAILED, "desk", record.position)
    assert b"made" not in out.key + out.value


def test_of_a_wrong_subject_the_sighting_is_struck_once_that_is_in_the_log(partition):
    alert = an_alert()
    partition.take(ALERTS, alert)
    said = partition.take(ALERT_ACTIONS, a_request("close", outcome="wrong_subject"))
    (strike,) = strikes(said)
    state, answer = (one for one in said if one is not strike)
    assert (state.outcome, answer.decided) == ("wrong_subject", Decided.DONE)
    assert (strike.action, strike.subject, strike.event.event_id) == ("strike", alert.subject, an_id("event"))
    assert strikes(partition.begin()) == [strike], "nobody answered it yet"
    answered = ActionAnswer(strike.action_id, Decided.DONE, START, followed=False)
    partition.append(ACTION_ANSWERS.name, b"made-up", WIRE.encode(ACTION_ANSWERS, answered))
    assert partition.begin() == []
