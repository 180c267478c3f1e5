"""Whether bytes written with one version of a schema can be read with another (FULL_TRANSITIVE: any two, both ways)."""

from collections.abc import Iterator
from typing import Any

_PROMOTIONS = {("int", "long"), ("int", "float"), ("int", "double"), ("long", "float"), ("long", "double")} | {
    ("float", "double")
}


def faults(writer: Any, reader: Any, at: str = "") -> list[str]:
    """What keeps ``reader`` from reading all that ``writer`` writes: a sentence each, that names the field."""
    return list(_faults(writer, reader, at or str(reader.get("name", ""))))


def _faults(writer: Any, reader: Any, at: str) -> Iterator[str]:
    if isinstance(writer, list):
        for branch in writer:
            yield from _faults(branch, reader, at)
    elif isinstance(reader, list):
        yield from _faults_of_union(writer, reader, at)
    elif _name(writer) != _name(reader):
        if (_name(writer), _name(reader)) not in _PROMOTIONS:
            yield f"{at}: {_name(writer)} cannot be read as {_name(reader)}"
    elif _name(writer) == "record":
        yield from _faults_of_record(writer, reader, at)
    elif _name(writer) == "array":
        yield from _faults(writer["items"], reader["items"], f"{at}[]")


def _faults_of_union(writer: Any, union: list[Any], at: str) -> Iterator[str]:
    found = [list(_faults(writer, branch, at)) for branch in union]
    if all(found):
        same = [fault for branch, fault in zip(union, found, strict=True) if _name(branch) == _name(writer)]
        yield from same[0] if same else [f"{at}: {_name(writer)} is none of what it can be"]


def _faults_of_record(writer: Any, reader: Any, at: str) -> Iterator[str]:
    if writer["name"] != reader["name"]:
        yield f"{at}: the record was renamed"
    written = {field["name"]: field for field in writer["fields"]}
    for field in reader["fields"]:
        path = f"{at}.{field['name']}"
        if field["name"] in written:
            yield from _faults(written[field["name"]]["type"], field["type"], path)
        elif "default" not in field:
            yield f"{path}: has no default, and the other version lacks it"


def _name(type_: Any) -> str:
    return str(type_["type"] if isinstance(type_, dict) else type_)
