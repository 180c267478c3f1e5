"""The table of DESIGN section 4: what is required, what may be there, and in which order problems are told."""

import pytest

from schemas.times import format_time
from tests.intake.sent import (
    ABSENT,
    EVENTS,
    ID,
    NOW,
    a_control,
    a_mutation,
    a_passage,
    a_person,
    a_withdrawal,
    admitted,
    an_ad,
    problems,
    refused,
)

REQUIRED = {
    "control": ["conducted_by"],
    "bvh_mutation": ["mutation"],
    "ad": ["site", "ad"],
    "vehicle": ["camera", "country", "plate"],
}
OF_EVERY_TYPE = ["event_id", "source", "occurred_at", "recorded_at", "place"]
OPTIONAL = {
    "control": ["licensed", "venue", "indicators", "persons", "vehicles", "phones", "address"],
    "bvh_mutation": ["incident_class", "indicators", "persons", "vehicles", "phones", "address"],
    "ad": ["police_involved", "online", "phones", "photos", "indicators", "address"],
    "vehicle": [],
}
TYPES = list(EVENTS)


def one_problem(event, **how):
    (problem,) = problems(event, **how)
    return problem


@pytest.mark.parametrize("type_", TYPES)
def test_an_event_with_only_what_is_required_is_right(type_):
    assert admitted(EVENTS[type_](), followed=True).counts


@pytest.mark.parametrize("type_", TYPES)
def test_everything_missing_is_told_in_the_order_of_the_table(type_):
    told = problems({"type": type_})
    assert told == [("missing_field", name) for name in OF_EVERY_TYPE + REQUIRED[type_]]


@pytest.mark.parametrize("type_", TYPES)
def test_everything_wrong_is_told_in_the_order_of_the_table(type_):
    names = [*OF_EVERY_TYPE, "revision", "withdrawn", *REQUIRED[type_], *OPTIONAL[type_]]
    told = problems({"zzz": 1, **dict.fromkeys(reversed(names), 1.5), "type": type_})
    assert told == [("invalid_value", name) for name in names] + [("unknown_field", "*")]


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("absent", [ABSENT, None])
def test_each_required_field_is_missed_by_name(type_, absent):
    for name in OF_EVERY_TYPE + REQUIRED[type_]:
        assert one_problem(EVENTS[type_](**{name: absent})) == ("missing_field", name)


@pytest.mark.parametrize("type_", TYPES)
def test_null_is_absent_also_under_an_unknown_name(type_):
    nulls = dict.fromkeys(["revision", "withdrawn", *OPTIONAL[type_], "nobody_knows_this"])
    assert admitted(EVENTS[type_](**nulls), followed=True) == admitted(EVENTS[type_](), followed=True)


@pytest.mark.parametrize("type_", TYPES)
def test_fields_of_other_types_are_unknown(type_):
    others = {"photos": [], "camera": "C1", "mutation": "PL0", "licensed": True, "site": "a.example"}
    others = {name: value for name, value in others.items() if name not in REQUIRED[type_] + OPTIONAL[type_]}
    assert one_problem(EVENTS[type_](**others)) == ("unknown_field", "*")


@pytest.mark.parametrize("type_", [None, ABSENT])
def test_a_missing_type_is_told_alone(type_):
    assert problems(a_control(type=type_, source="NOT RIGHT")) == [("missing_field", "type")]


@pytest.mark.parametrize("type_", ["Control", "kontrol", "", 1, True, [], {}, ["control"]])
def test_an_unknown_type_is_told_alone(type_):
    assert problems(a_control(type=type_, source="NOT RIGHT")) == [("unknown_type", "type")]


