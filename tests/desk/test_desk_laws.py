"""What holds of DESK whatever is asked and told."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from processors.desk import COMMENTS_MAX, Conflicted, Desk
from processors.requests import CHOICES
from schemas.actions import Action, AlertAction, AlertState, Handling, Outcome
from schemas.alerts import Alert, AlertStatus, Finding
from schemas.problems import Problem
from schemas.times import DAY_MS, HOUR_MS

START = 1_772_000_000_000
PEOPLE = st.sampled_from(["anna", "bram", "dirk"])
UNITS = st.none() | st.sampled_from(["amsterdam", "den-haag", "BE"])
PLACES = st.sampled_from(["GM0363", "GM0344", "BE:Antwerp"])


@st.composite
def requests(draw):
    """A request that is right in itself; which version it expects is decided when it is made."""
    action = draw(st.sampled_from(Action))
    unit = draw(UNITS)
    return AlertAction(
        action_id=draw(st.uuids().map(str)),
        alert_id="an-alert",
        action=action,
        expected=0,
        by=draw(PEOPLE),
        at=START,
        unit=unit or "limburg" if action in (Action.OFFER, Action.ASSIGN) else unit,
        outcome=draw(st.sampled_from(CHOICES)) if action is Action.CLOSE else None,
        comment="seen" if action is Action.COMMENT else draw(st.none() | st.just("seen")),
        until=START + 80 * DAY_MS if action is Action.SNOOZE else None,
    )


@st.composite
def alerts(draw):
    places = draw(st.tuples(PLACES, PLACES))
    return Alert(
        alert_id="an-alert",
        revision=1,
        status=draw(st.sampled_from(AlertStatus)),
        subject_kind="person",
        subject="ab" * 16,
        finding=Finding(
            *places, START, START, "event", 0, "first", draw(st.sampled_from(["provisional", "confirmed"])),
            implausible=False, repeat=False, attention="tell", cross_region=False, cross_border=False,
        ),
        arrival_source="avim",
        arrival_type="control",
        known_at=START + draw(st.integers(0, 9)),
        historical=False,
    )  # fmt: skip


TICKS = st.integers(0, 100).map(lambda days: START + days * DAY_MS)
HISTORIES = st.lists(requests() | alerts() | TICKS, max_size=30)


def lived(history):
    """Every (state, what happened, what came of it) of a history that begins with a raised alert."""
    state = AlertState("an-alert", 1, Handling.NEW, START)
    previous = None
    for number, happening in enumerate(history):
        match happening:
            case AlertAction():
                request, at = replace(happening, expected=state.version), START + number * HOUR_MS
                withdrawn = previous is not None and previous.status is AlertStatus.WITHDRAWN
                result = Desk.decide(state, request, at, withdrawn=withdrawn)
            case Alert():
                result = Desk.told(state, previous, happening)
                previous = happening
            case int():
                result = Desk.tick(state, happening)
        yield state, happening, result
        state = result if isinstance(result, AlertState) else state


@given(HISTORIES)
def test_the_version_grows_by_one_with_every_change(history):
    for before, _, after in lived(history):
        if isinstance(after, AlertState):
            assert after.version == before.version + 1
            assert after.changed_at >= before.changed_at


@given(HISTORIES)
def test_who_saw_the_last_version_never_meets_a_conflict(history):
    assert not any(isinstance(result, Conflicted) for _, _, result in lived(history))


@given(HISTORIES, requests(), st.integers(-3, 40))
def test_a_stale_request_never_changes_anything(history, request, expected):
    for state, _, _ in lived(history):
        if expected != state.version:
            assert Desk.decide(state, replace(request, expected=expected), START) == Conflicted(state)


@given(HISTORIES)
def test_every_state_carries_what_belongs_to_it_and_nothing_else(history):
    for _, _, state in lived(history):
        if not isinstance(state, AlertState):
            continue
        assert (state.handling is Handling.CLOSED) == (state.outcome is not None)
        assert (state.handling is Handling.SNOOZED) == (state.snoozed_until is not None)
        assert (state.handling is Handling.OFFERED) == (state.offered_to is not None)
        assert state.owner is not None or state.handling is not Handling.TAKEN
        assert state.owner is None or state.handling is not Handling.ACKNOWLEDGED


@given(HISTORIES)
def test_what_was_closed_as_withdrawn_is_opened_by_evidence_only(history):
    for before, happening, after in lived(history):
        if before.outcome == Outcome.WITHDRAWN and isinstance(after, AlertState) and after.outcome != before.outcome:
            assert isinstance(happening, Alert)
            assert happening.status is not AlertStatus.WITHDRAWN


@given(HISTORIES)
def test_what_was_about_the_wrong_subject_stays_so_until_it_is_opened_or_told_anew(history):
    for before, happening, after in lived(history):
        if before.outcome != Outcome.WRONG_SUBJECT or not isinstance(after, AlertState):
            continue
        if isinstance(happening, AlertAction):
            assert after.outcome == before.outcome or happening.action is Action.REOPEN
        else:
            assert isinstance(happening, Alert)
            assert happening.status is not AlertStatus.WITHDRAWN
            assert after.handling is Handling.NEW


@given(HISTORIES)
def test_comments_are_never_lost_below_the_limit(history):
    for before, _, after in lived(history):
        if isinstance(after, AlertState):
            assert after.comments[: len(before.comments)] == before.comments
            assert len(after.comments) <= COMMENTS_MAX


@given(HISTORIES)
def test_every_refusal_names_field_and_remedy(history):
    for _, _, result in lived(history):
        if isinstance(result, Problem):
            assert result.field
            assert result.hint


@given(HISTORIES, HISTORIES)
def test_inheriting_is_done_once_and_keeps_every_word(first, second):
    withdrawn = replace([*(s for s, _, _ in lived(first)), AlertState("an-alert", 1, Handling.NEW, START)][-1])
    successor = [*(s for s, _, _ in lived(second)), AlertState("an-alert", 1, Handling.NEW, START)][-1]
    heir = Desk.inherit(withdrawn, successor) or successor
    assert Desk.inherit(withdrawn, heir) is None
    assert {*withdrawn.comments, *successor.comments} == set(heir.comments)
    assert heir.owner == (successor.owner or withdrawn.owner)


@given(
    requests(),
    st.text(max_size=20),
    st.none() | st.text(max_size=20),
    st.none() | st.text(max_size=20),
    st.none() | st.integers(),
)
def test_whatever_is_asked_gets_an_answer(request, action, outcome, unit, until):
    state = AlertState("an-alert", 1, Handling.NEW, START)
    odd = replace(request, action=action or request.action, outcome=outcome, unit=unit, until=until, expected=1)
    assert isinstance(Desk.decide(state, odd, START), AlertState | Problem)
