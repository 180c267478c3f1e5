"""How an alert is handled, told as stories: who does what, and what is so then."""

from dataclasses import replace

import pytest

from processors.desk import COMMENTS_MAX, Conflicted, Desk
from processors.requests import CHOICES, COMMENT_MAX, NAME_MAX, SNOOZE_MAX_MS
from schemas.actions import AlertAction, AlertState
from schemas.alerts import Alert, AlertStatus, Finding
from schemas.problems import Code, Problem
from schemas.times import DAY_MS, HOUR_MS, parse_time

ALERT_ID = "7b0e8a5c-0000-4000-8000-000000000001"
START = parse_time("2026-03-01T08:00:00Z")


def invalid(field, message, hint):
    return Problem(Code.INVALID_VALUE, message, field, hint)


def missing(field, message, hint):
    return Problem(Code.MISSING_FIELD, message, field, hint)


def misplaced(field, message, hint):
    return Problem(Code.UNKNOWN_FIELD, message, field, hint)


def a_finding(**changes):
    found = Finding(
        from_place="GM0392", to_place="GM0344", from_last_seen=START - DAY_MS, arrived_at=START - HOUR_MS,
        arrival_event_id="7b0e8a5c-0000-4000-8000-000000000002", evidence=0, novelty="first", certainty="provisional",
        implausible=False, repeat=False, attention="tell", cross_region=True, cross_border=False,
    )  # fmt: skip
    return replace(found, **changes)


def an_alert(status="raised", *, revision=1, known_at=START, **finding):
    return Alert(
        alert_id=ALERT_ID, revision=revision, status=AlertStatus(status), subject_kind="person",
        subject="ab" * 16, finding=a_finding(**finding), arrival_source="avim", arrival_type="control",
        known_at=known_at, historical=False,
    )  # fmt: skip


def asked(action, state, *, by="anna", **words):
    return AlertAction("request-1", state.alert_id, action, state.version, by, START, **words)


def after(*story, state=None, now=START):
    """The state after a story of ``who action [argument]`` lines, each of which must succeed."""
    state = state or Desk.initial(an_alert())
    for line in story:
        state = done(line, state, now)
        assert isinstance(state, AlertState), (line, state)
    return state


def done(line, state, now=START):
    """What Desk says to one line of a story."""
    by, action, *rest = line.split(maxsplit=2)
    argument = rest[0] if rest else None
    words = {
        "offer": {"unit": argument},
        "assign": {"unit": argument},
        "take": {"unit": argument},
        "accept": {"unit": argument},
        "close": {"outcome": argument},
        "comment": {"comment": argument},
    }
    given = {"until": now + int(argument) * DAY_MS} if action == "snooze" else words.get(action, {})
    return Desk.decide(state, asked(action, state, by=by, **given), now)


STORIES = """
anna acknowledge                                              acknowledged  -      -           -
anna take                                                     taken         anna   -           -
anna take amsterdam                                           taken         anna   amsterdam   -
anna acknowledge, bram take                                   taken         bram   -           -
anna take amsterdam, bram take                                taken         bram   -           -
anna take amsterdam, anna snooze 2, anna take                 taken         anna   amsterdam   -
anna take, anna release                                       acknowledged  -      -           -
anna take, anna snooze 2, bram release                        acknowledged  -      -           -
anna assign den-haag                                          acknowledged  -      den-haag    -
anna take amsterdam, anna assign den-haag                     acknowledged  -      den-haag    -
anna assign den-haag, dirk take den-haag                      taken         dirk   den-haag    -
anna assign den-haag, anna assign limburg                     acknowledged  -      limburg     -
anna snooze 3, anna assign den-haag                           acknowledged  -      den-haag    -
anna assign den-haag, dirk offer limburg, lena decline        acknowledged  -      den-haag    -
anna offer den-haag                                           offered       -      -           den-haag
anna take amsterdam, anna offer den-haag                      offered       anna   amsterdam   den-haag
anna take amsterdam, anna offer den-haag, dirk accept         taken         dirk   den-haag    -
anna offer den-haag, dirk accept den-haag                     taken         dirk   den-haag    -
anna take amsterdam, anna offer den-haag, dirk decline        taken         anna   amsterdam   -
anna offer den-haag, dirk decline                             acknowledged  -      -           -
anna snooze 3                                                 snoozed       -      -           -
anna snooze 3, anna acknowledge                               acknowledged  -      -           -
anna take, anna snooze 3, bram acknowledge                    taken         anna   -           -
anna take, anna snooze 3, anna reopen                         taken         anna   -           -
anna snooze 3, anna reopen                                    acknowledged  -      -           -
anna snooze 3, anna snooze 5                                  snoozed       -      -           -
anna take, anna close found                                   closed        anna   -           -
anna offer den-haag, anna close no_ground                     closed        -      -           -
anna close not_found, bram reopen                             acknowledged  -      -           -
anna take, anna close found, bram reopen                      taken         anna   -           -
anna close found, bram comment she is safe                    closed        -      -           -
""".strip().splitlines()


