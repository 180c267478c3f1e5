"""Who and what is met with a subject: one hop, counting events only, never merged."""

from made_up import RULES, MadeUpGeography, a_passage, a_person, a_report

from processors.heart import Heart
from schemas.actions import SubjectAction
from schemas.reports import EventKey, Standing
from schemas.times import DAY_MS

SHE = a_person(bvh="she")


def a_heart(*reports):
    heart = Heart(RULES, MadeUpGeography())
    for report in reports:
        heart.apply(report)
    return heart


def company(heart, subject="she"):
    return [(other.subject, other.kind, other.events) for other in heart.company_of(subject)]


def strike(heart, subject, event_id):
    event = EventKey("made-up", "control", event_id)
    heart.act(SubjectAction(f"act {subject}", "strike", subject, "made up", "local", 200 * DAY_MS, event=event))


def test_phones_cars_and_people_of_the_same_events_are_company_the_most_shared_first():
    heart = a_heart(
        a_report("a", day=1, persons=(SHE, a_person(bvh="driver")), vehicles=("plate-1",), phones=("phone-1",)),
        a_report("b", day=3, place="GM0002", persons=(SHE,), vehicles=("plate-1",)),
    )
    assert company(heart) == [("plate-1", "vehicle", 2), ("driver", "person", 1), ("phone-1", "phone", 1)]
    car = heart.company_of("she")[0]
    assert car.last_at - car.first_at == 2 * DAY_MS


def test_company_is_one_hop_away_and_no_further():
    heart = a_heart(
        a_report("a", day=1, persons=(SHE,), vehicles=("plate-1",)),
        a_report("b", day=2, persons=(a_person(bvh="stranger"),), vehicles=("plate-1",)),
        a_passage("p", day=3, place="GM0003"),
    )
    assert company(heart) == [("plate-1", "vehicle", 1)]
    assert [sighting.event_id for sighting in heart.sightings_of("she")] == ["a"]


def test_a_correction_and_a_withdrawal_take_company_away():
    heart = a_heart(a_report("a", persons=(SHE,), phones=("phone-1",)), a_report("b", persons=(SHE,), phones=("p-2",)))
    heart.apply(a_report("a", revision=1, persons=(SHE,)))
    heart.apply(a_report("b", revision=1, standing=Standing.WITHDRAWN))
    assert company(heart) == []


def test_a_struck_sighting_makes_no_company_on_either_side():
    both = a_report("a", persons=(SHE,), phones=("phone-1",))
    hers, its = a_heart(both), a_heart(both)
    strike(hers, "she", "a")
    strike(its, "phone-1", "a")
    assert company(hers) == company(hers, "phone-1") == []
    assert company(its) == company(its, "phone-1") == []


def test_who_is_known_by_papers_is_one_person_in_company_too():
    heart = a_heart(
        a_report("a", day=1, persons=(SHE, a_person(bvh="friend", document="doc-1"))),
        a_report("b", day=2, persons=(SHE, a_person(document="doc-1"))),
    )
    assert company(heart) == [("friend", "person", 2)]


def test_reports_behind_a_subject_are_those_that_count_and_then_those_struck():
    heart = a_heart(a_report("a", day=1, persons=(SHE,)), a_report("b", day=2, persons=(SHE,)))
    strike(heart, "she", "a")
    assert [report.event_id for report in heart.reports_of("she")] == ["b", "a"]
    assert [(each.event.event_id, each.reason) for each in heart.strikes_of("she")] == [("a", "made up")]
    assert heart.reports_of("nobody") == heart.strikes_of("nobody") == heart.company_of("nobody") == []
