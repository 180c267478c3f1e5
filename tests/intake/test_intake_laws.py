"""Laws of intake: whatever is sent, it answers; and what was sent is never in what it answers, prints or raises."""

import json
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.intake import Admitted, NoHit, Refusal
from schemas.form import EventForm
from schemas.identifiers import Placeholders
from schemas.problems import Code
from schemas.views import Refused
from tests.intake.sent import (
    EVENTS,
    ID,
    INTAKE,
    NOW,
    OCCURRED,
    RECORDED,
    a_control,
    a_mutation,
    a_passage,
    a_person,
    an_ad,
    judged,
    raw,
)

MARKER = "Q7 zX!kJ9"
"""Fits an identifier, and no field that is kept in the clear."""
FORMS_OF_MARKER = ("q7 zx!kj9", "q7zxkj9", "q7%20zx", "q7zx")

FULL_PERSON = a_person(
    bvh_person="P-1029",
    document={"country": "RO", "number": "XR123456"},
    name={"family": "DOE", "given": "JANE", "birth_date": "1990-01-31"},
    nationality="RO",
    age_band="adult",
)
FULL = {
    "revision": 1,
    "withdrawn": False,
    "place": {"lat": 51.69, "lon": 5.3},
}
MET = {
    "indicators": ["debt"],
    "persons": [FULL_PERSON],
    "vehicles": [{"country": "RO", "plate": "B 123 XYZ"}],
    "phones": ["+31612345678"],
    "address": {"postcode": "3511AB", "number": 12, "suffix": "A"},
}
ADVERTISED = {"phones": MET["phones"], "photos": ["c3d1f0e2a4b59687"], "address": MET["address"], "indicators": []}
FULL_EVENTS = [
    a_control(**FULL, **MET, licensed=False, venue="home"),
    a_control(**FULL, **MET, conducted_by="municipality"),
    a_mutation(**FULL, **MET, incident_class="F70"),
    an_ad(**FULL, **ADVERTISED, police_involved=True, online=True),
    a_passage(**FULL),
    a_control(place={"name": "Utrecht"}),
    a_control(place={"country": "BE", "city": "Antwerp"}),
    a_passage(place={"postcode": "3511AB"}),
]


def marked(value):
    """Every way to put the marker into the value: in place of it, of a part of it, or beside its parts."""
    yield MARKER
    yield [MARKER]
    yield {MARKER: MARKER}
    if isinstance(value, dict):
        yield {**value, MARKER: 1}
        for name, item in value.items():
            rest = {key: other for key, other in value.items() if key != name}
            yield {**rest, MARKER: item}
            yield from ({**value, name: found} for found in marked(item))
    if isinstance(value, list):
        yield [*value, MARKER]
        for index, item in enumerate(value):
            yield from ([*value[:index], found, *value[index + 1 :]] for found in marked(item))
    if isinstance(value, str):
        yield value + MARKER
        yield MARKER + value


def assert_silent(told):
    lower = told.lower()
    assert not any(form in lower for form in FORMS_OF_MARKER), told


def shown(outcome):
    """All that can be seen of an outcome."""
    lines = [repr(outcome), str(outcome)]
    if isinstance(outcome, Refusal):
        lines.append(json.dumps(outcome.as_rejected_line(1), ensure_ascii=False))
        lines.extend(json.dumps(problem.as_json(), ensure_ascii=False) for problem in outcome.problems)
    return "\n".join(lines)


@pytest.mark.parametrize("event", FULL_EVENTS)
@pytest.mark.parametrize("now", [NOW, None])
def test_what_was_sent_is_in_nothing_that_comes_out(event, now):
    for sent in marked(event):
        for followed in (True, ()):
            assert_silent(shown(judged(sent, now=now, followed=followed, reports_taken=now is None)))


@pytest.mark.parametrize("event", FULL_EVENTS)
def test_a_broken_line_does_not_come_out_either(event):
    whole = raw({**event, "source": MARKER, MARKER: MARKER})
    for end in range(0, len(whole), 3):
        assert_silent(shown(judged(whole[:end])))


