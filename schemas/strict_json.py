"""Reads one JSON object strictly: nothing that two readers could understand differently gets in (DESIGN section 4)."""

import json
import math
import re
from typing import Any, NoReturn

from schemas.problems import Code, Problem

SIZE_MAX = 64 * 1024
"""Bytes of one event; what is larger is not parsed."""
DEPTH_MAX = 16
"""How deep objects and lists may lie in one another, the event itself being the first."""

_PERHAPS_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_object(raw: bytes) -> dict[str, Any] | Problem:
    """The one JSON object in ``raw`` (without its line end), or why there is none: ``too_large`` or ``malformed``."""
    if len(raw) > SIZE_MAX:
        return TOO_LARGE
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return NOT_UTF8
    return BYTE_ORDER_MARK if text.startswith("\ufeff") else _parsed(text)


def _parsed(text: str) -> dict[str, Any] | Problem:
    try:
        read = _DECODER.decode(text)
    except _Refused as refused:
        return refused.problem
    except json.JSONDecodeError as error:
        return _not_json(error.pos)
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        return NUMBER_TOO_LONG
    return _looked_through(read, text)


def _looked_through(read: Any, text: str) -> dict[str, Any] | Problem:
    if not isinstance(read, dict):
        return NOT_AN_OBJECT
    if text.count("{") + text.count("[") > DEPTH_MAX and _is_deeper(read, DEPTH_MAX):
        return TOO_DEEP
    if "\\u" in text and _PERHAPS_SURROGATE.search(text) is not None and _has_lone_surrogate(read):
        return LONE_SURROGATE
    return read


def _is_deeper(value: Any, depth: int) -> bool:
    """Whether objects and lists lie deeper in one another than ``depth``. Looks no further than that."""
    if not isinstance(value, dict | list):
        return False
    if depth == 0:
        return True
    return any(_is_deeper(item, depth - 1) for item in (value.values() if isinstance(value, dict) else value))


def _has_lone_surrogate(read: Any) -> bool:
    try:
        json.dumps(read, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


class _Refused(Exception):
    """The text is JSON, and yet not what we take."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise _Refused(DUPLICATE_KEY)
    return read


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused(NOT_FINITE)
    return number


def _no_constant(_: str) -> NoReturn:
    raise _Refused(NOT_FINITE)


_DECODER = json.JSONDecoder(object_pairs_hook=_object_of, parse_float=_finite, parse_constant=_no_constant)


def _not_json(position: int) -> Problem:
    return Problem(
        Code.MALFORMED, f"not JSON at character {position + 1}", hint="send one JSON object on one line, whole"
    )


TOO_LARGE = Problem(
    Code.TOO_LARGE, "an event is at most 64 KiB", hint="send an event per object, with its own persons only"
)
NOT_UTF8 = Problem(Code.MALFORMED, "not UTF-8", hint="write the text as UTF-8")
BYTE_ORDER_MARK = Problem(Code.MALFORMED, "it begins with a byte order mark", hint="write UTF-8 without the mark")
NOT_AN_OBJECT = Problem(Code.MALFORMED, "not a JSON object", hint="send one object in { }, an event a line")
DUPLICATE_KEY = Problem(Code.MALFORMED, "an object has the same key twice", hint="name every field once")
NOT_FINITE = Problem(
    Code.MALFORMED, "a number is not finite", hint="send a number, or leave the field out; NaN and Infinity are none"
)
NUMBER_TOO_LONG = Problem(Code.MALFORMED, "a number has too many digits", hint="send identifiers as text in quotes")
LONE_SURROGATE = Problem(
    Code.MALFORMED, "a text has half of a surrogate pair", hint="write characters as UTF-8, or both halves of the pair"
)
TOO_DEEP = Problem(
    Code.MALFORMED, "objects lie more than 16 deep in one another", hint="send the fields of an event as documented"
)
