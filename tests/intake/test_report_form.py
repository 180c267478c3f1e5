"""Exported reports: told and read back they are the same, replay takes them, and nothing else gets in as one."""

import json
from dataclasses import replace

import pytest

from schemas.report_form import InvalidReport, report_as_json, report_from_json
from tests.intake.sent import (
    ID,
    NOW,
    a_control,
    a_municipal_control,
    a_mutation,
    a_passage,
    a_person,
    a_withdrawal,
    admitted,
    an_ad,
    no_hit,
    problems,
    refused,
)

EVENTS = [
    a_control(
        licensed=False,
        venue="hotel",
        indicators=["debt"],
        persons=[
            a_person(
                "facilitator",
                bvh_person="P-1029",
                document={"country": "RO", "number": "XR123456"},
                name={"family": "DOE", "given": "JANE", "birth_date": "1990-01-31"},
                nationality="RO",
                age_band="minor",
            ),
            {},
        ],
        vehicles=[{"country": "RO", "plate": "B 123 XYZ"}],
        phones=["06 12345678"],
        address={"postcode": "3511AB", "number": 12},
    ),
    a_municipal_control(licensed=True, persons=[{}, {}]),
    a_mutation(incident_class="F70", place={"country": "IT"}),
    an_ad(police_involved=True, photos=["c3d1f0e2a4b59687"], place={"country": "BE", "city": "Antwerp"}),
    an_ad(online=False, indicators=["third_party_contact"]),
    a_passage(),
    a_withdrawal(),
    a_withdrawal("vehicle"),
]
REPORTS = [
    *(admitted(event, followed=True) for event in EVENTS),
    refused(a_municipal_control(phones=["06 12345678"])).report,
    no_hit(a_passage(revision=1), now=NOW).report,
]


def exported(report):
    return json.loads(json.dumps(report_as_json(report)))


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_told_is_read_back(report):
    assert report_from_json(exported(report)) == replace(report, admitted=report.type == "vehicle")


@pytest.mark.parametrize("report", REPORTS)
def test_replay_takes_an_exported_report_as_it_was_judged(report):
    taken = admitted(exported(report), reports_taken=True)
    assert taken == replace(report, admitted=report.type == "vehicle")


def test_an_exported_report_is_not_gated_again():
    told = exported(admitted(a_control(phones=["06 12345678"])))
    assert admitted({**told, "conducted_by": "municipality"}, reports_taken=True)


def test_an_exported_hit_is_taken_whether_or_not_it_is_followed_now():
    told = exported(admitted(a_passage(), followed=True))
    assert admitted(told, reports_taken=True, followed=()).admitted


def test_a_report_is_no_event_to_who_does_not_take_reports():
    told = exported(admitted(a_control()))
    assert ("unknown_field", "*") in problems(told)


def test_an_event_is_still_an_event_to_who_takes_reports():
    assert admitted(a_control(), reports_taken=True)
    assert problems(a_control(place=None), reports_taken=True) == [("missing_field", "place")]


def test_a_report_from_before_a_merger_comes_to_the_present_place():
    told = {**exported(admitted(a_control())), "place": "GM0457"}
    assert admitted(told, reports_taken=True).place == "GM0363"


CONTROL = exported(REPORTS[0])
PASSAGE = exported(REPORTS[5])
WITHDRAWAL = exported(REPORTS[6])
WRONG = [
    (CONTROL, {"type": "kontrol"}, ["type"]),
    (CONTROL, {"event_id": ID.upper()}, ["event_id"]),
    (CONTROL, {"source": None}, ["source"]),
    (CONTROL, {"recorded_at": 1}, ["recorded_at"]),
    (CONTROL, {"known_at": "yesterday"}, ["known_at"]),
    (CONTROL, {"occurred_at": None}, ["occurred_at"]),
    (CONTROL, {"place": {"municipality": "GM0363"}}, ["place"]),
    (CONTROL, {"place": None}, ["place"]),
    (CONTROL, {"place": "GM9999"}, ["place"]),
    (CONTROL, {"place": "BE:Nergenshuizen"}, ["place"]),
    (CONTROL, {"rank": []}, ["rank"]),
    (CONTROL, {"rank": {}}, ["rank.revision", "rank.standing"]),
    (CONTROL, {"rank": {**CONTROL["rank"], "standing": "0"}}, ["rank.standing"]),
    (CONTROL, {"rank": {**CONTROL["rank"], "digest": "f" * 63}}, ["rank.digest"]),
    (CONTROL, {"rank": {**CONTROL["rank"], "digest": ""}}, ["rank.digest"]),
    (CONTROL, {"rank": {**CONTROL["rank"], "revision": 1.0}}, ["rank.revision"]),
    (CONTROL, {"phones": ["+31612345678"]}, ["phones[0]"]),
    (CONTROL, {"vehicles": [{"country": "RO", "plate": "B 123 XYZ"}]}, ["vehicles[0]"]),
    (CONTROL, {"persons": [{"identifiers": {"bvh_person": "P-1029"}}]}, ["persons[0].identifiers.bvh_person"]),
    (CONTROL, {"persons": [{"identifiers": []}]}, ["persons[0].identifiers"]),
    (CONTROL, {"persons": ["x"]}, ["persons[0]"]),
    (CONTROL, {"address": {"postcode": "3511AB"}}, ["address"]),
    (CONTROL, {"indicators": ["Not A Code"]}, ["indicators[0]"]),
    (CONTROL, {"plate": "x", "zzz": 1}, ["*"]),
    (PASSAGE, {"plate": None}, ["plate"]),
    (PASSAGE, {"plate": "B 123 XYZ"}, ["plate"]),
    (PASSAGE, {"country": "RO"}, ["*"]),
    (WITHDRAWAL, {"occurred_at": CONTROL["occurred_at"], "place": "GM0363"}, ["occurred_at", "place"]),
    (WITHDRAWAL, {"rank": {**WITHDRAWAL["rank"], "digest": "f" * 64}}, ["rank.digest"]),
]


@pytest.mark.parametrize(("told", "changes", "fields"), WRONG)
def test_what_is_no_report_is_refused_with_its_problems(told, changes, fields):
    refusal = refused({**told, **changes}, reports_taken=True)
    assert [problem.field for problem in refusal.problems] == fields
    assert refusal.report is None


def test_an_invalid_report_names_fields_and_never_what_was_in_them():
    with pytest.raises(InvalidReport) as invalid:
        report_from_json({**CONTROL, "phones": ["+31612345678"], "venue": "MARKER"})
    assert str(invalid.value).startswith("venue: ")
    assert "612345678" not in repr(invalid.value)
    assert "MARKER" not in repr(invalid.value)
    assert (invalid.value.type, invalid.value.source, invalid.value.event_id) == ("control", "avim-made-up", ID)
