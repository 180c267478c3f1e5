"""What is held of a refused event, and what becomes of it when it is tried again. All of it is made up."""

import json
from dataclasses import replace
from typing import Any

import pytest

from processors.intake import Admitted, Intake, NoHit, Refusal
from processors.places import Gazetteer
from processors.policy_file import default_policy_text, parse_policy
from processors.signals import default_signals_text, parse_signals
from processors.tokens import Tokeniser
from schemas.problems import Code
from schemas.report_form import report_as_json, report_from_json
from schemas.reports import Rank, Report, Standing
from schemas.times import DAY_MS
from tests.intake.sent import ID, KEY, NOW, WINDOW_MS, a_control, a_municipal_control, a_mutation, a_passage, an_ad

GAZETTEER = Gazetteer.load()
SWITCHED_OFF = default_policy_text() + '[[source]]\npattern = "*-made-up"\nadmit = false\n'
PERSON = {
    "role": "sex_worker",
    "nationality": "RO",
    "identifiers": {
        "bvh_person": "P-1029",
        "document": {"country": "RO", "number": "XR123456"},
        "name": {"family": "Voorbeeld", "given": "Anna", "birth_date": "2001-02-03"},
    },
}
FULL = {
    "persons": [PERSON, {"role": "companion"}],
    "vehicles": [{"country": "NL", "plate": "12-ABC-3"}],
    "phones": ["+31612345678"],
    "address": {"postcode": "3511AB", "number": 4},
    "indicators": ["no_own_documents"],
    "venue": "hotel",
    "licensed": False,
}
CLEAR = ("P-1029", "XR123456", "VOORBEELD", "Voorbeeld", "ABC", "612345678", "3511", "Anna", "Nergenshuizen")
NOWHERE = {"name": "Nergenshuizen"}


def an_intake(policy: str | None = None, gazetteer: Gazetteer = GAZETTEER) -> Intake:
    text = default_policy_text() if policy is None else policy
    signals = parse_signals(default_signals_text())
    return Intake(gazetteer, Tokeniser.from_hex(KEY), parse_policy(text, window_ms=WINDOW_MS), signals)


class Tomorrow(Gazetteer):
    """Knows a place that was not known today."""

    def __init__(self) -> None:
        self.__dict__.update(GAZETTEER.__dict__)

    def names(self):
        yield from super().names()
        yield None, "nergenshuizen"
        yield "BE", "nergensdorp"

    def resolve(self, given):
        if given.name == "nergenshuizen":
            return "GM0363"
        return "BE:Antwerp" if given.city == "nergensdorp" else super().resolve(given)


def judged(event: dict[str, Any], policy: str | None = None) -> Admitted | Refusal | NoHit:
    return an_intake(policy).judge(json.dumps(event).encode(), known_at=NOW, is_followed=lambda *_: False)


def refused(event: dict[str, Any], policy: str | None = None) -> Refusal:
    refusal = judged(event, policy)
    assert isinstance(refusal, Refusal)
    return refusal


def redriven(held: str | None, at: int = NOW + DAY_MS) -> Report:
    assert held is not None
    admitted = an_intake(gazetteer=Tomorrow()).redrive(held, at)
    assert isinstance(admitted, Admitted), admitted
    return admitted.report


def same_but_place(sent: dict[str, Any]) -> Report:
    admitted = judged({**sent, "place": {"municipality": "GM0363"}})
    assert isinstance(admitted, Admitted)
    return admitted.report


EVENTS = [
    a_control(**FULL),
    a_mutation(persons=[PERSON], phones=["06 12345678"], incident_class="F70"),
    an_ad(police_involved=True, phones=["0612345678"], photos=["c3d1f0e2a4b59687"], ad="0612345678"),
    a_municipal_control(persons=[{"role": "sex_worker"}, {"role": "sex_worker"}]),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["type"] + event["source"])
def test_an_event_whose_place_is_known_tomorrow_then_gives_the_report_it_would_have_given(event):
    refusal = refused({**event, "place": NOWHERE})
    again, would = redriven(refusal.held), same_but_place(event)
    assert again.rank.digest.startswith("0" * 16)
    assert replace(again, rank=would.rank, known_at=would.known_at) == would
    assert again.known_at == NOW + DAY_MS
    assert report_from_json(report_as_json(again)) == again


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["type"] + event["source"])
def test_nothing_that_is_held_says_an_identifier_or_what_the_place_was_called(event):
    held = refused({**event, "place": NOWHERE}).held
    assert held is not None
    assert not [clear for clear in CLEAR if clear in held]
    assert held.isascii()


def test_the_same_letter_again_gives_the_same_report():
    held = refused(a_control(**FULL, place=NOWHERE)).held
    assert redriven(held) == redriven(held)
    assert redriven(held).rank == redriven(held, at=NOW + 9 * DAY_MS).rank


def test_what_the_publisher_says_at_the_same_revision_wins():
    again = redriven(refused(a_control(**FULL, place=NOWHERE)).held)
    assert again.rank < same_but_place(a_control(**FULL)).rank


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ({"country": "BE", "city": "Nergensdorp"}, "BE:Antwerp"),
        ({"lat": 51.69, "lon": 5.30}, None),
        ({"postcode": "0000AB"}, Code.UNKNOWN_PLACE),
        ({"municipality": "GM9999"}, Code.UNKNOWN_PLACE),
        ({"name": "Bergen"}, Code.AMBIGUOUS_PLACE),
        ({"lat": 55.5, "lon": 3.0}, Code.UNKNOWN_PLACE),
        ({"name": "Heel Ergens Anders"}, Code.UNKNOWN_PLACE),
    ],
)
def test_the_place_is_looked_up_anew_in_whatever_form_it_was_given(place, found):
    outcome = judged(a_control(**FULL, place=place))
    if found is None:
        assert isinstance(outcome, Admitted)
        return
    assert isinstance(outcome, Refusal)
    assert outcome.held is not None
    again = an_intake(gazetteer=Tomorrow()).redrive(outcome.held, NOW)
    if isinstance(found, Code):
        assert isinstance(again, Refusal)
        assert [problem.code for problem in again.problems] == [found]
        assert again.event_id == ID
    else:
        assert isinstance(again, Admitted)
        assert again.report.place == found


