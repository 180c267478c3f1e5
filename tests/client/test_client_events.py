"""Events as an integration writes them: the JSON form they take, and what is said of one that is wrong."""

import json
import subprocess
import sys
import uuid
from dataclasses import replace
from datetime import date, datetime

import pytest
from publishing import IDENTIFIERS, a_control, a_passage

from relocation.client import (
    Ad,
    Address,
    BvhMutation,
    Client,
    InvalidEvent,
    Name,
    Person,
    Place,
    Withdrawal,
    event_id_of,
)
from relocation.integration.checking import EVENT_BYTES_MAX, outgoing

EVERY_FIELD = {
    "event_id": "7b0e8a5c-3c1f-4a54-9d2e-0a1b2c3d4e5f",
    "source": "made-up",
    "occurred_at": "2026-03-01T20:15:00+01:00",
    "recorded_at": "2026-03-01T23:40:00Z",
    "revision": 3,
}


def the_json_of(event):
    return json.loads(outgoing(event).raw)


def the_problems_of(event):
    with pytest.raises(InvalidEvent) as refused:
        outgoing(event)
    return {problem.field: str(problem.code) for problem in refused.value.problems}


def test_an_event_takes_the_json_form_of_the_contract():
    event = BvhMutation(
        **EVERY_FIELD,
        place=Place(postcode="3511AB"),
        mutation="PL0000-2026000001-1",
        incident_class="F70",
        indicators=["debt"],
        persons=[Person(role="companion", name=Name("Verzonnen", "Vera", date(1998, 4, 23)), age_band="adult")],
        address=Address("3511AB", 12, "bis"),
    )
    assert the_json_of(event) == EVERY_FIELD | {
        "type": "bvh_mutation",
        "place": {"postcode": "3511AB"},
        "mutation": "PL0000-2026000001-1",
        "incident_class": "F70",
        "indicators": ["debt"],
        "persons": [
            {
                "role": "companion",
                "age_band": "adult",
                "identifiers": {"name": {"family": "Verzonnen", "given": "Vera", "birth_date": "1998-04-23"}},
            }
        ],
        "address": {"postcode": "3511AB", "number": 12, "suffix": "bis"},
    }


def test_what_is_not_known_is_left_out():
    ad = Ad(
        **EVERY_FIELD, place=Place(name="Den Bosch"), site="voorbeeld.example", ad="991", photos=["c3d1f0e2a4b59687"]
    )
    assert set(the_json_of(ad)) == {*EVERY_FIELD, "type", "place", "site", "ad", "police_involved", "online", "photos"}


def test_a_withdrawal_takes_back_the_event_as_it_was_last_published():
    event = replace(a_control(), revision=4)
    assert the_json_of(Withdrawal.of(event, recorded_at="2026-03-02T09:00:00Z")) == {
        "type": "control",
        "event_id": event.event_id,
        "source": "avim-made-up",
        "recorded_at": "2026-03-02T09:00:00Z",
        "revision": 5,
        "withdrawn": True,
    }


def test_an_event_may_be_given_in_its_json_form():
    told = the_json_of(a_control())
    assert the_json_of(told) == told


def test_the_same_names_give_the_same_event_id_and_others_another():
    assert event_id_of("made-up", "case", 12) == event_id_of("made-up", "case", "12")
    ids = {event_id_of(*names) for names in [("a", "b", "c"), ("a", "bc"), ("ab", "c"), ("a", "b", "c", "")]}
    assert len(ids) == 4
    assert uuid.UUID(event_id_of("made-up", "case")).version == 5


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_repeated():
    event = a_control(occurred_at=datetime(2026, 3, 1), conducted_by="verzonnen", persons=[Person(bvh_person="12")])  # noqa: DTZ001
    assert the_problems_of(event) == {
        "occurred_at": "invalid_value",
        "conducted_by": "invalid_value",
        "persons[0].identifiers.bvh_person": "invalid_identifier",
    }
    with pytest.raises(InvalidEvent, match="occurred_at: not a time with an offset") as refused:
        outgoing(event)
    assert "verzonnen" not in str(refused.value)


@pytest.mark.parametrize(
    "place", [Place(), Place(municipality="GM0363", name="Amsterdam"), Place(lat=52.0), Place(city="Antwerp")]
)
def test_a_place_is_told_in_one_form(place):
    assert the_problems_of(a_control(place=place)) == {"place": "invalid_value"}


def test_an_event_that_is_too_large_is_refused_before_it_is_sent():
    persons = [Person(bvh_person=f"VERZONNEN-{number}") for number in range(EVENT_BYTES_MAX // 40)]
    assert the_problems_of(a_control(persons=persons)) == {None: "too_large"}


@pytest.mark.parametrize(
    "value", [object(), float("nan"), {1: object()}, b"bytes"], ids=["object", "nan", "keys", "bytes"]
)
def test_what_json_cannot_say_is_refused(value):
    assert the_problems_of({"type": "control", "source": value}) == {None: "malformed"}


def test_one_wrong_event_of_many_is_named_and_none_is_sent():
    with (
        Client(http="http://127.0.0.1:9") as client,
        pytest.raises(InvalidEvent, match=r"^event 1: source: ") as refused,
    ):
        client.publish_many([a_control(), a_control(source="?"), a_control()])
    assert refused.value.at == 1


@pytest.mark.parametrize("event", [a_control(), a_passage()], ids=["control", "passage"])
def test_printing_an_event_tells_nothing_of_it(event):
    printed = (
        f"{event!r} {event} {outgoing(event)!r} {getattr(event, 'persons', '')!r} {getattr(event, 'vehicles', '')!r}"
    )
    assert not any(identifier in printed for identifier in IDENTIFIERS)


@pytest.mark.parametrize("given", [{}, {"http": "http://127.0.0.1:9", "kafka": "127.0.0.1:9"}], ids=["none", "both"])
def test_a_client_goes_one_way(given):
    with pytest.raises(ValueError, match="broker:9092"):
        Client(**given)


def test_importing_the_client_loads_nothing_of_the_platform():
    heavy = (
        "{'click', 'pydantic', 'pydantic_settings', 'chdb', 'faust', 'confluent_kafka', 'fastapi', 'shapely', 'numpy'}"
    )
    script = f"import sys, relocation.client; print({heavy} & {{name.split('.')[0] for name in sys.modules}})"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
