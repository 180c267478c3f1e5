"""Schemas only grow, and every version's bytes can still be read."""

import copy
import json

import pytest

from schemas import avro
from schemas.avro import EVENT_KINDS, Kind
from schemas.avro_forms import NUMBER_FORMS, TEXT_FORMS
from schemas.avro_reader import reader
from schemas.compatibility import faults
from schemas.undecodable import Reason, Undecodable
from tests.codec.goldens import FOLDER, read
from tests.codec.messages import FULL, FULL_EVENTS


def broken(kind, schema):
    """What a schema would break, by field: what was written with any version of it, or is read with one."""
    return [
        fault
        for number, version in enumerate(avro.versions_of(kind), 1)
        for fault in (
            *(f"{fault} (reading version {number})" for fault in faults(version, schema)),
            *(f"{fault} (for readers of version {number})" for fault in faults(schema, version)),
        )
    ]


@pytest.mark.parametrize("kind", Kind)
def test_the_present_schema_breaks_nothing_that_was_written(kind):
    assert broken(kind, avro.schema_of(kind)) == [], f"schemas/{kind}.avsc must go with all of schemas/history"


def test_what_breaks_is_said_with_its_field_and_the_version_that_it_breaks():
    schema = changed(Kind.SIGHTING, _drop("place"))
    told = "Sighting.place: has no default, and the other version lacks it"
    assert broken(Kind.SIGHTING, schema) == [f"{told} (for readers of version {number})" for number in (1, 2)]


@pytest.mark.parametrize("kind", Kind)
def test_the_present_schema_is_the_last_of_its_history(kind):
    assert avro.versions_of(kind)[-1] == avro.schema_of(kind), (
        f"schemas/{kind}.avsc changed: keep it as schemas/history/{kind}.N.avsc, N one higher than the last, "
        "and write its golden bytes with python -m tests.codec.goldens"
    )


VERSIONS = [(kind, at) for kind in Kind for at in range(len(avro.versions_of(kind)))]


@pytest.mark.parametrize(("kind", "at"), VERSIONS)
def test_any_two_versions_read_each_other(kind, at):
    versions = avro.versions_of(kind)
    for other in versions:
        assert faults(versions[at], other) == []
        assert faults(other, versions[at]) == []


@pytest.mark.parametrize(("kind", "at"), VERSIONS)
def test_the_bytes_of_every_version_still_say_what_they_said(kind, at):
    file = FOLDER / f"{kind}.{at + 1}.json"
    assert file.exists(), "write it with python -m tests.codec.goldens"
    for golden in json.loads(file.read_text("utf-8")):
        body = bytes.fromhex(golden["bytes"])
        assert _is_within(golden["says"], read(kind, body, avro.versions_of(kind)[at]))


def _is_within(old, new):
    """Whether all that was said is still said; later versions may say more."""
    if isinstance(old, dict):
        return all(name in new and _is_within(value, new[name]) for name, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_is_within, old, new))
    return old == new


def _types(schema, at=""):
    """Every type within a schema, with its path."""
    yield at, schema
    if isinstance(schema, list):
        for branch in schema:
            yield from _types(branch, at)
    elif isinstance(schema, dict):
        for field in schema.get("fields", ()):
            yield from _types(field["type"], f"{at}.{field['name']}")
        if "items" in schema:
            yield from _types(schema["items"], f"{at}[]")


@pytest.mark.parametrize("kind", Kind)
def test_a_schema_keeps_to_what_stays_compatible_and_cheap(kind):
    names = set()
    for path, type_ in _types(avro.schema_of(kind), str(kind)):
        if isinstance(type_, dict):
            assert type_["type"] in ("record", "array", "string", "int", "long"), f"{path}: words are strings, no enums"
            assert type_.get("form") in {None, *TEXT_FORMS, *NUMBER_FORMS}, path
            assert type_.get("name") not in names, f"{path}: a name may be defined once"
            names |= {type_["name"]} if "name" in type_ else set()
            for field in type_.get("fields", ()):
                assert field["doc"].endswith("."), f"{path}.{field['name']} has no doc"


