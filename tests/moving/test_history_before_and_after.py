"""The history of a folder, and that of the Kafka it was moved to: the same answers, now and as of any time."""

import uuid

import pytest
from made_up_cluster import SinkProcess, engine_in
from made_up_events import KEY
from made_up_topics import until
from moved import an_environment, ends_of, exported, fill, make_topics, relocation

from relocation.clock import now_ms
from relocation.historian import open_historian
from relocation.settings import load_settings
from relocation.sinking.stored import STREAMS
from schemas.times import parse_time
from schemas.views import AlertQuery, Viewer
from sinks.connecting import server_store
from sinks.queries import Queries
from streams.kafka.clients import Brokers

VIEWER = Viewer()


def is_sunk(kafka, prefix):
    """Whether the sink has come to the end of all that it stores."""
    stored = {topic.name for topic, _ in STREAMS}
    ends = {(prefix + topic, number): end for (topic, number), end in ends_of(kafka, prefix).items() if topic in stored}
    told = Brokers(kafka).committed(f"{prefix}relocation-sink", ends)
    return all(end == 0 or (log in told and told[log].offset == end) for log, end in ends.items())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A filled folder."""
    return fill(tmp_path_factory.mktemp("history") / "data", events=150)


@pytest.fixture(scope="module")
def before(folder):
    """Questions to the history that is embedded in the folder."""
    settings = load_settings(data=folder, token_key=KEY)
    told = open_historian(settings, folder / "log.sqlite", folder / "history", now=now_ms, complete_until=now_ms)
    told.catch_up()
    yield told
    told.close()


@pytest.fixture(scope="module")
def after(kafka_broker, folder, tmp_path_factory):
    """Questions to the history that a sink made of what was moved."""
    bootstrap, prefix = kafka_broker.bootstrap, f"made-up-{uuid.uuid4().hex[:8]}."
    make_topics(bootstrap, prefix)
    done = relocation(bootstrap, prefix, "migrate", "--data", folder)
    assert done.returncode == 0, done.stderr
    with engine_in(tmp_path_factory.mktemp("engine")) as engine:
        sink = SinkProcess(an_environment(bootstrap, prefix) | {"RELOCATION_CLICKHOUSE": engine.url})
        try:
            until(lambda: is_sunk(bootstrap, prefix), "storing everything")
        finally:
            assert sink.stop() == 0
        yield Queries(server_store(engine.url), now=now_ms, complete_until=now_ms)


def moments(folder, count):
    """Times at which something became known, from the first to the last, and now."""
    known = sorted({alert["known_at"] for alert in exported("", "", folder, "alerts")})
    told = [*known[:: max(1, len(known) // count)], known[-1]]
    return [*map(parse_time, told), None]


def test_alerts_stood_as_they_stood(folder, before, after):
    query = AlertQuery(limit=1_000)
    for moment in moments(folder, 10):
        expected = before.alerts(query, VIEWER, moment)["items"]
        assert expected
        assert after.alerts(query, VIEWER, moment)["items"] == expected


def test_subjects_were_seen_where_they_were_seen(folder, before, after):
    subjects = sorted({alert["subject"] for alert in exported("", "", folder, "alerts")})
    for subject in subjects[:: len(subjects) // 5]:
        for moment in moments(folder, 3):
            expected = before.subject(subject, VIEWER, moment)["sightings"]
            assert after.subject(subject, VIEWER, moment)["sightings"] == expected


def test_months_count_the_same(before, after):
    assert after.stats(VIEWER)["items"] == before.stats(VIEWER)["items"]
