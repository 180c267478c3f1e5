"""The rhythm of sources is the same by the history as by who counts along."""

import random
from dataclasses import replace

import pytest
from history_stories import NOW, WRITING, a_report
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from processors.rhythm import ENDED_MS, FORTNIGHT_MS, Rhythm
from relocation.past import ServerPast
from schemas.times import DAY_MS, HOUR_MS
from schemas.views import NoHistory
from sinks.history import Mark, StoredHistory
from sinks.messages import Recorded, Stream
from sinks.rhythms import HeardSource, rhythms_of
from sinks.rows import TABLES, rows_of


def keep(store, reports):
    columns, rows = rows_of([Recorded(at, report) for at, report in enumerate(reports, 1)], WRITING)
    store.insert(TABLES[Stream.REPORTS], columns, rows)


@given(seed=st.integers())
@examples(max_examples=15)
def test_a_source_has_the_rhythm_of_what_was_heard_of_it(engine, seed):
    engine.command(f"TRUNCATE TABLE {TABLES[Stream.REPORTS]}")
    chance = random.Random(seed)
    heard = sorted(NOW - chance.randrange(50 * DAY_MS) for _ in range(chance.randint(1, 40)))
    keep(engine, [replace(a_report(number), known_at=at) for number, at in enumerate(heard)])
    counted = Rhythm(heard[0], heard[0])
    for at in heard[1:]:
        counted = counted.heard(at)
    assert rhythms_of(engine, lambda: NOW) == [HeardSource("made-up", "control", counted)]


def test_a_source_is_no_more_silent_than_the_history_is_complete(store):
    keep(store, [replace(a_report(number), known_at=NOW - number * DAY_MS) for number in (3, 4, 5, 6)])
    history = StoredHistory(store, WRITING)

    def silent():
        return [told.source for told in ServerPast(store, history, lambda: NOW).silent_sources(NOW)]

    with pytest.raises(NoHistory):
        silent()
    history.mark([Mark(Stream.REPORTS, "events.control", 0, 4, complete_until=NOW - 2 * DAY_MS)])
    assert silent() == [], "what came since may only not be stored yet"
    history.mark([Mark(Stream.REPORTS, "events.control", 0, 4, complete_until=NOW + HOUR_MS)])
    assert silent() == ["made-up"]


def test_sources_are_apart_and_those_of_long_ago_are_none(store):
    other = replace(a_report(1), known_at=NOW - HOUR_MS, source="made-up-2")
    keep(store, [replace(a_report(2), known_at=NOW - ENDED_MS - 3 * FORTNIGHT_MS), other])
    assert [told[:2] for told in rhythms_of(store, lambda: NOW)] == [("made-up-2", "control")]
