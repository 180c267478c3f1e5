"""What coordinators ask of a subject, and what time does."""

import pytest
from ledger import Ledger
from made_up import RULES, MadeUpGeography, a_passage, a_person, a_report

from processors.changes import Follow, Strike, Verdict
from processors.subject_requests import InvalidAction
from schemas.actions import SubjectAction
from schemas.alerts import AlertStatus, WithdrawnReason
from schemas.problems import Code
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


NO_SIGHTING = ("event", "this subject has no sighting from that event", "an event of its timeline")
NO_END = ("until", "a follow must end within 90 days", "a time after now and at most 90 days ahead")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (an_act("strike", event=event("other")), NO_SIGHTING),
        (an_act("strike", subject="nobody", event=event("b")), NO_SIGHTING),
        (
            an_act("strike"),
            ("event", "which event's sighting is missing", "source, type and event_id of the event"),
        ),
        (
            an_act("unstrike", event=event("b")),
            ("event", "that sighting is not struck", "an event whose sighting was struck"),
        ),
        (
            an_act("strike", reason="  ", event=event("b")),
            ("reason", "a reason is required", "say in a sentence why"),
        ),
        (an_act("dance"), ("action", "there is no such action", "one of follow, unfollow, strike, unstrike")),
        (an_act("follow", subject="plate-1"), NO_END),
        (an_act("follow", subject="plate-1", until=DAY_0 + 100 * DAY_MS + 1), NO_END),
        (an_act("follow", subject="plate-1", until=DAY_0 + 10 * DAY_MS), NO_END),
        (
            an_act("follow", until=DAY_0 + 20 * DAY_MS),
            ("subject", "only vehicles are followed", "the token of a vehicle"),
        ),
        (
            an_act("unfollow", subject="plate-1"),
            ("subject", "nobody follows this vehicle by request", "the token of a followed vehicle"),
        ),
    ],
)
def test_what_cannot_be_done_says_what_to_mend_and_changes_nothing(act, said):
    ledger = a_ledger()
    she_moves(ledger)
    before = ledger.active()
    with pytest.raises(InvalidAction) as refused:
        ledger.heart.act(act)
    problem = refused.value.problem
    assert (problem.code, problem.field, problem.message, problem.hint) == (Code.INVALID_VALUE, *said)
    assert str(refused.value) == problem.message
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


@pytest.mark.parametrize("restart", [False, True])
def test_passages_known_before_the_end_never_count_again(restart):
    ledger = a_ledger()
    followed_by_request(ledger)
    ledger.keep(ledger.heart.act(an_act("unfollow", subject="plate-1", at_day=10)))
    ledger.keep(ledger.heart.act(an_act("follow", subject="plate-1", at_day=12, until=DAY_0 + 30 * DAY_MS)))
    if restart:
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


def test_what_was_asked_is_kept_with_who_asked_when_and_why():
    ledger = a_ledger()
    she_moves(ledger)
    followed = ledger.keep(ledger.heart.act(an_act("follow", subject="plate-1", until=DAY_0 + 11 * DAY_MS)))
    struck = ledger.keep(ledger.heart.act(an_act("strike", event=event("b"))))
    at = DAY_0 + 10 * DAY_MS
    assert (followed.verdict, struck.verdict) == (Verdict.APPLIED, Verdict.APPLIED)
    assert ledger.heart.follow_of("plate-1") == ledger.follows["plate-1"]
    assert ledger.heart.follow_of("plate-2") is None
    assert ledger.follows == {"plate-1": Follow("plate-1", at, DAY_0 + 11 * DAY_MS, "made up", "local")}
    assert ledger.strikes == {("she", event("b")): Strike("she", event("b"), "made up", "local", at)}
    assert struck.alerts[0].known_at == at
    assert struck.alerts[0].reason is WithdrawnReason.CORRECTED
    ledger.keep(ledger.heart.act(an_act("unstrike", event=event("b"))))
    ledger.keep(ledger.heart.act(an_act("unfollow", subject="plate-1")))
    assert (ledger.follows, ledger.strikes) == ({}, {})


def test_nobody_has_no_sightings_no_stays_and_no_kind():
    heart = a_ledger().heart
    assert (heart.sightings_of("nobody"), heart.struck_of("nobody"), heart.stays_of("nobody")) == ([], [], [])
    assert heart.kind_of("nobody") is None
    assert not heart.is_active("an-alert", "nobody")


