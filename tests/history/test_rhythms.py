"""The rhythm of sources is the same by the history as by who counts along."""

import random
from dataclasses import replace

from history_stories import NOW, WRITING, a_report
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from processors.rhythm import ENDED_MS, FORTNIGHT_MS, Rhythm
from schemas.times import DAY_MS, HOUR_MS
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


def test_sources_are_apart_and_those_of_long_ago_are_none(store):
    other = replace(a_report(1), known_at=NOW - HOUR_MS, source="made-up-2")
    keep(store, [replace(a_report(2), known_at=NOW - ENDED_MS - 3 * FORTNIGHT_MS), other])
    assert [told[:2] for told in rhythms_of(store, lambda: NOW)] == [("made-up-2", "control")]
