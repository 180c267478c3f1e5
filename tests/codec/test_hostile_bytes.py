"""Bytes meant to hurt: each ends in Undecodable, at once, and tells nothing of what it held."""

import contextlib
import json
import random
import struct
import time
import zlib

import pytest

from schemas import avro
from schemas.avro import EVENT_KINDS, Kind
from schemas.avro_reader import reader
from schemas.undecodable import Reason, Undecodable
from tests.codec.messages import BARE, FULL, FULL_EVENTS

MIB = 1024 * 1024


def zigzag(number):
    """Avro's form of a number, without limits."""
    number = (number << 1) ^ (number >> 63) if number < 0 else number << 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def text(words):
    return zigzag(len(words.encode())) + words.encode()


def a_record(*types):
    return {
        "type": "record",
        "name": "R",
        "fields": [{"name": f"f{at}", "type": type_} for at, type_ in enumerate(types)],
    }


def reason_of(schema, body):
    with pytest.raises(Undecodable) as refused:
        reader(schema)(body)
    assert refused.value.__cause__ is None
    return refused.value.reason


STRINGS = {"type": "array", "items": "string"}
UNION = ["null", "string"]


@pytest.mark.parametrize(
    ("why", "schema", "body", "reason"),
    [
        ("a count of 5e8 in 6 bytes", STRINGS, zigzag(500_000_000) + b"\0", Reason.CUT_OFF),
        ("a count of 2^62", STRINGS, zigzag(2**62), Reason.CUT_OFF),
        ("a count of -2^63", STRINGS, b"\xff" * 9 + b"\x01" + b"\0\0", Reason.CUT_OFF),
        ("a block longer than it says", STRINGS, zigzag(-1) + zigzag(1) + text("abc") + b"\0", Reason.BAD_LENGTH),
        ("a block shorter than it says", STRINGS, zigzag(-1) + zigzag(9) + text("abc") + b"\0", Reason.BAD_LENGTH),
        ("a block of negative size", STRINGS, zigzag(-1) + zigzag(-9) + text("abc") + b"\0", Reason.BAD_LENGTH),
        ("an array without an end", STRINGS, zigzag(1) + text("abc"), Reason.CUT_OFF),
        ("union index -1", UNION, b"\x01", Reason.BAD_BRANCH),
        ("union index 2", UNION, b"\x04", Reason.BAD_BRANCH),
        ("union index 99", UNION, zigzag(99), Reason.BAD_BRANCH),
        ("a varint of 21 bytes", "long", b"\x80" * 20 + b"\x01", Reason.BAD_NUMBER),
        ("a varint of 11 bytes", "long", b"\x80" * 10 + b"\x01", Reason.BAD_NUMBER),
        ("a varint beyond 64 bits", "long", b"\xff" * 9 + b"\x02", Reason.BAD_NUMBER),
        ("a varint longer than it needs", "long", b"\x82\x00", Reason.BAD_NUMBER),
        ("a varint without an end", "long", b"\x80\x80", Reason.CUT_OFF),
        ("an int of 2^40", "int", zigzag(2**40), Reason.BAD_NUMBER),
        ("an int of 2^31", "int", zigzag(2**31), Reason.BAD_NUMBER),
        ("an int of -2^31-1", "int", zigzag(-(2**31) - 1), Reason.BAD_NUMBER),
        ("boolean byte 7", "boolean", b"\x07", Reason.BAD_BOOLEAN),
        ("boolean byte 2", "boolean", b"\x02", Reason.BAD_BOOLEAN),
        ("trailing junk", "boolean", b"\x01x", Reason.TRAILING),
        ("nothing at all", "boolean", b"", Reason.CUT_OFF),
        ("a text of negative length", "string", zigzag(-1), Reason.BAD_LENGTH),
        ("a text of length -2^63", "string", b"\xff" * 9 + b"\x01", Reason.BAD_LENGTH),
        ("a text beyond the end", "string", zigzag(4) + b"abc", Reason.CUT_OFF),
        ("a text of 2^62 bytes", "string", zigzag(2**62) + b"abc", Reason.CUT_OFF),
        ("a text that is not UTF-8", "string", b"\x04\xc3\x28", Reason.BAD_TEXT),
        ("a lone surrogate", "string", b"\x06\xed\xa0\x80", Reason.BAD_TEXT),
        ("an overlong UTF-8 slash", "string", b"\x04\xc0\xaf", Reason.BAD_TEXT),
        ("not a number", "double", struct.pack("<d", float("nan")), Reason.BAD_NUMBER),
        ("infinity", "double", struct.pack("<d", float("-inf")), Reason.BAD_NUMBER),
        ("an infinite float", "float", struct.pack("<f", float("inf")), Reason.BAD_NUMBER),
        ("half a double", "double", b"\0\0\0\0", Reason.CUT_OFF),
        ("a time of 2^62", {"type": "long", "form": "time"}, zigzag(2**62), Reason.INVALID),
        ("a time before 1970", {"type": "long", "form": "time"}, zigzag(-1), Reason.INVALID),
        ("a count below zero", {"type": "int", "form": "count"}, zigzag(-1), Reason.INVALID),
        ("revision 0 of an alert", {"type": "int", "form": "ordinal"}, zigzag(0), Reason.INVALID),
        ("a token in capitals", {"type": "string", "form": "token"}, text("A" * 32), Reason.INVALID),
        ("a token with a line end", {"type": "string", "form": "token"}, text("a" * 32 + "\n"), Reason.INVALID),
        ("digits of another script", {"type": "string", "form": "token"}, text("٣" * 32), Reason.INVALID),
        ("a NUL in a remark", {"type": "string", "form": "text"}, text("a\0b"), Reason.INVALID),
    ],
)
def test_it_ends_in_undecodable(why, schema, body, reason):
    assert reason_of(schema, body) is reason, why


