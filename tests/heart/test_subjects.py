"""What is said of subjects: the messages word for word, their successors, their order, and what is settled."""

import pytest
from made_up import DISTANCES, RULES, MadeUpGeography

from processors.relocations import active_findings, alert_id_of
from processors.subjects import Moved, Subjects
from schemas.alerts import Alert, AlertStatus, Finding, WithdrawnReason
from schemas.sightings import Evidence, Sighting
from schemas.times import DAY_MS

A, B, C = "GM0001", "GM0002", "GM0003"
DAY_0 = 100 * DAY_MS
HEARD_AT = DAY_0 + 10 * DAY_MS


def seen(event, day, place, *, evidence=Evidence.PRESENCE, flagged=False, source="made-up"):
    at = round(DAY_0 + day * DAY_MS)
    return Sighting(at, int(evidence), event, source, "control", place, flagged, at, at)


def moved(taken=(), given=(), reasons=(), kind="person"):
    return Moved(kind, {old.event: old for old in taken}, {new.event: new for new in given}, set(reasons))


class Said:
    """Subjects, and all that was said of them."""

    def __init__(self):
        self.subjects = Subjects(RULES, MadeUpGeography())

    def step(self, at=HEARD_AT, **steps):
        return [*self.subjects.change({subject: moved(**step) for subject, step in steps.items()}, at)]

    def give(self, subject, *sightings, at=HEARD_AT):
        return self.step(at, **{subject: {"given": sightings}})


def brief(alerts):
    return [(alert.subject, str(alert.status), alert.finding.arrival_event_id) for alert in alerts]


def id_of(event, place, subject="she"):
    return alert_id_of(subject, place, event)


FIRST, SECOND = seen("a", 1, A), seen("b", 5, B, flagged=True)
FINDING = Finding(
    from_place=A, to_place=B, from_last_seen=FIRST.occurred_at, arrived_at=SECOND.occurred_at, arrival_event_id="b",
    evidence=0, novelty="first", certainty="confirmed", implausible=False, repeat=False, attention="tell",
    cross_region=False, cross_border=False,
)  # fmt: skip
RAISED = Alert(
    alert_id=id_of("b", B), revision=1, status=AlertStatus.RAISED, subject_kind="person", subject="she",
    finding=FINDING, arrival_source="made-up", arrival_type="control", known_at=HEARD_AT, historical=False,
    based_on=(FIRST, SECOND),
)  # fmt: skip


def she_moved():
    said = Said()
    assert said.give("she", FIRST, SECOND) == [RAISED]
    return said


def test_what_is_raised_revised_withdrawn_and_raised_again_is_said_in_full():
    said = she_moved()
    late = seen("late", 3, C)
    told = said.give("she", late, at=HEARD_AT + 1)
    assert brief(told) == [("she", "revised", "b"), ("she", "raised", "late")]
    revised = told[0]
    assert revised == Alert(
        alert_id=RAISED.alert_id, revision=2, status=AlertStatus.REVISED, subject_kind="person", subject="she",
        finding=active_findings("she", [FIRST, SECOND, late], RULES, DISTANCES)[RAISED.alert_id],
        arrival_source="made-up", arrival_type="control", known_at=HEARD_AT + 1, historical=False,
        based_on=(late, SECOND),
    )  # fmt: skip
    told = said.step(HEARD_AT + 2, she={"taken": [SECOND], "reasons": [WithdrawnReason.CORRECTED]})
    assert brief(told) == [("she", "withdrawn", "b"), ("she", "revised", "late")]
    assert told[0] == Alert(
        alert_id=RAISED.alert_id, revision=3, status=AlertStatus.WITHDRAWN, subject_kind="person", subject="she",
        finding=revised.finding, arrival_source="made-up", arrival_type="control", known_at=HEARD_AT + 2,
        historical=False, based_on=(late, SECOND), reason=WithdrawnReason.CORRECTED, superseded_by=None,
    )  # fmt: skip
    again = said.give("she", SECOND, at=HEARD_AT + 3)
    assert [(one.revision, one.status, one.reason, one.known_at) for one in again] == [
        (3, AlertStatus.REVISED, None, HEARD_AT + 3),
        (4, AlertStatus.RAISED, None, HEARD_AT + 3),
    ]


@pytest.mark.parametrize(("late_ms", "historical"), [(RULES.fresh_ms, False), (RULES.fresh_ms + 1, True)])
def test_news_of_exactly_the_fresh_days_is_fresh_and_a_moment_older_is_historical(late_ms, historical):
    (alert,) = Said().give("she", FIRST, SECOND, at=SECOND.occurred_at + late_ms)
    assert alert.historical is historical