@pytest.mark.parametrize("story", STORIES)
def test_a_story_ends_as_the_table_says(story):
    *lines, ending = story.split(",")
    words = ending.split()
    lines.append(" ".join(words[:-4]))
    handling, *rest = words[-4:]
    state = after(*lines)
    owner, unit, offered_to = (None if word == "-" else word for word in rest)
    assert (state.handling, state.owner, state.unit, state.offered_to) == (handling, owner, unit, offered_to)


REFUSED = """
-                                        anna release       nobody has the alert
-                                        anna accept        an alert that is new cannot be asked to accept
-                                        anna decline       an alert that is new cannot be asked to decline
-                                        anna reopen        an alert that is new cannot be asked to reopen
anna acknowledge                         anna acknowledge   an alert that is acknowledged cannot be asked to acknowledge
anna acknowledge                         anna release       an alert that is acknowledged cannot be asked to release
anna take                                anna take          who asks has the alert already
anna take                                bram acknowledge   an alert that is taken cannot be asked to acknowledge
anna take amsterdam                      anna offer amsterdam   this unit has the alert already
anna assign den-haag                     bram assign den-haag   this unit has the alert already
anna snooze 2                            anna release       nobody has the alert
anna snooze 2                            anna accept        an alert that is snoozed cannot be asked to accept
anna offer den-haag                      dirk accept oost-nederland   the alert was offered to another unit
anna offer den-haag                      bram take          an alert that is offered cannot be asked to take
anna offer den-haag                      bram offer limburg   an alert that is offered cannot be asked to offer
anna offer den-haag                      bram release       an alert that is offered cannot be asked to release
anna offer den-haag                      bram snooze 2      an alert that is offered cannot be asked to snooze
anna close found                         bram take          an alert that is closed cannot be asked to take
anna close found                         bram close found   an alert that is closed cannot be asked to close
anna close found                         bram snooze 2      an alert that is closed cannot be asked to snooze
""".strip().splitlines()


@pytest.mark.parametrize("story", REFUSED)
def test_what_a_state_does_not_allow_is_refused_with_a_hint(story):
    before, line, message = (part.strip() for part in _columns(story))
    state = after(*([] if before == "-" else [before]))
    problem = done(line, state)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.message) == (Code.INVALID_VALUE, message)
    assert problem.field == ("unit" if "unit" in message else "action")
    assert problem.hint == HINTS.get(message, _allowed_in(state))


HINTS = {
    "nobody has the alert": "take it or acknowledge it",
    "who asks has the alert already": "offer, release, snooze, close or comment",
    "this unit has the alert already": "the id of another unit",
    "the alert was offered to another unit": "leave unit out, or name the unit asked",
}


def _allowed_in(state):
    """What the table of the desk allows, dashes and what needs more than the state left out."""
    return "one of " + ALLOWED[state.handling]


ALLOWED = {
    "new": "acknowledge, take, release, assign, offer, snooze, close, comment",
    "acknowledged": "take, assign, offer, snooze, close, comment",
    "taken": "take, release, assign, offer, snooze, close, comment",
    "offered": "accept, decline, close, comment",
    "snoozed": "acknowledge, take, release, assign, offer, snooze, close, reopen, comment",
    "closed": "reopen, comment",
}


