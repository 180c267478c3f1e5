"""Reads sightings fast: they are most of what RELOCATION reads. Accepts exactly what the general reader accepts.

The schema puts what is of fixed length first. Subject and event are checked with one ``translate``; times, six bytes
each from 1970-07 to 2039-09, are looked up two bytes at a time; places and the words at the end are few and are
remembered by their bytes. Whatever is not so, or not met before, goes to the general reader.
"""

import struct
from collections.abc import Callable
from itertools import product

from schemas.sightings import Sighting, SubjectSighting

Read = Callable[[bytes], SubjectSighting]

_SHAPE = b"@" + b"f" * 32 + b"H" + b"-".join(b"f" * length for length in (8, 4, 4, 4, 12))
"""A text of 32 (zigzag ``@``), the token, and a text of 36 (``H``), the event: every hex digit an ``f``."""
_CLASSES = bytes.maketrans(b"0123456789abcdef", b"f" * 16)
_TIMES = struct.Struct("<9H")
_TIMES_AT, _PLACE_AT = 70, 88
_NOT_A_TIME = -(1 << 60)
_PLACES_MAX, _ENDINGS_MAX = 4_096, 65_536
"""How many are remembered: more than there are; a bound all the same."""


def sighting_reader(read_any: Read) -> Read:
    """A reader that remembers; ``read_any`` reads what is not as usual, and raises Undecodable."""
    low, middle, high = _tables()
    places: dict[bytes, str] = {}
    endings: dict[bytes, tuple[int, bool, bool, str, str, str]] = {}
    unpack, make = _TIMES.unpack_from, tuple.__new__

    def read(body: bytes) -> SubjectSighting:
        place_end = _PLACE_AT + 1 + (body[_PLACE_AT] >> 1) if len(body) > _PLACE_AT else 0
        place, ending = places.get(body[_PLACE_AT:place_end]), endings.get(body[place_end:])
        if place is None or ending is None or body[:_TIMES_AT].translate(_CLASSES) != _SHAPE:
            return learn(body, place_end)
        a, b, c, d, e, f, g, h, i = unpack(body, _TIMES_AT)
        occurred_at = low[a] + middle[b] + high[c]
        recorded_at = low[d] + middle[e] + high[f]
        known_at = low[g] + middle[h] + high[i]
        if occurred_at < 0 or recorded_at < 0 or known_at < 0:
            return read_any(body)
        text = body[:_TIMES_AT].decode("ascii")
        evidence, flagged, taken, kind, type_, source = ending
        sighting = make(
            Sighting, (occurred_at, evidence, text[34:], source, type_, place, flagged, recorded_at, known_at)
        )
        return make(SubjectSighting, (text[1:33], kind, sighting, taken, 0, None, False, (), (), 0, 0))

    def learn(body: bytes, place_end: int) -> SubjectSighting:
        told = read_any(body)
        _, evidence, _, source, type_, place, flagged, _, _ = told.sighting
        if body[:_TIMES_AT].translate(_CLASSES) == _SHAPE and is_usual(body):
            if len(places) < _PLACES_MAX:
                places[body[_PLACE_AT:place_end]] = place
            if len(endings) < _ENDINGS_MAX:
                endings[body[place_end:]] = (evidence, flagged, told.taken, told.subject_kind, type_, source)
        return told

    def is_usual(body: bytes) -> bool:
        """Whether the times take six bytes each and the place's length one, so that all lies where it is looked for."""
        if body[_PLACE_AT] > 0x7F:
            return False
        pairs = unpack(body, _TIMES_AT)
        return all(low[a] + middle[b] + high[c] >= 0 for a, b, c in zip(*[iter(pairs)] * 3, strict=True))

    return read


def _tables() -> tuple[list[int], list[int], list[int]]:
    """What two bytes (little-endian) of a six-byte zigzag number >= 0 add to it: the first, second and third two."""
    low, middle, high = ([_NOT_A_TIME] * 65_536 for _ in range(3))
    for first, second in product(range(128), repeat=2):
        pair, more = first | second << 7, (first | 0x80) | second << 8
        if first % 2 == 0:  # odd: a negative number
            low[more | 0x8000] = pair >> 1
        middle[more | 0x8000] = pair << 13
        if second:  # else the number is longer than it needs
            high[more] = pair << 27
    return low, middle, high