RIGHT_AND_WRONG = [
    ("control", "event_id", [ID.upper()], ["", "1", ID[:-1], ID + "0", "{" + ID + "}", ID.replace("-", ""), 7]),
    ("control", "source", ["a", "0", "a" * 63, "a.b_c-d"], ["", "A", "-a", "a" * 64, "a b", "é", 1, True]),
    ("control", "occurred_at", ["2026-03-01T20:15:00+01:00"], ["2026-03-01", 1_772_396_100, "", True]),
    ("control", "revision", [0, 1, 2**31 - 1], [-1, 2**31, 1.0, 0.5, "0", True, False]),
    ("control", "withdrawn", [False], [0, 1, "true", "false"]),
    ("control", "conducted_by", ["police", "joint", "municipality"], ["POLICE", "avim", 1, True]),
    ("control", "licensed", [True, False], [0, "true"]),
    ("control", "venue", ["home", "hotel", "licensed_premises", "street"], ["house", "", 1]),
    ("control", "indicators", [[], ["debt", "debt"]], ["debt", {}, 1, True]),
    ("control", "persons", [[], [{}], [{}, {}]], [{}, "x", 1]),
    ("control", "vehicles", [[]], [{}, "x"]),
    ("control", "phones", [[]], ["+31612345678", {}]),
    ("control", "address", [{"postcode": "3511 ab", "number": 12}], ["x", [], 1]),
    ("bvh_mutation", "mutation", ["PL1", "PL1300-2026012345-1", "0" * 40], ["PL", "pl1", "-PL1", "P" * 41, 123]),
    ("bvh_mutation", "incident_class", ["F70", "A123"], ["f70", "F7", "F7000", "70", 70]),
    (
        "ad",
        "site",
        ["example.nl", "EXAMPLE.nl", "a-b.c", "localhost"],
        ["", "a b", "http://a.nl", "a..b", "-a.nl", "é.nl"],
    ),
    (
        "ad",
        "site",
        ["a" * 63 + ".nl"],
        ["a" * 64 + ".nl", "a.nl/", "a.nl.", "0612345678", "1.2.3.4", ".".join("a" * 128), 1],
    ),
    ("ad", "ad", ["1", "a" * 64, "A.b_c-1"], ["", "a" * 65, "a b", "é", 991]),
    ("ad", "police_involved", [True, False], [1, "true"]),
    ("ad", "online", [True, False], [0, "false"]),
    ("ad", "photos", [[]], ["c3d1f0e2a4b59687"]),
    ("vehicle", "camera", ["A2-R-104.3", "c" * 40], ["", "c" * 41, "a b", 104]),
    ("vehicle", "country", ["NL", "RO"], ["nl", "NLD", "XX", "XK", "", 1]),
    ("vehicle", "plate", ["B 123 XYZ"], [123, True, ["B 123 XYZ"]]),
]


@pytest.mark.parametrize(("type_", "name", "right", "wrong"), RIGHT_AND_WRONG)
def test_each_field_takes_what_the_table_says_and_nothing_else(type_, name, right, wrong):
    for value in right:
        assert admitted(EVENTS[type_](**{name: value}), followed=True)
    for value in wrong:
        assert one_problem(EVENTS[type_](**{name: value})) == ("invalid_value", name), value


PERSONS = [
    ({"role": "Companion"}, "role"),
    ({"role": 1}, "role"),
    ({"nationality": "ro"}, "nationality"),
    ({"age_band": "17"}, "age_band"),
    ({"identifiers": []}, "identifiers"),
    ({"bvh_person": 1029}, "identifiers.bvh_person"),
    ({"document": "XR123456"}, "identifiers.document"),
    ({"document": {"country": "Romania", "number": "XR123456"}}, "identifiers.document.country"),
    ({"document": {"country": "RO", "number": 123456}}, "identifiers.document.number"),
    ({"name": "Jane Doe"}, "identifiers.name"),
    ({"name": {"family": "DOE", "given": 1, "birth_date": "1990-01-01"}}, "identifiers.name.given"),
    ({"name": {"family": "DOE", "given": "JANE", "birth_date": "1990-02-30"}}, "identifiers.name.birth_date"),
    ({"name": {"family": "DOE", "given": "JANE", "birth_date": "1-1-1990"}}, "identifiers.name.birth_date"),
    ({"name": {"family": "DOE", "given": "JANE", "birth_date": 19900101}}, "identifiers.name.birth_date"),
]


