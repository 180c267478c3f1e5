"""The four events between their Avro records and the JSON form that intake judges (DESIGN section 4)."""

from collections.abc import Mapping
from typing import Any

from schemas.avro_forms import TIME_MAX_MS
from schemas.times import format_time, parse_time


def as_json(type_: Any, value: Any) -> Any:
    """A record as the JSON form has it: times as RFC 3339, nulls left out. ``type_`` is its Avro type.

    A time beyond what RFC 3339 can say stays the number it is, for intake to refuse.
    """
    match type_:
        case list():
            return as_json(_present(type_), value)
        case {"type": "record", "fields": fields}:
            return {
                field["name"]: as_json(field["type"], value[field["name"]])
                for field in fields
                if value[field["name"]] is not None
            }
        case {"type": "array", "items": items}:
            return [as_json(items, item) for item in value]
        case {"logicalType": "timestamp-millis"} if 0 <= value <= TIME_MAX_MS:
            return format_time(value)
    return value


def as_record(type_: Any, value: Any, field: str) -> Any:  # noqa: PLR0911 - a return per type
    """The record of a JSON form. Raises ValueError, which names the field and nothing else, where it cannot hold it."""
    match type_:
        case list():
            return None if value is None else as_record(_present(type_), value, field)
        case {"type": "record", "fields": fields}:
            return _record(fields, _a(dict, value, field), field)
        case {"type": "array", "items": items}:
            return [as_record(items, item, f"{field}[{at}]") for at, item in enumerate(_a(list, value, field))]
        case {"logicalType": "timestamp-millis"}:
            return _time(_a(str, value, field), field)
        case "string" if field.endswith("address.number") and type(value) is int:
            return str(value)
        case "double" if type(value) is int:
            return float(value)
    return _a(_PYTHON[type_], value, field)


_PYTHON = {"string": str, "boolean": bool, "int": int, "double": float}


def _present(union: list[Any]) -> Any:
    """What a value of an optional field is when it is not null."""
    return next(branch for branch in union if branch != "null")


def _record(fields: list[Any], given: Mapping[str, Any], within: str) -> dict[str, Any]:
    if not set(given) <= {field["name"] for field in fields}:
        raise ValueError(f"{_joint(within, '*')} is not known")
    return {field["name"]: _field(field, given.get(field["name"]), within) for field in fields}


def _field(field: Mapping[str, Any], value: Any, within: str) -> Any:
    path = _joint(within, field["name"])
    if value is not None:
        return as_record(field["type"], value, path)
    if "default" not in field:
        raise ValueError(f"{path} is missing")
    return field["default"]


def _joint(within: str, name: str) -> str:
    return f"{within}.{name}" if within else name


def _a(kind: type, value: Any, field: str) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{field} is not of its type")
    return value


def _time(text: str, field: str) -> int:
    try:
        return parse_time(text)
    except ValueError:
        raise ValueError(f"{field} is not an RFC 3339 time with an offset") from None
