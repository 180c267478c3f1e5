"""Whom to follow: from when, until when, and what no longer counts."""

import pytest
from made_up import a_passage, a_report

from processors.changes import Follow
from processors.following import Following
from schemas.reports import EventKey, Standing

ONE, TWO = EventKey("made-up", "control", "one"), EventKey("made-up", "control", "two")


def naming(*plates, **more):
    return a_report(vehicles=plates, **more)


def a_follow(token="plate-1", since=0, until=100):
    return Follow(token, since, until, "made up", "local")


def following(*named, asked=(), ended=()):
    state = Following()
    for event, report in named:
        state.name(event, None, report)
    for follow in asked:
        state.ask(follow)
    for token, at in ended:
        state.end(token, at)
    return state


@pytest.mark.parametrize(
    ("report", "followed"),
    [
        (naming("plate-1"), True),
        (naming("plate-2", "plate-1", type="bvh_mutation"), True),
        (naming("plate-2"), False),
        (naming("plate-1", type="ad"), False),
        (a_passage("p", plate="plate-1"), False),
        (a_report(standing=Standing.WITHDRAWN), False),
        (None, False),
    ],
)
def test_a_vehicle_is_followed_while_a_control_or_a_mutation_names_it(report, followed):
    state = following((ONE, report))
    assert state.is_followed("plate-1", 0) is followed
    assert state.lasts("plate-1", 0) is followed


def test_it_stays_followed_until_the_last_event_that_names_it_is_gone():
    state = following((ONE, naming("plate-1")), (TWO, naming("plate-1")))
    assert state.name(ONE, naming("plate-1"), None) == ["plate-1"]
    assert state.lasts("plate-1", 0)
    assert state.name(TWO, naming("plate-1"), naming("plate-2")) == ["plate-1"]
    assert not state.lasts("plate-1", 0)
    assert state.lasts("plate-2", 0)


def test_what_an_event_no_longer_names_is_told_in_order():
    state = following((ONE, naming("plate-3", "plate-1", "plate-2")))
    assert state.name(ONE, naming("plate-3", "plate-1", "plate-2"), naming("plate-2")) == ["plate-1", "plate-3"]
    assert [state.lasts(f"plate-{number}", 0) for number in (1, 2, 3)] == [False, True, False]


def test_what_nobody_named_is_lost_without_harm():
    assert Following().name(ONE, naming("plate-1"), None) == ["plate-1"]


def test_a_request_lasts_until_its_end_and_not_a_moment_longer():
    state = following(asked=[a_follow(until=100)])
    assert state.is_followed("plate-1", 99)
    assert not state.is_followed("plate-1", 100)
    assert state.lasts("plate-1", 99)
    assert not state.lasts("plate-1", 100)
    assert not state.is_followed("plate-2", 99)


def test_requests_that_ran_out_are_told_in_order_until_they_are_released():
    state = following(asked=[a_follow("plate-3"), a_follow("plate-1", until=99), a_follow("plate-2", until=101)])
    assert state.run_out(98) == []
    assert state.run_out(100) == ["plate-1", "plate-3"]
    state.release("plate-1")
    state.release("plate-1")
    assert state.run_out(100) == ["plate-3"]
    assert state.follow_of("plate-1") is None
    assert state.follow_of("plate-3") == a_follow("plate-3")


def test_a_new_request_replaces_the_one_before():
    state = following(asked=[a_follow(until=100), a_follow(until=50)])
    assert state.follow_of("plate-1") == a_follow(until=50)
    assert not state.is_followed("plate-1", 50)


def test_passages_known_before_the_end_are_no_hits_and_those_known_at_it_are():
    state = following((ONE, naming("plate-1")), ended=[("plate-1", 50)])
    assert not state.is_followed("plate-1", 49)
    assert state.is_followed("plate-1", 50)
    assert state.lasts("plate-1", 49)


def test_an_end_that_comes_late_does_not_undo_a_later_one():
    state = following((ONE, naming("plate-1")), ended=[("plate-1", 50), ("plate-1", 40), ("plate-2", 90)])
    assert not state.is_followed("plate-1", 49)
    assert state.is_followed("plate-1", 50)


def test_what_never_ended_is_a_hit_from_the_first_moment():
    assert following((ONE, naming("plate-1"))).is_followed("plate-1", 0)
    assert following((ONE, naming("plate-1")), ended=[("plate-1", 0)]).is_followed("plate-1", 0)