@pytest.mark.parametrize(("changes", "field"), PERSONS)
@pytest.mark.parametrize("make", [a_control, a_mutation])
def test_what_is_wrong_with_a_person_is_named_by_its_path(make, changes, field):
    persons = [a_person(), {**a_person(), **changes} if "identifiers" in changes else a_person(**changes)]
    assert one_problem(make(persons=persons)) == ("invalid_value", f"persons[1].{field}")


def test_a_person_is_told_in_the_order_of_its_rows_with_unknown_fields_last():
    person = {
        "x": 1,
        "y": 2,
        "age_band": "?",
        "nationality": "?",
        "identifiers": {"z": 1, "name": {"q": 1}, "document": {"q": 1, "number": "1"}, "bvh_person": "1"},
        "role": "?",
    }
    told = problems(a_control(persons=[person], phones=[1], zzz=1))
    assert told == [
        ("invalid_value", "persons[0].role"),
        ("invalid_identifier", "persons[0].identifiers.bvh_person"),
        ("missing_field", "persons[0].identifiers.document.country"),
        ("invalid_identifier", "persons[0].identifiers.document.number"),
        ("unknown_field", "persons[0].identifiers.document.*"),
        ("missing_field", "persons[0].identifiers.name.family"),
        ("missing_field", "persons[0].identifiers.name.given"),
        ("missing_field", "persons[0].identifiers.name.birth_date"),
        ("unknown_field", "persons[0].identifiers.name.*"),
        ("unknown_field", "persons[0].identifiers.*"),
        ("invalid_value", "persons[0].nationality"),
        ("invalid_value", "persons[0].age_band"),
        ("unknown_field", "persons[0].*"),
        ("invalid_value", "phones[0]"),
        ("unknown_field", "*"),
    ]


def test_items_of_lists_are_told_by_their_index_as_sent():
    told = problems(
        a_control(
            indicators=["debt", 1, "dept"],
            persons=[None, {}, "x"],
            vehicles=[{"country": "RO", "plate": "B 1 ABC"}, {"plate": "--"}, 7, None],
            phones=[None, "+31612345678", "12"],
        )
    )
    assert told == [
        ("invalid_value", "indicators[1]"),
        ("unknown_indicator", "indicators[2]"),
        ("invalid_value", "persons[0]"),
        ("invalid_value", "persons[2]"),
        ("missing_field", "vehicles[1].country"),
        ("invalid_identifier", "vehicles[1].plate"),
        ("invalid_value", "vehicles[2]"),
        ("invalid_value", "vehicles[3]"),
        ("invalid_value", "phones[0]"),
        ("invalid_identifier", "phones[2]"),
    ]


@pytest.mark.parametrize("number", [1, 12, 99_999, "1", "99999"])
def test_a_house_number_is_a_number_or_a_text(number):
    assert admitted(a_control(address={"postcode": "3511AB", "number": number, "suffix": "bis"})).address


@pytest.mark.parametrize("number", [0, -1, 1.0, 12.5, True, 100_000, "0", "012", "12a", "", [], {}])
def test_anything_else_is_no_house_number(number):
    assert one_problem(a_control(address={"postcode": "3511AB", "number": number})) == (
        "invalid_value",
        "address.number",
    )


def test_an_address_is_told_in_the_order_of_its_row():
    assert problems(a_control(address={"q": 1, "suffix": 1, "postcode": "3511"})) == [
        ("invalid_value", "address.postcode"),
        ("missing_field", "address.number"),
        ("invalid_value", "address.suffix"),
        ("unknown_field", "address.*"),
    ]


def test_an_indicator_is_met_with_the_codes_that_look_like_it():
    (problem,) = refused(a_control(indicators=["no_own_document"])).problems
    assert problem.hint == "did you mean no_own_documents?"
    (problem,) = refused(a_control(indicators=["qqqq"])).problems
    assert "signals.toml" in problem.hint


