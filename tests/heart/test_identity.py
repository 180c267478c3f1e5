"""Who is who, and what a report shows of whom."""

from dataclasses import replace

import pytest
from made_up import a_passage, a_person, a_report

from processors.identity import Document, documents_of, links_only, sightings_of, subject_of
from schemas.reports import EventKey, Report, ReportedPerson, Standing
from schemas.sightings import Evidence, Sighting
from schemas.times import DAY_MS

ONE, TWO = EventKey("made-up", "control", "one"), EventKey("made-up", "control", "two")
WITH_NOBODY, WITH_HER, WITH_BOTH = frozenset(), frozenset({"bvh-1"}), frozenset({"bvh-1", "bvh-2"})


def a_document(*named):
    document = Document()
    for event, owners in named:
        document.put(event, owners)
    return document


@pytest.mark.parametrize(
    ("named", "owner"),
    [
        ([], None),
        ([(ONE, WITH_NOBODY)], None),
        ([(ONE, WITH_HER)], "bvh-1"),
        ([(ONE, WITH_HER), (TWO, WITH_NOBODY)], "bvh-1"),
        ([(ONE, WITH_HER), (TWO, WITH_HER)], "bvh-1"),
        ([(ONE, WITH_HER), (TWO, frozenset({"bvh-2"}))], None),
        ([(ONE, WITH_BOTH)], None),
        ([(ONE, WITH_BOTH), (ONE, WITH_HER)], "bvh-1"),
        ([(ONE, WITH_HER), (ONE, WITH_NOBODY)], None),
    ],
)
def test_a_document_belongs_to_the_one_person_it_was_ever_named_with(named, owner):
    assert a_document(*named).belongs_to == owner


def test_a_link_holds_until_the_last_event_that_tells_it_is_gone():
    document = a_document((ONE, WITH_HER), (TWO, WITH_HER))
    document.drop(ONE)
    assert (document.belongs_to, [*document.events]) == ("bvh-1", [TWO])
    document.drop(TWO)
    assert (document.belongs_to, [*document.events]) == (None, [])


def test_dropping_an_event_that_never_named_it_changes_nothing():
    document = a_document((ONE, WITH_HER))
    document.drop(TWO)
    assert document.belongs_to == "bvh-1"


def test_documents_are_told_with_whom_they_are_named_in_one_person():
    report = a_report(
        persons=(
            a_person(document="doc-1"),
            a_person(bvh="bvh-3"),
            a_person(bvh="bvh-1", document="doc-2"),
            a_person(bvh="bvh-2", document="doc-2"),
            a_person(name="name-1"),
            a_person(document="doc-2"),
        )
    )
    assert documents_of(report) == {"doc-1": WITH_NOBODY, "doc-2": WITH_BOTH}
    assert documents_of(a_report()) == documents_of(None) == {}


def test_past_its_term_only_the_links_of_documents_still_seen_remain_of_a_report():
    report = a_report(
        "join",
        type="bvh_mutation",
        source="elsewhere",
        revision=3,
        ground="bvh",
        indicators=("debt",),
        vehicles=("plate-1",),
        phones=("phone-1",),
        mutation="made-up",
        persons=(
            a_person(bvh="bvh-1", document="doc-1", name="name-1", role="facilitator"),
            a_person(document="doc-2"),
            a_person(bvh="bvh-2"),
            a_person(bvh="bvh-2", document="doc-3"),
            a_person(name="name-2"),
        ),
    )
    report = replace(report, recorded_at=1, known_at=2)
    assert links_only(report, {"doc-1", "doc-2"}.__contains__) == Report(
        type="bvh_mutation",
        event_id="join",
        source="elsewhere",
        rank=report.rank,
        recorded_at=1,
        known_at=2,
        ground="bvh",
        persons=(ReportedPerson(bvh_person="bvh-1", document="doc-1"),),
    )


def test_a_report_without_links_leaves_nothing():
    report = a_report(persons=(a_person(document="doc-1"), a_person(bvh="bvh-1")))
    assert links_only(None, lambda _document: True) is None
    assert links_only(report, lambda _document: True) is None


