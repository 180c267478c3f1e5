"""Feeding: the history follows the log, whatever fails in between, and equals what a rebuild gives."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from history_stories import (
    JANE,
    JOAN,
    NOW,
    VIEWER,
    MemoryLog,
    a_history,
    a_report,
    a_sighting,
    day,
    everything,
    given,
    key_of,
    places_of,
    questions,
    taken,
)
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from sinks.feeder import Feeder, Pace
from sinks.history import History, StoredHistory
from sinks.messages import Batch, LogView, Stream
from sinks.rows import TABLES
from sinks.store import ClientStore, StoreFailed

QUICK = Pace(rows=2, age_s=0.01, backoff_s=0.01, backoff_max_s=0.02)


class FailingHistory:
    """Fails so often before, and so often after it stored; as a store does whose answer is lost."""

    def __init__(self, history: History, *, before: int = 0, after: int = 0) -> None:
        self._history = history
        self.before, self.after = before, after

    def store(self, batch: Batch) -> None:
        if self.before > 0:
            self.before -= 1
            raise StoreFailed("made-up failure before")
        self._history.store(batch)
        if self.after > 0:
            self.after -= 1
            raise StoreFailed("made-up failure after")

    def position(self) -> dict[Stream, int]:
        return self._history.position()

    def complete_until(self) -> int:
        return self._history.complete_until()


def _contents(store: ClientStore) -> dict[str, list[tuple[object, ...]]]:
    return {table: store.query(f"SELECT * FROM {table} FINAL ORDER BY ALL") for table in TABLES.values()}


def _await(condition: object) -> None:
    deadline = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never came to be so"
        threading.Event().wait(0.01)


def test_all_that_the_log_holds_comes_into_the_history(store: ClientStore) -> None:
    log = everything(MemoryLog())
    feeder = Feeder(log, a_history(store), QUICK)
    feeder.catch_up()
    assert {table: len(rows) for table, rows in _contents(store).items()} == {
        "events": 2, "sightings": 2, "alerts": 2, "alert_states": 2, "actions": 0, "receipts": 2, "dead_letters": 1,
        "subject_states": 0,
    }  # fmt: skip
    assert (feeder.status.behind, feeder.status.caught_up, feeder.status.complete_until) == (0, True, NOW)
    assert a_history(store).complete_until() == NOW


def test_feeding_goes_on_where_it_ended(store: ClientStore) -> None:
    log = everything(MemoryLog())
    Feeder(log, a_history(store), QUICK).catch_up()
    log.add(Stream.SIGHTINGS, given(a_sighting(3, at=3, place="GM0344")))
    log.reads = 0
    Feeder(log, a_history(store), QUICK).catch_up()
    assert log.reads == 1
    assert places_of(questions(store).subject(JANE, VIEWER)) == ["GM0363", "GM0344"]


def test_an_empty_log_does_not_open_the_history() -> None:
    class Untouchable:
        def store(self, batch: Batch) -> None:
            raise AssertionError

        def position(self) -> dict[Stream, int]:
            raise AssertionError

        def complete_until(self) -> int:
            raise AssertionError

    feeder = Feeder(MemoryLog(), Untouchable())
    feeder.catch_up()
    assert feeder.status.caught_up


@pytest.mark.parametrize("failures", [{"before": 3}, {"after": 3}, {"before": 2, "after": 2}])
def test_a_store_that_fails_delays_the_history_and_changes_nothing(
    store: ClientStore, failures: dict[str, int]
) -> None:
    feeder = Feeder(everything(MemoryLog()), FailingHistory(a_history(store), **failures), QUICK)
    feeder.start()
    _await(lambda: feeder.status.caught_up)
    feeder.close()
    once = _contents(store)
    for table in (*TABLES.values(), "feed"):
        store.command(f"TRUNCATE TABLE {table}")
    Feeder(everything(MemoryLog()), a_history(store)).catch_up()
    assert once == _contents(store)


def test_a_history_that_keeps_failing_says_why_and_how_far_behind_it_is(store: ClientStore) -> None:
    log = everything(MemoryLog())
    feeder = Feeder(log, a_history(store), QUICK)
    feeder.catch_up()
    log.add(Stream.SIGHTINGS, given(a_sighting(3)))
    failing = Feeder(log, FailingHistory(a_history(store), before=10_000), QUICK)
    failing.start()
    _await(lambda: failing.status.failing)
    failing.close()
    assert failing.status.failing == "made-up failure before"
    assert not failing.status.caught_up


def test_a_log_that_cannot_be_read_does_not_end_the_feeder(store: ClientStore) -> None:
    class Flaky(MemoryLog):
        broken = 3

        @contextmanager
        def view(self) -> Iterator[LogView]:
            if self.broken:
                self.broken -= 1
                raise OSError("made-up")
            yield self

    feeder = Feeder(everything(Flaky()), a_history(store), QUICK)
    feeder.start()
    _await(lambda: feeder.status.caught_up)
    feeder.close()
    assert feeder.status.failing is None


def test_what_the_log_destroyed_goes_from_the_history(store: ClientStore) -> None:
    log = everything(MemoryLog())
    feeder = Feeder(log, a_history(store), QUICK)
    feeder.catch_up()
    log.destroy(key_of(1))
    feeder.catch_up()
    asked = questions(store)
    assert [places_of(asked.subject(one, VIEWER)) for one in (JANE, JOAN)] == [[], ["GM0363"]]


def test_an_event_that_was_destroyed_and_came_back_stays(store: ClientStore) -> None:
    log = everything(MemoryLog())
    log.destroy(key_of(1))
    log.add(Stream.SIGHTINGS, given(a_sighting(1, at=2)))
    Feeder(log, a_history(store), QUICK).catch_up()
    assert places_of(questions(store).subject(JANE, VIEWER)) == ["GM0363"]


class _Feeding(RuleBasedStateMachine):
    """A history fed in whatever steps equals one made from the log in one go."""

    store: ClientStore

    @initialize()
    def begin(self) -> None:
        for table in (*TABLES.values(), "feed", "erasing"):
            self.store.command(f"TRUNCATE TABLE {table}")
        self.log = MemoryLog()
        self.history: History = a_history(self.store)
        self.feeder = Feeder(self.log, self.history, QUICK)

    @rule(number=st.integers(1, 4), at=st.integers(0, 60), revision=st.integers(0, 2))
    def report(self, number: int, at: int, revision: int) -> None:
        self.log.add(Stream.REPORTS, a_report(number, at=at, revision=revision))

    @rule(number=st.integers(1, 4), at=st.integers(0, 60), gives=st.booleans())
    def move(self, number: int, at: int, gives: bool) -> None:
        seen = a_sighting(number, at=at)
        self.log.add(Stream.SIGHTINGS, given(seen) if gives else taken(seen, on=61))

    @rule()
    def feed(self) -> None:
        self.feeder.catch_up()

    @rule(failures=st.integers(1, 2), after=st.booleans())
    def fail_and_restart(self, failures: int, after: bool) -> None:
        name = "after" if after else "before"
        failing = Feeder(self.log, FailingHistory(self.history, **{name: failures}), QUICK)
        try:
            failing.catch_up()
        except StoreFailed:
            self.feeder = Feeder(self.log, self.history, QUICK)

    def teardown(self) -> None:
        if not hasattr(self, "log"):
            return
        self.feeder.catch_up()
        fed = _contents(self.store)
        for table in (*TABLES.values(), "feed"):
            self.store.command(f"TRUNCATE TABLE {table}")
        Feeder(self.log, StoredHistory(self.store, self.history._writing)).catch_up()  # type: ignore[attr-defined]
        assert fed == _contents(self.store)


def test_fed_in_any_steps_the_history_is_the_same(store: ClientStore) -> None:
    machine = type("Feeding", (_Feeding,), {"store": store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            database=None,
        ),
    )


def test_a_long_log_is_told_as_it_goes(store: ClientStore) -> None:
    told: list[tuple[str, int, int]] = []
    log = MemoryLog()
    log.add(Stream.SIGHTINGS, *(given(a_sighting(number, at=number)) for number in range(1, 6)))
    Feeder(log, a_history(store), QUICK).catch_up(lambda what, done, of: told.append((what, done, of)))
    assert told == [("sightings", 2, 5), ("sightings", 4, 5), ("sightings", 5, 5)]
    assert day(5) < NOW
