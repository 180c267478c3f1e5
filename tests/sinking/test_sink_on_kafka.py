"""``relocation sink`` against a real broker and the engine: outages of any kind, kills at any time, nothing lost."""

import signal
import time
from typing import Any

import httpx
import pytest
from history_stories import (
    JANE,
    MemoryLog,
    a_history,
    a_receipt,
    a_report,
    a_sighting,
    a_state,
    an_alert,
    event_id,
    everything,
    key_of,
)
from made_up_cluster import (
    Cluster,
    Engine,
    SinkProcess,
    engine_in,
    environment,
    free_port,
    now_ms,
    of_receipt,
    sinking,
    until,
)

from schemas.actions import AlertAction, SubjectAction
from schemas.dead_letters import DeadLetter, Fault
from schemas.decisions import SubjectState
from schemas.following import Destroyed
from schemas.keys import sighting_key
from schemas.positions import LogPosition
from schemas.reports import EventType
from schemas.sightings import Evidence, SubjectSighting
from sinks.connecting import server_store
from sinks.feeder import Feeder
from sinks.rows import TABLES
from sinks.store import Store
from streams.topics import (
    ALERT_ACTIONS,
    ALERT_STATES,
    ALERTS,
    DEAD_LETTERS,
    DESTROYED,
    EVENTS,
    RECEIPTS,
    SIGHTINGS,
    SUBJECT_ACTIONS,
    SUBJECT_STATES,
)

ME = "made-up coordinator"


def a_told_sighting(number: int, **more: Any) -> SubjectSighting:
    return SubjectSighting(JANE, "person", a_sighting(number, at=number), version=number, **more)


def put_sighting(cluster: Cluster, told: SubjectSighting) -> None:
    topic = SIGHTINGS[Evidence(told.sighting.evidence)]
    cluster.put(topic, sighting_key(told), told, by=told.subject)


def fill(cluster: Cluster, numbers: range) -> None:
    """One of each kind a number, and what is dropped for a reason."""
    for number in numbers:
        report = a_report(number)
        cluster.put(EVENTS[EventType.CONTROL], report.event_id, report)
        put_sighting(cluster, a_told_sighting(number))
        put_sighting(cluster, a_told_sighting(number, is_document=True)._replace(subject="3c" * 16))
        receipt = a_receipt(number)
        cluster.put(RECEIPTS, of_receipt(receipt), receipt, cause=f"{cluster.prefix}reports.control/0/{number}")
        alert, state = an_alert(number), a_state(number)
        cluster.put(ALERTS, alert.alert_id, alert, by=JANE)
        action = AlertAction(event_id(9000 + number), alert.alert_id, "take", 0, ME, now_ms())
        cluster.put(ALERT_ACTIONS, alert.alert_id, action, by=JANE)
        cluster.put(ALERT_ACTIONS, alert.alert_id, state, by=JANE)
        cluster.put(
            ALERT_STATES, alert.alert_id, state, by=JANE, more=(("relocation_action", action.action_id.encode()),)
        )
        about = LogPosition("intake.control", 0, number)
        letter = DeadLetter(Fault.REFUSED, "intake", now_ms(), position=about)
        cluster.put(DEAD_LETTERS, f"intake.control/0/{number}", letter)
        follow = SubjectAction(event_id(8000 + number), "follow", "4d" * 16, "made-up", ME, now_ms(), now_ms())
        cluster.put(SUBJECT_ACTIONS, follow.subject, follow)
        cluster.put(SUBJECT_STATES, follow.subject, SubjectState(follow, followed=True))


def counts_of(store: Store) -> dict[str, int]:
    return {table: int(store.query(f"SELECT count() FROM {table} FINAL")[0][0]) for table in TABLES.values()}


def of_each(count: int) -> dict[str, int]:
    return {**dict.fromkeys(TABLES.values(), count), "actions": 2 * count}


@pytest.fixture
def store(engine: Engine) -> Any:
    store = server_store(engine.url)
    yield store
    store.close()


def test_every_topic_comes_into_its_table_with_the_place_of_its_record(
    cluster: Cluster, engine: Engine, store: Store
) -> None:
    fill(cluster, range(1, 4))
    cluster.put(EVENTS[EventType.VEHICLE], "made-up/made-up", None)
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
    assert counts_of(store) == of_each(3)
    rows = store.query("SELECT topic, partition, position FROM events FINAL ORDER BY ALL")
    assert len({row[1:] for row in rows}) == 3
    assert {row[0] for row in rows} == {"events.control"}
    assert store.query("SELECT DISTINCT cause_topic FROM receipts") == [("reports.control",)]
    assert store.query("SELECT count() FROM alert_states WHERE action_id = ''") == [(0,)]
    dropped: dict[str, int] = {}
    for topic in (SIGHTINGS[Evidence.PRESENCE], ALERT_ACTIONS, EVENTS[EventType.VEHICLE]):
        for partition in range(2):
            tally = cluster.tally("relocation-sink", topic, partition)
            for reason, count in ({} if tally is None else tally.counts).items():
                dropped[reason] = dropped.get(reason, 0) + count
    assert dropped == {"stored": 6, "of_document": 3, "handed_down": 3, "tombstone": 1}


