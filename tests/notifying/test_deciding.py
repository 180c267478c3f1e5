"""Whom to tell, of what and when."""

from dataclasses import replace
from datetime import time

import pytest

from alerts.notifying.channels import Channel, QuietHours, Way
from alerts.notifying.deciding import after_quiet, concerns, due_at, is_news, retry_at, told_of
from schemas.alerts import AlertStatus, WithdrawnReason
from schemas.times import parse_time
from tests.console.told import HAARLEM, UTRECHT, ZWOLLE, an_alert

RAISED = an_alert()
NIGHT = QuietHours(time(22), time(7))


def revised(alert=RAISED, **changes):
    finding = replace(alert.finding, **changes)
    return replace(alert, revision=alert.revision + 1, status=AlertStatus.REVISED, finding=finding)


def withdrawn(alert=RAISED):
    reason = WithdrawnReason.LATER_EVIDENCE
    return replace(alert, revision=alert.revision + 1, status=AlertStatus.WITHDRAWN, reason=reason)


def test_what_asks_for_attention_is_news():
    assert is_news(RAISED, None)


@pytest.mark.parametrize("quiet", [{"repeat": True}, {"attention": "file"}])
def test_repeats_and_what_is_only_filed_are_not(quiet):
    assert not is_news(replace(RAISED, finding=replace(RAISED.finding, **quiet)), None)


def test_news_of_the_past_is_not():
    assert not is_news(replace(RAISED, historical=True), None)


def test_nobody_is_told_that_what_they_never_heard_of_is_withdrawn():
    assert not is_news(withdrawn(), None)


def test_who_was_told_hears_that_it_is_withdrawn_even_if_it_is_only_filed_by_now():
    filed = withdrawn(replace(RAISED, finding=replace(RAISED.finding, attention="file")))
    assert is_news(filed, told_of(RAISED))


@pytest.mark.parametrize("change", [{"to_place": ZWOLLE}, {"from_place": ZWOLLE}, {"certainty": "provisional"}])
def test_who_was_told_hears_of_another_place_or_certainty(change):
    assert is_news(revised(**change), told_of(RAISED))


def test_who_was_told_does_not_hear_of_smaller_things():
    assert not is_news(revised(novelty="return", implausible=True), told_of(RAISED))


def test_a_revision_is_told_once():
    assert not is_news(withdrawn(), told_of(withdrawn()))


def test_what_is_raised_again_is_news_again():
    again = replace(RAISED, revision=RAISED.revision + 2)
    assert is_news(again, told_of(withdrawn()))


def test_a_channel_of_a_unit_hears_of_either_end_and_of_nothing_else():
    unit_of = {HAARLEM: "north", UTRECHT: "middle"}.get
    for units, heard in (({"north"}, True), ({"middle"}, True), ({"south"}, False), (set(), True)):
        assert concerns(Channel("a", Way.WEBHOOK, units=frozenset(units)), RAISED, unit_of) is heard


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        ("2026-03-09T20:59:59.999Z", "2026-03-09T20:59:59.999Z"),
        ("2026-03-09T21:00:00Z", "2026-03-10T06:00:00Z"),
        ("2026-03-10T05:59:59Z", "2026-03-10T06:00:00Z"),
        ("2026-03-10T06:00:00Z", "2026-03-10T06:00:00Z"),
        # The night in which the clocks go forward: 07:00 is 05:00Z then.
        ("2026-03-28T23:00:00Z", "2026-03-29T05:00:00Z"),
        ("2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"),
    ],
)
def test_quiet_hours_end_by_the_clock_of_amsterdam(at, sent):
    assert after_quiet(NIGHT, parse_time(at)) == parse_time(sent)


def test_quiet_hours_within_a_day():
    noon = QuietHours(time(12), time(13))
    assert after_quiet(noon, parse_time("2026-03-09T11:30:00Z")) == parse_time("2026-03-09T12:00:00Z")
    assert after_quiet(noon, parse_time("2026-03-09T12:00:00Z")) == parse_time("2026-03-09T12:00:00Z")


def test_a_group_waits_from_its_first():
    assert due_at(Channel("a", Way.WEBHOOK, group_s=60), 1_000_000) == 1_060_000


def test_retries_come_at_longer_and_longer_intervals_up_to_a_quarter_of_an_hour():
    assert [retry_at(n, 0) // 1000 for n in (1, 2, 3, 8, 9, 400)] == [5, 10, 20, 640, 900, 900]