NEVER_GO = {
    "event": {"event_id", "source", "recorded_at"},
    "report": {"event_id", "source", "recorded_at", "known_at"},
    "sighting": {
        "subject", "event_id", "occurred_at", "recorded_at", "known_at", "place", "evidence", "type", "source",
    },
    "alert": {
        "alert_id", "revision", "status", "subject_kind", "subject", "from", "to", "from_last_seen", "arrived_at",
        "arrival_event_id", "arrival_source", "arrival_type", "evidence", "known_at",
    },
    "alert_action": {"action_id", "alert_id", "action", "expected", "by", "at"},
    "alert_state": {"alert_id", "version", "handling", "changed_at"},
    "subject_action": {"action_id", "action", "subject", "reason", "by", "at"},
    "receipt": {"became", "known_at"},
    "dead_letter": {"fault", "role", "known_at"},
    "followed": {"token"},
    "destroyed": {"source", "type", "event_id", "at"},
    "subject_state": {"action"},
    "action_answer": {"action_id", "decided", "at"},
    "agreement": {"name", "value"},
}  # fmt: skip
"""Without these a message is none; every other field has a default, so that it may go one day."""


@pytest.mark.parametrize("kind", Kind)
def test_what_may_ever_go_has_a_default(kind):
    family = kind.partition("_")[0] if kind.startswith(("event_", "report_")) else str(kind)
    lasting = {field["name"] for field in avro.schema_of(kind)["fields"] if "default" not in field}
    assert lasting == NEVER_GO[family]


def changed(kind, change):
    schema = copy.deepcopy(avro.schema_of(kind))
    change({field["name"]: field for field in schema["fields"]}, schema["fields"])
    return schema


def _add(**field):
    return lambda named, fields: fields.append({"name": "extra", **field})


def _drop(name):
    return lambda named, fields: fields.remove(named[name])


def _retype(name, type_):
    return lambda named, fields: named[name].update(type=type_)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_add(type="string"), "Alert.extra: has no default, and the other version lacks it"),
        (_drop("subject"), "Alert.subject: has no default, and the other version lacks it"),
        (_retype("kind", "int"), "Alert.kind: string cannot be read as int"),
        (_retype("revision", "long"), "Alert.revision: long cannot be read as int"),
        (_retype("repeat", ["null", "boolean"]), "Alert.repeat: null cannot be read as boolean"),
        (_retype("reason", "string"), "Alert.reason: null cannot be read as string"),
        (_retype("superseded_by", ["null", "long"]), "Alert.superseded_by: string is none of what it can be"),
        (
            _retype("based_on", {"type": "array", "items": "string"}),
            "Alert.based_on[]: record cannot be read as string",
        ),
    ],
)
def test_a_change_that_breaks_is_told_by_field(change, told):
    old, new = avro.schema_of(Kind.ALERT), changed(Kind.ALERT, change)
    assert told in faults(old, new) + faults(new, old)


@pytest.mark.parametrize("change", [_add(type="string", default=""), _drop("repeat"), _drop("reason")])
def test_a_change_that_keeps_faith_is_let_through(change):
    old, new = avro.schema_of(Kind.ALERT), changed(Kind.ALERT, change)
    assert faults(old, new) + faults(new, old) == []


# ----------------------------------------------------------------------------- reading what another version wrote


def _record_of(type_):
    return reader(avro.schema_of(EVENT_KINDS[type_]))(avro.encode_event(FULL_EVENTS[type_]))


