"""The Avro form of every message: the one place that knows it. Bytes that are no message end here, in Undecodable.

``encode`` and ``decode`` give and take the plain binary form; ``frame`` and ``unframe`` put the Confluent header before
it. The schemas lie beside this file, one ``.avsc`` a kind, and every version of them in ``history/``: they only grow
(FULL_TRANSITIVE), words are strings, and whatever may ever go has a default.
"""

import json
import struct
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache, partial
from importlib.resources import files
from io import BytesIO
from typing import Any

import fastavro

from schemas.avro_alerts import alert_writer
from schemas.avro_events import as_json, as_record
from schemas.avro_heads import ReadHead, ReportHead, heads_reader
from schemas.avro_reader import reader
from schemas.avro_records import MAPPINGS
from schemas.avro_sightings import sighting_reader, sighting_writer
from schemas.reports import EventType, Report
from schemas.undecodable import Reason, Undecodable


class Kind(StrEnum):
    """Every kind of message on the wire; the name of its schema file."""

    EVENT_CONTROL = "event_control"
    EVENT_BVH_MUTATION = "event_bvh_mutation"
    EVENT_AD = "event_ad"
    EVENT_VEHICLE = "event_vehicle"
    REPORT_CONTROL = "report_control"
    REPORT_BVH_MUTATION = "report_bvh_mutation"
    REPORT_AD = "report_ad"
    REPORT_VEHICLE = "report_vehicle"
    SIGHTING = "sighting"
    ALERT = "alert"
    ALERT_ACTION = "alert_action"
    ALERT_STATE = "alert_state"
    SUBJECT_ACTION = "subject_action"
    RECEIPT = "receipt"
    DEAD_LETTER = "dead_letter"
    FOLLOWED = "followed"
    DESTROYED = "destroyed"
    SUBJECT_STATE = "subject_state"
    ACTION_ANSWER = "action_answer"
    AGREEMENT = "agreement"


EVENT_KINDS = {type_: Kind(f"event_{type_}") for type_ in EventType}
REPORT_KINDS = {type_: Kind(f"report_{type_}") for type_ in EventType}
_TYPE_OF_REPORT = {kind: type_ for type_, kind in REPORT_KINDS.items()}

_KIB = 1024
EVENT_MAX_BYTES = 64 * _KIB
"""The same as an event's in JSON (DESIGN section 4)."""
_LIMITS = {
    **dict.fromkeys(Kind, EVENT_MAX_BYTES),
    **dict.fromkeys(REPORT_KINDS.values(), 512 * _KIB),  # 64 KiB of the least persons, grown to tokens and defaults
    Kind.SIGHTING: 256 * _KIB,  # 64 KiB of the shortest phone numbers, each grown to the token of one that is gained
    Kind.ALERT_STATE: 950 * _KIB,  # 100 comments of 2,000 characters of 4 bytes, and their authors; Kafka takes 1 MB
    Kind.ACTION_ANSWER: 960 * _KIB,  # such a state
    Kind.DEAD_LETTER: 264 * _KIB,  # 200 KiB of what was refused, and why
}

_KIND_OF_MESSAGE = {mapping.message: Kind(kind) for kind, mapping in MAPPINGS.items() if mapping.message is not Report}

_MAGIC = 0
_HEADER = struct.Struct(">BI")


def max_bytes(kind: Kind) -> int:
    """The most bytes that a message of this kind may have, without header."""
    return _LIMITS[kind]


def kind_of(message: Any) -> Kind:
    """The kind of one of our messages. Raises ValueError for anything else."""
    if isinstance(message, Report):
        return REPORT_KINDS[EventType(message.type)]
    kind = _KIND_OF_MESSAGE.get(type(message))
    if kind is None:
        raise ValueError("this is no message")
    return kind


def encode(message: Any) -> bytes:
    """The Avro form of a message. Raises ValueError for one that could not be read back the same, or is too large."""
    kind = kind_of(message)
    body = _written(kind, MAPPINGS[kind].to_record, message)
    try:
        same = decode(kind, body) == message
    except Undecodable as fault:
        raise ValueError(f"this {kind} has a value it cannot have: {fault}") from None
    if not same:
        raise ValueError(f"this {kind} holds what its schema has no field for")
    return body


@cache
def encoder(kind: Kind) -> Callable[[Any], bytes]:
    """``encode`` of one kind, for loops that write many: looked up once.

    Reports, receipts and alerts are not read back: that they fit their schema is checked, and their size.
    """
    if kind is Kind.SIGHTING:
        return sighting_writer(_encoder(kind, encode))
    if kind is Kind.ALERT:
        return alert_writer(_encoder(kind, partial(_written, kind, MAPPINGS[kind].to_record)), _LIMITS[kind])
    if kind in _WRITTEN_UNREAD:
        return _encoder(kind, partial(_written, kind, MAPPINGS[kind].to_record))
    return _encoder(kind, encode)