def test_a_person_is_looked_up_by_any_of_its_identifiers():
    ledger = a_ledger()
    ledger.apply(a_report("join", persons=(a_person(bvh="she", document="doc"),)))
    assert ledger.heart.subject_of_person("somebody", "doc", "name") == "somebody"
    assert ledger.heart.subject_of_person(None, "doc", "name") == "she"
    assert ledger.heart.subject_of_person(None, "other", "name") == "other"
    assert ledger.heart.subject_of_person(None, None, "name") == "name"
    assert ledger.heart.subject_of_person(None, None, None) is None


def test_a_follow_that_ran_out_is_dropped_and_said_as_of_the_tick():
    ledger = a_ledger()
    followed_by_request(ledger)
    at = DAY_0 + 33 * DAY_MS
    step = ledger.keep(ledger.heart.tick(at, _no_term))
    assert step.verdict is Verdict.APPLIED
    assert [alert.known_at for alert in step.alerts] == [at]
    assert (ledger.follows, ledger.ended) == ({}, {"plate-1": at})
    assert ledger.heart.sightings_of("plate-1") == []
    with pytest.raises(InvalidAction):
        ledger.heart.act(an_act("unfollow", subject="plate-1"))


def test_what_follows_a_vehicle_is_known_again_after_a_restart():
    ledger = a_ledger()
    ledger.apply(a_report("c", day=0, vehicles=("plate-1",)))
    ledger.apply(a_report("d", day=0, vehicles=("plate-1",)))
    ledger.apply(a_passage("p", day=1))
    ledger.start_again()
    assert ledger.heart.is_followed("plate-1", DAY_0 + 2 * DAY_MS)
    ledger.apply(a_report("c", revision=1, standing=Standing.WITHDRAWN))
    assert ledger.heart.is_followed("plate-1", DAY_0 + 2 * DAY_MS)
    ledger.apply(a_report("d", revision=1, standing=Standing.WITHDRAWN))
    assert not ledger.heart.is_followed("plate-1", DAY_0 + 2 * DAY_MS)
    assert ledger.heart.sightings_of("plate-1") == []


def test_a_follow_lasts_through_the_end_of_being_named():
    ledger = a_ledger()
    ledger.apply(a_report("c", day=0, vehicles=("plate-1",)))
    followed_by_request(ledger)
    ledger.apply(a_report("c", revision=1, standing=Standing.WITHDRAWN, known_at=DAY_0 + 4 * DAY_MS))
    assert ledger.ended == {}
    assert len(ledger.heart.sightings_of("plate-1")) == 4


def test_when_following_ends_what_controls_saw_of_the_vehicle_stays():
    ledger = a_ledger()
    ledger.apply(a_report("c", day=0, vehicles=("plate-1",)))
    ledger.apply(a_report("d", day=1, vehicles=("plate-1",)))
    ledger.apply(a_passage("p", day=1.5))
    ledger.apply(a_report("d", revision=1, day=1, type="control"))
    ledger.apply(a_report("ad", type="ad", day=2, vehicles=("plate-1",)))
    ledger.apply(a_report("c", revision=1, day=0, known_at=DAY_0 + 4 * DAY_MS))
    assert [sighting.event_id for sighting in ledger.heart.sightings_of("plate-1")] == ["ad"]
    assert ledger.ended == {"plate-1": DAY_0 + 4 * DAY_MS}
    assert not ledger.heart.is_followed("plate-1", DAY_0 + 4 * DAY_MS)


def test_a_struck_passage_is_destroyed_with_the_rest_and_one_judged_before_stays():
    ledger = a_ledger()
    followed_by_request(ledger)
    ledger.apply(a_passage("judged", day=3, admitted=True))
    ledger.keep(ledger.heart.act(an_act("strike", subject="plate-1", event=event("p1", "vehicle"))))
    assert len(ledger.heart.struck_of("plate-1")) == 1
    ledger.keep(ledger.heart.act(an_act("unfollow", subject="plate-1")))
    assert ledger.heart.struck_of("plate-1") == []
    assert [sighting.event_id for sighting in ledger.heart.sightings_of("plate-1")] == ["judged"]
    assert [key.event_id for key in ledger.entries] == ["judged"]


def test_only_what_is_itself_past_its_term_is_forgotten():
    ledger = a_ledger()
    ledger.apply(a_report("short", day=0, persons=SHE, indicators=("debt",)))
    ledger.apply(a_report("long", day=0, persons=SHE))
    ledger.apply(a_report("none", type="ad", day=0, phones=("phone-1",)))
    ledger.apply(a_report("gone", revision=1, standing=Standing.WITHDRAWN, known_at=DAY_0))
    terms = lambda report: None if report.type == "ad" else (5 if report.indicators else 10) * DAY_MS
    kept = []
    for day in (5, 10, 300):
        ledger.keep(ledger.heart.tick(DAY_0 + day * DAY_MS, terms))
        kept.append([key.event_id for key in ledger.entries])
    assert kept == [["long", "none", "gone"], ["none", "gone"], ["none", "gone"]]


