"""What pydantic finds wrong with a request, in our words: where, what is wrong, what to send; never the value."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.problems import Code, Problem

HINTS = {
    "status": "one of raised, revised, withdrawn, active, new, acknowledged, taken, offered, snoozed, closed",
    "kind": "a kind of finding, such as relocation",
    "unit": "the id of a police unit, such as midden-nederland, or a country code, such as BE",
    "to": "a place code: GM0363, BE:Antwerp or IT",
    "subject": "the token of a subject: 32 hexadecimal digits in lower case",
    "token": "the token of a subject: 32 hexadecimal digits in lower case; POST identifiers to /api/v1/subjects/lookup",
    "alert_id": "the alert_id of an alert: a UUID in lower case",
    "attention": "tell or file",
    "since": "an RFC 3339 time with an offset, such as 2026-03-01T00:00:00Z",
    "limit": "a whole number from 1 to 200",
    "cursor": "the value of `next` of the page before, unchanged",
    "last_event_id": "the id of the last event that was received, unchanged",
    "action_id": "an id of your own, unique for this request: 1 to 64 letters, digits and . _ : -",
    "expected": "the whole number `version` of the state that was seen",
    "until": "an RFC 3339 time with an offset, such as 2026-03-01T00:00:00Z",
    "purpose": "why you ask, in 3 to 500 characters",
    "reason": "why, in 3 to 500 characters",
    "identifier": "an object with exactly one of bvh_person, document, name, phone, vehicle, photo",
    "event": "an object with source, type and event_id of the event whose sighting is meant",
}
"""What to send, by the name of the field or parameter; only names of ours."""

_MESSAGES = {
    "missing": (Code.MISSING_FIELD, "This is missing."),
    "extra_forbidden": (Code.UNKNOWN_FIELD, "There is something here that nobody knows."),
    "json_invalid": (Code.MALFORMED, "The body is not JSON."),
    "int_type": (Code.INVALID_VALUE, "This must be a whole number."),
    "int_parsing": (Code.INVALID_VALUE, "This must be a whole number."),
    "string_type": (Code.INVALID_VALUE, "This must be a string."),
    "string_too_short": (Code.INVALID_VALUE, "This is too short."),
    "string_too_long": (Code.INVALID_VALUE, "This is too long."),
    "literal_error": (Code.INVALID_VALUE, "This is none of the words that are known here."),
}
_OTHERWISE = (Code.INVALID_VALUE, "This is not in the form that is asked for.")


def problems_of(errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """The problems of a request, from the errors of a RequestValidationError."""
    return [_problem(error["type"], error["loc"], error.get("ctx", {})) for error in errors]


def bad_parameter(name: str, message: str) -> Problem:
    """A query or path parameter that pydantic let through and cannot be used all the same."""
    return Problem(Code.INVALID_VALUE, message, field=name, hint=HINTS.get(name))


def _problem(kind: str, location: Sequence[str | int], context: Mapping[str, Any]) -> Problem:
    code, message = _MESSAGES.get(kind, _OTHERWISE)
    where = list(location[1:])
    if kind == "json_invalid":
        return Problem(code, message, hint="Send one JSON object.")
    if kind == "extra_forbidden":
        where[-1] = "*"
    if not where:
        return Problem(code, message, hint="Send one JSON object.")
    return Problem(code, message, field=_path(where), hint=HINTS.get(str(where[-1])) or _expected(context))


def _path(where: Sequence[str | int]) -> str:
    path = ""
    for step in where:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _expected(context: Mapping[str, Any]) -> str | None:
    expected = context.get("expected")
    return f"one of {expected}" if isinstance(expected, str) else None
