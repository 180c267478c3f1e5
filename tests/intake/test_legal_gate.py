"""The legal gate of DESIGN section 5, as the packaged policy has it and as another may."""

import pytest

from schemas.reports import ReportedPerson, Standing
from schemas.times import DAY_MS, format_time, parse_time
from tests.intake.sent import (
    NOW,
    OCCURRED,
    a_control,
    a_municipal_control,
    a_mutation,
    a_passage,
    a_person,
    a_policy,
    a_withdrawal,
    admitted,
    an_ad,
    an_intake,
    no_hit,
    problems,
    raw,
    refused,
)

PHONE = {"phones": ["+31612345678"]}
IDENTIFIERS = {
    "bvh_person": {"persons": [a_person(bvh_person="P-1029")]},
    "document": {"persons": [a_person(), a_person(document={"country": "RO", "number": "XR123456"})]},
    "name": {"persons": [a_person(name={"family": "DOE", "given": "JANE", "birth_date": "1990-01-31"})]},
    "vehicle": {"vehicles": [{"country": "RO", "plate": "B 123 XYZ"}]},
    "phone": PHONE,
    "address": {"address": {"postcode": "3511AB", "number": 12}},
}
OF_ADS = {"phone": PHONE, "photo": {"photos": ["c3d1f0e2a4b59687"]}, "address": IDENTIFIERS["address"]}
NOT_PERMITTED = [("identifiers_not_permitted", None)]


