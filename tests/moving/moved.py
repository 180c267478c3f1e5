"""A made-up folder that is moved to a Kafka of its own name, and what lies there then."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import replace
from functools import partial

from made_up_events import KEY, a_control, a_history, a_passage, a_withdrawal, line_of
from platforms import a_platform

from relocation.clock import now_ms
from relocation.migrate import heart_of
from relocation.settings import load_settings
from schemas.actions import AlertAction, SubjectAction
from schemas.times import DAY_MS
from schemas.views import AlertQuery, Viewer
from streams.embedded.reading import LogReader
from streams.kafka.clients import Brokers
from streams.kafka.reader import Reader
from streams.kafka.records import Record
from streams.kafka.wire import Wire
from streams.moving.contents import Contents
from streams.moving.documents import Documents
from streams.moving.packing import Packing
from streams.moving.registers import Registers
from streams.topics import TOPICS

ME = Viewer("made-up", "made-up")
PARTITIONS = 3
TOPIC = {topic.name: topic for topic in TOPICS}


def fill(data, *, events=200, seed=7):
    """A folder with some of everything: corrections, borrowed documents, passages, handling, follows, strikes."""
    with a_platform(data) as platform:
        platform.publish([*a_history(seed, events), *documents(), b"no event", *refused()])
        views = platform.alerts(AlertQuery(limit=50), ME).items
        for number, view in enumerate([view for view in views if view.state.handling == "new"][:20]):
            act_on(platform, view, number)
        person = next(view.alert for view in views if view.alert.subject_kind == "person")
        struck = person.based_on[0].event
        ask(platform, "strike", person.subject, event=struck)
        driven = a_control(who="P-OTHER-DRIVER", day=1, plate="88-ZZZ-8")
        vehicle = token_of(platform, driven)
        until = platform_now(platform) + 30 * DAY_MS
        ask(platform, "follow", vehicle, until=until)
        platform.publish([line_of(a_withdrawal(driven)), line_of(a_passage(plate="88-ZZZ-8", day=5))])
        ask(platform, "unfollow", vehicle)
    return data


def documents():
    """A woman known by her document first, then with a number, then with another: it belongs to nobody."""
    document = {"country": "RO", "number": "VERZ12345"}

    def met(day, place, **named):
        return line_of(a_control(day=day, place=place, persons=[{"identifiers": {"document": document, **named}}]))

    yield met(3, "GM0363")
    yield met(9, "GM0344", bvh_person="P-VERZONNEN")
    yield met(15, "GM0599")
    yield met(21, "GM0518", bvh_person="P-ANDERS")


def refused():
    """What the legal gate refuses, and takes back what was there."""
    event = a_control(day=4)
    yield line_of(event)
    yield line_of(event | {"revision": 1, "conducted_by": "municipality", "licensed": True})


def act_on(platform, view, number):
    action = AlertAction(str(uuid.uuid4()), view.alert.alert_id, "take", view.state.version, "made-up", 0, unit="noord")
    state = platform.act_on_alert(action, ME)
    if number % 2:
        more = replace(
            action, action_id=str(uuid.uuid4()), action="comment", expected=state.version, comment="verzonnen"
        )
        platform.act_on_alert(more, ME)
    if number % 3 == 0:
        more = replace(action, action_id=str(uuid.uuid4()), action="close", expected=state.version, outcome="not_found")
        if number % 2 == 0:
            platform.act_on_alert(more, ME)


def ask(platform, action, subject, **more):
    return platform.act_on_subject(
        SubjectAction(str(uuid.uuid4()), action, subject, "verzonnen reden", "made-up", platform_now(platform), **more),
        ME,
    )


def token_of(platform, event):
    """The token of the car of an event, which is published for it."""
    platform.publish([line_of(event)])
    looked_up = platform.lookup({"vehicle": event["vehicles"][0]}, "verzonnen", ME)
    return looked_up.subject


def platform_now(platform):
    return platform.complete_until()


def relocation(kafka, prefix, *words, **more):
    """Run the command to its end."""
    environment = an_environment(kafka, prefix) | more
    command = [sys.executable, "-m", "relocation", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def an_environment(kafka, prefix):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
    named = {"RELOCATION_KAFKA": kafka, "RELOCATION_KAFKA_PREFIX": prefix} if kafka else {}
    return kept | named | {"RELOCATION_TOKEN_KEY": KEY}


def make_topics(kafka, prefix):
    made = relocation(kafka, prefix, "topics", "create", "--partitions", PARTITIONS, "--replication", 1)
    assert made.returncode == 0, made.stderr


def ends_of(kafka, prefix):
    """Where each log ends, by topic without prefix and number."""
    logs = [(prefix + topic.name, number) for topic in TOPICS for number in range(topic.partitions(PARTITIONS))]
    return {(topic.removeprefix(prefix), number): end for (topic, number), end in Brokers(kafka).ends(logs).items()}


def records_in(kafka, prefix, *topics):
    """Every record of these topics, or of all, in the order of its log, by topic without prefix."""
    ends = {log: end for log, end in ends_of(kafka, prefix).items() if end and (not topics or log[0] in topics)}
    reader, found = Reader(kafka), defaultdict(list)
    try:
        reader.add({(prefix + topic, number): 0 for topic, number in ends})
        left, deadline = sum(ends.values()), time.monotonic() + 60
        while left > 0:
            records = reader.take(1.0)
            assert time.monotonic() < deadline, f"{left} records did not come"
            left -= len(records)
            for record in records:
                found[record.topic.removeprefix(prefix)].append(record)
    finally:
        reader.close()
    return {topic: sorted(records, key=lambda one: (one.partition, one.offset)) for topic, records in found.items()}


def records_of(data):
    """The records that a folder becomes, without a Kafka: as ``records_in`` gives those that lie there."""
    settings = load_settings(token_key=KEY)
    packing = Packing(Wire(), partitions=PARTITIONS)
    heart = heart_of(settings)
    documents = Documents(packing, [heart.make_keeper() for _ in range(PARTITIONS)])
    registers = Registers(packing, documents, heart.term_of)
    ends, found = Counter(), defaultdict(list)
    with closing(LogReader(data / "log.sqlite")) as reader:
        for part in Contents(reader, packing, registers, now_ms()).parts():
            for out in (out for outs in part.messages for out in outs):
                offset, log = ends[out.topic, out.partition], (out.topic, out.partition)
                ends[log] += 1
                record = Record(*log, offset, out.timestamp_ms, out.key, out.value, partial(list, out.headers))
                found[out.topic].append(record)
    return found


def messages_in(records, topic):
    """The messages of a topic, by what is read back from its records."""
    decode = Wire().decoder(TOPIC[topic])
    return [decode(record.value) for record in records.get(topic, ())]


def exported(kafka, prefix, data, what):
    """What `relocation export` of the folder says."""
    done = relocation(kafka, prefix, "export", what, "-", "--data", data)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
