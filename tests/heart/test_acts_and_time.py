"""What coordinators ask of a subject, and what time does."""

import pytest
from ledger import Ledger
from made_up import RULES, MadeUpGeography, a_passage, a_person, a_report

from processors.heart import InvalidAction
from schemas.actions import SubjectAction
from schemas.alerts import AlertStatus, WithdrawnReason
from schemas.reports import EventKey, Standing
from schemas.times import DAY_MS, HOUR_MS

DAY_0 = 100 * DAY_MS
SHE = (a_person(bvh="she"),)


def a_ledger():
    return Ledger(RULES, MadeUpGeography())


def an_act(action, subject="she", at_day=10, **more):
    return SubjectAction(
        "act-1", action, subject, more.pop("reason", "made up"), "local", DAY_0 + at_day * DAY_MS, **more
    )


def she_moves(ledger):
    ledger.apply(a_report("a", day=1, place="GM0001", persons=SHE))
    return ledger.apply(a_report("b", day=5, place="GM0002", persons=SHE))


def event(event_id, type_="control"):
    return EventKey("made-up", type_, event_id)


def statuses(step):
    return [(str(alert.status), alert.finding.to_place) for alert in step.alerts]


def test_a_struck_sighting_does_not_count_and_comes_back_when_the_strike_is_taken_back():
    ledger = a_ledger()
    she_moves(ledger)
    struck = ledger.keep(ledger.heart.act(an_act("strike", event=event("b"))))
    assert statuses(struck) == [("withdrawn", "GM0002")]
    assert [sighting.event_id for sighting in ledger.heart.struck_of("she")] == ["b"]
    back = ledger.keep(ledger.heart.act(an_act("unstrike", event=event("b"))))
    assert statuses(back) == [("raised", "GM0002")]
    assert back.alerts[0].revision == 3
    assert ledger.heart.struck_of("she") == []


def test_a_strike_lasts_through_corrections_and_restarts():
    ledger = a_ledger()
    she_moves(ledger)
    ledger.keep(ledger.heart.act(an_act("strike", event=event("b"))))
    assert ledger.apply(a_report("b", revision=1, day=6, place="GM0003", persons=SHE)).alerts == ()
    ledger.start_again()
    assert [sighting.place for sighting in ledger.heart.struck_of("she")] == ["GM0003"]
    assert ledger.apply(a_report("b", revision=2, day=6, place="GM0002", persons=SHE)).alerts == ()
    back = ledger.keep(ledger.heart.act(an_act("unstrike", event=event("b"))))
    assert statuses(back) == [("raised", "GM0002")]


def test_a_withdrawn_event_takes_its_struck_sighting_along():
    ledger = a_ledger()
    she_moves(ledger)
    ledger.keep(ledger.heart.act(an_act("strike", event=event("b"))))
    ledger.apply(a_report("b", revision=1, standing=Standing.WITHDRAWN))
    assert ledger.heart.struck_of("she") == []
    assert ledger.keep(ledger.heart.act(an_act("unstrike", event=event("b")))).alerts == ()


def test_striking_twice_is_harmless():
    ledger = a_ledger()
    she_moves(ledger)
    ledger.keep(ledger.heart.act(an_act("strike", event=event("b"))))
    assert ledger.keep(ledger.heart.act(an_act("strike", event=event("b")))).alerts == ()


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (an_act("strike", event=event("other")), "event"),
        (an_act("strike"), "event"),
        (an_act("strike", subject="nobody", event=event("b")), "event"),
        (an_act("unstrike", event=event("b")), "event"),
        (an_act("strike", reason="  ", event=event("b")), "reason"),
        (an_act("dance"), "action"),
        (an_act("follow", subject="plate-1"), "until"),
        (an_act("follow", subject="plate-1", until=DAY_0 + 101 * DAY_MS), "until"),
        (an_act("follow", subject="plate-1", until=DAY_0 + 10 * DAY_MS), "until"),
        (an_act("follow", until=DAY_0 + 20 * DAY_MS), "subject"),
        (an_act("unfollow", subject="plate-1"), "subject"),
    ],
)
def test_what_cannot_be_done_says_what_to_mend_and_changes_nothing(act, field):
    ledger = a_ledger()
    she_moves(ledger)
    before = ledger.active()
    with pytest.raises(InvalidAction) as refused:
        ledger.heart.act(act)
    assert refused.value.problem.field == field
    assert refused.value.problem.hint
    assert ledger.active() == before


def test_a_coordinator_follows_a_vehicle_for_at_most_ninety_days():
    ledger = a_ledger()
    ledger.keep(ledger.heart.act(an_act("follow", subject="plate-1", at_day=0, until=DAY_0 + 90 * DAY_MS)))
    assert ledger.heart.is_followed("plate-1", DAY_0 + 90 * DAY_MS - 1)
    assert not ledger.heart.is_followed("plate-1", DAY_0 + 90 * DAY_MS)


def followed_by_request(ledger):
    ledger.keep(ledger.heart.act(an_act("follow", subject="plate-1", at_day=0, until=DAY_0 + 30 * DAY_MS)))
    for index, (day, place) in enumerate([(1, "GM0001"), (1.3, "GM0001"), (2, "GM0002"), (2.3, "GM0002")]):
        step = ledger.apply(a_passage(f"p{index}", occurred_at=round(DAY_0 + day * DAY_MS), place=place))
    return step


def test_when_the_follow_ends_its_passages_are_destroyed():
    ledger = a_ledger()
    assert statuses(followed_by_request(ledger)) == [("raised", "GM0002")]
    step = ledger.keep(ledger.heart.act(an_act("unfollow", subject="plate-1")))
    assert [alert.reason for alert in step.alerts] == [WithdrawnReason.NOT_FOLLOWED]
    assert step.alerts[0].based_on == ()
    assert ledger.heart.sightings_of("plate-1") == []
    assert ledger.entries == {}
    assert not ledger.heart.is_followed("plate-1", DAY_0 + 11 * DAY_MS)