EDGES = [
    ("long", zigzag(2**63 - 1), 2**63 - 1),
    ("long", zigzag(-(2**63)), -(2**63)),
    ("int", zigzag(2**31 - 1), 2**31 - 1),
    ("int", zigzag(-(2**31)), -(2**31)),
    ("long", b"\0", 0),
    ("string", b"\0", ""),
    (STRINGS, b"\0", []),
    (STRINGS, zigzag(1) + text("a") + zigzag(1) + text("b") + b"\0", ["a", "b"]),
    (STRINGS, zigzag(-2) + zigzag(4) + text("a") + text("b") + b"\0", ["a", "b"]),
    (UNION, b"\0", None),
    ("float", struct.pack("<f", 0.5), 0.5),
]


@pytest.mark.parametrize(("schema", "body", "value"), EDGES)
def test_what_avro_allows_is_read(schema, body, value):
    assert reader(schema)(body) == value


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": "null"},
        {"type": "array", "items": {"type": "record", "name": "Empty", "fields": []}},
        {"type": "array", "items": {"type": "record", "name": "E", "fields": [{"name": "a", "type": "null"}]}},
        {"type": "record", "name": "Tree", "fields": [{"name": "more", "type": ["null", "Tree"]}]},
        {"type": "record", "name": "Tree", "fields": [{"name": "more", "type": {"type": "array", "items": "Tree"}}]},
        {"type": "record", "name": "Tree", "namespace": "n", "fields": [{"name": "more", "type": "n.Tree"}]},
        "bytes",
        {"type": "map", "values": "string"},
    ],
)
def test_a_schema_that_could_cost_more_than_its_bytes_is_not_compiled(schema):
    with pytest.raises(ValueError, match=r"recursive|no bytes|not supported"):
        reader(schema)


def test_a_fault_names_its_field_as_events_do():
    schema = a_record({"type": "array", "items": a_record("boolean") | {"name": "Inner"}})
    with pytest.raises(Undecodable) as refused:
        reader(schema)(zigzag(2) + b"\x01\x07")
    assert (refused.value.field, str(refused.value)) == ("f0[1].f0", "bad_boolean at f0[1].f0")


def test_a_container_file_is_no_message():
    container = b"Obj\x01" + zlib.compress(b"\0" * MIB)
    for kind in Kind:
        with pytest.raises(Undecodable):
            _decode(kind, container)


@pytest.mark.parametrize("kind", Kind)
def test_too_much_is_not_even_looked_at(kind):
    with pytest.raises(Undecodable) as refused:
        _decode(kind, b"\0" * (avro.max_bytes(kind) + 1))
    assert refused.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (Kind.SIGHTING, b"offer", b"rumor"),
        (Kind.ALERT, b"withdrawn", b"forgotten"),
        (Kind.ALERT, b"later_evidence", b"later_evidense"),
        (Kind.ALERT_STATE, b"offered", b"offeree"),
        (Kind.REPORT_CONTROL, b"counts", b"county"),
        (Kind.RECEIPT, b"rejected", b"rejecter"),
        (Kind.RECEIPT, b"ambiguous_place", b"ambiguous_plate"),
        (Kind.DEAD_LETTER, b"refused", b"refuser"),
        (Kind.ACTION_ANSWER, b"refused", b"refuser"),
        (Kind.ACTION_ANSWER, b"offered", b"offeree"),
    ],
)
def test_a_word_that_is_none_of_ours_is_invalid(kind, old, new):
    body = avro.encode(FULL[kind])
    with pytest.raises(Undecodable) as refused:
        avro.decode(kind, body.replace(old, new))
    assert refused.value.reason is Reason.INVALID


def test_a_receipt_that_tells_what_came_of_a_passage_is_invalid():
    body = (
        avro.encode(FULL[Kind.RECEIPT])
        .replace(text("rejected"), text("applied"))
        .replace(text("control"), text("vehicle"))
    )
    with pytest.raises(Undecodable) as refused:
        avro.decode(Kind.RECEIPT, body)
    assert refused.value.reason is Reason.INVALID


