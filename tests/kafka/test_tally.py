"""Counts of what became of every offset, which travel with the commit."""

import pytest

from streams.kafka.tally import ABSENT, Tally


def test_what_was_noted_is_read_back():
    tally = Tally(100)
    tally.add("applied", 12)
    tally.add("duplicate")
    tally.halted, tally.more = True, {"marks": [7]}
    assert tally.noted() == '{"v":1,"from":100,"n":{"applied":12,"duplicate":1},"marks":[7],"halted":true}'
    again = Tally.read(tally.noted(), 113)
    assert (again.first, again.counts, again.halted, again.end) == (100, {"applied": 12, "duplicate": 1}, True, 113)
    assert again.more == {"marks": [7]}


def test_what_is_not_counted_can_be_given_one_reason():
    tally = Tally(0)
    tally.add("applied", 3)
    tally.reach(10, ABSENT)
    tally.reach(10, ABSENT)
    assert tally.counts == {"applied": 3, "absent": 7}


@pytest.mark.parametrize(
    "noted",
    [
        "",
        "no json",
        "[]",
        "1",
        '{"v":2,"from":0,"n":{"applied":50}}',
        '{"v":1,"from":0,"n":{"applied":49}}',
        '{"v":1,"n":{}}',
        '{"v":1,"from":"0","n":{"applied":50}}',
        '{"v":1,"from":0,"n":7}',
    ],
)
def test_counting_begins_anew_where_somebody_else_moved_the_offset(noted):
    tally = Tally.read(noted, 50)
    assert (tally.first, tally.counts, tally.halted) == (50, {}, False)