def _columns(line):
    return [part for part in line.split("   ") if part.strip()]


OUTCOMES = "one of " + ", ".join(CHOICES)
ACTIONS = "one of acknowledge, take, release, assign, offer, accept, decline, snooze, close, reopen, comment"
WITHIN = "a time within the next 90 days"
A_NAME = "a name of 1 to 200 characters"
A_UNIT = "the id of a unit, 1 to 200 characters"
A_TEXT = "plain text of 1 to 2000 characters; never a name, number or plate"


@pytest.mark.parametrize(
    ("action", "words", "problem"),
    [
        ("shred", {}, invalid("action", "this action is not known", ACTIONS)),
        ("", {}, invalid("action", "this action is not known", ACTIONS)),
        ("close", {}, missing("outcome", "closing needs an outcome", OUTCOMES)),
        ("close", {"outcome": "lost"}, invalid("outcome", "this outcome cannot be chosen", OUTCOMES)),
        ("close", {"outcome": "withdrawn"}, invalid("outcome", "this outcome cannot be chosen", OUTCOMES)),
        ("take", {"outcome": "found"}, misplaced("outcome", "outcome belongs to close only", "leave outcome out")),
        ("snooze", {}, missing("until", "snoozing needs an end", WITHIN)),
        ("snooze", {"until": START}, invalid("until", "a snooze cannot end then", WITHIN)),
        ("snooze", {"until": START + SNOOZE_MAX_MS + 1}, invalid("until", "a snooze cannot end then", WITHIN)),
        ("release", {"until": START + 1}, misplaced("until", "until belongs to snooze only", "leave until out")),
        ("offer", {}, missing("unit", "an offer needs the unit that is asked", "the id of the receiving unit")),
        ("offer", {"unit": ""}, invalid("unit", "this is not a unit", A_UNIT)),
        ("offer", {"unit": "a\nb"}, invalid("unit", "this is not a unit", A_UNIT)),
        ("offer", {"unit": "x" * (NAME_MAX + 1)}, invalid("unit", "this is not a unit", A_UNIT)),
        ("take", {"by": "  "}, invalid("by", "it is not said who asks", A_NAME)),
        ("take", {"by": "x" * (NAME_MAX + 1)}, invalid("by", "it is not said who asks", A_NAME)),
        ("comment", {}, missing("comment", "there is no comment", A_TEXT)),
        ("comment", {"comment": " \n"}, invalid("comment", "this comment cannot be kept", A_TEXT)),
        ("take", {"comment": "x" * (COMMENT_MAX + 1)}, invalid("comment", "this comment cannot be kept", A_TEXT)),
        ("comment", {"comment": "\ud800"}, invalid("comment", "this comment cannot be kept", A_TEXT)),
        ("comment", {"comment": "a\x00b"}, invalid("comment", "this comment cannot be kept", A_TEXT)),
    ],
)
def test_a_request_wrong_in_itself_names_field_and_remedy(action, words, problem):
    state = after("anna take amsterdam")
    assert Desk.decide(state, replace(asked("take", state, by="bram"), action=action, **words), START) == problem


@pytest.mark.parametrize("words", [{"by": "x" * NAME_MAX}, {"unit": "x" * NAME_MAX}, {"comment": "tab\tand\r\nlines"}])
def test_names_and_comments_are_free_within_their_limits(words):
    state = after()
    assert Desk.decide(state, replace(asked("take", state), **words), START).handling == "taken"


@pytest.mark.parametrize("until", [START + 1, START + SNOOZE_MAX_MS])
def test_a_snooze_may_end_from_the_next_moment_to_ninety_days_on(until):
    state = after()
    snoozed = Desk.decide(state, asked("snooze", state, until=until), START)
    assert snoozed.snoozed_until == until


