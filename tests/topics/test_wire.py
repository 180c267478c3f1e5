"""Messages as they lie in topics: framed, with ids of schemas that come with the program."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from schemas import avro
from schemas.avro import EVENT_KINDS, Kind
from schemas.avro_ids import pinned_id
from schemas.reports import EventType
from schemas.undecodable import Reason, Undecodable
from streams.kafka.headers import headers_for
from streams.kafka.wire import Wire
from streams.topics import ALERT_ACTIONS, ALERT_STATES, INTAKE, RECEIPTS, SIGHTINGS, TOPICS
from tests.codec.goldens import FOLDER
from tests.codec.messages import BARE, FULL, FULL_EVENTS

OURS = [topic for topic in TOPICS if topic not in INTAKE.values()]
SIGHTINGS_SEEN = SIGHTINGS[0]


def reason_of(wire, topic, value):
    with pytest.raises(Undecodable) as refused:
        wire.decode(topic, value)
    return refused.value.reason


@pytest.mark.parametrize("messages", [FULL, BARE])
@pytest.mark.parametrize("topic", OURS, ids=lambda topic: topic.name)
def test_what_is_written_to_a_topic_is_read_from_it(topic, messages):
    wire = Wire()
    value = wire.encode(topic, messages[topic.kind])
    assert avro.unframe(value) == (pinned_id(topic.kind), avro.encode(messages[topic.kind]))
    assert [wire.decode(topic, value) for _ in range(2)] == [messages[topic.kind]] * 2


def test_a_state_that_is_inherited_lies_among_the_requests():
    wire = Wire()
    for kind in (Kind.ALERT_ACTION, Kind.ALERT_STATE):
        assert wire.decode(ALERT_ACTIONS, wire.encode(ALERT_ACTIONS, FULL[kind])) == FULL[kind]


def test_a_topic_takes_only_what_belongs_there():
    with pytest.raises(ValueError, match="receipts holds no alert"):
        Wire().encode(RECEIPTS, FULL[Kind.ALERT])
    with pytest.raises(ValueError, match="alert-states holds no alert_action"):
        Wire().encode(ALERT_STATES, FULL[Kind.ALERT_ACTION])


def test_what_belongs_in_another_topic_is_incompatible():
    value = Wire().encode(ALERT_STATES, FULL[Kind.ALERT_STATE])
    assert reason_of(Wire(), RECEIPTS, value) is Reason.INCOMPATIBLE


@pytest.mark.parametrize("golden", json.loads((FOLDER / "sighting.1.json").read_text("utf-8")))
def test_what_an_earlier_version_wrote_is_read(golden):
    value = avro.frame(pinned_id(Kind.SIGHTING, 1), bytes.fromhex(golden["bytes"]))
    told = Wire().decode(SIGHTINGS_SEEN, value)
    assert (told.subject, told.version, told.kept_until) == (golden["says"]["subject"], 0, 0)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", Reason.NOT_FRAMED),
        (b"\0\0\0\0", Reason.NOT_FRAMED),
        (b'{"type"', Reason.NOT_FRAMED),
        (avro.frame(1, b"x"), Reason.UNKNOWN_SCHEMA),
        (avro.frame(pinned_id(Kind.RECEIPT) + 1, b"x"), Reason.UNKNOWN_SCHEMA),
        (avro.frame(2**32 - 1, b"x"), Reason.UNKNOWN_SCHEMA),
        (avro.frame(pinned_id(Kind.SIGHTING), b"x"), Reason.INCOMPATIBLE),
        (avro.frame(pinned_id(Kind.RECEIPT), b""), Reason.CUT_OFF),
        (avro.frame(pinned_id(Kind.RECEIPT), b"\0" * 70_000), Reason.TOO_LARGE),
    ],
)
def test_bytes_that_are_no_message_say_why(value, reason):
    wire = Wire()
    assert [reason_of(wire, RECEIPTS, value) for _ in range(2)] == [reason] * 2


# ------------------------------------------------------------------------------------------------ what publishers sent


@pytest.mark.parametrize("type_", EventType)
def test_an_event_is_read_whether_it_is_avro_or_json(type_):
    wire, event = Wire(), FULL_EVENTS[type_]
    framed = wire.encoder(INTAKE[type_])(event)
    assert avro.unframe(framed)[0] == pinned_id(EVENT_KINDS[type_])
    assert json.loads(wire.read_intake(type_, framed)) == event
    plain = json.dumps(event).encode()
    assert wire.read_intake(type_, plain) is plain


@pytest.mark.parametrize("value", [b'{"type":"ad"}', b'{"type":"vehicle","type":"ad"}', b'{"\\u0074ype":"vehicle"}'])
def test_an_event_of_another_type_is_none_of_this_topic(value):
    with pytest.raises(Undecodable) as refused:
        Wire().read_intake(EventType.CONTROL, value)
    assert (refused.value.reason, refused.value.field) == (Reason.INVALID, "type")


@pytest.mark.parametrize(
    "value",
    [b"{", b"{}", b'{"type":"rumour"}', b'{"type":7}', b'{"type":["ad"]}', b"{\xff", b'{"a":' * 9_000, b"{" * 70_000],
)
def test_what_else_is_wrong_with_json_is_for_intake_to_say(value):
    assert Wire().read_intake(EventType.CONTROL, value) is value


@pytest.mark.parametrize("value", [b"", b"[]", b" ", b"\xef\xbb\xbf{}", b"null", b"\x01\0\0\0\0{}"])
def test_what_is_neither_avro_nor_an_object_is_undecodable(value):
    with pytest.raises(Undecodable) as refused:
        Wire().read_intake(EventType.CONTROL, value)
    assert refused.value.reason is Reason.NOT_FRAMED


# ----------------------------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize("messages", [FULL, BARE])
@pytest.mark.parametrize("topic", OURS, ids=lambda topic: topic.name)
def test_a_message_is_a_cloud_event_with_an_id_of_its_own(topic, messages):
    headers = headers_for(topic.kind, "register")
    told = dict(headers(messages[topic.kind]))
    assert told.pop("ce_id").decode() != ""
    assert told == {
        "ce_specversion": b"1.0",
        "ce_source": b"/relocation/register",
        "ce_type": f"relocation.{topic.kind}".encode(),
        "content-type": b"application/avro",
    }
    assert headers(messages[topic.kind]) == headers(messages[topic.kind])


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Kind.SIGHTING, {"version": 8}),
        (Kind.ALERT, {"revision": 8}),
        (Kind.ALERT_STATE, {"version": 8}),
        (Kind.ALERT_ACTION, {"action_id": "request-8"}),
        (Kind.FOLLOWED, {"named": False}),
        (Kind.DESTROYED, {"at": 8}),
        (Kind.AGREEMENT, {"value": "8"}),
        (Kind.RECEIPT, {"position": None}),
    ],
)
def test_another_message_has_another_id(kind, change):
    message = FULL[kind]
    other = message._replace(**change) if hasattr(message, "_replace") else replace(message, **change)
    assert headers_for(kind, "register")(message) != headers_for(kind, "register")(other)


def test_the_wire_knows_no_kafka():
    """So that replay, tests and other ways of carrying messages can use it."""
    for name in ("wire", "registry", "headers"):
        text = (Path(__file__).parents[2] / f"streams/kafka/{name}.py").read_text("utf-8")
        assert "confluent_kafka" not in text
        assert "import kafka" not in text
