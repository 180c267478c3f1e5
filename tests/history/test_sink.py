"""The sink over the client's real HTTP transport: whatever is away or lost, all comes in, once, and nothing before."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from clickhouse_over_http import BUSY, LOST, REFUSED, Outages, served
from history_stories import (
    JANE,
    JOAN,
    NOW,
    VIEWER,
    a_dead_letter,
    a_history,
    a_receipt,
    a_report,
    a_sighting,
    a_state,
    an_alert,
    day,
    given,
    places_of,
    questions,
)
from shares import MemoryShare

from schemas.dead_letters import DeadLetter, Fault
from sinks.connecting import server_store
from sinks.messages import Stream
from sinks.rows import TABLES
from sinks.shared_log import SharedLog
from sinks.sink import Sink, SinkPace
from sinks.store import ClientStore

QUICK = SinkPace(rows=4, age_s=0.01, backoff_s=0.01, backoff_max_s=0.02)
SECONDS = 30


@pytest.fixture
def outages() -> Outages:
    return Outages()


@pytest.fixture
def server(store: ClientStore, engine_folder: Path, outages: Outages) -> Iterator[ClientStore]:
    del store
    with served(engine_folder / "chdb", outages=outages) as url:
        over_http = server_store(url)
        yield over_http
        over_http.close()


def a_full_share() -> MemoryShare:
    share = MemoryShare()
    for number, subject in enumerate((JANE, JOAN), start=1):
        share.put(Stream.REPORTS, a_report(number), topic="events.control", partition=number)
        share.put(Stream.SIGHTINGS, given(a_sighting(number), subject=subject), topic="sightings.presence")
        share.drop(Stream.SIGHTINGS, "of_document", topic="sightings.presence")
        share.put(Stream.ALERTS, an_alert(number, subject=subject), topic="alerts")
        share.put(Stream.ALERT_STATES, a_state(number), topic="alert-states")
        share.put(Stream.RECEIPTS, a_receipt(number), topic="receipts")
    share.put(Stream.DEAD_LETTERS, a_dead_letter(), topic="dead-letters")
    return share


EVERYTHING = {
    "events": 2,
    "sightings": 2,
    "alerts": 2,
    "alert_states": 2,
    "actions": 0,
    "subject_states": 0,
    "receipts": 2,
    "dead_letters": 1,
}


def _counts(store: ClientStore) -> dict[str, int]:
    return {table: int(store.query(f"SELECT count() FROM {table} FINAL")[0][0]) for table in TABLES.values()}


@contextmanager
def sinking(log: SharedLog, store: ClientStore, **more: object) -> Iterator[Sink]:
    sink = Sink(log, a_history(store), now=lambda: NOW, pace=QUICK, **more)  # type: ignore[arg-type]
    ending = threading.Event()
    thread = threading.Thread(target=sink.run, args=(ending,))
    thread.start()
    try:
        yield sink
    finally:
        ending.set()
        thread.join(SECONDS)
        assert not thread.is_alive()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to be so"
        threading.Event().wait(0.005)


def test_all_of_it_comes_in_and_is_counted(server: ClientStore, store: ClientStore) -> None:
    share = a_full_share()
    with sinking(share, server) as sink:
        until(lambda: share.is_done)
        until(lambda: a_history(store).complete_until() == NOW)
    assert _counts(store) == EVERYTHING
    assert share.counted == {"stored": 11, "of_document": 2}
    assert sum(sink.status.became.values()) == 13
    assert sink.status.became["sightings", "of_document"] == 2


def test_a_commit_that_was_not_taken_is_done_again_when_nothing_more_comes(server: ClientStore) -> None:
    share = a_full_share()
    share.refusals = 100
    with sinking(share, server):
        until(lambda: len(share.owed) == 13)
        share.refusals = 0
        until(lambda: share.is_done)
    assert share.counted == {"stored": 11, "of_document": 2}


def test_while_nothing_comes_it_goes_on_saying_how_complete_the_history_is(
    server: ClientStore, store: ClientStore
) -> None:
    share = a_full_share()
    with sinking(share, server):
        until(lambda: share.is_done and a_history(store).complete_until() == NOW)
        share.now = NOW + 1_000
        until(lambda: a_history(store).complete_until() == NOW + 1_000)


@pytest.mark.parametrize("coming", [[LOST] * 3, [BUSY] * 3, [LOST, BUSY] * 4, [BUSY, LOST, LOST]])
def test_lost_replies_and_a_busy_engine_change_nothing(
    server: ClientStore, store: ClientStore, outages: Outages, coming: list[str]
) -> None:
    share = a_full_share()
    a_history(server).prepare()
    outages.coming.extend(coming)
    with sinking(share, server):
        until(lambda: share.is_done)
    assert not outages.coming
    assert _counts(store) == EVERYTHING
    assert share.counted == {"stored": 11, "of_document": 2}


def test_while_the_engine_is_away_the_sink_waits_and_takes_no_more(store: ClientStore, engine_folder: Path) -> None:
    with served(engine_folder / "chdb") as url:
        port = int(url.split(":")[2].split("/")[0])
    share = a_full_share()
    over_http = server_store(url)
    with sinking(share, over_http) as sink:
        until(lambda: share.waits > 5)
        assert sink.status.failing is not None
        assert sum(share.at.values()) <= 2 * QUICK.rows
        assert not any(share.committed.values())
        with served(engine_folder / "chdb", port):
            until(lambda: share.is_done)
            until(lambda: sink.status.failing is None)
    over_http.close()
    assert _counts(store) == EVERYTHING


def test_a_sink_that_is_told_to_end_while_it_waits_ends_and_commits_nothing(store: ClientStore) -> None:
    del store
    share = a_full_share()
    away = server_store("http://127.0.0.1:9/default")
    with sinking(share, away):
        until(lambda: share.waits > 2)
    assert not any(share.committed.values())


def test_a_sink_killed_between_storing_and_committing_stores_it_again_to_no_effect(
    server: ClientStore, store: ClientStore
) -> None:
    share = a_full_share()
    for _ in range(2):
        with sinking(share, server):
            until(lambda: share.is_done)
        share.committed.clear()
        share.restart()
    assert _counts(store) == EVERYTHING
    assert places_of(questions(store).subject(JANE, VIEWER)) == ["GM0363"]


def test_what_was_taken_of_a_partition_that_others_have_now_is_not_committed(
    store: ClientStore, engine_folder: Path
) -> None:
    with served(engine_folder / "chdb") as url:
        port = int(url.split(":")[2].split("/")[0])
    share = MemoryShare()
    share.put(Stream.RECEIPTS, a_receipt(1), partition=0)
    share.put(Stream.RECEIPTS, a_receipt(2), partition=1)
    over_http = server_store(url)
    with sinking(share, over_http):
        until(lambda: share.waits > 2)
        share.give_away(("made-up", 1))
        with served(engine_folder / "chdb", port):
            until(lambda: share.is_done)
    over_http.close()
    assert share.committed == {("made-up", 0): 1}
    del store


UNREADABLE = DeadLetter(Fault.UNDECODABLE, "sink", NOW)


def test_a_record_that_is_no_message_is_told_of_and_passed_over(server: ClientStore, store: ClientStore) -> None:
    share = MemoryShare()
    share.put(Stream.RECEIPTS, a_receipt(1))
    share.spoil(Stream.RECEIPTS, UNREADABLE)
    share.put(Stream.RECEIPTS, a_receipt(2))
    share.deaf = 2
    with sinking(share, server):
        until(lambda: share.is_done)
    assert [(at.offset, letter.fault) for at, letter in share.letters.items()] == [(1, Fault.UNDECODABLE)]
    assert share.counted == {"stored": 2, "dead_lettered": 1}
    assert _counts(store)["receipts"] == 2


def test_much_that_is_no_message_is_not_cleared_away_without_a_word(server: ClientStore) -> None:
    share = MemoryShare()
    share.put(Stream.RECEIPTS, *(a_receipt(number) for number in range(40)))
    for _ in range(3):
        share.spoil(Stream.RECEIPTS, UNREADABLE)
    pace = replace(QUICK, rows=100)
    sink = Sink(share, a_history(server), now=lambda: NOW, pace=pace)
    ending = threading.Event()
    thread = threading.Thread(target=sink.run, args=(ending,))
    thread.start()
    until(lambda: share.waits > 2)
    ending.set()
    thread.join(SECONDS)
    assert sink.status.failing == "3 of 43 records of made-up/0 cannot be read"
    assert not share.letters
    share.restart()
    with sinking(share, server, gives_up=True):
        until(lambda: share.is_done)
    assert len(share.letters) == 3


def test_a_long_run_of_it_over_many_batches_is_not_either(server: ClientStore) -> None:
    share = MemoryShare()
    for _ in range(520):
        share.spoil(Stream.RECEIPTS, UNREADABLE)
    with sinking(share, server) as sink:
        until(lambda: share.waits > 2)
        assert "cannot be read" in (sink.status.failing or "")
    assert len(share.letters) == 500


def test_a_row_that_the_engine_never_takes_is_told_of_and_the_others_are_stored(
    server: ClientStore, store: ClientStore
) -> None:
    share = MemoryShare()
    share.put(Stream.RECEIPTS, *(a_receipt(number) for number in range(4)))
    share.put(Stream.RECEIPTS, replace(a_receipt(9), revision=2**40))
    share.put(Stream.ALERTS, an_alert(1), topic="alerts")
    with sinking(share, server):
        until(lambda: share.is_done)
    assert [(at.offset, letter.fault) for at, letter in share.letters.items()] == [(4, Fault.FAILED)]
    assert share.counted == {"stored": 5, "dead_lettered": 1}
    assert (_counts(store)["receipts"], _counts(store)["alerts"]) == (4, 1)


def test_an_engine_that_refuses_everything_is_waited_for(
    server: ClientStore, store: ClientStore, outages: Outages
) -> None:
    a_history(server).prepare()
    outages.coming.extend([REFUSED] * 40)
    share = a_full_share()
    with sinking(share, server):
        until(lambda: share.is_done)
    assert not share.letters
    assert _counts(store) == EVERYTHING


def test_a_batch_holds_no_more_bytes_than_it_may(server: ClientStore) -> None:
    share = MemoryShare()
    share.put(Stream.RECEIPTS, *(a_receipt(number) for number in range(9)))
    batches = Sink(share, a_history(server), now=lambda: NOW, pace=replace(QUICK, bytes=150))
    ending = threading.Event()
    thread = threading.Thread(target=batches.run, args=(ending,))
    thread.start()
    until(lambda: share.is_done)
    ending.set()
    thread.join(SECONDS)
    assert batches.status.batches >= 3
    assert day(1) < NOW