def test_a_revision_of_fresh_news_stays_fresh_however_late_it_comes():
    told = she_moved().give("she", seen("late", 3, C), at=SECOND.occurred_at + 2 * RULES.fresh_ms)
    assert [(str(alert.status), alert.historical) for alert in told] == [("revised", False), ("raised", True)]


@pytest.mark.parametrize(
    ("reasons", "reason"),
    [
        ([], "later_evidence"),
        (["identity"], "identity"),
        (["identity", "corrected"], "corrected"),
        (["corrected", "identity", "not_followed"], "not_followed"),
    ],
)
def test_of_several_reasons_the_first_that_applies_is_said(reasons, reason):
    (alert,) = she_moved().step(she={"taken": [FIRST], "reasons": [WithdrawnReason(one) for one in reasons]})
    assert alert.reason == reason


def test_the_evidence_is_the_last_three_sightings_where_she_was_and_the_arrival():
    stay = [seen(f"a{number}", number / 10, A) for number in range(5)]
    (alert,) = Said().give("she", *stay, SECOND)
    assert alert.based_on == (*stay[2:], SECOND)


def test_the_evidence_passes_over_what_was_elsewhere_in_between():
    stay = [seen(f"a{number}", number / 10, A) for number in range(2)]
    transit = [seen(f"p{number}", 1 + number / 100, C, evidence=Evidence.PASSAGE) for number in range(9)]
    (alert,) = Said().give("she", *stay, *transit, SECOND)
    assert alert.based_on == (*stay, SECOND)


@pytest.mark.parametrize(("between", "found"), [(23, 1), (24, 0)])
def test_the_evidence_is_looked_for_no_further_back_than_two_dozen(between, found):
    transit = [seen(f"p{number}", 1.5 + number / 1000, C, evidence=Evidence.PASSAGE) for number in range(between)]
    (alert,) = Said().give("she", FIRST, *transit, SECOND)
    assert alert.based_on == (*([FIRST] * found), SECOND)


def test_what_came_after_the_arrival_is_no_evidence_of_where_she_was():
    told = Said().give("she", FIRST, SECOND, seen("c", 8, A))
    assert [alert.based_on for alert in told] == [(FIRST, SECOND), (SECOND, seen("c", 8, A))]


# What supersedes


def test_the_successor_is_the_alert_of_the_same_arrival_wherever_it_leads_to():
    said = Said()
    said.give("she", FIRST, SECOND, seen("c", 2, C))
    elsewhere = SECOND._replace(place="IT")
    told = said.step(she={"taken": [SECOND], "given": [elsewhere]})
    assert brief(told) == [("she", "withdrawn", "b"), ("she", "raised", "b")]
    assert told[0].superseded_by == id_of("b", "IT")


def test_else_the_successor_is_with_who_gained_the_sighting_the_smallest_id_first():
    said = Said()
    said.give("she", FIRST, SECOND)
    for other in ("other", "third"):
        said.give(other, seen(f"before {other}", 2, C))
    told = said.step(
        she={"taken": [SECOND], "reasons": [WithdrawnReason.IDENTITY]},
        other={"given": [SECOND]},
        third={"given": [SECOND]},
    )
    assert brief(told) == [("other", "raised", "b"), ("she", "withdrawn", "b"), ("third", "raised", "b")]
    assert told[1].superseded_by == min(id_of("b", B, "other"), id_of("b", B, "third"))


def test_who_had_the_sighting_all_along_is_no_successor():
    said = Said()
    said.give("she", FIRST, SECOND)
    said.give("other", seen("before", 2, C), SECOND)
    told = said.step(she={"taken": [SECOND]}, other={"given": [seen("after", 6, B)]})
    assert brief(told) == [("she", "withdrawn", "b")]
    assert told[0].superseded_by is None
    told = said.step(she={"given": [SECOND]})
    flagged = SECOND._replace(flagged=False)
    told = said.step(she={"taken": [SECOND]}, other={"taken": [SECOND], "given": [flagged]})
    assert told[-1].superseded_by is None


def test_else_the_successor_is_the_nearest_arrival_in_the_same_place():
    said = Said()
    arrivals = [seen("a0", 0, A), seen("b2", 2, B), seen("a4", 4, A), seen("b6", 6, B), seen("a8", 8, A)]
    said.give("she", *arrivals, seen("b9", 9, B))
    told = said.step(she={"taken": [arrivals[3]]})
    withdrawn = {alert.finding.arrival_event_id: alert.superseded_by for alert in told if alert.reason}
    assert withdrawn == {"b6": id_of("b9", B), "a8": id_of("a4", A)}