def test_nothing_of_the_bytes_is_in_the_error():
    body = avro.encode(FULL[Kind.ALERT_ACTION]).replace(b"request-1", b"SECRET\x00-1")
    with pytest.raises(Undecodable) as refused:
        avro.decode(Kind.ALERT_ACTION, body)
    assert str(refused.value) == "invalid at action_id"
    assert refused.value.__context__ is None or "SECRET" not in repr(refused.value.__context__)


def _decode(kind, body):
    for type_, event_kind in EVENT_KINDS.items():
        if kind is event_kind:
            return avro.decode_event(type_, body)
    return avro.decode(kind, body)


def _bodies(kind):
    for type_, event_kind in EVENT_KINDS.items():
        if kind is event_kind:
            return [avro.encode_event(FULL_EVENTS[type_])]
    return [avro.encode(FULL[kind]), avro.encode(BARE[kind])]


def mutated(body, dice):
    """The body with one to four wounds of the kinds that disks, networks and people make."""
    body = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(body) + 1)
        match dice.randrange(6):
            case 0 if body:
                body[at % len(body)] = dice.randrange(256)
            case 1 if body:
                body[at % len(body)] ^= 1 << dice.randrange(8)
            case 2:
                del body[at : at + dice.randrange(1, 9)]
            case 3:
                body[at:at] = bytes(dice.choices((0, 1, 2, 7, 64, 127, 128, 255), k=dice.randrange(1, 9)))
            case 4:
                body[at:at] = body[dice.randrange(len(body) + 1) :][:40]
            case _:
                del body[at:]
    return bytes(body)


@pytest.mark.parametrize("seed", [7, pytest.param(8, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("kind", Kind)
def test_no_mutation_raises_anything_but_undecodable(kind, seed):
    dice = random.Random(seed)
    bodies = _bodies(kind)
    for _ in range(1_500 if seed == 7 else 200_000):
        body = mutated(dice.choice(bodies), dice)
        try:
            read = _decode(kind, body)
        except Undecodable:
            continue
        if isinstance(read, dict):
            json.dumps(read, allow_nan=False).encode()
        else:
            avro.encode(read)


@pytest.mark.parametrize("kind", Kind)
def test_no_noise_raises_anything_but_undecodable(kind):
    dice = random.Random(9)
    for length in range(300):
        noise = dice.randbytes(length)
        try:
            _decode(kind, noise)
        except Undecodable:
            continue


MS_PER_MIB = 6_000
"""Ten times what it takes at the worst on one slow core; what fastavro did with 6 bytes took 24 s."""
TRIES = 3
"""The quickest counts: memory that nobody touched yet, or a collection of the whole process, is not its cost."""


def _costly():
    """For every kind that holds a list: as many of its smallest items as may be."""
    person = text("unknown") + b"\0\0" + text("unknown")
    least = b"\0\0\0\0"
    event = avro.encode_event({**FULL_EVENTS["control"], "indicators": [], "persons": [], "vehicles": [], "phones": []})
    tail = event[: event.rindex(text("3511AB")) - 2]
    body = tail[:-4]  # up to the four empty lists
    return [
        ("texts", Kind.EVENT_CONTROL, body + zigzag(60_000) + b"\0" * 60_005),
        ("persons", Kind.EVENT_CONTROL, body + b"\0" + zigzag(3_400) + person * 3_400 + b"\0" * 4),
        ("smallest persons", Kind.EVENT_CONTROL, body + b"\0" + zigzag(16_000) + least * 16_000 + b"\0" * 4),
        ("blocks of one", Kind.EVENT_CONTROL, body + (zigzag(1) + b"\0") * 32_000 + b"\0" * 5),
        (
            "blocks that say their size",
            Kind.EVENT_CONTROL,
            body + (zigzag(-1) + zigzag(1) + b"\0") * 21_000 + b"\0" * 5,
        ),
        ("one long text", Kind.ALERT_ACTION, text("x" * 65_000)),
        ("long varints", Kind.SIGHTING, b"\x80" * 1_000),
        ("remarks", Kind.ALERT_STATE, _state_with_remarks()),
    ]


def _state_with_remarks():
    state = avro.encode(BARE[Kind.ALERT_STATE])
    remark = zigzag(0) + text("a") + text("")
    comments_at = len(state) - 1
    return state[:comments_at] + zigzag(200_000) + remark * 200_000 + b"\0"


@pytest.mark.parametrize(("why", "kind", "body"), _costly(), ids=lambda part: part if isinstance(part, str) else "")
def test_the_dearest_bytes_cost_no_more_than_their_length(why, kind, body):
    assert len(body) <= avro.max_bytes(kind)
    spent_ms = min(_decoding_ms(kind, body) for _ in range(TRIES))
    assert spent_ms < MS_PER_MIB * max(len(body) / MIB, 0.01), why


def _decoding_ms(kind, body):
    began = time.process_time()
    with contextlib.suppress(Undecodable):
        _decode(kind, body)
    return (time.process_time() - began) * 1_000
