"""``relocation reconcile`` and ``history rebuild`` against a real broker and the engine."""

import json
import signal
import subprocess
import sys
from typing import Any

import httpx
import pytest
from history_stories import a_receipt, a_report, event_id
from made_up_cluster import ROOT, Cluster, Engine, environment, free_port, of_receipt, sinking, until
from test_sink_on_kafka import counts_of, fill, of_each

from schemas.reports import EventType
from sinks.connecting import server_store
from sinks.store import Store
from streams.topics import DEAD_LETTERS, EVENTS, INTAKE, RECEIPTS, REPORTS

CONTROL, VEHICLE = EventType.CONTROL, EventType.VEHICLE


@pytest.fixture
def store(engine: Engine) -> Any:
    store = server_store(engine.url)
    yield store
    store.close()


def relocation(cluster: Cluster, engine: Engine, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "relocation.command", *arguments]
    return subprocess.run(
        command, env=environment(cluster, engine), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def reconciled(cluster: Cluster, engine: Engine, *options: str) -> tuple[int, dict[str, Any]]:
    done = relocation(cluster, engine, "reconcile", "--json", *options)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def missing(told: dict[str, Any]) -> list[tuple[str, str, int, list[list[int]]]]:
    return sorted((one["missing"], one["topic"], one["partition"], one["offsets"]) for one in told["findings"])


def live(cluster: Cluster, numbers: range) -> None:
    """Controls that were written to intake, reported, and have their receipts; all groups have passed them."""
    for number in numbers:
        at, offset = cluster.put(INTAKE[CONTROL], str(number), b"made-up")
        report, origin = a_report(number), f"{cluster.prefix}intake.control/{at}/{offset}"
        at, offset = cluster.put(REPORTS[CONTROL], report.event_id, report, origin=origin)
        cause = f"{cluster.prefix}reports.control/{at}/{offset}"
        receipt = a_receipt(number)
        cluster.put(RECEIPTS, of_receipt(receipt), receipt, cause=cause, origin=origin)
        cluster.put(EVENTS[CONTROL], report.event_id, report)
    cluster.put(INTAKE[VEHICLE], "made-up", b"made-up")
    cluster.pass_all("relocation-intake", INTAKE[CONTROL])
    cluster.pass_all("relocation-intake", INTAKE[VEHICLE], no_hit=100)
    cluster.pass_all("relocation-register", REPORTS[CONTROL])


def test_of_a_whole_platform_nothing_is_missing_and_what_is_taken_is_named(
    cluster: Cluster, engine: Engine, store: Store
) -> None:
    live(cluster, range(1, 30))
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
    code, told = reconciled(cluster, engine)
    assert (code, told["missing"]) == (0, 0), told["findings"]
    assert sum(one["stored"] for one in told["partitions"]) == 2 * 29

    [(partition, position)] = store.query("SELECT partition, position FROM events ORDER BY event_id LIMIT 1")
    store.command(f"ALTER TABLE events DELETE WHERE partition = {partition} AND position = {position}")
    at, offset = cluster.put(INTAKE[CONTROL], "made-up", b"it became nothing")
    cluster.pass_all("relocation-intake", INTAKE[CONTROL])
    lost_at, lost = cluster.put(REPORTS[CONTROL], event_id(77), a_report(77))
    cluster.pass_all("relocation-register", REPORTS[CONTROL])
    code, told = reconciled(cluster, engine)
    assert code == 1
    assert missing(told) == [
        ("outcome", "intake.control", at, [[offset, offset]]),
        ("receipt", "reports.control", lost_at, [[lost, lost]]),
        ("row", "events.control", partition, [[position, position]]),
    ]
    in_words = relocation(cluster, engine, "reconcile", "--partitions")
    assert in_words.returncode == 1
    told_so = f"1 of events.control/{partition} not in the history, though the sink has passed them: {position}"
    assert told_so in in_words.stdout


def test_what_is_missing_comes_back_with_a_rebuild(cluster: Cluster, engine: Engine, store: Store) -> None:
    fill(cluster, range(1, 5))
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
        store.command("ALTER TABLE events DELETE WHERE 1")
        store.command("ALTER TABLE alerts DELETE WHERE revision = 1")
        assert reconciled(cluster, engine)[1]["missing"] == 8
        for more in ("--keep",), ():
            done = relocation(cluster, engine, "history", "rebuild", *more)
            assert done.returncode == 0, done.stderr
            assert counts_of(store) == of_each(4)
        assert "the history is whole: 36 records of the topics are in it" in done.stdout
    code, told = reconciled(cluster, engine)
    assert (code, told["missing"]) == (0, 0)


def test_only_what_is_new_is_read_after_a_run_and_losses_are_told_until_accepted(
    cluster: Cluster, engine: Engine
) -> None:
    live(cluster, range(1, 10))
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
    assert reconciled(cluster, engine)[0] == 0
    _, again = reconciled(cluster, engine, "--since-last")
    assert sum(one["to"] - one["from"] for one in again["partitions"]) == 0
    live(cluster, range(10, 13))
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
    code, new = reconciled(cluster, engine, "--since-last")
    assert (code, sum(one["stored"] for one in new["partitions"])) == (0, 2 * 3)
    end = cluster.end(INTAKE[CONTROL], 0)
    for _ in range(4):
        cluster.put(INTAKE[CONTROL], "made-up", b"made-up", partition=0)
    cluster.take_away(INTAKE[CONTROL], 0, end + 3)
    code, lost = reconciled(cluster, engine, "--since-last")
    assert code == 1
    assert [one["told"] for one in lost["findings"]] == [
        f"3 of intake.control/0 were lost before INTAKE read them: {end}-{end + 2}"
    ]


def test_a_broken_dead_letter_is_found_by_what_it_was_about(cluster: Cluster, engine: Engine) -> None:
    at, offset = cluster.put(INTAKE[CONTROL], "made-up", b"made-up")
    cluster.pass_all("relocation-intake", INTAKE[CONTROL])
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
    assert missing(reconciled(cluster, engine)[1]) == [("outcome", "intake.control", at, [[offset, offset]])]
    cluster.put(DEAD_LETTERS, "made-up", None, origin=f"{cluster.prefix}intake.control/{at}/{offset}")
    assert reconciled(cluster, engine)[0] == 0


def test_it_goes_on_and_tells_in_its_measures(cluster: Cluster, engine: Engine, store: Store) -> None:
    fill(cluster, range(1, 4))
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
    port = free_port()
    command = [sys.executable, "-m", "relocation.command", "reconcile", "--every", "1"]
    told_at = environment(cluster, engine, RELOCATION_METRICS=f"127.0.0.1:{port}")
    process = subprocess.Popen(command, env=told_at, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"

        def told() -> str:
            return httpx.get(f"http://127.0.0.1:{port}/metrics").text

        until(lambda: "relocation_reconcile_seconds 0.0" not in told(), "a run")
        assert "relocation_reconcile_missing{" not in told()
        cluster.put(INTAKE[CONTROL], "made-up", b"made-up")
        cluster.pass_all("relocation-intake", INTAKE[CONTROL])
        until(
            lambda: 'relocation_reconcile_missing{missing="outcome",topic="intake.control"} 1.0' in told(), "a finding"
        )
        engine.kill()
        until(lambda: "relocation_reconcile_failing 1.0" in told(), "failing")
        engine.start()
        until(lambda: "relocation_reconcile_failing 0.0" in told(), "going on")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_questions_go_to_the_server(cluster: Cluster, engine: Engine) -> None:
    fill(cluster, range(1, 3))
    with sinking(cluster, engine):
        until(cluster.is_sunk, "storing")
        until(lambda: "1970" not in relocation(cluster, engine, "history", "status", "--json").stdout, "completeness")
    alerts = json.loads(relocation(cluster, engine, "history", "alerts", "--json").stdout)
    assert {item["handling"] for item in alerts["items"]} == {"taken"}
    status = json.loads(relocation(cluster, engine, "history", "status", "--json").stdout)
    assert "events.control/0" in status["streams"]
    assert status["complete_until"] > "2026"