def test_the_engine_killed_and_away_delays_the_history_and_changes_nothing(cluster: Cluster, engine: Engine) -> None:
    with sinking(cluster, engine):
        fill(cluster, range(1, 3))
        until(cluster.is_sunk, "storing")
        engine.kill()
        fill(cluster, range(3, 8))
        time.sleep(1.0)  # it is away for that long
        assert not cluster.is_sunk()
        engine.start()
        until(cluster.is_sunk, "storing")
    engine.kill()
    engine.start()
    store = server_store(engine.url)
    assert counts_of(store) == of_each(7)
    store.close()


def test_a_sink_that_begins_while_the_engine_is_away_waits_for_it(cluster: Cluster, engine: Engine) -> None:
    engine.kill()
    fill(cluster, range(1, 2))
    sink = SinkProcess(environment(cluster, engine), wait_ready=False)
    time.sleep(1.0)  # it is away for that long
    assert sink.process.poll() is None
    engine.start()
    until(cluster.is_sunk, "storing")
    assert sink.stop() == 0


def test_killed_again_and_again_while_it_stores_it_stores_everything_once(
    cluster: Cluster, engine: Engine, store: Store
) -> None:
    for number in range(1, 11, 2):
        sink = SinkProcess(environment(cluster, engine), "--instance", "made-up")
        fill(cluster, range(number, number + 2))
        until(lambda: store.query("SELECT count() FROM system.tables WHERE name = 'events'")[0][0], "a table")
        time.sleep(0.1 * (number % 4))  # somewhere in its work
        sink.process.send_signal(signal.SIGKILL)
        sink.kill()
    with sinking(cluster, engine, "--instance", "made-up"):
        until(cluster.is_sunk, "storing")
    assert counts_of(store) == of_each(10)


def test_two_sinks_share_the_work_and_one_takes_over_from_the_other(
    cluster: Cluster, engine: Engine, store: Store
) -> None:
    with sinking(cluster, engine):
        with sinking(cluster, engine):
            fill(cluster, range(1, 4))
            until(cluster.is_sunk, "storing")
        fill(cluster, range(4, 6))
        until(cluster.is_sunk, "storing")
    assert counts_of(store) == of_each(5)


def test_what_cannot_be_read_becomes_a_dead_letter_of_the_sink(cluster: Cluster, engine: Engine, store: Store) -> None:
    fill(cluster, range(1, 2))
    at = cluster.put(RECEIPTS, "made-up", b"made-up bytes")
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
        until(lambda: store.query("SELECT count() FROM dead_letters WHERE role = 'sink'")[0][0], "the letter")
    told = store.query("SELECT origin, fault FROM dead_letters WHERE role = 'sink'")
    assert told == [(f"receipts/{at[0]}/{at[1]}", "undecodable")]


def test_what_is_destroyed_goes_also_when_it_comes_after_the_order_to(
    cluster: Cluster, engine: Engine, store: Store
) -> None:
    passage = a_sighting(1, type_="vehicle", evidence=Evidence.PASSAGE)
    key = key_of(1, type_="vehicle")
    cluster.put(DESTROYED, "made-up", Destroyed(key, now_ms()))
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
        put_sighting(cluster, SubjectSighting(JANE, "vehicle", passage, version=1))
        until(cluster.is_sunk, "storing")
    assert store.query("SELECT count() FROM sightings") == [(0,)]
    assert store.query("SELECT count() FROM destroyed") == [(1,)]


def test_it_says_what_it_does_in_its_measures(cluster: Cluster, engine: Engine) -> None:
    port = free_port()
    fill(cluster, range(1, 3))
    with sinking(cluster, engine, RELOCATION_METRICS=f"127.0.0.1:{port}"):
        until(cluster.is_sunk, "storing")

        def told() -> str:
            return httpx.get(f"http://127.0.0.1:{port}/metrics").text

        assert 'relocation_sink_records_total{became="stored",stream="alerts"} 2.0' in told()
        assert "relocation_sink_waiting_seconds 0.0" in told()
        engine.kill()
        fill(cluster, range(3, 4))
        until(lambda: "relocation_sink_waiting_seconds 0.0" not in told(), "waiting")
        engine.start()
        until(lambda: "relocation_sink_waiting_seconds 0.0" in told(), "going on")


def test_what_retention_took_before_it_was_stored_is_counted_as_lost(cluster: Cluster, engine: Engine) -> None:
    fill(cluster, range(1, 2))
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
    receipt = a_receipt(1)
    partition = 0
    for _ in range(5):
        cluster.put(RECEIPTS, of_receipt(receipt), receipt, partition=partition)
    end = cluster.end(RECEIPTS, partition)
    cluster.take_away(RECEIPTS, partition, end - 2)
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
    tally = cluster.tally("relocation-sink", RECEIPTS, partition)
    assert tally is not None
    assert tally.counts["lost"] == 3


def test_an_engine_that_an_embedded_log_fed_is_refused(cluster: Cluster, tmp_path: Any) -> None:
    with engine_in(tmp_path / "other") as engine:
        store = server_store(engine.url)
        Feeder(everything(MemoryLog()), a_history(store)).catch_up()
        store.close()
        sink = SinkProcess(environment(cluster, engine), wait_ready=False)
        assert sink._gone() == 2