def test_of_two_as_near_the_earlier_is_the_successor():
    said = Said()
    arrivals = [seen("a0", 0, A), seen("b2", 2, B), seen("a4", 4, A), seen("b6", 6, B), seen("a8", 8, A)]
    said.give("she", *arrivals, seen("b10", 10, B))
    told = said.step(she={"taken": [arrivals[3]]})
    assert [alert.superseded_by for alert in told if alert.finding.arrival_event_id == "b6"] == [id_of("b2", B)]


def test_nothing_in_the_same_place_is_no_successor():
    told = she_moved().step(she={"taken": [SECOND], "given": [seen("c", 6, C)]})
    assert brief(told) == [("she", "withdrawn", "b"), ("she", "raised", "c")]
    assert told[0].superseded_by is None


# In what order


def test_messages_come_by_subject_then_withdrawn_revised_raised_then_by_arrival():
    said = Said()
    for subject in ("zoe", "she"):
        said.give(subject, seen("a", 1, A), seen("b", 5, B), seen("c", 8, C), seen("b2", 11, B))
    change = {"taken": [seen("b", 5, B)], "given": [seen("x", 4, "IT"), seen("y", 6, "BE:Made-up")]}
    told = said.step(zoe=change, she=change)
    expected = [("withdrawn", "b"), ("revised", "c"), ("revised", "b2"), ("raised", "x"), ("raised", "y")]
    assert brief(told) == [(subject, *line) for subject in ("she", "zoe") for line in expected]


# What is settled


def a_settled_alert():
    said = she_moved()
    assert said.give("she", seen("later", 25, B)) == []
    assert not said.subjects.is_active(RAISED.alert_id, "she")
    return said


def test_exactly_the_window_after_its_arrival_an_alert_is_settled_and_a_moment_before_it_is_not():
    a_settled_alert()
    said = she_moved()
    said.give("she", seen("later", 24.99999, B))
    assert said.subjects.is_active(RAISED.alert_id, "she")


@pytest.mark.parametrize(
    "changed",
    [
        SECOND._replace(occurred_at=SECOND.occurred_at - 1),
        SECOND._replace(evidence=int(Evidence.OFFER)),
        SECOND._replace(place=C),
    ],
)
def test_a_settled_alert_goes_when_its_arrival_has_another_time_class_or_place(changed):
    told = a_settled_alert().step(she={"taken": [SECOND], "given": [changed]})
    assert brief(told)[0] == ("she", "withdrawn", "b")


def test_a_settled_alert_whose_arrival_moves_into_the_window_is_active_again():
    told = a_settled_alert().step(
        she={"taken": [SECOND], "given": [SECOND._replace(occurred_at=SECOND.occurred_at + 1)]}
    )
    assert brief(told) == [("she", "revised", "b")]


def test_a_settled_alert_stays_when_its_arrival_says_the_same_or_something_else_goes():
    said = a_settled_alert()
    assert said.step(she={"taken": [SECOND], "given": [SECOND._replace(flagged=False)]}) == []
    assert said.step(she={"taken": [FIRST]}) == []


def test_an_event_of_the_same_id_from_another_source_is_not_its_arrival():
    said = a_settled_alert()
    twin = seen("b", 6, B, source="elsewhere")
    said.give("she", twin)
    assert said.step(she={"taken": [twin]}) == []


def test_with_no_sighting_left_what_was_settled_goes_only_if_its_arrival_went_in_this_step():
    later = seen("later", 25, B)
    told = a_settled_alert().step(she={"taken": [FIRST, SECOND, later]})
    assert brief(told) == [("she", "withdrawn", "b")]
    said = a_settled_alert()
    for sighting in (FIRST, SECOND):
        said.subjects.forget("she", sighting)
    assert said.step(she={"taken": [later]}) == []


def test_when_events_of_two_sources_bear_one_id_the_alert_tells_which_of_them_is_its_arrival():
    said = she_moved()
    twin = seen("b", 7, B, source="elsewhere", flagged=True)._replace(type="bvh_mutation")
    assert said.give("she", twin) == []
    (revised,) = said.step(she={"taken": [SECOND]})
    assert (revised.arrival_source, revised.arrival_type) == ("elsewhere", "bvh_mutation")
    assert revised.finding.arrived_at == twin.occurred_at
    said.give("she", seen("later", 30, B))
    assert brief(said.step(she={"taken": [twin]})) == [("she", "withdrawn", "b")]