def _encoder(kind: Kind, write: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    def encode_one(message: Any) -> bytes:
        if kind_of(message) is not kind:
            raise ValueError(f"this is no {kind}")
        return write(message)

    return encode_one


_WRITTEN_UNREAD = (*REPORT_KINDS.values(), Kind.RECEIPT)


def decode(kind: Kind, body: bytes) -> Any:
    """The message of a kind. Raises Undecodable and nothing else (lack of memory apart)."""
    return decoder(kind)(body)


@cache
def decoder(kind: Kind) -> Callable[[bytes], Any]:
    """``decode`` of one kind, for loops that read many: looked up once."""
    return sighting_reader(_decoder(kind, None)) if kind is Kind.SIGHTING else _decoder(kind, None)


def report_head(body: bytes) -> ReportHead:
    """Which revision of which event a report is, of whatever type, in a few microseconds. Raises Undecodable.

    Of good bytes it says what ``decode`` says; what follows the head is not looked at, and may be damaged.
    """
    return _heads_reader()(body)


@cache
def _heads_reader() -> ReadHead:
    return heads_reader({str(type_): decoder(kind) for type_, kind in REPORT_KINDS.items()})


def decoder_of(kind: Kind, writer: Mapping[str, Any]) -> Callable[[bytes], Any]:
    """``decode`` of bytes written with another version of the schema. Raises ValueError where that cannot be."""
    return _decoder(kind, writer)


def encode_event(event: Mapping[str, Any]) -> bytes:
    """The Avro form of an event given in its JSON form. Raises ValueError, which names the field and nothing else.

    It checks only what Avro needs; whether the event is right is for intake to judge.
    """
    type_ = event.get("type")
    if type_ not in tuple(EventType):
        raise ValueError("type is none of " + ", ".join(EventType))
    kind = EVENT_KINDS[EventType(type_)]
    record = as_record(schema_of(kind), event, "")
    body = _written(kind, dict, record)
    try:
        _reader(kind)(body)
    except Undecodable as fault:
        raise ValueError(f"{fault.field} has a value it cannot have") from None
    return body


def decode_event(type_: str, body: bytes) -> dict[str, Any]:
    """An event in the JSON form that intake judges, times as RFC 3339 and nulls left out. Raises Undecodable.

    ``type_`` is that of its topic; an event that says otherwise is none.
    """
    return event_decoder(EventType(type_))(body)


@cache
def event_decoder(type_: EventType) -> Callable[[bytes], dict[str, Any]]:
    """``decode_event`` of one type, for loops that read many: looked up once."""
    return event_decoder_of(type_, schema_of(EVENT_KINDS[type_]))


def event_decoder_of(type_: EventType, writer: Mapping[str, Any]) -> Callable[[bytes], dict[str, Any]]:
    """``decode_event`` of bytes written with another version of the schema. Raises ValueError where that cannot be."""
    kind = EVENT_KINDS[type_]
    schema = schema_of(kind)
    read = reader(schema, writer)

    def decode_one(body: bytes) -> dict[str, Any]:
        event: dict[str, Any] = as_json(schema, _bounded(kind, read, body))
        if event["type"] != type_:
            raise Undecodable(Reason.INVALID, "type")
        return event

    return decode_one


def frame(schema_id: int, body: bytes) -> bytes:
    """The Confluent wire format: a zero byte, the id of the writer's schema in a registry, the body."""
    return _HEADER.pack(_MAGIC, schema_id) + body


def unframe(framed: bytes) -> tuple[int, bytes]:
    """The schema id and the body. Raises Undecodable for bytes without the header."""
    if len(framed) < _HEADER.size or framed[0] != _MAGIC:
        raise Undecodable(Reason.NOT_FRAMED)
    _, schema_id = _HEADER.unpack_from(framed)
    return schema_id, framed[_HEADER.size :]


@cache
def schema_of(kind: Kind) -> dict[str, Any]:
    """The present schema of a kind, as JSON has it. Not to be changed."""
    return _read_schema(files("schemas").joinpath(f"{kind}.avsc").read_text("utf-8"))


@cache
def versions_of(kind: Kind) -> tuple[dict[str, Any], ...]:
    """Every version of the schema there ever was, the first one first; the last is the present one."""
    history = files("schemas").joinpath("history")
    found: list[dict[str, Any]] = []
    while (file := history.joinpath(f"{kind}.{len(found) + 1}.avsc")).is_file():
        found.append(_read_schema(file.read_text("utf-8")))
    return tuple(found)


def _read_schema(text: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _reader(kind: Kind) -> Callable[[bytes], Any]:
    return reader(schema_of(kind))


@cache
def _parsed(kind: Kind) -> Any:
    return fastavro.parse_schema(schema_of(kind))


def _decoder(kind: Kind, writer: Mapping[str, Any] | None) -> Callable[[bytes], Any]:
    read = _reader(kind) if writer is None else reader(schema_of(kind), writer)
    of_record = MAPPINGS[kind].of_record
    type_ = _TYPE_OF_REPORT.get(kind)

    def decode_one(body: bytes) -> Any:
        record = _bounded(kind, read, body)
        if type_ is not None and record["type"] != type_:
            raise Undecodable(Reason.INVALID, "type")
        try:
            return of_record(record)
        except (ValueError, KeyError):  # a word that is none of ours
            raise Undecodable(Reason.INVALID) from None

    return decode_one


def _bounded(kind: Kind, read: Callable[[bytes], Any], body: bytes) -> Any:
    return read(body) if len(body) <= _LIMITS[kind] else _too_large()


def _too_large() -> Any:
    raise Undecodable(Reason.TOO_LARGE)


def _written(kind: Kind, to_record: Callable[[Any], Mapping[str, Any]], message: Any) -> bytes:
    buffer = BytesIO()
    try:
        fastavro.schemaless_writer(buffer, _parsed(kind), to_record(message))
    except Exception:  # noqa: BLE001 - its words could carry an identifier
        raise ValueError(f"this {kind} has a value that is not of its type") from None
    body = buffer.getvalue()
    if len(body) > _LIMITS[kind]:
        raise ValueError(f"this {kind} is larger than {_LIMITS[kind]} bytes")
    return body