def test_a_struck_sighting_past_its_term_goes_too_and_for_good():
    ledger = a_ledger()
    she_moves(ledger)
    ledger.keep(ledger.heart.act(an_act("strike", event=event("a"))))
    step = ledger.keep(ledger.heart.tick(DAY_0 + 12 * DAY_MS, _ten_days))
    assert [type(change).__name__ for change in step.changes] == ["EntryDropped"]
    assert ledger.heart.struck_of("she") == []
    assert [sighting.event_id for sighting in ledger.heart.sightings_of("she")] == ["b"]
    back = ledger.keep(ledger.heart.act(an_act("unstrike", event=event("a"))))
    assert back.alerts == ()
    assert [type(change).__name__ for change in back.changes] == ["StrikeDropped"]


def test_the_only_sighting_struck_comes_back_as_what_it_was():
    ledger = a_ledger()
    ledger.apply(a_report("c", phones=("phone-1",)))
    ledger.keep(ledger.heart.act(an_act("strike", subject="phone-1", event=event("c"))))
    assert ledger.heart.sightings_of("phone-1") == []
    ledger.keep(ledger.heart.act(an_act("unstrike", subject="phone-1", event=event("c"))))
    assert [sighting.event_id for sighting in ledger.heart.sightings_of("phone-1")] == ["c"]
    assert ledger.heart.kind_of("phone-1") == "phone"


