"""REGISTER: which revision wins, and what is remembered of the others."""

from dataclasses import replace

import pytest
from made_up import a_report

from processors.changes import Entry, Verdict
from processors.register import judge
from schemas.reports import Rank, Standing


def judged(*reports):
    entry = None
    for report in reports:
        verdict, entry = judge(entry, report)
    return verdict, entry


def a_revision(revision, digest, *, day=3):
    report = a_report(revision=revision, day=day)
    return replace(report, rank=report.rank._replace(digest=digest))


FIRST = a_revision(1, "k", day=1)


def test_what_is_new_is_applied_and_remembered():
    assert judged(FIRST) == (Verdict.APPLIED, Entry(FIRST.rank, (FIRST.rank,), FIRST.known_at, FIRST))


def test_what_was_seen_before_is_a_duplicate_and_changes_nothing():
    again = a_revision(1, "k", day=9)
    assert judged(FIRST, again) == (Verdict.DUPLICATE, judged(FIRST)[1])


WINS = [
    a_revision(2, "a"),
    a_revision(1, "l"),
    a_report(revision=1, standing=Standing.REFUSED, day=3),
    a_report(revision=1, standing=Standing.WITHDRAWN, day=3),
]
LOSES = [
    a_revision(0, "z"),
    a_revision(1, "j"),
    a_report(revision=0, standing=Standing.REFUSED, day=3),
    a_report(revision=0, standing=Standing.WITHDRAWN, day=3),
]


@pytest.mark.parametrize("report", WINS)
def test_a_greater_rank_wins_and_the_lesser_is_remembered_as_seen(report):
    verdict, entry = judged(FIRST, report)
    assert verdict is Verdict.APPLIED
    counts = report.rank.standing == Standing.COUNTS
    assert entry == Entry(report.rank, (FIRST.rank, report.rank), report.known_at, report if counts else None)


@pytest.mark.parametrize("report", LOSES)
def test_a_lesser_rank_is_remembered_as_seen_and_takes_nothing_from_the_one_that_won(report):
    assert judged(FIRST, report) == (
        Verdict.OUTRANKED,
        Entry(FIRST.rank, (FIRST.rank, report.rank), FIRST.known_at, FIRST),
    )


@pytest.mark.parametrize("report", LOSES)
def test_what_lost_once_is_a_duplicate_when_it_comes_again(report):
    assert judged(FIRST, report, report)[0] is Verdict.DUPLICATE


def test_a_rank_compares_revision_then_standing_then_digest():
    ranks = [Rank(0, 2, ""), Rank(1, 0, "a"), Rank(1, 0, "b"), Rank(1, 1, ""), Rank(1, 2, "")]
    assert sorted(ranks) == ranks
