"""With a schema registry: its ids are written, what only it knows is read; while it is away what is known goes on."""

import copy
import threading
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infra.kafka.ports import free_ports
from schemas import avro
from schemas.avro import Kind
from schemas.avro_ids import pinned_id
from schemas.undecodable import Reason, Undecodable
from streams.kafka.registry import Incompatible, Registry, RegistryAway
from streams.kafka.wire import Unresolved, Wire
from streams.topics import ALERT_ACTIONS, ALERT_STATES, SIGHTINGS
from tests.codec.messages import FULL

SIGHTING = FULL[Kind.SIGHTING]
SEEN = SIGHTINGS[0]


def a_prefix():
    return f"made-up-{uuid.uuid4()}."


@pytest.fixture
def registry(schema_registry):
    asked = Registry(schema_registry.url)
    yield asked
    asked.close()


@pytest.fixture
def away():
    [free_port] = free_ports(1)
    return Registry(f"http://made-up:secret@127.0.0.1:{free_port}")


def grown(kind, field):
    schema = copy.deepcopy(avro.schema_of(kind))
    schema["fields"].append(field)
    return schema


def test_its_ids_are_written_and_read(registry):
    prefix = a_prefix()
    value = Wire(registry, prefix=prefix).encode(SEEN, SIGHTING)
    schema_id, _ = avro.unframe(value)
    assert schema_id == registry.found(f"{prefix}sightings.presence-value", avro.schema_of(Kind.SIGHTING))
    assert schema_id < pinned_id(Kind.EVENT_CONTROL)
    assert Wire(registry).decode(SEEN, value) == SIGHTING


def test_what_was_written_without_it_is_still_read(registry):
    assert Wire(registry).decode(SEEN, Wire().encode(SEEN, SIGHTING)) == SIGHTING


def test_a_subject_takes_only_what_goes_with_all_it_has(registry):
    subject = f"{a_prefix()}alerts-value"
    first = registry.register(subject, avro.schema_of(Kind.ALERT))
    assert registry.compatibility(subject) == "FULL_TRANSITIVE"
    assert registry.register(subject, avro.schema_of(Kind.ALERT)) == first
    with pytest.raises(Incompatible) as refused:
        registry.register(subject, grown(Kind.ALERT, {"name": "weather", "type": "string"}))
    assert "weather" in str(refused.value)


def test_a_topic_with_two_kinds_has_two_subjects(registry):
    prefix = a_prefix()
    wire = Wire(registry, prefix=prefix)
    for kind in (Kind.ALERT_ACTION, Kind.ALERT_STATE):
        assert wire.decode(ALERT_ACTIONS, wire.encode(ALERT_ACTIONS, FULL[kind])) == FULL[kind]
        assert Wire(registry).decode(ALERT_ACTIONS, wire.encode(ALERT_ACTIONS, FULL[kind])) == FULL[kind]
    assert registry.found(f"{prefix}alert-actions-value", avro.schema_of(Kind.ALERT_ACTION))
    assert registry.found(f"{prefix}alert-actions-relocation.AlertState", avro.schema_of(Kind.ALERT_STATE))


def test_a_later_version_that_only_the_registry_knows_is_read_as_ours(registry):
    later = grown(Kind.ALERT_STATE, {"name": "weather", "type": "string", "default": ""})
    schema_id = registry.register(f"{a_prefix()}alert-states-value", later)
    value = avro.frame(schema_id, avro.encode(FULL[Kind.ALERT_STATE]) + b"\x06dry")
    assert Wire(registry).decode(ALERT_STATES, value) == FULL[Kind.ALERT_STATE]


def test_an_id_that_nobody_gave_is_undecodable(registry):
    wire = Wire(registry)
    for schema_id in (1_234_567, 2**31 - 1, 2**32 - 1):
        with pytest.raises(Undecodable) as refused:
            wire.decode(SEEN, avro.frame(schema_id, b"x"))
        assert refused.value.reason is Reason.UNKNOWN_SCHEMA


def test_a_schema_of_something_else_is_incompatible(registry):
    other = {"type": "record", "name": "Weather", "namespace": "made.up", "fields": [{"name": "a", "type": "int"}]}
    value = avro.frame(registry.register(f"{a_prefix()}weather-value", other), b"\x02")
    with pytest.raises(Undecodable) as refused:
        Wire(registry).decode(SEEN, value)
    assert refused.value.reason is Reason.INCOMPATIBLE


def test_while_it_is_away_what_is_known_goes_on(away):
    wire = Wire(away)
    value = wire.encode(SEEN, SIGHTING)
    assert avro.unframe(value)[0] == pinned_id(Kind.SIGHTING)
    assert wire.decode(SEEN, value) == SIGHTING


def test_while_it_is_away_what_only_it_knows_waits_and_is_not_taken_for_bad(away):
    with pytest.raises(Unresolved, match="schema 7, which is not known yet") as waits:
        Wire(away).decode(SEEN, avro.frame(7, b"x"))
    assert "secret" not in str(waits.value)


def test_what_was_learnt_stays_known_when_it_goes_away(registry, away):
    value = Wire(registry, prefix=a_prefix()).encode(SEEN, SIGHTING)
    wire = Wire(registry)
    read = wire.decoder(SEEN)
    assert read(value) == SIGHTING
    registry.close()
    assert read(value) == SIGHTING
    assert wire.decode(SEEN, value) == SIGHTING


@contextmanager
def answering(status, body):
    """A server that is no registry: it answers everything alike."""

    class Answer(BaseHTTPRequestHandler):
        def _answer(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - their names

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Registry(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (401, b"{}"), (200, b""), (200, b"<html>"), (200, b"[]"), (301, b"{}"), (200, b"\xff")],
)
def test_what_does_not_answer_as_a_registry_is_away(status, body):
    with answering(status, body) as odd:
        with pytest.raises(RegistryAway):
            odd.schema(1)
        with pytest.raises(RegistryAway):
            odd.register("made-up-value", avro.schema_of(Kind.ALERT))


@pytest.mark.parametrize("body", [b"{}", b'{"id":0}', b'{"id":"1"}', b'{"id":true}', b'{"id":4294967296}'])
def test_an_id_that_is_none_is_not_taken(body):
    with answering(200, body) as odd, pytest.raises(RegistryAway):
        odd.register("made-up-value", avro.schema_of(Kind.ALERT))


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"schema":7}',
        b'{"schema":"{"}',
        b'{"schemaType":"PROTOBUF","schema":"{}"}',
        b'{"schema":"' + b"[" * 9_000 + b'"}',
    ],
)
def test_a_schema_that_is_none_is_unknown(body):
    with answering(200, body) as odd, pytest.raises(Undecodable) as refused:
        Wire(odd).decode(SEEN, avro.frame(7, b"x"))
    assert refused.value.reason is Reason.UNKNOWN_SCHEMA


@pytest.mark.parametrize(
    "told", ["null", "7", "[]", "{}", "[[[]]]", '{\\"type\\":\\"record\\",\\"name\\":\\"Sighting\\"}']
)
def test_with_a_schema_that_makes_no_sense_nothing_can_be_decoded(told):
    with answering(200, f'{{"schema":"{told}"}}'.encode()) as odd, pytest.raises(Undecodable):
        Wire(odd).decode(SEEN, avro.frame(7, b"x"))
