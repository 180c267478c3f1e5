"""The room of the desk, case by case."""

from dataclasses import replace

import pytest
from desk_alerts import ALERT, FOUND, START

from processors.desk_steps import Heard
from processors.deskroom import ANSWERED_MS, DeskRoom
from schemas.actions import Action, AlertAction, Handling
from schemas.alerts import AlertStatus
from schemas.decisions import Decided
from schemas.times import DAY_MS

OTHER = replace(ALERT, alert_id="other", subject="her-other-self")


def an_action(action_id="ask-1", action=Action.COMMENT, expected=1, alert_id="an-alert", **more):
    more = {"comment": "seen"} | more if action is Action.COMMENT else more
    return AlertAction(action_id, alert_id, action, expected, "anna", START, **more)


def gone(alert, superseded_by=None):
    return replace(alert, revision=alert.revision + 1, status=AlertStatus.WITHDRAWN, superseded_by=superseded_by)


def decided(step):
    return [answer.decided for answer in step.answers]


def restored(*steps):
    """A room that read the states of these steps, and nothing else."""
    room = DeskRoom()
    for step in steps:
        for told in step.states:
            room.restore_state(told.state, told.subject, told.heard, told.cause)
    return room


def test_a_new_alert_is_new_and_a_revision_heard_before_is_dropped():
    room = DeskRoom()
    (told,) = room.hear(ALERT).states
    assert (told.state.handling, told.subject, told.heard) == (Handling.NEW, "she", Heard(1, -1))
    assert room.hear(ALERT).states == ()


def test_the_same_request_again_is_answered_the_same_and_changes_nothing():
    room = DeskRoom()
    room.hear(ALERT)
    first, again = room.decide(an_action(), START, 0), room.decide(an_action(), START + 5, 1)
    assert (first.answers, again.states) == (again.answers, ())
    assert first.states[0].cause == "ask-1"
    assert room.decide(an_action("ask-2"), START, 2).answers[0].decided is Decided.CONFLICT


def test_a_request_for_no_alert_or_with_an_id_used_elsewhere_is_refused():
    room = DeskRoom()
    assert decided(room.decide(an_action(), START, 0)) == [Decided.REFUSED]
    room.hear(ALERT)
    room.hear(OTHER)
    room.decide(an_action(), START, 1)
    (answer,) = room.decide(an_action(alert_id="other"), START, 2).answers
    assert (answer.decided, answer.problems[0].field) == (Decided.REFUSED, "action_id")


@pytest.mark.parametrize("restart", [False, True])
def test_a_batch_done_again_does_nothing_twice(restart):
    room = DeskRoom()
    steps = [room.hear(ALERT), room.decide(an_action(action=Action.CLOSE, outcome="found"), START, 0)]
    room = restored(*steps) if restart else room
    assert room.hear(ALERT).states == ()
    again = room.decide(an_action(action=Action.CLOSE, outcome="found"), START, 0)
    assert (again.states, decided(again)) == ((), [Decided.DONE])
    assert room.state_of("an-alert").handling is Handling.CLOSED


def test_what_a_revision_did_is_not_done_again_to_what_was_decided_since():
    room = DeskRoom()
    close = {"action": Action.CLOSE, "outcome": "found"}
    steps = [room.hear(ALERT), room.decide(an_action("ask-1", **close), START, 0)]
    moved = replace(ALERT, revision=2, finding=replace(FOUND, to_place="GM0003"))
    steps += [room.hear(moved), room.decide(an_action("ask-2", expected=3, **close), START, 1)]
    room = restored(*steps)
    room.restore_alert(ALERT)
    assert room.hear(moved).states == ()
    assert room.state_of("an-alert").handling is Handling.CLOSED


def test_an_alert_of_the_same_subject_inherits_when_it_is_heard_of():
    room = DeskRoom()
    room.hear(ALERT)
    room.decide(an_action(action=Action.TAKE), START, 0)
    room.hear(gone(ALERT, "heir"), "she")
    first, second = room.hear(replace(ALERT, alert_id="heir")).states
    assert (first.state.owner, second.state.owner) == (None, "anna")
    assert second.cause == "inherit/an-alert/2"


