"""The primitive values of Avro's binary form, read strictly: one encoding per value, within the buffer.

Each takes ``(data, at)`` and gives ``(value, end)``; all raise Undecodable, or IndexError where the buffer ends.
"""

import struct
from collections.abc import Callable
from typing import Any

from schemas.undecodable import Reason, Undecodable

Read = Callable[[bytes, int], tuple[Any, int]]

_INT_MAX = 2**31 - 1
_DOUBLE, _FLOAT = struct.Struct("<d"), struct.Struct("<f")


def _null(data: bytes, at: int) -> tuple[None, int]:  # noqa: ARG001 - nothing to read
    return None, at


def _boolean(data: bytes, at: int) -> tuple[bool, int]:
    byte = data[at]
    if byte > 1:
        raise Undecodable(Reason.BAD_BOOLEAN)
    return byte == 1, at + 1


def read_long(data: bytes, at: int) -> tuple[int, int]:
    """A zigzag number of 64 bits, in no more bytes than it needs."""
    byte = data[at]
    at += 1
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at
    value = byte & 0x7F
    shift = 7
    while byte > 0x7F:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if shift > 70:
            raise Undecodable(Reason.BAD_NUMBER)
    if value >> 64 or byte == 0:
        raise Undecodable(Reason.BAD_NUMBER)
    return (value >> 1) ^ -(value & 1), at


def _int(data: bytes, at: int) -> tuple[int, int]:
    value, at = read_long(data, at)
    if not -_INT_MAX - 1 <= value <= _INT_MAX:
        raise Undecodable(Reason.BAD_NUMBER)
    return value, at


def _double(data: bytes, at: int) -> tuple[float, int]:
    return _finite(_DOUBLE, data, at)


def _float(data: bytes, at: int) -> tuple[float, int]:
    return _finite(_FLOAT, data, at)


def _finite(form: struct.Struct, data: bytes, at: int) -> tuple[float, int]:
    end = at + form.size
    if end > len(data):
        raise Undecodable(Reason.CUT_OFF)
    (value,) = form.unpack_from(data, at)
    if value - value != 0:  # not a number, or infinite
        raise Undecodable(Reason.BAD_NUMBER)
    return value, end


def _string(data: bytes, at: int) -> tuple[str, int]:
    length, at = read_long(data, at)
    end = at + length
    if not at <= end <= len(data):
        raise Undecodable(Reason.BAD_LENGTH if length < 0 else Reason.CUT_OFF)
    try:
        return data[at:end].decode(), end
    except UnicodeDecodeError:
        raise Undecodable(Reason.BAD_TEXT) from None


PRIMITIVES: dict[str, Read] = {
    "null": _null,
    "boolean": _boolean,
    "int": _int,
    "long": read_long,
    "float": _float,
    "double": _double,
    "string": _string,
}
"""By Avro's name of the type."""
