"""Positions of streams on the wire: opaque to who reads them, good on every replica."""

import re

from schemas.views import Position

NOWHERE: Position = ()
"""The position of an id that is none of ours."""
PATTERN = r"^[0-9]{1,18}(\.[0-9]{1,18}){0,999}$"
LENGTH_MAX = 8_000
_WIRE = re.compile(PATTERN, re.ASCII)


def wire_of(position: Position) -> str:
    """The position as an id of a server-sent event."""
    return ".".join(map(str, position))


def position_of(given: str) -> Position:
    """The position that an id says, or NOWHERE."""
    if len(given) > LENGTH_MAX or _WIRE.fullmatch(given) is None:
        return NOWHERE
    return tuple(map(int, given.split(".")))


def furthest(one: Position, other: Position) -> Position:
    """As far as either has come, in every part."""
    return tuple(map(max, one, other))