@pytest.mark.parametrize("type_", FULL_EVENTS)
def test_a_field_that_a_later_version_added_is_passed_over(type_):
    later = avro.schema_of(EVENT_KINDS[type_])
    earlier = copy.deepcopy(later)
    gone = [field["name"] for field in earlier["fields"] if "default" in field]
    for name in gone:
        earlier["fields"] = [field for field in earlier["fields"] if field["name"] != name]
        body = avro.encode_event(FULL_EVENTS[type_])
        record = reader(earlier, later)(body)
        assert record == {field["name"]: _record_of(type_)[field["name"]] for field in earlier["fields"]}


def test_a_field_that_an_earlier_version_lacked_takes_its_default():
    later = changed(Kind.SIGHTING, _add(type={"type": "array", "items": "string"}, default=[]))
    body = avro.encode(FULL[Kind.SIGHTING])
    first, second = (reader(later, avro.schema_of(Kind.SIGHTING))(body) for _ in range(2))
    assert first["extra"] == second["extra"] == []
    assert first["extra"] is not second["extra"]


def test_a_message_of_a_later_version_is_read_as_ours():
    later = changed(
        Kind.ALERT_STATE, lambda named, fields: fields.insert(1, {"name": "extra", "type": "int", "default": 0})
    )
    body = avro.encode(FULL[Kind.ALERT_STATE])
    grown = body[:37] + b"\x0a" + body[37:]
    assert avro.decoder_of(Kind.ALERT_STATE, later)(grown) == FULL[Kind.ALERT_STATE]


def test_a_schema_that_lacks_what_we_cannot_do_without_is_refused_before_any_bytes():
    with pytest.raises(ValueError, match="subject has no default"):
        avro.decoder_of(Kind.SIGHTING, changed(Kind.SIGHTING, _drop("subject")))


def _as_field(type_):
    return {"type": "record", "name": "R", "fields": [{"name": "f", "type": type_}]}


@pytest.mark.parametrize(
    ("written", "wanted", "body", "value"),
    [
        ("int", "long", b"\x04", 2),
        ("int", "double", b"\x04", 2.0),
        ("long", "float", b"\x04", 2.0),
        ("int", ["null", "long"], b"\x04", 2),
        (["null", "int"], ["null", "long"], b"\x02\x04", 2),
        (["null", "int"], "long", b"\x02\x04", 2),
        (["int", "null"], ["null", "int"], b"\x00\x04", 2),
    ],
)
def test_narrow_types_are_read_as_wider_ones(written, wanted, body, value):
    read_value = reader(_as_field(wanted), _as_field(written))(body)["f"]
    assert (read_value, type(read_value)) == (value, type(value))


@pytest.mark.parametrize(
    ("written", "wanted", "body"),
    [
        ("string", "long", b"\x02a"),
        ("long", "int", b"\x04"),
        ("string", ["null", "long"], b"\x02a"),
        (["null", "string"], "string", b"\x00"),
        ({"type": "array", "items": "string"}, "string", b"\x00"),
    ],
)
def test_a_value_that_is_none_of_ours_is_incompatible(written, wanted, body):
    with pytest.raises(Undecodable) as refused:
        reader(_as_field(wanted), _as_field(written))(body)
    assert (refused.value.reason, refused.value.field) == (Reason.INCOMPATIBLE, "f")


def test_forms_are_ours_whatever_the_writer_thought():
    strict, loose = _as_field({"type": "string", "form": "country"}), _as_field("string")
    assert reader(loose, strict)(b"\x04nl") == {"f": "nl"}
    with pytest.raises(Undecodable):
        reader(strict, loose)(b"\x04nl")


def test_a_name_stands_for_what_it_was_defined_as():
    pair = {"type": "record", "name": "Pair", "fields": [{"name": "a", "type": "int"}]}
    twice = {
        "type": "record", "name": "Twice", "namespace": "n",
        "fields": [{"name": "first", "type": pair}, {"name": "second", "type": ["null", "n.Pair"], "default": None}],
    }  # fmt: skip
    assert reader(twice)(b"\x02\x02\x04") == {"first": {"a": 1}, "second": {"a": 2}}
