"""The canonical form: as documented, RFC 8785, and the same however the event was sent."""

import json
import re
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from processors.packaged import json_of
from processors.places import PlaceGiven
from processors.tokens import Tokeniser
from schemas import canonical
from schemas.canonical import canonical_form
from schemas.form import EventForm
from schemas.identifiers import Placeholders
from tests.intake.sent import KEY, a_control, a_passage, a_person, admitted, an_ad, gazetteer, signals

DOCUMENT = Path(__file__).parents[2] / "docs" / "canonical-form.md"
EXAMPLES = re.findall(r"```json\n(.*?)```\n.*?```text\n(.*?)\n```", DOCUMENT.read_text("utf-8"), re.DOTALL)
FORM = EventForm(
    resolve=lambda place: gazetteer().resolve(PlaceGiven(**place)),
    indicators=signals(),
    placeholders=Placeholders.parse(json_of("placeholders.json")),
)


def form_of(event):
    return canonical_form(FORM.read(json.loads(json.dumps(event)), None))


def test_every_type_has_an_example():
    assert [json.loads(sent)["type"] for sent, _ in EXAMPLES] == ["control", "bvh_mutation", "ad", "vehicle"]


@pytest.mark.parametrize(("sent", "documented"), EXAMPLES)
def test_the_documented_examples_are_so(sent, documented):
    assert form_of(json.loads(sent)).decode() == documented


@pytest.mark.parametrize(("sent", "documented"), EXAMPLES)
def test_the_canonical_form_is_rfc_8785(sent, documented):
    assert rfc8785.dumps(json.loads(documented)).decode() == documented


@given(
    st.dictionaries(
        st.text(st.characters(max_codepoint=127), max_size=5),
        st.one_of(
            st.text(st.characters(blacklist_categories=["Cs"])),
            st.integers(-(2**53) + 1, 2**53 - 1),
            st.booleans(),
            st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=3), max_size=3),
        ),
    )
)
def test_our_encoder_writes_what_the_package_writes(told):
    assert canonical._ENCODE(told).encode() == rfc8785.dumps(told)


def test_the_rank_ends_in_the_keyed_digest_of_the_canonical_form():
    event = a_control(persons=[a_person(bvh_person="P-1029")])
    assert admitted(event).rank.digest == Tokeniser.from_hex(KEY).digest(form_of(event))


SAME = [
    (a_control(), a_control(revision=0, withdrawn=False, indicators=[], persons=[], vehicles=None, zzz=None)),
    (a_control(), a_control(event_id=a_control()["event_id"].upper())),
    (a_control(), a_control(occurred_at="2026-03-01T21:15:00.0009+01:00")),
    (a_control(place={"municipality": "GM0363"}), a_control(place={"name": "Amsterdam"})),
    (a_control(indicators=["debt", "unlicensed"]), a_control(indicators=["unlicensed", "debt", "debt"])),
    (a_control(phones=["+31612345678", "0612345679"]), a_control(phones=["06-12345679", "0612345678", "0612345678"])),
    (
        a_control(address={"postcode": "3511ab", "number": "12"}),
        a_control(address={"postcode": "3511 AB", "number": 12}),
    ),
    (
        a_control(persons=[a_person(bvh_person="p-2222"), a_person("companion"), {}]),
        a_control(persons=[{"identifiers": None}, {"role": "companion"}, a_person(bvh_person=" P-2222")]),
    ),
    (an_ad(police_involved=False, online=True), an_ad(site="Advertenties.EXAMPLE")),
    (a_passage(plate="b123xyz"), a_passage(plate="B-123-XYZ")),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_says_the_same_has_the_same_form_and_report(one, other):
    assert form_of(one) == form_of(other)
    assert admitted(one, followed=True) == admitted(other, followed=True)


DIFFERENT = [
    (a_control(), a_control(licensed=False)),
    (a_control(licensed=True), a_control(licensed=False)),
    (a_control(), a_control(revision=1)),
    (a_control(), a_control(source="avim-other")),
    (a_control(), a_control(recorded_at="2026-03-01T23:40:00.001Z")),
    (a_control(), a_control(persons=[{}])),
    (a_control(persons=[{}]), a_control(persons=[{}, {}])),
    (a_control(persons=[a_person(bvh_person="P-1029")]), a_control(persons=[a_person(bvh_person="P-1030")])),
    (an_ad(), an_ad(online=False)),
    (a_passage(), a_passage(camera="CAM-2")),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_says_something_else_has_another_form(one, other):
    assert form_of(one) != form_of(other)


@given(st.data())
def test_no_order_in_which_an_event_is_sent_changes_it(data):
    event = a_control(
        indicators=["debt", "unlicensed", "pimp_present"],
        persons=[a_person(bvh_person=f"P-{number}") for number in (1111, 2222, 3333)] + [{}, {"age_band": "adult"}],
        vehicles=[{"country": "RO", "plate": f"B {number} ABC"} for number in (11, 12, 13)],
        phones=["+31612345671", "+31612345672", "+31612345673"],
    )
    shuffled = {
        name: data.draw(st.permutations(value)) if isinstance(value, list) else value
        for name, value in data.draw(st.permutations(list(event.items())))
    }
    assert form_of(shuffled) == form_of(event)
    assert admitted(shuffled) == admitted(event)