def test_with_no_sighting_left_an_active_alert_goes_though_another_source_told_its_arrival_last():
    said = she_moved()
    twin = SECOND._replace(source="other source")
    assert said.give("she", twin) == []
    assert said.step(she={"taken": [SECOND]}) == []
    assert brief(said.step(she={"taken": [FIRST, twin]})) == [("she", "withdrawn", "b")]


def test_what_was_never_said_or_is_withdrawn_is_not_active():
    said = she_moved()
    assert said.subjects.is_active(RAISED.alert_id, "she")
    assert not said.subjects.is_active(RAISED.alert_id, "other")
    assert not said.subjects.is_active("another", "she")
    said.step(she={"taken": [FIRST]})
    assert not said.subjects.is_active(RAISED.alert_id, "she")


def test_what_is_known_to_be_said_of_a_subject_without_a_window_is_not_active():
    subjects = Subjects(RULES, MadeUpGeography())
    subjects.restore_said(RAISED)
    assert not subjects.is_active(RAISED.alert_id, "she")


# What was forgotten


def forgotten(said, *sightings, restart):
    """The sightings are past their term; afterwards, or after a restart, the same is known."""
    for sighting in sightings:
        said.subjects.forget("she", sighting)
    if restart:
        subjects = Subjects(RULES, MadeUpGeography())
        for alert in said.subjects._said["she"].values():
            subjects.restore_said(alert)
        subjects.restore_window("she", "person", said.subjects.window("she").all_sightings)
        said.subjects = subjects
    return said


@pytest.mark.parametrize("restart", [False, True])
def test_an_alert_that_rested_on_what_was_forgotten_stands_as_it_was_said(restart):
    said = forgotten(she_moved(), FIRST, restart=restart)
    other = seen("c", 6, B)
    assert said.give("she", other) == []
    assert said.step(she={"taken": [other]}) == []
    assert brief(said.give("she", seen("late", 3, C))) == []
    assert brief(said.step(she={"taken": [SECOND]})) == [("she", "withdrawn", "b")]


@pytest.mark.parametrize("restart", [False, True])
def test_an_alert_that_says_less_since_something_was_forgotten_stands_as_it_was_said(restart):
    said = Said()
    said.give("she", FIRST, seen("late", 3, A), SECOND)
    assert brief(said.give("she", seen("c", 8, A))) == [("she", "raised", "c")]
    forgotten(said, SECOND, restart=restart)
    assert said.give("she", seen("d", 9, A)) == []
    assert brief(said.give("she", seen("e", 10, C))) == [("she", "raised", "e")]


@pytest.mark.parametrize("restart", [False, True])
def test_an_alert_that_rests_on_nothing_forgotten_is_still_revised_and_withdrawn(restart):
    said = Said()
    said.give("she", seen("old", 0, A), FIRST, SECOND)
    forgotten(said, seen("old", 0, A), restart=restart)
    assert brief(said.give("she", seen("late", 3, C))) == [("she", "revised", "b"), ("she", "raised", "late")]
    assert brief(said.step(she={"taken": [SECOND]})) == [("she", "withdrawn", "b"), ("she", "revised", "late")]


@pytest.mark.parametrize("restart", [False, True])
def test_what_was_withdrawn_before_something_was_forgotten_is_raised_again(restart):
    said = Said()
    third, fourth = seen("c", 7, C), seen("d", 9, A)
    said.give("she", FIRST, SECOND, third, fourth)
    said.step(she={"taken": [SECOND]})
    forgotten(said, FIRST, restart=restart)
    assert said.give("she", seen("e", 9.5, A)) == []
    assert brief(said.give("she", seen("before", 2, A), SECOND)) == [("she", "raised", "b")]


@pytest.mark.parametrize("restart", [False, True])
def test_with_everything_forgotten_what_was_said_stands(restart):
    said = forgotten(she_moved(), FIRST, SECOND, restart=restart)
    assert not said.subjects.is_active(RAISED.alert_id, "she")
    new = seen("new", 12, C)
    assert said.give("she", new) == []
    assert said.step(she={"taken": [new]}) == []


def test_what_is_forgotten_of_one_leaves_the_other_as_she_was():
    said = she_moved()
    said.give("other", FIRST, SECOND)
    forgotten(said, FIRST, restart=False)
    assert brief(said.step(other={"taken": [FIRST]})) == [("other", "withdrawn", "b")]
