"""An alert about the wrong subject, case by case: what is asked of the subject, and how the alert stands then."""

from dataclasses import replace

import pytest
from desk_alerts import ALERT, START

from processors.desk import Desk
from processors.desk_steps import Heard
from processors.deskroom import ANSWERED_MS, DeskRoom
from schemas.actions import Action, AlertAction, Handling
from schemas.alerts import AlertStatus
from schemas.decisions import Decided
from schemas.reports import EventKey

GONE = replace(ALERT, revision=2, status=AlertStatus.WITHDRAWN)
BACK = replace(ALERT, revision=3)


def close(action_id="ask-1", expected=1, outcome="wrong_subject"):
    return AlertAction(action_id, "an-alert", Action.CLOSE, expected, "anna", START, outcome=outcome)


def reopen(action_id="ask-2", expected=2):
    return AlertAction(action_id, "an-alert", Action.REOPEN, expected, "bram", START)


def heard_back(room, step):
    """What follows when the states of a step are read back."""
    return [
        asked
        for told in step.states
        for asked in room.hear_state(told.state, told.heard, told.cause, told.asked, ours=True).asked
    ]


def closed():
    room = DeskRoom()
    heard_back(room, room.hear(ALERT))
    return room, room.decide(close(), START + 5, 0)


def standing(room):
    state = room.state_of("an-alert")
    return state.handling, state.outcome


def test_closing_it_strikes_its_arrival_sighting_once_the_state_counts():
    room, step = closed()
    assert step.asked == ()
    (strike,) = heard_back(room, step)
    assert (strike.action, strike.subject, strike.event) == ("strike", "she", EventKey("avim", "control", "event"))
    assert (strike.action_id, strike.by, strike.at) == ("ask-1/sighting", "anna", START + 5)


@pytest.mark.parametrize("outcome", ["found", "no_ground"])
def test_another_outcome_asks_nothing_of_the_subject(outcome):
    room = DeskRoom()
    room.hear(ALERT)
    step = room.decide(close(outcome=outcome), START, 0)
    again = room.decide(reopen(), START, 1)
    assert [told.asked for told in (*step.states, *again.states)] == [None, None]


def test_the_withdrawal_that_follows_from_it_leaves_the_outcome():
    room, _ = closed()
    assert room.hear(GONE).states == ()
    assert standing(room) == (Handling.CLOSED, "wrong_subject")


def test_opened_again_it_is_withdrawn_until_the_evidence_is_back():
    room, step = closed()
    heard_back(room, step)
    room.hear(GONE)
    reopened = room.decide(reopen(), START, 1)
    assert standing(room) == (Handling.CLOSED, "withdrawn")
    (unstrike,) = heard_back(room, reopened)
    assert (unstrike.action, unstrike.action_id, unstrike.by) == ("unstrike", "ask-2/sighting", "bram")
    room.hear(BACK)
    assert standing(room) == (Handling.NEW, None)


def test_opened_again_before_it_was_withdrawn_it_ends_the_same():
    room, step = closed()
    heard_back(room, step)
    heard_back(room, room.decide(reopen(), START, 1))
    assert standing(room) == (Handling.ACKNOWLEDGED, None)
    room.hear(GONE)
    room.hear(BACK)
    assert standing(room) == (Handling.NEW, None)


def test_who_takes_the_strike_back_at_the_subject_opens_it_too():
    room, _ = closed()
    room.hear(GONE)
    room.hear(BACK)
    assert standing(room) == (Handling.NEW, None)


def test_what_another_desk_decided_is_asked_by_whoever_hears_of_it_first():
    _, step = closed()
    (told,) = step.states
    other = DeskRoom()
    other.hear(ALERT)
    (strike,) = other.hear_state(told.state, told.heard, told.cause, told.asked, ours=False).asked
    assert strike == told.asked


def test_what_another_decided_too_late_asks_nothing():
    _, step = closed()
    (told,) = step.states
    other = DeskRoom()
    other.hear(ALERT)
    heard_back(other, other.decide(close("ask-9", outcome="found"), START, 0))
    assert other.hear_state(told.state, told.heard, told.cause, told.asked, ours=False).asked == ()


def test_done_again_upon_what_came_first_it_asks_the_same():
    room, step = closed()
    commented = replace(Desk.initial(ALERT), version=2, comments=((START, "anna", "first"),))
    again = room.hear_state(commented, Heard(1, -1), "ask-0", ours=False)
    assert again.states[-1].state.version == 3
    assert heard_back(room, again) == [step.states[0].asked]


@pytest.mark.parametrize(("answered", "later", "asked"), [(False, 0, 1), (True, 0, 0), (False, ANSWERED_MS + 5, 0)])
def test_a_crash_between_state_and_request_is_made_good_and_what_was_answered_is_not_asked_again(
    answered, later, asked
):
    _, step = closed()
    (told,) = step.states
    room = DeskRoom()
    room.restore_state(told.state, told.subject, told.heard, told.cause, told.asked)
    ids = {told.asked.action_id} if answered else set()
    assert list(room.restored(ids, START + later).asked) == [told.asked] * asked
    assert room.restored((), START).asked == ()


def test_it_waits_for_its_alert_to_be_read_again_and_says_so():
    _, step = closed()
    (told,) = step.states
    room = DeskRoom()
    room.restore_state(replace(told.state, outcome="found"), told.subject, told.heard, told.cause)
    assert room.can_decide(reopen())
    room.restore_state(replace(told.state, version=3), told.subject, told.heard, told.cause)
    assert not room.can_decide(reopen(expected=3))
    (answer,) = room.decide(reopen(expected=3), START, 0).answers
    assert (answer.decided, answer.problems[0].field) == (Decided.REFUSED, "alert_id")
    room.hear(GONE)
    assert room.can_decide(reopen(expected=3))