def test_what_a_source_that_is_switched_off_sent_is_held_and_counts_as_the_next_revision_once_it_is_on():
    refusal = refused(a_control(**FULL), SWITCHED_OFF)
    assert refusal.report is not None
    assert refusal.report.rank == Rank(0, Standing.REFUSED, "")
    again = redriven(refusal.held)
    assert (again.rank.revision, again.rank.standing, again.place) == (1, Standing.COUNTS, "GM0363")
    assert again.rank > refusal.report.rank


def test_while_the_source_is_off_it_stays_refused():
    held = refused(a_control(**FULL), SWITCHED_OFF).held
    again = an_intake(SWITCHED_OFF).redrive(held, NOW)
    assert isinstance(again, Refusal)
    assert [problem.code for problem in again.problems] == [Code.NOT_AUTHORISED]
    assert again.report is None


ZERO_SIGNAL = a_municipal_control(persons=[PERSON])
NO_RULE = default_policy_text().replace('conducted_by = ["police", "joint"]', 'conducted_by = ["police"]')


@pytest.mark.parametrize(
    ("event", "policy"),
    [
        pytest.param(ZERO_SIGNAL, None, id="identifiers that are not permitted"),
        pytest.param({**ZERO_SIGNAL, "place": NOWHERE}, None, id="not permitted, and no place"),
        pytest.param(ZERO_SIGNAL, SWITCHED_OFF, id="not permitted, and switched off"),
        pytest.param(a_control(conducted_by="joint", **FULL), NO_RULE, id="no legal basis"),
        pytest.param(a_control(conducted_by="joint", **FULL, place=NOWHERE), NO_RULE, id="no basis, no place"),
        pytest.param(a_passage(place=NOWHERE), None, id="a passage"),
        pytest.param(a_passage(revision=1, place=NOWHERE), None, id="a corrected passage"),
        pytest.param(a_passage(), SWITCHED_OFF.replace("*-made-up", "anpr"), id="a passage, switched off"),
        pytest.param(a_control(**FULL, occurred_at="2019-03-01T20:15:00Z"), None, id="too old"),
        pytest.param(a_control(**FULL, occurred_at="2019-03-01T20:15:00Z", place=NOWHERE), None, id="old, no place"),
        pytest.param(a_control(**FULL, place={"name": "n" * 201}), None, id="no name at all"),
        pytest.param(a_control(**FULL, place={"country": "NL"}), None, id="never a place"),
        pytest.param(a_control(**FULL, place={"name": "Nergenshuizen", "x": 1}), None, id="wrong in form too"),
        pytest.param(a_control(**{**FULL, "indicators": ["made_up"]}, place=NOWHERE), None, id="an unknown indicator"),
        pytest.param(a_control(**FULL, place=NOWHERE, occurred_at="yesterday"), None, id="not a time"),
        pytest.param(a_control(persons=[{}] * 15_000, place=NOWHERE), None, id="too much"),
    ],
)
def test_nothing_is_held_that_may_not_be_or_that_could_never_pass(event, policy):
    assert refused(event, policy).held is None


def test_a_letter_is_redacted_and_bears_what_is_held():
    letter = refused(a_control(**FULL, place=NOWHERE)).as_dead_letter("intake", NOW)
    assert letter.held is not None
    assert refused(a_passage(place=NOWHERE)).as_dead_letter("intake", NOW).event_id is None


def test_in_replay_nothing_is_held():
    outcome = an_intake().judge(
        json.dumps(a_control(**FULL, place=NOWHERE)).encode(), known_at=None, is_followed=lambda *_: False
    )
    assert isinstance(outcome, Refusal)
    assert outcome.held is None


@pytest.mark.parametrize("held", ["", "{}", "[]", '{"v":2}', '{"v":1,"event":{},"place":{},"refused":false}', "null"])
def test_what_cannot_be_read_is_refused_in_words(held):
    again = an_intake().redrive(held, NOW)
    assert isinstance(again, Refusal)
    assert [problem.code for problem in again.problems] == [Code.MALFORMED]


def test_what_is_past_its_term_when_it_is_tried_again_is_refused():
    held = refused(an_ad(place=NOWHERE)).held
    again = an_intake(gazetteer=Tomorrow()).redrive(held, NOW + 400 * DAY_MS)
    assert isinstance(again, Refusal)
    assert [problem.code for problem in again.problems] == [Code.TOO_OLD]


@pytest.mark.parametrize("field", ["source", "event_id", "phones", "mutation"])
def test_what_was_tampered_with_goes_no_further(field):
    told = json.loads(refused(a_mutation(phones=["0612345678"], place=NOWHERE)).held or "")
    told["event"][field] = ["Anna Voorbeeld"] if field == "phones" else "Anna Voorbeeld"
    again = an_intake(gazetteer=Tomorrow()).redrive(json.dumps(told), NOW)
    assert isinstance(again, Refusal)
    assert [problem.code for problem in again.problems] == [Code.MALFORMED]