@pytest.mark.parametrize("length", [1, COMMENT_MAX])
def test_a_comment_may_be_as_long_as_is_said(length):
    state = after()
    said = Desk.decide(state, asked("comment", state, comment="x" * length), START)
    assert said.comments == ((START, "anna", "x" * length),)


@pytest.mark.parametrize("outcome", CHOICES)
def test_every_outcome_closes(outcome):
    assert after(f"anna close {outcome}").outcome == outcome


def test_two_at_once_the_second_is_told_what_is_so_now():
    seen = after()
    first = Desk.decide(seen, asked("take", seen, by="anna"), START)
    second = Desk.decide(first, asked("take", seen, by="bram"), START)
    assert second == Conflicted(first)


def test_a_faulty_request_is_told_its_fault_rather_than_the_conflict():
    state = after()
    late = replace(asked("close", state), expected=7)
    assert Desk.decide(state, late, START).field == "outcome"


def test_a_comment_goes_with_any_action():
    state = after()
    taken = Desk.decide(state, asked("take", state, comment="on my way"), START + 5)
    assert (taken.handling, taken.comments) == ("taken", ((START + 5, "anna", "on my way"),))


def test_a_comment_changes_nothing_else():
    before = after("anna take amsterdam", "anna offer den-haag")
    now = after("bram comment seen her", state=before)
    assert replace(now, comments=(), version=0) == replace(before, version=0)


def test_only_the_newest_comments_are_kept():
    state = after(*[f"anna comment {n}" for n in range(COMMENTS_MAX + 1)])
    assert len(state.comments) == COMMENTS_MAX
    assert (state.comments[0][2], state.comments[-1][2]) == ("1", str(COMMENTS_MAX))


def test_the_state_of_another_alert_is_the_callers_mistake():
    state = after()
    with pytest.raises(ValueError, match=r"^this is the state of another alert$"):
        Desk.decide(state, replace(asked("take", state), alert_id="another"), START)


def test_a_raised_alert_starts_new():
    state = Desk.told(None, None, an_alert())
    assert (state.alert_id, state.handling, state.version, state.changed_at) == (ALERT_ID, "new", 1, START)
    assert after("anna take").version == 2


def test_an_alert_first_heard_of_as_withdrawn_starts_closed():
    state = Desk.told(None, None, an_alert("withdrawn"))
    assert (state.handling, state.outcome, state.version) == ("closed", "withdrawn", 1)


NEWS = [{"to_place": "GM0363"}, {"from_place": "GM0363"}, {"certainty": "confirmed"}]
NO_NEWS = [{}, {"from_last_seen": START}, {"arrived_at": START}, {"repeat": True}, {"attention": "file"}]


@pytest.mark.parametrize("story", ["anna close found", "anna snooze 3"])
@pytest.mark.parametrize("changed", NEWS)
def test_a_revision_with_news_makes_a_resting_alert_new_again(story, changed):
    state = Desk.told(
        after("anna take amsterdam", story), an_alert(), an_alert("revised", known_at=START + 9, **changed)
    )
    assert (state.handling, state.outcome, state.snoozed_until, state.changed_at) == ("new", None, None, START + 9)
    assert (state.owner, state.unit) == ("anna", "amsterdam")


@pytest.mark.parametrize("story", ["anna close found", "anna snooze 3"])
@pytest.mark.parametrize("changed", NO_NEWS)
def test_a_revision_without_news_leaves_it_at_rest(story, changed):
    assert Desk.told(after(story), an_alert(), an_alert("revised", **changed)) is None


@pytest.mark.parametrize("story", ["anna acknowledge", "anna take", "anna offer den-haag"])
@pytest.mark.parametrize("changed", NEWS)
def test_a_revision_never_takes_an_alert_out_of_anybodys_hands(story, changed):
    assert Desk.told(after(story), an_alert(), an_alert("revised", **changed)) is None


def test_a_resting_alert_whose_last_word_is_not_known_is_new_again():
    assert Desk.told(after("anna snooze 3"), None, an_alert("revised")).handling == "new"


