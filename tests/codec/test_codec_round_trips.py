"""What is written is what is read."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import avro
from schemas.avro import EVENT_KINDS, Kind
from schemas.undecodable import Reason, Undecodable
from tests.codec.messages import ANY, BARE, FULL, FULL_EVENTS, TOKEN

STORIES = Path(__file__).parents[1] / "stories"


@pytest.mark.parametrize("kind", ANY)
@given(data=st.data())
def test_whatever_is_written_is_read_back(kind, data):
    message = data.draw(ANY[kind])
    assert avro.decode(kind, avro.encode(message)) == message


@pytest.mark.parametrize("messages", [FULL, BARE])
@pytest.mark.parametrize("kind", ANY)
def test_a_message_with_everything_and_one_with_nothing_are_read_back(kind, messages):
    assert avro.kind_of(messages[kind]) is kind
    read = avro.decode(kind, avro.encode(messages[kind]))
    assert read == messages[kind]
    assert type(read) is type(messages[kind])


@pytest.mark.parametrize("type_", FULL_EVENTS)
def test_an_event_is_read_back_in_its_json_form(type_):
    event = FULL_EVENTS[type_]
    assert avro.decode_event(type_, avro.encode_event(event)) == event


@pytest.mark.parametrize("type_", FULL_EVENTS)
def test_a_withdrawal_needs_no_more_than_in_json(type_):
    bare = {name: FULL_EVENTS[type_][name] for name in ("type", "event_id", "source", "recorded_at")}
    read = avro.decode_event(type_, avro.encode_event({**bare, "revision": 1, "withdrawn": True}))
    assert bare.items() <= read.items()
    assert (read["revision"], read["withdrawn"], "place" in read) == (1, True, False)


def _lines():
    return [line for story in sorted(STORIES.glob("*.jsonl")) for line in story.read_text("utf-8").splitlines()]


def test_every_event_of_the_stories_means_the_same_in_avro():
    for line in _lines():
        event = json.loads(line)
        read = avro.decode_event(event["type"], avro.encode_event(event))
        assert _said(read) == _said(avro.decode_event(event["type"], avro.encode_event(read)))
        assert _said(event).items() <= _said(read).items()


def _said(event):
    """What an event says, apart from how times are spelt and defaults inside persons are left out."""
    return {name: value for name, value in event.items() if value is not None and name not in _SPELT}


_SPELT = ("persons", "occurred_at", "recorded_at", "address")


def test_null_is_absent():
    event = FULL_EVENTS["control"]
    assert avro.encode_event({**event, "venue": None}) == avro.encode_event(
        {name: value for name, value in event.items() if name != "venue"}
    )


def test_a_house_number_may_be_a_number():
    event = FULL_EVENTS["control"]
    numbered = {**event, "address": {**event["address"], "number": 7}}
    assert avro.encode_event(numbered) == avro.encode_event(event)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("type", {"type": "rumour"}),
        ("type", {"type": ["control"]}),
        ("event_id", {"event_id": None}),
        ("recorded_at", {"recorded_at": "SECRET"}),
        ("occurred_at", {"occurred_at": 7}),
        ("*", {"SECRET": 1}),
        ("revision", {"revision": True}),
        ("revision", {"revision": 2**31}),
        ("withdrawn", {"withdrawn": "SECRET"}),
        ("place.lat", {"place": {"lat": "SECRET"}}),
        ("place.lat", {"place": {"lat": float("nan")}}),
        ("place.*", {"place": {"SECRET": 1}}),
        ("phones", {"phones": "SECRET"}),
        ("phones[1]", {"phones": ["SECRET", 7]}),
        ("phones[0]", {"phones": ["\ud800"]}),
        ("persons[0].identifiers.document.number", {"persons": [{"identifiers": {"document": {"number": 5}}}]}),
    ],
)
def test_what_avro_cannot_hold_is_refused_by_field_and_never_echoed(field, change):
    with pytest.raises(ValueError, match=r".") as refused:
        avro.encode_event({**FULL_EVENTS["control"], **change})
    assert str(refused.value).startswith(field) or "value that is not of its type" in str(refused.value)
    assert "SECRET" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_event_on_the_topic_of_another_type_is_none():
    body = avro.encode_event({**FULL_EVENTS["control"]})
    with pytest.raises(Undecodable):
        avro.decode_event("bvh_mutation", body.replace(b"\x0econtrol", b"\x0econtrol"))


@pytest.mark.parametrize("at", [-1, 253_402_300_800_000, 2**62])
def test_a_time_that_rfc_3339_cannot_say_is_left_to_intake_as_a_number(at):
    record = _record_of("vehicle") | {"occurred_at": at}
    assert avro.decode_event("vehicle", _written(Kind.EVENT_VEHICLE, record))["occurred_at"] == at


@pytest.mark.parametrize("type_", FULL_EVENTS)
def test_fastavro_reads_what_we_read(type_):
    record = fastavro.schemaless_reader(BytesIO(avro.encode_event(FULL_EVENTS[type_])), _bare(EVENT_KINDS[type_]), None)
    assert record == _record_of(type_)


def _bare(kind):
    """The schema without logical types, which fastavro would turn into other Python types."""

    def strip(part):
        if isinstance(part, dict):
            return {name: strip(value) for name, value in part.items() if name not in ("logicalType", "form")}
        return [strip(value) for value in part] if isinstance(part, list) else part

    return fastavro.parse_schema(strip(avro.schema_of(kind)))


def _record_of(type_):
    return avro._reader(EVENT_KINDS[type_])(avro.encode_event(FULL_EVENTS[type_]))


def _written(kind, record):
    buffer = BytesIO()
    fastavro.schemaless_writer(buffer, _bare(kind), record)
    return buffer.getvalue()


def test_a_message_that_could_not_be_read_back_is_not_written():
    with pytest.raises(ValueError, match="subject") as refused:
        avro.encode(FULL[Kind.SIGHTING]._replace(subject="SECRET"))
    assert "SECRET" not in str(refused.value)


def test_a_message_that_the_schema_has_no_field_for_is_not_written():
    with pytest.raises(ValueError, match="no field"):
        avro.encode(replace(FULL[Kind.REPORT_VEHICLE], phones=(TOKEN,)))


def test_a_message_that_is_too_large_is_not_written():
    with pytest.raises(ValueError, match="larger than"):
        avro.encode(replace(FULL[Kind.REPORT_CONTROL], phones=(TOKEN,) * 20_000))


def test_a_value_of_another_type_is_refused_without_being_echoed():
    with pytest.raises(ValueError, match="not of its type") as refused:
        avro.encode(replace(FULL[Kind.ALERT_ACTION], expected="SECRET"))
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("thing", [None, {}, "text", 7])
def test_what_is_no_message_is_not_written(thing):
    with pytest.raises(ValueError, match="no message"):
        avro.encode(thing)


@given(st.integers(0, 2**32 - 1), st.binary())
def test_a_frame_is_taken_off_as_it_was_put_on(schema_id, body):
    assert avro.frame(schema_id, body)[:1] == b"\0"
    assert avro.unframe(avro.frame(schema_id, body)) == (schema_id, body)


@pytest.mark.parametrize("framed", [b"", b"\0\0\0\0", b"\1\0\0\0\1x", b"Obj\x01\0"])
def test_bytes_without_a_frame_are_undecodable(framed):
    with pytest.raises(Undecodable) as refused:
        avro.unframe(framed)
    assert refused.value.reason is Reason.NOT_FRAMED
