"""Reads of a report only what REGISTER needs to tell revisions apart, without the rest: millions when it recovers.

All that has this form is read here; whatever is not as usual goes to the general reader.
"""

import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from schemas.avro_times import reading_tables
from schemas.reports import EventKey, Rank, Report
from schemas.undecodable import Reason, Undecodable

Read = Callable[[bytes], Report]
ReadHead = Callable[[bytes], "ReportHead"]

_EVENT = b"H" + b"-".join(b"f" * length for length in (8, 4, 4, 4, 12))
_DIGEST = b"f" * 64
_CLASSES = bytes.maketrans(b"0123456789abcdef", b"f" * 16)
_STANDINGS = {
    12: (b"\x0ccounts\x80\x01", 0, 64),
    18: (b"\x12withdrawn\x00", 2, 0),
    14: (b"\x0erefused\x00", 1, 0),
}
"""By the first byte: a standing and the length of the digest as they lie, the standing, the length."""
_NO_STANDING = (b"none", 0, 0)
_TIMES, _TIME = struct.Struct("<6H"), struct.Struct("<3H")
_NO_TIME = (0x8080, 0x8080, 0x0180)
"""Some time, where there is none."""
_LONG_BYTES = 64
_WORDS_MAX = 65_536
"""How many sources and grounds are remembered; more than there are."""


_TELLING_BYTES = 4
"""So many bytes of a report tell its type: a length, the word, the length of an event's id."""


class ReportHead(NamedTuple):
    """Which revision of which event a report is, and its times (UTC ms)."""

    key: EventKey
    rank: Rank
    known_at: int
    occurred_at: int | None


def heads_reader(readers: Mapping[str, Read]) -> ReadHead:
    """A reader of the heads of all types' reports. ``readers``: by type, what reads them whole."""
    heads = {_start(type_)[:_TELLING_BYTES]: head_reader(type_, read_any) for type_, read_any in readers.items()}

    def read(body: bytes) -> ReportHead:
        read_one = heads.get(body[:_TELLING_BYTES])
        if read_one is None:
            raise Undecodable(Reason.INVALID, "type")
        return read_one(body)

    return read


def head_reader(type_: str, read_any: Read) -> ReadHead:
    """A reader of the heads of one type's reports; ``read_any`` reads what is not as usual, and raises Undecodable.

    Of good bytes it says what ``read_any`` says. It does not look at what follows the head: bytes that are damaged
    there, or after their end, are no message to ``read_any``, and still have a head.
    """
    low, middle, high = reading_tables()
    sources: dict[bytes, str] = {}
    grounds: dict[bytes, bool] = {}
    start = _start(type_)
    event_at, source_at = len(start) - 1, len(start) - 1 + len(_EVENT)
    unpack_times, unpack_time, make = _TIMES.unpack_from, _TIME.unpack_from, tuple.__new__

    def read(body: bytes) -> ReportHead:
        found = None
        with suppress(IndexError, struct.error):  # it ends within
            found = usual(body)
        return learn(body) if found is None else found

    def usual(body: bytes) -> ReportHead | None:
        event = body[event_at:source_at]
        at = source_at + 1 + (body[source_at] >> 1)
        source, revision = sources.get(body[source_at:at]), body[at]
        form, standing, length = _STANDINGS.get(body[at + 1], _NO_STANDING)
        is_standing = body.startswith(form, at + 1)
        at += 1 + len(form) + length
        digest = body[at - length : at]
        a, b, c, d, e, f = unpack_times(body, at)
        recorded_at, known_at = low[a] + middle[b] + high[c], low[d] + middle[e] + high[f]
        at += _TIMES.size
        end = at + 2 + (body[at] >> 1)
        has_occurred = grounds.get(body[at:end])
        a, b, c = unpack_time(body, end) if has_occurred else _NO_TIME
        occurred_at = low[a] + middle[b] + high[c]
        if source is None or has_occurred is None or revision & 0x81 or not is_standing or not body.startswith(start):
            return None
        if event.translate(_CLASSES) != _EVENT or (length and digest.translate(_CLASSES) != _DIGEST):
            return None
        if recorded_at < 0 or known_at < 0 or occurred_at < 0:
            return None
        key = make(EventKey, (source, type_, event[1:].decode("ascii")))
        rank = make(Rank, (revision >> 1, standing, digest.decode("ascii")))
        return make(ReportHead, (key, rank, known_at, occurred_at if has_occurred else None))

    def learn(body: bytes) -> ReportHead:
        report = read_any(body)
        source, ground = _text(report.source), _text(report.ground)
        if source and len(sources) < _WORDS_MAX:
            sources[source] = report.source
        if ground and len(grounds) < _WORDS_MAX:
            grounds[ground + b"\x00"], grounds[ground + b"\x02"] = False, True
        return ReportHead(report.key, report.rank, report.known_at, report.occurred_at)

    return read


def _start(type_: str) -> bytes:
    """How a report of a type begins, up to the length of the event's id."""
    return bytes((len(type_) << 1,)) + type_.encode() + _EVENT[:1]


def _text(words: str) -> bytes:
    """A text as it lies; empty if it is so long that its length takes more than a byte."""
    encoded = words.encode()
    return bytes((len(encoded) << 1,)) + encoded if len(encoded) < _LONG_BYTES else b""