@pytest.mark.parametrize("story", ["anna take", "anna offer den-haag", "anna snooze 2", "anna close found"])
def test_a_withdrawn_alert_is_closed_as_withdrawn_whatever_it_was(story):
    state = Desk.told(after(story), an_alert(), an_alert("withdrawn", known_at=START + 9))
    assert (state.handling, state.outcome, state.offered_to, state.snoozed_until, state.changed_at) == (
        "closed", "withdrawn", None, None, START + 9,
    )  # fmt: skip


def a_withdrawn(*story):
    return Desk.told(after(*story), an_alert(), an_alert("withdrawn"))


def test_a_withdrawn_alert_takes_comments_and_nothing_else():
    state = a_withdrawn("anna take")
    problem = done("anna reopen", state)
    assert problem == invalid(
        "action", "the alert was withdrawn, its evidence is gone", "see the alert that superseded it"
    )
    assert "reopen" not in done("anna close found", state).hint
    assert done("anna comment a pity", state).handling == "closed"


def test_told_twice_that_it_is_withdrawn_changes_nothing():
    assert Desk.told(a_withdrawn(), an_alert(), an_alert("withdrawn")) is None


def test_an_alert_raised_again_is_new_and_still_hers():
    state = Desk.told(a_withdrawn("anna take amsterdam"), an_alert("withdrawn"), an_alert(revision=3))
    assert (state.handling, state.outcome, state.owner) == ("new", None, "anna")


SUCCESSOR = "7b0e8a5c-0000-4000-8000-000000000009"


def a_successor(*story):
    return after(*story, state=replace(after(), alert_id=SUCCESSOR))


def test_owner_and_comments_pass_to_the_successor():
    heir = Desk.inherit(a_withdrawn("anna take amsterdam", "anna comment at the hotel"), a_successor())
    assert (heir.alert_id, heir.handling, heir.owner, heir.unit) == (SUCCESSOR, "new", "anna", "amsterdam")
    assert heir.comments == ((START, "anna", "at the hotel"),)


def test_inheriting_twice_changes_nothing():
    withdrawn = a_withdrawn("anna take", "anna comment at the hotel")
    assert Desk.inherit(withdrawn, Desk.inherit(withdrawn, a_successor())) is None


def test_a_successor_with_an_owner_keeps_that_one():
    heir = Desk.inherit(a_withdrawn("anna take", "anna comment x"), a_successor("bram take", "bram comment y"))
    assert (heir.owner, [text for _, _, text in heir.comments]) == ("bram", ["x", "y"])


def test_a_successor_only_acknowledged_is_taken_by_who_had_the_one_withdrawn():
    heir = Desk.inherit(a_withdrawn("anna take"), a_successor("bram acknowledge"))
    assert (heir.handling, heir.owner) == ("taken", "anna")


def test_nothing_to_pass_on_changes_nothing():
    assert Desk.inherit(a_withdrawn(), a_successor()) is None


def test_a_successor_keeps_the_newest_comments_of_both():
    withdrawn = a_withdrawn(*[f"anna comment {n}" for n in range(COMMENTS_MAX)])
    successor = after("bram comment newest", state=a_successor(), now=START + 1)
    heir = Desk.inherit(withdrawn, successor)
    assert len(heir.comments) == COMMENTS_MAX
    assert heir.comments[-1][2] == "newest"


def test_a_snooze_ends_when_it_said():
    state = after("anna take", "anna snooze 3")
    assert Desk.tick(state, START + 3 * DAY_MS - 1) is None
    ended = Desk.tick(state, START + 3 * DAY_MS)
    assert (ended.handling, ended.snoozed_until, ended.owner) == ("new", None, "anna")


def test_a_snooze_that_ended_while_nobody_ran_ended_when_it_said():
    state = after("anna snooze 3")
    assert Desk.tick(state, START + 30 * DAY_MS).changed_at == START + 3 * DAY_MS


@pytest.mark.parametrize("story", ["anna acknowledge", "anna take", "anna offer den-haag", "anna close found"])
def test_time_alone_changes_nothing_else(story):
    assert Desk.tick(after(story), START + 900 * DAY_MS) is None