@pytest.mark.parametrize("kind", ["bvh_person", "document", "name", "phone", "vehicle", "photo", MARKER])
@pytest.mark.parametrize("value", [*marked({"country": "RO", "number": "XR123456"}), *marked("06 12345678")])
def test_a_look_up_that_is_refused_repeats_nothing(kind, value):
    try:
        found = INTAKE.token_of({kind: value})
    except Refused as refusal:
        assert_silent("".join(traceback.format_exception(refusal)) + repr(refusal.problems))
    else:
        assert_silent(repr(found))


def test_an_event_in_the_clear_prints_nothing_of_itself():
    form = EventForm(resolve=lambda _: "GM0363", indicators=INTAKE._form._indicators, placeholders=Placeholders())
    for sent in FULL_EVENTS:
        event = form.read(json.loads(json.dumps(sent)), None)
        told = f"{event!r} {event} {[event]} {getattr(event, 'persons', '')}"
        for identifier in ("1029", "123456", "DOE", "612345678", "3511", "B123XYZ", "c3d1"):
            assert identifier not in told


def test_the_parts_of_intake_print_nothing_of_the_key():
    assert "0011" not in repr(INTAKE) + repr(INTAKE._tokeniser) + repr(vars(INTAKE))


NAMES = st.sampled_from(
    [
        "type",
        "event_id",
        "source",
        "occurred_at",
        "recorded_at",
        "place",
        "revision",
        "withdrawn",
        "conducted_by",
        "licensed",
        "venue",
        "indicators",
        "persons",
        "vehicles",
        "phones",
        "address",
        "mutation",
        "incident_class",
        "site",
        "ad",
        "police_involved",
        "online",
        "photos",
        "camera",
        "country",
        "plate",
        "role",
        "identifiers",
        "nationality",
        "age_band",
        "bvh_person",
        "document",
        "name",
        "number",
        "family",
        "given",
        "birth_date",
        "postcode",
        "suffix",
        "municipality",
        "lat",
        "lon",
        "city",
        "rank",
        "known_at",
        "standing",
        "digest",
        "ground",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=20),
    st.sampled_from([*EVENTS, ID, OCCURRED, RECORDED, "RO", "NL", "GM0363", "police", "debt", "Bergen", "3511AB"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=6),
    max_leaves=25,
)
PATCHES = st.dictionaries(NAMES, JSON, max_size=4)


def assert_answered(outcome):
    assert isinstance(outcome, Admitted | Refusal | NoHit)
    if isinstance(outcome, Refusal):
        assert outcome.problems
        for problem in outcome.problems:
            assert problem.code in Code
            assert problem.message
            assert problem.hint


@given(JSON, st.booleans())
def test_any_json_is_answered(sent, reports_taken):
    assert_answered(judged(raw(sent), now=NOW, reports_taken=reports_taken))


@given(st.sampled_from(FULL_EVENTS), PATCHES, st.booleans())
def test_any_event_with_anything_in_it_is_answered(event, patch, reports_taken):
    sent = raw({**event, **patch})
    outcome = judged(sent, now=NOW, followed=True, reports_taken=reports_taken)
    assert_answered(outcome)
    assert outcome == judged(sent, now=NOW, followed=True, reports_taken=reports_taken)


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(sent):
    assert_answered(judged(sent, now=NOW))


@given(st.sampled_from(FULL_EVENTS), st.data())
def test_any_change_of_any_byte_is_answered(event, data):
    sent = bytearray(raw(event))
    for _ in range(data.draw(st.integers(1, 3))):
        sent[data.draw(st.integers(0, len(sent) - 1))] = data.draw(st.integers(0, 255))
    assert_answered(judged(bytes(sent), now=NOW, followed=True))


@given(st.sampled_from(FULL_EVENTS), PATCHES)
def test_problems_do_not_depend_on_the_order_in_which_fields_are_sent(event, patch):
    sent = {**event, **patch}
    backwards = dict(reversed(sent.items()))
    assert judged(sent, now=NOW, followed=True) == judged(backwards, now=NOW, followed=True)