@pytest.mark.parametrize(
    ("person", "owner", "subject"),
    [
        (a_person(bvh="bvh-1", document="doc-1", name="name-1"), "bvh-2", "bvh-1"),
        (a_person(document="doc-1", name="name-1"), "bvh-2", "bvh-2"),
        (a_person(document="doc-1", name="name-1"), None, "doc-1"),
        (a_person(name="name-1"), "bvh-2", "name-1"),
        (a_person(), "bvh-2", None),
    ],
)
def test_the_subject_is_the_person_then_the_owner_of_the_document_then_document_then_name(person, owner, subject):
    assert subject_of(person, {"doc-1": owner}.get) == subject


def shown(report, belongs_to=lambda _document: None):
    return sightings_of(report, belongs_to)


def test_a_control_shows_everybody_and_everything_it_names_at_its_place_and_time():
    report = a_report(
        "c",
        source="elsewhere",
        day=2,
        place="GM0002",
        persons=(a_person(bvh="bvh-1"), a_person(document="doc-1"), a_person()),
        vehicles=("plate-1",),
        phones=("phone-1",),
        photos=("photo-1",),
    )
    report = replace(report, recorded_at=1, known_at=2)
    sighting = Sighting(102 * DAY_MS, 0, "c", "elsewhere", "control", "GM0002", False, 1, 2)
    assert shown(report, {"doc-1": "bvh-2"}.get) == {
        "bvh-1": ("person", sighting),
        "bvh-2": ("person", sighting),
        "plate-1": ("vehicle", sighting),
        "phone-1": ("phone", sighting),
        "photo-1": ("photo", sighting),
    }


@pytest.mark.parametrize(
    ("report", "evidence"),
    [
        (a_report(phones=("it",)), Evidence.PRESENCE),
        (a_report(type="bvh_mutation", phones=("it",)), Evidence.PRESENCE),
        (a_report(type="ad", phones=("it",)), Evidence.OFFER),
        (a_passage("p", plate="it"), Evidence.PASSAGE),
    ],
)
def test_each_type_of_event_is_evidence_of_its_class(report, evidence):
    sighting = shown(report)["it"].sighting
    assert sighting.evidence == evidence
    assert type(sighting.evidence) is int


@pytest.mark.parametrize(
    "report",
    [
        None,
        a_report(standing=Standing.WITHDRAWN),
        a_report(phones=("phone-1",), place=None),
        replace(a_report(phones=("phone-1",)), occurred_at=None),
        a_report(type="ad", phones=("phone-1",), online=False),
    ],
)
def test_what_has_no_time_no_place_or_was_taken_offline_shows_nobody(report):
    assert shown(report) == {}


@pytest.mark.parametrize(
    ("report", "flagged"),
    [
        (a_report(phones=("it",)), False),
        (a_report(phones=("it",), indicators=("debt",)), True),
        (a_report(phones=("it",), licensed=False), True),
        (a_report(phones=("it",), licensed=True), False),
        (a_report(phones=("it",), licensed=None), False),
        (a_report(type="bvh_mutation", phones=("it",), licensed=False), False),
        (a_report(type="ad", phones=("it",), indicators=("debt",)), True),
    ],
)
def test_an_indicator_and_an_unlicensed_control_draw_attention(report, flagged):
    assert shown(report)["it"].sighting.flagged is flagged


FACILITATOR, VICTIM = a_person(bvh="bvh-1", role="facilitator"), a_person(bvh="bvh-1")


@pytest.mark.parametrize("persons", [(FACILITATOR,), (FACILITATOR, VICTIM), (VICTIM, FACILITATOR)])
def test_who_is_shown_as_facilitator_once_draws_attention_and_nobody_else_does(persons):
    seen = shown(a_report(persons=(*persons, a_person(bvh="bvh-2")), phones=("phone-1",)))
    assert {subject: one.sighting.flagged for subject, one in seen.items()} == {
        "bvh-1": True,
        "bvh-2": False,
        "phone-1": False,
    }


def test_a_token_named_in_two_ways_keeps_the_kind_it_was_first_named_by():
    seen = shown(a_report(persons=(a_person(name="same"),), phones=("same",)))
    assert seen["same"].kind == "person"