PLACES = [
    ("Utrecht", "invalid_value", "place"),
    ([], "invalid_value", "place"),
    ({}, "invalid_value", "place"),
    ({"municipality": None}, "invalid_value", "place"),
    ({"municipality": "GM0363", "name": "Amsterdam"}, "invalid_value", "place"),
    ({"municipality": 363}, "invalid_value", "place.municipality"),
    ({"municipality": "363"}, "invalid_value", "place.municipality"),
    ({"municipality": "GM9999"}, "unknown_place", "place"),
    ({"name": "Nergenshuizen aan de Niets"}, "unknown_place", "place"),
    ({"name": True}, "invalid_value", "place.name"),
    ({"name": "Bergen"}, "ambiguous_place", "place"),
    ({"postcode": "35"}, "invalid_value", "place.postcode"),
    ({"postcode": 3511}, "invalid_value", "place.postcode"),
    ({"postcode": "0000AA"}, "unknown_place", "place"),
    ({"lat": 51.69}, "missing_field", "place.lon"),
    ({"lon": 5.3}, "missing_field", "place.lat"),
    ({"lat": "51.69", "lon": 5.3}, "invalid_value", "place.lat"),
    ({"lat": 51.69, "lon": True}, "invalid_value", "place.lon"),
    ({"lat": 90.01, "lon": 5.3}, "invalid_value", "place.lat"),
    ({"lat": 10**400, "lon": 5.3}, "invalid_value", "place.lat"),
    ({"lat": 0, "lon": 0}, "unknown_place", "place"),
    ({"country": "BE"}, "missing_field", "place.city"),
    ({"city": "Antwerp"}, "missing_field", "place.country"),
    ({"country": "NL"}, "unknown_place", "place"),
    ({"country": "Belgium", "city": "Antwerp"}, "invalid_value", "place.country"),
    ({"country": "BE", "city": "Nergenshuizen"}, "unknown_place", "place"),
    ({"country": "IT", "city": "Rome"}, "unknown_place", "place"),
]


@pytest.mark.parametrize(("place", "code", "field"), PLACES)
@pytest.mark.parametrize("type_", TYPES)
def test_a_place_that_is_none_is_told(type_, place, code, field):
    assert one_problem(EVENTS[type_](place=place)) == (code, field)


def test_all_that_is_wrong_with_a_place_is_told_at_once():
    assert problems(a_control(place={"q": 1, "lon": "x", "lat": 91})) == [
        ("invalid_value", "place.lat"),
        ("invalid_value", "place.lon"),
        ("unknown_field", "place.*"),
    ]
    assert problems(a_control(place={"q": 1, "name": "Bergen"})) == [
        ("ambiguous_place", "place"),
        ("unknown_field", "place.*"),
    ]


def test_an_ambiguous_place_comes_with_its_candidates_sorted():
    (problem,) = refused(a_control(place={"name": "Bergen"})).problems
    assert problem.candidates == tuple(sorted(problem.candidates))
    assert len(problem.candidates) > 1


@pytest.mark.parametrize("place", [{"name": "Bergen"}, {"name": "Utrcht"}])
def test_of_a_vehicle_neither_candidates_nor_guesses_are_told(place):
    (problem,) = refused(a_passage(place=place)).problems
    assert problem.candidates == ()
    assert "GM" not in problem.hint
    assert "Utrecht" not in problem.hint


def test_five_minutes_ahead_is_a_clock_and_more_is_the_future():
    at_the_edge, beyond = format_time(NOW + 300_000), format_time(NOW + 300_001)
    assert admitted(a_control(occurred_at=at_the_edge, recorded_at=beyond), now=NOW)
    assert problems(a_control(occurred_at=beyond, recorded_at=beyond), now=NOW) == [
        ("occurred_in_future", "occurred_at")
    ]


def test_in_replay_nothing_is_in_the_future():
    assert admitted(a_control(occurred_at="2999-01-01T00:00:00Z", recorded_at="2999-01-01T00:00:00Z"))


