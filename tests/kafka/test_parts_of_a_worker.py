"""The small parts of a worker, each by itself: who has which number, what ends it, what is wrong if it stays."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mode import Service

from streams.kafka.app import Group, UnusableApp, build_app
from streams.kafka.assigning import numbers_of
from streams.kafka.crashing import Crash, UnusableCrash
from streams.kafka.ending import FENCED
from streams.kafka.membership import MemberConsumer
from streams.kafka.watching import Patience, Watched, concerns

ROOT = Path(__file__).parents[2]
INSTANCES = st.sets(st.text(min_size=1), min_size=1, max_size=9)


@given(INSTANCES, st.integers(0, 64))
def test_every_number_has_one_owner_and_nobody_two_more_than_another(instances, count):
    given_out = numbers_of(instances, count)
    assert sorted(number for numbers in given_out.values() for number in numbers) == list(range(count))
    sizes = [len(numbers) for numbers in given_out.values()]
    assert max(sizes) - min(sizes) <= 1


def test_who_stays_keeps_most_when_one_comes():
    before, after = numbers_of("abc", 60), numbers_of("abcd", 60)
    kept = sum(len(set(before[name]) & set(after[name])) for name in "abc")
    assert kept >= 60 * 3 / 4 * 0.7, "of the 45 that the three have now, most are what they had"


def test_exactly_once_is_refused():
    with pytest.raises(UnusableApp):
        build_app(Group("nowhere:1", "g", "a", ("t",), 6.0), None, alive=None, processing_guarantee="exactly_once")


@pytest.mark.parametrize(
    ("told", "testing"),
    [("intake:after_produce:1", ""), ("intake:nowhere:1", "1"), ("intake:after_produce", "1"), ("intake", "1")],
)
def test_a_crash_is_for_tests_and_names_a_point(told, testing):
    with pytest.raises(UnusableCrash):
        Crash.asked_for("intake", {"RELOCATION_CRASH": told, "RELOCATION_TESTING": testing})


def test_nobody_crashes_who_is_not_asked_to():
    for environment in ({}, {"RELOCATION_CRASH": "desk:before_commit:1", "RELOCATION_TESTING": "1"}):
        Crash.asked_for("intake", environment).at("before_commit")


def test_a_fetcher_that_is_cancelled_has_ended_and_not_crashed():
    async def cancelled():
        fetcher = Service()
        draining = asyncio.create_task(MemberConsumer._drain_messages(None, fetcher))
        await asyncio.sleep(0)
        draining.cancel()
        await draining

    asyncio.run(cancelled())


STOOD_STILL = """
from streams.kafka.fence import Fence
at = [100.0]
fence = Fence(6.0, clock=lambda: at[0])
at[0] += {still_s}
fence.check()
"""


@pytest.mark.parametrize(("still_s", "code"), [(4.9, 0), (5.1, FENCED)])
def test_who_stands_still_ends_before_the_broker_may_have_given_it_up(still_s, code):
    """The broker counts from the last heartbeat, one of which is sent every sixth of a session."""
    ended = subprocess.run([sys.executable, "-c", STOOD_STILL.format(still_s=still_s)], cwd=ROOT, check=False)
    assert ended.returncode == code


def waiting(watched, ends):
    return {concern for concern, state in concerns(watched, ends) if state is not None}


def test_what_is_behind_waits_and_what_is_at_the_end_does_not():
    watched = Watched()
    watched.suspended, watched.positions = False, {("t", 0): 5, ("t", 1): 7}
    assert waiting(watched, {("t", 0): 5, ("t", 1): 8}) == {"no round", "not processed t/1"}
    watched.restoring, watched.commit_waiting_since, watched.suspended = 2, 1.0, True
    assert waiting(watched, {}) == {"no round", "not assigned", "not restored", "not committed"}


def test_patience_lasts_while_nothing_moves():
    now = [0.0]
    patience = Patience(clock=lambda: now[0])
    assert patience.has_waited("x", 5) == 0
    now[0] = 3.0
    assert patience.has_waited("x", 5) == 3
    assert patience.has_waited("x", 6) == 0
    now[0] = 5.0
    assert patience.has_waited("x", 6) == 2
    assert patience.has_waited("x", None) == 0
    assert patience.has_waited("x", 6) == 0
    now[0] = 9.0
    patience.begin_anew()
    assert patience.has_waited("x", 6) == 0