def test_an_alert_of_another_subject_inherits_by_way_of_its_own_partition():
    room = DeskRoom()
    room.hear(ALERT)
    room.decide(an_action(action=Action.TAKE), START, 0)
    (handed,) = room.hear(gone(ALERT, "other"), "her-other-self").inheritances
    assert (handed.successor, handed.subject, handed.state.owner) == ("other", "her-other-self", "anna")
    heir = DeskRoom()
    assert heir.inherit(handed.state, handed.successor, handed.cause, 7).states == ()
    assert [told.state.owner for told in heir.hear(OTHER).states] == [None, "anna"]
    assert heir.inherit(handed.state, handed.successor, handed.cause, 8).states == ()


def test_an_inheritance_that_waits_outlasts_a_restart():
    room = DeskRoom()
    room.hear(ALERT)
    taken = room.decide(an_action(action=Action.TAKE), START, 0).states[0].state
    heir = DeskRoom()
    heir.restore_inheritance(taken, "other", "inherit/an-alert/2", 3)
    assert [told.state.owner for told in heir.hear(OTHER).states] == [None, "anna"]


def test_an_inheritance_done_before_the_restart_is_not_done_again():
    room = DeskRoom()
    room.hear(ALERT)
    taken = room.decide(an_action(action=Action.TAKE), START, 0).states[0].state
    heir = DeskRoom()
    steps = [heir.hear(OTHER), heir.inherit(taken, "other", "inherit/an-alert/2", 3)]
    steps.append(heir.decide(an_action(action=Action.RELEASE, alert_id="other", expected=2), START, 4))
    heir = restored(*steps)
    heir.restore_alert(OTHER)
    assert heir.inherit(taken, "other", "inherit/an-alert/2", 3).states == ()
    assert heir.state_of("other").owner is None


def test_a_snooze_that_is_over_ends():
    room = DeskRoom()
    room.hear(ALERT)
    room.decide(an_action(action=Action.SNOOZE, until=START + DAY_MS), START, 0)
    assert room.tick(START + DAY_MS - 1).states == ()
    (told,) = room.tick(START + DAY_MS).states
    assert told.state.handling is Handling.NEW
    assert room.tick(START + DAY_MS).states == ()


def test_what_was_answered_is_remembered_for_a_week():
    room = DeskRoom()
    room.hear(ALERT)
    room.decide(an_action(), START, 0)
    room.tick(START + ANSWERED_MS - 1)
    assert decided(room.decide(an_action(), START, 1)) == [Decided.DONE]
    room.tick(START + ANSWERED_MS)
    assert decided(room.decide(an_action(), START, 2)) == [Decided.CONFLICT]


def test_a_state_of_a_zombie_counts_where_it_comes_first_and_what_it_leaves_out_is_done_again():
    room, zombie = DeskRoom(), DeskRoom()
    for each in (room, zombie):
        each.hear(ALERT)
    (ours,) = room.decide(an_action("ask-1"), START, 0).states
    (theirs,) = zombie.decide(an_action("ask-2", comment="other"), START, 0).states
    repeated, again = room.hear_state(theirs.state, theirs.heard, theirs.cause, ours=False).states
    assert repeated.state == theirs.state
    assert [text for _, _, text in again.state.comments] == ["other", "seen"]
    assert room.hear_state(ours.state, ours.heard, ours.cause, ours=True).states == ()


def test_a_state_of_a_zombie_that_comes_late_is_answered_with_the_last():
    room = DeskRoom()
    (first,) = room.hear(ALERT).states
    (second,) = room.decide(an_action(), START, 0).states
    for told in (first, second):
        room.hear_state(told.state, told.heard, told.cause, ours=True)
    (repeated,) = room.hear_state(first.state, first.heard, None, ours=False).states
    assert repeated.state == second.state


def test_a_zombie_that_knew_less_of_the_alert_is_told_of_it():
    room = DeskRoom()
    (first,) = room.hear(ALERT).states
    room.hear(gone(ALERT))
    taken = replace(first.state, version=3, handling=Handling.TAKEN, owner="bram")
    states = room.hear_state(taken, Heard(1, 4), "ask-9", ours=False).states
    assert [told.state.handling for told in states] == [Handling.TAKEN, Handling.CLOSED]


def test_a_state_overtaken_in_the_log_is_said_again_after_a_restart():
    room = DeskRoom()
    (first,) = room.hear(ALERT).states
    (second,) = room.decide(an_action(), START, 0).states
    later = DeskRoom()
    for told in (first, second, first):
        later.restore_state(told.state, told.subject, told.heard, told.cause)
    assert [told.state for told in later.tick(START).states] == [second.state]
    assert later.tick(START).states == ()