@pytest.mark.parametrize("conducted_by", ["police", "joint"])
@pytest.mark.parametrize("licensed", [True, False, None])
@pytest.mark.parametrize("carried", IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_a_control_by_the_police_may_carry_all(conducted_by, licensed, carried):
    report = admitted(a_control(conducted_by=conducted_by, licensed=licensed, **carried))
    assert report.ground == "police-control"
    assert report.persons or report.vehicles or report.phones or report.address


@pytest.mark.parametrize("carried", IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_a_reportable_municipal_control_may_carry_all(carried):
    report = admitted(a_municipal_control(licensed=False, indicators=["unlicensed", "debt"], **carried))
    assert report.ground == "reportable-municipal-control"


ZERO_SIGNALS = [
    {},
    {"licensed": False},
    {"licensed": False, "indicators": ["unlicensed"]},
    {"licensed": True, "indicators": ["debt"]},
    {"licensed": None, "indicators": ["debt"]},
]


@pytest.mark.parametrize("sent", ZERO_SIGNALS)
@pytest.mark.parametrize("carried", IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_a_zero_signal_with_any_identifier_is_refused(sent, carried):
    assert problems(a_municipal_control(**sent, **carried)) == NOT_PERMITTED


@pytest.mark.parametrize("sent", ZERO_SIGNALS)
def test_a_zero_signal_without_leaves_place_date_and_counts(sent):
    persons = [a_person(nationality="RO", age_band="adult"), a_person("companion")]
    report = admitted(a_municipal_control(venue="home", persons=persons, vehicles=[], **sent))
    assert report.ground == "municipal-zero-signal"
    assert (report.place, report.occurred_at) == ("GM0363", parse_time(OCCURRED))
    assert report.persons == (ReportedPerson(), ReportedPerson())
    assert (report.licensed, report.venue, report.indicators) == (None, None, ())


def test_identifiers_that_are_null_are_none():
    persons = [a_person(bvh_person=None, document=None, name=None)]
    assert admitted(a_municipal_control(persons=persons, vehicles=None, address=None))


@pytest.mark.parametrize("carried", IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_a_bvh_mutation_may_carry_all(carried):
    assert admitted(a_mutation(**carried)).ground == "bvh-mutation"


@pytest.mark.parametrize("carried", OF_ADS.values(), ids=OF_ADS)
def test_an_ad_carries_identifiers_only_if_the_police_is_involved(carried):
    assert admitted(an_ad(police_involved=True, **carried)).ground == "police-ad"
    assert problems(an_ad(police_involved=False, **carried)) == NOT_PERMITTED
    assert problems(an_ad(**carried)) == NOT_PERMITTED


def test_another_ad_leaves_place_site_and_indicators():
    report = admitted(an_ad(indicators=["third_party_contact"], online=False))
    assert report.ground == "other-ad"
    assert (report.site, report.indicators, report.online) == ("advertenties.example", ("third_party_contact",), False)
    assert report.ad is None


def test_a_police_ad_is_kept_by_the_token_of_its_number():
    report = admitted(an_ad(police_involved=True))
    assert len(report.ad) == 32
    assert report.ad != admitted(an_ad(police_involved=True, ad="992")).ad
    assert report.ad != admitted(an_ad(police_involved=True, site="andere.example")).ad


def test_the_gate_judges_only_what_is_right_in_form_and_place():
    assert problems(an_ad(**PHONE, place={"name": "Bergen"})) == [("ambiguous_place", "place")]


def test_a_refusal_says_where_the_identifiers_are_and_when_they_would_be_lawful():
    (problem,) = refused(an_ad(**PHONE, **OF_ADS["photo"])).problems
    assert "phones, photos" in problem.hint
    assert "police_involved" in problem.hint


def test_what_the_gate_refuses_leaves_that_it_happened_and_takes_back_what_was_given():
    refusal = refused(a_municipal_control(revision=2, **PHONE))
    report = refusal.report
    assert report.rank == (2, Standing.REFUSED, "")
    assert not report.counts
    assert (report.occurred_at, report.place, report.phones, report.ground) == (None, None, (), "")
    assert refused(a_municipal_control(revision=0, **PHONE)).report.rank == (0, Standing.REFUSED, "")


def test_what_is_refused_for_form_or_place_changes_nothing():
    assert refused(a_control(revision=2, place={"name": "Bergen"})).report is None


# Terms

TERMS = [
    (a_control(), 1825),
    (a_municipal_control(), 365),
    (a_municipal_control(licensed=False, indicators=["debt"]), 1825),
    (a_mutation(), 1825),
    (an_ad(police_involved=True), 365),
    (an_ad(), 365),
    (a_passage(), 365),
]


@pytest.mark.parametrize(("event", "days"), TERMS)
def test_an_event_is_taken_until_its_term_is_over(event, days):
    end = parse_time(OCCURRED) + days * DAY_MS
    report = admitted(event, now=end - 1, followed=True)
    assert a_policy().term_ms(report) == days * DAY_MS
    assert problems(event, now=end, followed=True) == [("too_old", "occurred_at")]
    assert admitted(event, now=None, followed=True)


def test_an_event_too_old_changes_nothing_but_a_correction_to_that_takes_back():
    now = parse_time(OCCURRED) + 1825 * DAY_MS
    assert refused(a_control(), now=now).report is None
    assert refused(a_control(revision=1), now=now).report.rank == (1, Standing.REFUSED, "")


def test_identifiers_that_are_not_permitted_come_before_too_old():
    assert problems(an_ad(**PHONE), now=parse_time(OCCURRED) + 999 * DAY_MS) == NOT_PERMITTED


def test_a_report_without_a_time_has_no_term():
    policy = a_policy()
    assert policy.term_ms(admitted(a_withdrawal())) is None


def test_a_ground_that_the_policy_no_longer_has_falls_under_the_shortest_term_of_its_type():
    report = admitted(a_control())
    policy = a_policy(ONE_RULE.replace("only-control", "renamed"))
    assert policy.term_ms(report) == 400 * DAY_MS


def test_after_a_year_a_control_shows_only_to_a_targeted_query():
    policy = a_policy()
    assert policy.targeted_after_ms(admitted(a_control())) == 365 * DAY_MS
    assert policy.targeted_after_ms(admitted(an_ad())) is None


# Another policy

ONE_RULE = """
unlisted_sources = "refuse"

[[source]]
pattern = "gemeente-*"
admit = false

[[source]]
pattern = "*-made-up"
admit = true

[[rule]]
ground = "only-control"
basis = "made up"
type = "control"
sources = ["avim-*", "gemeente-*"]
when = { conducted_by = ["police"], licensed = true }
identifiers = ["bvh_person", "phone"]
keeps = ["indicators"]
term_days = 400
"""
NARROW = an_intake(ONE_RULE)


@pytest.mark.parametrize(
    ("sent", "lawful"),
    [
        ({"licensed": True}, True),
        ({"licensed": False}, False),
        ({}, False),
        ({"licensed": True, "conducted_by": "joint"}, False),
        ({"licensed": True, "source": "gemeente-made-up"}, False),
        ({"licensed": True, "source": "bvh-made-up"}, False),
        ({"licensed": True, "source": "avim-real"}, False),
    ],
)
def test_a_source_or_event_that_no_rule_admits_is_not_authorised(sent, lawful):
    if lawful:
        assert admitted(a_control(**sent), intake=NARROW).ground == "only-control"
    else:
        assert problems(a_control(**sent), intake=NARROW) == [("not_authorised", "source")]
        assert refused(a_control(**sent), intake=NARROW).report.rank.standing == Standing.REFUSED


@pytest.mark.parametrize("kind", ["document", "name", "vehicle", "address"])
def test_a_rule_permits_only_the_identifiers_it_names(kind):
    assert problems(a_control(licensed=True, **IDENTIFIERS[kind]), intake=NARROW) == NOT_PERMITTED


def test_a_rule_keeps_only_the_details_it_names():
    persons = [a_person("facilitator", bvh_person="P-1029", nationality="RO"), a_person("companion")]
    report = admitted(a_control(licensed=True, venue="home", indicators=["debt"], persons=persons), intake=NARROW)
    (person,) = report.persons
    assert (person.role, person.nationality, len(person.bvh_person)) == ("unknown", None, 32)
    assert (report.licensed, report.venue, report.indicators) == (None, None, ("debt",))


def test_a_withdrawal_is_always_taken():
    assert admitted(a_withdrawal("ad", source="switched-off"), intake=NARROW)


def test_a_policy_can_be_switched_while_it_runs():
    intake = an_intake()
    assert admitted(a_mutation(), intake=intake)
    intake.policy = a_policy(ONE_RULE)
    assert problems(a_mutation(), intake=intake) == [("not_authorised", "source")]


# Vehicles

PLATE_FOLLOWED = admitted(a_passage(), followed=True).vehicles[0]


def test_a_passage_of_a_followed_vehicle_is_a_hit():
    report = admitted(a_passage(), followed={PLATE_FOLLOWED})
    assert (report.vehicles, report.camera, report.ground) == ((PLATE_FOLLOWED,), "CAM-1", "followed-vehicle")
    assert not report.admitted


def test_a_passage_is_a_hit_by_when_it_is_known():
    asked = []
    intake = an_intake()
    for known_at in (NOW, None):
        intake.judge(
            raw(a_passage()),
            known_at=known_at,
            is_followed=lambda token, at: asked.append((token, at)) or False,
        )
    assert asked == [(PLATE_FOLLOWED, NOW), (PLATE_FOLLOWED, parse_time("2026-03-01T23:40:00Z"))]


def test_a_passage_of_another_vehicle_leaves_nothing():
    outcome = no_hit(a_passage(plate="B 999 XYZ"), followed={PLATE_FOLLOWED})
    assert outcome.report is None


def test_a_corrected_passage_that_is_no_hit_takes_back_and_tells_nothing_else():
    report = no_hit(a_passage(revision=1), now=NOW).report
    assert report.rank == (1, Standing.WITHDRAWN, "")
    assert (report.occurred_at, report.place, report.vehicles, report.camera) == (None, None, (), None)
    assert (report.recorded_at, report.known_at, report.ground) == (NOW, NOW, "")


def test_a_vehicles_withdrawal_always_goes_on():
    assert admitted(a_withdrawal("vehicle", revision=0)).rank == (0, Standing.WITHDRAWN, "")


def test_a_refused_passage_leaves_a_tombstone_only_where_there_may_be_something_to_take_back():
    assert refused(a_passage(), intake=NARROW, now=NOW).report is None
    report = refused(a_passage(revision=1), intake=NARROW, now=NOW).report
    assert report.rank == (1, Standing.REFUSED, "")
    assert (report.recorded_at, report.occurred_at, report.place) == (NOW, None, None)


def test_known_at_is_now_and_in_replay_when_it_was_recorded():
    later = format_time(NOW + DAY_MS)
    assert admitted(a_control(recorded_at=later), now=NOW).known_at == NOW
    assert admitted(a_control(recorded_at=later)).known_at == NOW + DAY_MS
    assert admitted(a_withdrawal(recorded_at=later), now=NOW).known_at == NOW
    assert admitted(a_withdrawal(recorded_at=later)).known_at == NOW + DAY_MS
