"""What is read off alerts for who is on duty: what waits too long, how long a chance lasts, which counts are told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.chance import Move, chance_of
from processors.desk import Desk
from processors.escalation import ESCALATES_MS, is_escalated, waits_since
from processors.outcomes import is_told
from schemas.actions import AlertAction, AlertState, Handling
from schemas.times import DAY_MS, HOUR_MS
from schemas.views import Chance, Track
from tests.console.told import NOW, an_alert, withdrawn

ALERT = an_alert(known_at=NOW)
STATE = Desk.initial(ALERT)


def test_an_alert_escalates_at_the_hour_and_not_before():
    assert not is_escalated(ALERT, STATE, NOW + ESCALATES_MS - 1)
    assert is_escalated(ALERT, STATE, NOW + ESCALATES_MS)
    assert is_escalated(ALERT, STATE, NOW + HOUR_MS, HOUR_MS)


@pytest.mark.parametrize(
    ("handling", "owner", "waits"),
    [
        (Handling.NEW, None, True),
        (Handling.ACKNOWLEDGED, None, True),
        (Handling.OFFERED, None, True),
        (Handling.OFFERED, "anna", False),
        (Handling.NEW, "anna", False),
        (Handling.TAKEN, "anna", False),
        (Handling.SNOOZED, None, False),
        (Handling.CLOSED, None, False),
    ],
)
def test_what_somebody_has_or_put_aside_does_not_wait(handling, owner, waits):
    state = replace(STATE, handling=handling, owner=owner, changed_at=NOW + HOUR_MS)
    assert waits_since(ALERT, state) == (NOW if waits else None)


def asked(state, action, *, hours, **more):
    """What is so after somebody asked this, so many hours after it was raised."""
    at = NOW + hours * HOUR_MS
    request = AlertAction(str(hours), ALERT.alert_id, action, state.version, "anna", at, **more)
    done = Desk.decide(state, request, at)
    assert isinstance(done, AlertState), done
    return done


def test_what_is_done_short_of_having_it_gains_no_time():
    state = asked(STATE, "comment", hours=1, comment="seen from afar")
    state = asked(state, "acknowledge", hours=2)
    state = asked(state, "assign", hours=3, unit="limburg")
    state = asked(state, "offer", hours=4, unit="kmar")
    state = asked(state, "decline", hours=5, unit="kmar")
    state = asked(state, "snooze", hours=6, until=NOW + 7 * HOUR_MS)
    assert waits_since(ALERT, state) is None
    state = Desk.tick(state, NOW + 7 * HOUR_MS)
    assert waits_since(ALERT, state) == NOW
    assert is_escalated(ALERT, state, NOW + ESCALATES_MS)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (("take", {}), ("release", {})),
        (("take", {}), ("assign", {"unit": "limburg"})),
        (("close", {"outcome": "no_ground"}), ("reopen", {})),
    ],
)
def test_let_go_or_opened_again_it_waits_from_then_on(first, then):
    state = asked(STATE, first[0], hours=1, **first[1])
    assert waits_since(ALERT, state) is None
    state = asked(state, then[0], hours=3, **then[1])
    assert waits_since(ALERT, asked(state, "comment", hours=4, comment="nobody yet")) == NOW + 3 * HOUR_MS


def test_a_state_of_before_the_clock_was_kept_waits_since_it_was_decided():
    before = replace(STATE, changed_at=NOW + HOUR_MS, unowned_since=None)
    assert waits_since(ALERT, before) == NOW + HOUR_MS
    assert waits_since(ALERT, asked(before, "comment", hours=4, comment="still here")) == NOW + HOUR_MS


@pytest.mark.parametrize(
    "alert", [withdrawn(ALERT), an_alert(historical=True), an_alert(repeat=True), an_alert(attention="file")]
)
def test_what_asks_for_no_attention_never_escalates(alert):
    assert waits_since(alert, STATE) is None


def a_journey(*days):
    """From place to place, arriving on these days."""
    return [Move(day * DAY_MS, f"place {at}", f"place {at + 1}") for at, day in enumerate(days)]


def test_a_stay_lasts_from_one_arrival_to_the_next_and_the_usual_one_is_the_median():
    chance = chance_of(a_journey(0, 11, 20, 30), 30 * DAY_MS, "place 4")
    assert chance == Chance((11 * DAY_MS, 9 * DAY_MS, 10 * DAY_MS), 10 * DAY_MS)


def test_one_stay_says_nothing_of_the_next():
    assert chance_of(a_journey(0, 11), 11 * DAY_MS, "place 2") == Chance((11 * DAY_MS,), None)


def test_a_chance_is_over_once_she_was_seen_elsewhere():
    chance = chance_of(a_journey(0, 11, 20, 30), 20 * DAY_MS, "place 3")
    assert chance.is_over
    assert chance.earlier_ms == (11 * DAY_MS, 9 * DAY_MS)


def test_where_an_arrival_between_is_not_known_no_stay_is_made_up():
    first, _, third = a_journey(0, 11, 20)
    assert chance_of([first, third], 20 * DAY_MS, "place 3").earlier_ms == ()


@given(st.permutations(a_journey(0, 11, 20, 30)))
def test_the_order_in_which_moves_are_told_changes_nothing(moves):
    expected = chance_of(a_journey(0, 11, 20, 30), 30 * DAY_MS, "place 4")
    assert chance_of([*moves, moves[0]], 30 * DAY_MS, "place 4") == expected


@pytest.mark.parametrize(
    ("closed", "acted_on", "told"),
    [
        (40, 27, True),
        (4, 4, False),
        (5, 5, True),
        (5, 0, True),
        (9, 5, False),
        (10, 5, True),
        (40, 4, False),
        (0, 0, False),
    ],
)
def test_a_small_part_of_a_count_is_not_told(closed, acted_on, told):
    assert is_told(Track("rule", closed, acted_on)) is told
