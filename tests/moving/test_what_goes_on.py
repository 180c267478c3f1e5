"""What the roles make of a moved log: the same windows and active alerts as before, and nothing new to say."""

import sqlite3
import uuid
from contextlib import closing

import pytest
from moved import PARTITIONS, TOPIC, fill, make_topics, messages_in, records_in, records_of, relocation

from processors.archive import KeeperReader
from processors.keeper import Keeper
from relocation.clock import now_ms
from relocation.parts import gazetteer, rules_of
from relocation.settings import load_settings
from streams.kafka.clients import Brokers
from streams.kafka.tally import Tally
from streams.kafka.wire import Wire
from streams.partitions import partition_of


@pytest.fixture(scope="module", params=[1, 2, 3], ids="made up {}".format)
def before(request, tmp_path_factory):
    """A filled folder."""
    return fill(tmp_path_factory.mktemp("going-on") / "data", events=300, seed=request.param)


def rows_of(folder, question):
    with closing(sqlite3.connect(f"file:{folder / 'log.sqlite'}?mode=ro", uri=True)) as log:
        return log.execute(question).fetchall()


def a_reader():
    sighting, alert = Wire().decoder(TOPIC["sightings.presence"]), Wire().decoder(TOPIC["alerts"])

    def head(body):
        told = alert(body)
        return told.subject, told.alert_id, told.revision

    return KeeperReader(sighting=sighting, alert=alert, alert_head=head)


def restored(records):
    """A keeper a partition, that folded all that was moved."""
    settings = load_settings()
    keepers = [Keeper(rules_of(settings), gazetteer(), a_reader()) for _ in range(PARTITIONS)]
    for topic in ("sightings.presence", "sightings.offer", "sightings.passage"):
        for record in records.get(topic, ()):
            keepers[record.partition].restore(record.key.decode(), record.value, record.timestamp_ms)
    for record in records["alerts"]:
        settled = record.headers.get("relocation_settled") == b"1"
        keepers[record.partition].restore_alert(record.value, settled=settled, is_later=True)
    for state in messages_in(records, "subject-states"):
        keepers[partition_of(state.action.subject, PARTITIONS)].restore_state(state, -1)
    for followed in messages_in(records, "followed"):
        keepers[partition_of(followed.token, PARTITIONS)].restore_followed(followed)
    return keepers


def begun(records):
    """The keepers, and what they have to say when they begin and compare what was said with what follows."""
    found, now = restored(records), now_ms()
    return found, [step for one in found for step in (one.tick(now), one.followed_now(now), one.review(now))]


@pytest.fixture(scope="module")
def keepers(before):
    """Keepers that began with what was moved."""
    return begun(records_of(before))


def test_nothing_is_said_anew(keepers):
    _, steps = keepers
    assert [told for step in steps for told in step.alerts] == []
    assert [told for step in steps for told in (*step.sightings, *step.destroyed, *step.tombstones)] == []


def test_whom_to_follow_was_told_as_it_is(keepers):
    _, steps = keepers
    assert [told for step in steps for told in step.followed] == []


def test_every_alert_is_active_or_settled_as_before(before, keepers):
    found, _ = keepers
    heads = rows_of(before, "SELECT alert_id, subject, active FROM alert_heads WHERE status <> 'withdrawn'")
    assert heads
    for alert_id, subject, active in heads:
        assert found[partition_of(subject, PARTITIONS)].is_active(alert_id, subject) == bool(active)


def test_every_subject_has_the_sightings_it_had(before, keepers):
    found, _ = keepers
    had = {}
    changes = rows_of(
        before, "SELECT given, subject, event_id, source, type, place, occurred_at FROM sightings ORDER BY position"
    )
    for given, subject, *sighting in changes:
        held = had.setdefault(subject, set())
        (held.add if given else held.discard)(tuple(sighting))
    for subject, expected in had.items():
        has = found[partition_of(subject, PARTITIONS)].sightings_of(subject)
        assert {(one.event_id, one.source, one.type, one.place, one.occurred_at) for one in has} == expected


def test_without_the_evidence_they_would_have_spoken(before):
    records = records_of(before)
    records["sightings.presence"] = []
    assert [told for step in begun(records)[1] for told in step.alerts]


def test_the_roles_begin_behind_what_was_moved(kafka_broker, tmp_path):
    prefix = f"made-up-{uuid.uuid4().hex[:8]}."
    make_topics(kafka_broker.bootstrap, prefix)
    done = relocation(kafka_broker.bootstrap, prefix, "migrate", "--data", fill(tmp_path / "data", events=60))
    assert done.returncode == 0, done.stderr
    records = records_in(kafka_broker.bootstrap, prefix)
    brokers = Brokers(kafka_broker.bootstrap)
    ends = {}
    for topic, told in records.items():
        for record in told:
            ends[prefix + topic, record.partition] = record.offset + 1
    for role, topic in [("register", "reports.control"), ("relocation", "sightings.presence"), ("desk", "alerts")]:
        logs = [(prefix + topic, number) for number in range(PARTITIONS)]
        for log, committed in brokers.committed(f"{prefix}relocation-{role}", logs).items():
            assert committed.offset == ends.get(log, 0)
            tally = Tally.read(committed.noted, committed.offset)
            assert (tally.first, tally.end) == (0, committed.offset)
            if role == "relocation":
                alerts = prefix + "alerts"
                assert tally.more == {"marks": {alerts: [ends.get((alerts, log[1]), 0), {}]}}