def test_nothing_is_recorded_before_it_occurred():
    occurred = "2026-03-01T20:15:00.001Z"
    assert admitted(a_control(occurred_at=occurred, recorded_at="2026-03-01T20:15:00.001999Z"))
    assert problems(a_control(occurred_at=occurred, recorded_at="2026-03-01T20:15:00.000999Z")) == [
        ("recorded_before_occurred", "recorded_at")
    ]
    assert problems(a_control(occurred_at="x", recorded_at="1999-01-01T00:00:00Z")) == [
        ("invalid_value", "occurred_at")
    ]


def test_problems_of_time_stand_where_the_times_stand():
    sent = {"occurred_at": "2999-01-01T00:00:00Z", "place": None, "source": None}
    assert problems(a_control(**sent), now=NOW) == [
        ("missing_field", "source"),
        ("occurred_in_future", "occurred_at"),
        ("recorded_before_occurred", "recorded_at"),
        ("missing_field", "place"),
    ]


@pytest.mark.parametrize("type_", TYPES)
def test_a_withdrawal_needs_only_its_identity(type_):
    report = admitted(a_withdrawal(type_, revision=3))
    assert (report.rank.revision, report.rank.standing, report.rank.digest) == (3, 2, "")
    assert (report.occurred_at, report.place, report.ground) == (None, None, "")


def test_whatever_else_a_withdrawal_carries_is_ignored():
    sent = {"persons": 1, "occurred_at": "x", "place": {"name": "Bergen"}, "conducted_by": "?", "zzz": {"a": [1]}}
    assert admitted(a_withdrawal(**sent)) == admitted(a_withdrawal())


@pytest.mark.parametrize("name", ["event_id", "source", "recorded_at", "revision"])
def test_what_a_withdrawal_needs_is_missed(name):
    assert one_problem(a_withdrawal(**{name: ABSENT})) == ("missing_field", name)


def test_a_withdrawals_problems_are_told_in_the_order_of_the_table():
    sent = {"event_id": 1, "source": 1, "recorded_at": 1, "revision": 1.0}
    assert problems(a_withdrawal(**sent)) == [("invalid_value", name) for name in sent]


def test_withdrawn_is_true_and_nothing_like_it():
    assert problems(a_withdrawal(withdrawn=1))[:3] == [
        ("missing_field", "occurred_at"),
        ("missing_field", "place"),
        ("invalid_value", "withdrawn"),
    ]


def test_thousands_of_problems_are_told_as_the_first_thousand():
    assert len(problems(an_ad(phones=[0] * 20_000))) == 1_000


def test_a_refusal_knows_who_sent_it_only_where_that_is_valid():
    refusal = refused(a_control(event_id=ID.upper(), place=None))
    assert (refusal.type, refusal.source, refusal.event_id, refusal.report) == ("control", "avim-made-up", ID, None)
    refusal = refused(a_control(event_id="1", source="?", type="?"))
    assert (refusal.type, refusal.source, refusal.event_id) == (None, None, None)


def test_a_rejected_line_has_the_first_problem_on_top_and_all_of_them_below():
    told = refused(a_control(place={"name": "Bergen"}, venue="?")).as_rejected_line(7)
    assert list(told)[:4] == ["line", "event_id", "code", "field"]
    assert (told["line"], told["event_id"], told["code"], told["field"]) == (7, ID, "ambiguous_place", "place")
    assert [error["code"] for error in told["errors"]] == ["ambiguous_place", "invalid_value"]
    assert told["errors"][0]["candidates"]
    assert refused(b"x").as_rejected_line(1).keys() == {"line", "code", "message", "hint", "errors"}


def test_of_a_rejected_passage_only_line_source_codes_and_messages_are_left():
    told = refused(a_passage(place={"name": "Bergen"}, plate="-", zzz=1)).as_rejected_line(7)
    assert told.keys() == {"line", "source", "code", "message", "errors"}
    assert [error.keys() for error in told["errors"]] == [{"code", "message"}] * 3
    assert refused(a_passage(source="?")).as_rejected_line(7).keys() == {"line", "code", "message", "errors"}