def test_a_link_past_its_term_is_kept_with_its_rank_so_that_older_news_of_it_changes_nothing():
    ledger = a_ledger()
    ledger.apply(a_report("join", revision=2, day=1, persons=(a_person(bvh="she", document="doc"),)))
    ledger.apply(a_report("alone", day=5, persons=(a_person(document="doc"),)))
    ledger.keep(ledger.heart.tick(DAY_0 + 12 * DAY_MS, _ten_days))
    kept = ledger.entries[event("join")]
    assert (kept.rank.revision, kept.seen, kept.known_at) == (2, (kept.rank,), DAY_0 + DAY_MS + HOUR_MS // 2)
    again = a_report("join", revision=2, day=1, persons=(a_person(bvh="she", document="doc"),))
    older = a_report("join", revision=1, day=1, persons=(a_person(bvh="other", document="doc"),))
    assert ledger.apply(again).verdict is Verdict.DUPLICATE
    assert ledger.apply(older).verdict is Verdict.OUTRANKED
    assert ledger.heart.subject_of_person(None, "doc", None) == "she"


def test_a_document_that_is_seen_no_more_takes_every_link_of_it_along():
    ledger = a_ledger()
    ledger.apply(a_report("one", day=1, persons=(a_person(bvh="she", document="doc"),)))
    ledger.apply(a_report("two", day=2, persons=(a_person(bvh="she", document="doc"),)))
    ledger.apply(a_report("last", day=5, persons=(a_person(document="doc"),)))
    ledger.keep(ledger.heart.tick(DAY_0 + 13 * DAY_MS, _ten_days))
    assert [key.event_id for key in ledger.entries] == ["last", "one", "two"]
    step = ledger.keep(ledger.heart.tick(DAY_0 + 15 * DAY_MS, _ten_days))
    assert ledger.entries == {}
    assert sorted(type(change).__name__ for change in step.changes) == ["EntryDropped"] * 3 + ["SightingTaken"]
    ledger.apply(a_report("new", day=16, persons=(a_person(document="doc"),)))
    assert [sighting.event_id for sighting in ledger.heart.sightings_of("doc")] == ["new"]


def test_a_link_stays_while_anything_of_the_document_is_seen():
    ledger = a_ledger()
    ledger.apply(a_report("join", day=1, persons=(a_person(bvh="she", document="doc"),)))
    ledger.apply(a_report("one", day=5, persons=(a_person(document="doc"),)))
    ledger.apply(a_report("two", day=8, persons=(a_person(document="doc"),)))
    for day, left in [(12, ["join", "one", "two"]), (16, ["join", "two"]), (19, [])]:
        ledger.keep(ledger.heart.tick(DAY_0 + day * DAY_MS, _ten_days))
        assert sorted(key.event_id for key in ledger.entries) == left
        assert ledger.heart.subject_of_person(None, "doc", None) == ("she" if left else "doc")
        ledger.start_again()


def test_a_link_goes_when_the_last_sighting_of_the_document_is_withdrawn_or_names_another():
    for last in (
        a_report("one", revision=1, standing=Standing.WITHDRAWN),
        a_report("one", revision=1, day=5, persons=(a_person(document="doc-2"),)),
    ):
        ledger = a_ledger()
        ledger.apply(a_report("join", day=1, persons=(a_person(bvh="she", document="doc"),)))
        ledger.apply(a_report("one", day=5, persons=(a_person(document="doc"),)))
        ledger.keep(ledger.heart.tick(DAY_0 + 12 * DAY_MS, _ten_days))
        ledger.apply(last)
        assert [*ledger.entries] == [event("one")]
        assert ledger.heart.subject_of_person(None, "doc", None) == "doc"


def test_of_an_event_that_named_two_documents_only_the_link_of_the_one_still_seen_stays():
    ledger = a_ledger()
    two = (a_person(bvh="she", document="doc"), a_person(bvh="other", document="doc-2"))
    ledger.apply(a_report("join", day=1, persons=two))
    ledger.apply(a_report("one", day=5, persons=(a_person(document="doc"),)))
    ledger.apply(a_report("two", day=8, persons=(a_person(document="doc-2"),)))
    for day, subjects in [(12, ("she", "other")), (16, ("doc", "other")), (19, ("doc", "doc-2"))]:
        ledger.keep(ledger.heart.tick(DAY_0 + day * DAY_MS, _ten_days))
        for _ in range(2):
            assert tuple(ledger.heart.subject_of_person(None, each, None) for each in ("doc", "doc-2")) == subjects
            ledger.start_again()
    assert ledger.entries == {}


def test_a_link_that_nothing_else_is_seen_of_goes_with_its_event():
    ledger = a_ledger()
    ledger.apply(a_report("join", day=1, persons=(a_person(bvh="she", document="doc"),)))
    ledger.keep(ledger.heart.tick(DAY_0 + 11 * DAY_MS, _ten_days))
    assert ledger.entries == {}
    assert ledger.heart.subject_of_person(None, "doc", None) == "doc"


@pytest.mark.parametrize("names", [("a", "z"), ("z", "a")])
def test_control_and_passage_past_their_term_at_once_go_together_without_a_word(names):
    control, passage = names
    ledger = a_ledger()
    ledger.apply(a_report(control, day=0, vehicles=("plate-1",)))
    ledger.apply(a_passage(f"{passage}1", day=0.4, place="GM0002"))
    assert statuses(ledger.apply(a_passage(f"{passage}2", day=0.9, place="GM0002"))) == [("raised", "GM0002")]
    step = ledger.keep(ledger.heart.tick(DAY_0 + 11 * DAY_MS, _ten_days))
    assert step.alerts == ()
    assert (ledger.entries, ledger.ended) == ({}, {"plate-1": DAY_0 + 11 * DAY_MS})


def test_a_strike_outlasts_a_withdrawal_and_a_restart():
    ledger = a_ledger()
    she_moves(ledger)
    ledger.keep(ledger.heart.act(an_act("strike", event=event("b"))))
    ledger.apply(a_report("b", revision=1, standing=Standing.WITHDRAWN))
    ledger.start_again()
    assert ledger.heart.struck_of("she") == []
    assert ledger.apply(a_report("b", revision=2, day=5, place="GM0002", persons=SHE)).alerts == ()
    assert [sighting.event_id for sighting in ledger.heart.struck_of("she")] == ["b"]


def test_a_strike_of_what_was_withdrawn_can_be_taken_back_after_a_restart():
    ledger = a_ledger()
    she_moves(ledger)
    ledger.keep(ledger.heart.act(an_act("strike", event=event("b"))))
    ledger.apply(a_report("b", revision=1, standing=Standing.WITHDRAWN))
    ledger.start_again()
    assert ledger.keep(ledger.heart.act(an_act("unstrike", event=event("b")))).alerts == ()
    assert statuses(ledger.apply(a_report("b", revision=2, day=5, place="GM0002", persons=SHE))) == [
        ("raised", "GM0002")
    ]


def test_an_alert_that_passed_to_another_sources_event_goes_with_that_event():
    for restart in (False, True):
        ledger = a_ledger()
        she_moves(ledger)
        ledger.apply(a_report("b", source="zeta", day=5, place="GM0002", persons=SHE))
        ledger.apply(a_report("b", revision=1, standing=Standing.WITHDRAWN))
        if restart:
            ledger.start_again()
        ledger.apply(a_report("c", day=25, place="GM0002", persons=SHE))
        step = ledger.apply(a_report("b", source="zeta", revision=1, standing=Standing.WITHDRAWN))
        assert [alert.reason for alert in step.alerts] == [WithdrawnReason.CORRECTED], restart
