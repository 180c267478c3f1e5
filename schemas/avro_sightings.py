"""Reads and writes sightings fast: they are most of what RELOCATION reads and REGISTER writes.

The reader accepts exactly what the general reader accepts, the writer gives the same bytes as the general one. The
schema puts what is of fixed length first. Subject and event are checked with one ``translate``; times are looked up
(``schemas.avro_times``); places and the words are few and are remembered by their bytes. What follows the words is read
from the end, where all but the version is of fixed length too. Whatever is not so, or not met before, goes to the
general reader or writer.
"""

import struct
from collections.abc import Callable
from contextlib import suppress
from sys import intern
from typing import TypeVar

from schemas.avro_times import reading_tables, varint, writing_tables
from schemas.sightings import Evidence, Sighting, SubjectSighting

Read = Callable[[bytes], SubjectSighting]
Write = Callable[[SubjectSighting], bytes]

_SHAPE = b"@" + b"f" * 32 + b"H" + b"-".join(b"f" * length for length in (8, 4, 4, 4, 12))
"""A text of 32 (zigzag ``@``), the token, and a text of 36 (``H``), the event: every hex digit an ``f``."""
_CLASSES = bytes.maketrans(b"0123456789abcdef", b"f" * 16)
_TIMES, _TIME = struct.Struct("<9H"), struct.Struct("<3H")
_TIMES_AT, _PLACE_AT = 70, 88
_USUAL_BYTES_MIN, _USUAL_BYTES_MAX = 104, 512
_TAILS = {b"\x00\x00\x00\x00": False, b"\x01\x00\x00\x00": True}
"""The usual last bytes: ``is_document``, then neither via nor owners nor gained."""
_TAIL_OF = {is_document: tail for tail, is_document in _TAILS.items()}
_REMEMBERED_MAX = 65_536
"""How many places, and how many endings: more than there are; a bound all the same."""
_WORDS = [evidence.word for evidence in Evidence]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Ending = tuple[int, bool, bool, str, str, str]
"""evidence, flagged, taken, subject_kind, type, source: what lies between the place and the version."""


def sighting_reader(read_any: Read) -> Read:
    """A reader that remembers; ``read_any`` reads what is not as usual, and raises Undecodable."""
    low, middle, high = reading_tables()
    places: dict[bytes, str] = {}
    endings: dict[bytes, _Ending] = {}
    unpack_times, unpack_time, make = _TIMES.unpack_from, _TIME.unpack_from, tuple.__new__

    def read(body: bytes) -> SubjectSighting:
        size = len(body)
        is_document = _TAILS.get(body[-4:])
        if is_document is None or not _USUAL_BYTES_MIN < size <= _USUAL_BYTES_MAX:
            return read_any(body)
        changed_at = kept_until = 0
        at = size - 5
        if body[at]:
            p, q, r = unpack_time(body, at - 5)
            changed_at, at = low[p] + middle[q] + high[r], at - 5
        at -= 1
        if body[at]:
            p, q, r = unpack_time(body, at - 5)
            kept_until, at = low[p] + middle[q] + high[r], at - 5
        at -= 1
        zigzag = last = body[at]  # the version, from its last byte on, which alone is not marked
        at -= 1
        while (byte := body[at]) > 0x7F:
            zigzag = zigzag << 7 | byte & 0x7F
            at -= 1
        place_end = _PLACE_AT + 1 + (body[_PLACE_AT] >> 1)
        place, ending = places.get(body[_PLACE_AT:place_end]), endings.get(body[place_end : at + 1])
        if place is None or ending is None or body[:_TIMES_AT].translate(_CLASSES) != _SHAPE:
            return learn(body)
        a, b, c, d, e, f, g, h, i = unpack_times(body, _TIMES_AT)
        occurred_at = low[a] + middle[b] + high[c]
        recorded_at = low[d] + middle[e] + high[f]
        known_at = low[g] + middle[h] + high[i]
        is_version = last <= 0x7F and not (zigzag & 1 or zigzag >> 64 or (last == 0 and body[at + 1] > 0x7F))
        if occurred_at < 0 or recorded_at < 0 or known_at < 0 or kept_until < 0 or changed_at < 0 or not is_version:
            return read_any(body)
        text = body[:_TIMES_AT].decode("ascii")
        evidence, flagged, taken, kind, type_, source = ending
        sighting = make(
            Sighting, (occurred_at, evidence, text[34:], source, type_, place, flagged, recorded_at, known_at)
        )
        subject = intern(text[1:33])  # of one there are many, and most are kept
        told = (subject, kind, sighting, taken, zigzag >> 1, None, is_document, (), (), kept_until, changed_at)
        return make(SubjectSighting, told)

    def learn(body: bytes) -> SubjectSighting:
        told = read_any(body)
        place, ending = _form_of(told)
        if place[0] <= 0x7F:  # so that its length takes one byte
            _remember(places, place, told.sighting.place)
        _remember(endings, ending, _ending_of(told))
        return told

    return read