def test_passages_known_before_the_end_never_count_again():
    ledger = a_ledger()
    followed_by_request(ledger)
    ledger.keep(ledger.heart.act(an_act("unfollow", subject="plate-1", at_day=10)))
    ledger.keep(ledger.heart.act(an_act("follow", subject="plate-1", at_day=12, until=DAY_0 + 30 * DAY_MS)))
    ledger.start_again()
    assert not ledger.heart.is_followed("plate-1", DAY_0 + 10 * DAY_MS - 1)
    assert ledger.heart.is_followed("plate-1", DAY_0 + 12 * DAY_MS)


def test_a_follow_that_runs_out_ends_with_the_next_tick():
    ledger = a_ledger()
    followed_by_request(ledger)
    assert ledger.keep(ledger.heart.tick(DAY_0 + 30 * DAY_MS - 1, _no_term)).alerts == ()
    step = ledger.keep(ledger.heart.tick(DAY_0 + 30 * DAY_MS, _no_term))
    assert [(alert.status, alert.reason) for alert in step.alerts] == [
        (AlertStatus.WITHDRAWN, WithdrawnReason.NOT_FOLLOWED)
    ]


def test_a_vehicle_stays_followed_while_anything_follows_it():
    ledger = a_ledger()
    ledger.apply(a_report("c", day=0, vehicles=("plate-1",)))
    followed_by_request(ledger)
    ledger.keep(ledger.heart.act(an_act("unfollow", subject="plate-1")))
    assert ledger.heart.is_followed("plate-1", DAY_0 + 11 * DAY_MS)
    assert len(ledger.heart.sightings_of("plate-1")) == 5


def _no_term(_report):
    return None


def _ten_days(_report):
    return 10 * DAY_MS


def test_what_is_past_its_term_is_forgotten_without_a_word_and_what_was_said_stands():
    ledger = a_ledger()
    she_moves(ledger)
    assert ledger.keep(ledger.heart.tick(DAY_0 + 11 * DAY_MS - 1, _ten_days)).changes == ()
    step = ledger.keep(ledger.heart.tick(DAY_0 + 11 * DAY_MS, _ten_days))
    assert step.alerts == ()
    assert event("a") not in ledger.entries
    for restart in (False, True):
        if restart:
            ledger.start_again()
        step = ledger.apply(a_report(f"c{restart}", day=12, place="GM0002", persons=SHE))
        assert step.alerts == ()


def test_a_settled_alert_goes_when_its_own_arrival_is_corrected_even_after_forgetting():
    ledger = a_ledger()
    she_moves(ledger)
    ledger.keep(ledger.heart.tick(DAY_0 + 11 * DAY_MS, _ten_days))
    step = ledger.apply(a_report("b", revision=1, standing=Standing.WITHDRAWN))
    assert statuses(step) == [("withdrawn", "GM0002")]


def test_links_of_documents_stay_until_the_last_sighting_of_the_document_goes():
    ledger = a_ledger()
    ledger.apply(a_report("join", day=1, persons=(a_person(bvh="she", document="doc"),)))
    ledger.apply(a_report("alone", day=5, persons=(a_person(document="doc"),)))
    ledger.keep(ledger.heart.tick(DAY_0 + 12 * DAY_MS, _ten_days))
    assert ledger.entries[event("join")].report.occurred_at is None
    ledger.start_again()
    assert ledger.heart.subject_of_person(None, "doc", None) == "she"
    assert [sighting.event_id for sighting in ledger.heart.sightings_of("she")] == ["alone"]
    ledger.keep(ledger.heart.tick(DAY_0 + 16 * DAY_MS, _ten_days))
    assert ledger.entries == {}
    assert ledger.heart.subject_of_person(None, "doc", None) == "doc"


def test_what_a_passage_without_effect_leaves_is_forgotten_after_three_days():
    ledger = a_ledger()
    ledger.apply(a_report("p", type="vehicle", revision=1, standing=Standing.WITHDRAWN, known_at=DAY_0))
    assert ledger.keep(ledger.heart.tick(DAY_0 + 72 * HOUR_MS - 1, _no_term)).changes == ()
    ledger.keep(ledger.heart.tick(DAY_0 + 72 * HOUR_MS, _no_term))
    assert ledger.entries == {}


def test_when_the_naming_control_is_past_its_term_the_passages_go_too():
    ledger = a_ledger()
    ledger.apply(a_report("c", day=0, vehicles=("plate-1",)))
    ledger.apply(a_passage("p", day=9))
    ledger.keep(ledger.heart.tick(DAY_0 + 10 * DAY_MS, _ten_days))
    assert ledger.entries == {}
    assert ledger.heart.sightings_of("plate-1") == []


def test_stays_are_told_with_their_ends_and_an_arrival_cuts_a_stay_of_ads():
    ledger = a_ledger()
    for index, (day, place) in enumerate([(1, "GM0001"), (3, "GM0001")]):
        ledger.apply(a_report(f"ad{index}", type="ad", day=day, place=place, phones=("phone",)))
    ledger.apply(a_report("c", day=2, place="GM0002", phones=("phone",)))
    days = [
        (place, (first - DAY_0) / DAY_MS, (last - DAY_0) / DAY_MS)
        for place, first, last in ledger.heart.stays_of("phone")
    ]
    assert days == [("GM0001", 1, 2), ("GM0002", 2, 2), ("GM0001", 3, 3)]
