"""What is moved is what the roles themselves would have written, and they begin with it without a word."""

from collections import Counter

import pytest
from moved import KEY, PARTITIONS, fill, messages_in, records_of

from processors.marks import Marks
from relocation.clock import now_ms
from relocation.parts import gazetteer, policy_of, rules_of
from relocation.settings import load_settings
from streams.kafka.desk_task import DeskParts, DeskRole
from streams.kafka.register_task import RegisterParts, RegisterRole
from streams.kafka.relocation_task import MARKS, RelocationParts, RelocationRole
from streams.kafka.tally import Tally
from streams.kafka.wire import Wire

FORGETS_NOTHING = 0


@pytest.fixture(scope="module", params=[4, 5], ids="made up {}".format)
def records(request, tmp_path_factory):
    """The records that a filled folder becomes, by topic."""
    return records_of(fill(tmp_path_factory.mktemp("roles") / "data", events=250, seed=request.param))


def the_role(name):
    settings = load_settings(token_key=KEY)
    wire = Wire()
    if name == "register":
        return RegisterRole(RegisterParts(policy_of(settings).term_ms, FORGETS_NOTHING, wire, PARTITIONS))
    if name == "relocation":
        return RelocationRole(RelocationParts(rules_of(settings), gazetteer(), FORGETS_NOTHING, wire, PARTITIONS))
    return DeskRole(DeskParts(wire, PARTITIONS))


def of_number(records, topics, number):
    return [record for topic in topics for record in records.get(topic, ()) if record.partition == number]


def written_by(role, records, *inputs):
    """What the role would have written of the inputs."""
    for number in range(PARTITIONS):
        task = role.task(number, {topic: Tally(0) for topic in role.reading.inputs}, {})
        yield from task.process(of_number(records, inputs, number), now_ms())


def as_it_lies(told, headers):
    return told.topic, told.partition, told.key, told.value, told.timestamp_ms, tuple(sorted(headers.items()))


def of_outs(outs, *topics):
    return Counter(as_it_lies(out, dict(out.headers)) for out in outs if out.topic.startswith(topics))


def of_records(records):
    return Counter(as_it_lies(record, record.headers) for record in records)


def sightings(records, *, passed_on):
    """The records of sightings that documents passed on, or those of the register."""
    for topic in ("sightings.presence", "sightings.offer", "sightings.passage"):
        told = zip(records.get(topic, ()), messages_in(records, topic), strict=True)
        yield from (record for record, message in told if (message.via is not None) == passed_on)


def test_register_would_have_written_the_same(records):
    role = the_role("register")
    outs = list(written_by(role, records, *(topic for topic in records if topic.startswith("reports."))))
    events = [record for topic in records if topic.startswith("events.") for record in records[topic]]
    assert of_outs(outs, "events.") == of_records(events)
    assert of_outs(outs, "sightings.") == of_records(sightings(records, passed_on=False))


def test_keepers_of_documents_would_have_passed_on_the_same(records):
    outs = list(written_by(the_role("relocation"), records, "sightings.presence"))
    passed_on = of_records(sightings(records, passed_on=True))
    assert passed_on
    assert of_outs(outs, "sightings.") == passed_on


@pytest.mark.parametrize("name", ["register", "relocation", "desk"])
def test_a_role_begins_without_a_word(records, name):
    role, now = the_role(name), now_ms()
    for number in range(PARTITIONS):
        ends = {topic: len(of_number(records, [topic], number)) for topic in ("alerts", "subject-states")}
        marks = {topic: Marks("", end).as_json() for topic, end in ends.items()}
        task = role.task(number, {topic: Tally(0) for topic in role.reading.inputs}, {MARKS: marks})
        for record in of_number(records, (*sorted(role.reading.folded), *role.reading.to_end), number):
            task.restore(record)
        said = [*task.restored(now), *task.caught_up(now), *task.tick(now)]
        assert {out.topic for out in said} <= {"action-answers"}, "but for answers nobody waits for any more"