def sighting_writer(write_any: Write) -> Write:
    """A writer that remembers; ``write_any`` writes what is not as usual, and raises ValueError."""
    low, middle, high = writing_tables()
    small = [varint(number << 1) for number in range(8_192)]
    marked = [number.to_bytes(2, "little") for number in low]
    larger = [varint(number) for number in range(16_384)]
    places: dict[str, bytes] = {}
    endings: dict[_Ending, bytes] = {}
    pack_times, pack_time = _TIMES.pack, _TIME.pack

    def write(told: SubjectSighting) -> bytes:
        with suppress(LookupError, TypeError, ValueError, struct.error):  # it is not as usual, or not met before
            subject, kind, sighting, taken, version, via, is_document, owners, gained, kept_until, changed_at = told
            a, evidence, event_id, source, type_, place, flagged, b, c = sighting
            head = f"@{subject}H{event_id}".encode("ascii")
            if via is None and not owners and not gained and version >= 0 and head.translate(_CLASSES) == _SHAPE:
                return b"".join((
                    head,
                    pack_times(
                        low[a & 8191], middle[a >> 13 & 16383], high[a >> 27],
                        low[b & 8191], middle[b >> 13 & 16383], high[b >> 27],
                        low[c & 8191], middle[c >> 13 & 16383], high[c >> 27],
                    ),
                    places[place],
                    endings[(evidence, flagged, taken, kind, type_, source)],
                    small[version] if version < 8192 else marked[version & 8191] + larger[version >> 13],
                    pack_time(low[kept_until & 8191], middle[kept_until >> 13 & 16383], high[kept_until >> 27])
                    if kept_until
                    else b"\x00",
                    pack_time(low[changed_at & 8191], middle[changed_at >> 13 & 16383], high[changed_at >> 27])
                    if changed_at
                    else b"\x00",
                    _TAIL_OF[is_document],
                ))  # fmt: skip
        return learn(told)

    def learn(told: SubjectSighting) -> bytes:
        body = write_any(told)
        place, ending = _form_of(told)
        _remember(places, told.sighting.place, place)
        _remember(endings, _ending_of(told), ending)
        return body

    return write


def _remember(known: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(known) < _REMEMBERED_MAX:
        known[key] = value


def _ending_of(told: SubjectSighting) -> _Ending:
    sighting = told.sighting
    return sighting.evidence, sighting.flagged, told.taken, told.subject_kind, sighting.type, sighting.source


def _form_of(told: SubjectSighting) -> tuple[bytes, bytes]:
    """The bytes of the place, and of what lies between it and the version."""
    sighting = told.sighting
    words = [_text(word) for word in (told.subject_kind, sighting.type, sighting.source)]
    ending = [_text(_WORDS[sighting.evidence]), bytes((sighting.flagged, told.taken)), *words]
    return _text(sighting.place), b"".join(ending)


def _text(words: str) -> bytes:
    encoded = words.encode()
    return varint(len(encoded) << 1) + encoded
