"""Reads of an alert only what RELOCATION needs to keep it as bytes until its subject is needed; and writes it fast.

The writer gives the same bytes as the general one. Words, sources and places are few and are remembered as they lie;
times are looked up (``schemas.avro_times``). Whatever is not as usual goes to the general writer.
"""

import struct
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from schemas.alerts import Alert
from schemas.avro_binary import read_long
from schemas.avro_times import varint, writing_tables
from schemas.sightings import Evidence, Sighting
from schemas.undecodable import Reason, Undecodable

Write = Callable[[Alert], bytes]

_ID_BYTES, _TOKEN_BYTES = 37, 33
"""Of an id and a token, each with the byte of its length."""
_TIME, _TIMES = struct.Struct("<3H"), struct.Struct("<6H")
_TRUTH = {False: b"\x00", True: b"\x01"}
_NULL, _BRANCH = b"\x00", b"\x02"
_REVISION_MAX = 2**31 - 1
_REMEMBERED_MAX = 65_536
"""How many words, sources and places; more than there are."""


class AlertHead(NamedTuple):
    """Of whom an alert is, which one, and which of its messages."""

    subject: str
    alert_id: str
    revision: int


def alert_head(body: bytes) -> AlertHead:
    """The head of an alert, in little time. Raises Undecodable.

    Of good bytes it says what ``decode`` says; what follows the head is not looked at, and may be damaged. The schema
    begins with alert_id, revision, status, kind, subject_kind and subject.
    """
    try:
        alert_id, at = _text(body, 0)
        revision, at = read_long(body, at)
        for _ in ("status", "kind", "subject_kind"):
            length, at = read_long(body, at)
            at += length
        subject, _ = _text(body, at)
    except IndexError:
        raise Undecodable(Reason.CUT_OFF) from None
    return AlertHead(subject, alert_id, revision)


def _text(body: bytes, at: int) -> tuple[str, int]:
    length, at = read_long(body, at)
    end = at + length
    if length < 0:
        raise Undecodable(Reason.BAD_LENGTH)
    if end > len(body):
        raise Undecodable(Reason.CUT_OFF)
    try:
        return body[at:end].decode(), end
    except UnicodeDecodeError:
        raise Undecodable(Reason.BAD_TEXT) from None


def alert_writer(write_any: Write, bytes_max: int) -> Write:
    """A writer that remembers; ``write_any`` writes what is not as usual, and raises ValueError."""
    words, (when, both) = _Words(), _times()
    evidences = {int(evidence): words[evidence.word] for evidence in Evidence}

    def evidence_of(sighting: Sighting) -> bytes:
        occurred_at, evidence, event_id, source, type_, place, flagged, recorded_at, known_at = sighting
        return b"".join((
            when(occurred_at), evidences[evidence], _id(event_id), words[source], words[type_], words[place],
            _TRUTH[flagged], both(recorded_at, known_at),
        ))  # fmt: skip

    def usual(alert: Alert) -> bytes:
        found, based_on, revision = alert.finding, alert.based_on, alert.revision
        if not 0 <= revision <= _REVISION_MAX:
            raise ValueError
        return b"".join((
            _id(alert.alert_id), varint(revision << 1), words[alert.status], words[alert.kind],
            words[alert.subject_kind], _token(alert.subject), words[found.from_place], words[found.to_place],
            both(found.from_last_seen, found.arrived_at), _id(found.arrival_event_id),
            words[alert.arrival_source], words[alert.arrival_type], evidences[found.evidence], words[found.novelty],
            words[found.certainty], _TRUTH[found.implausible], _TRUTH[found.repeat], words[found.attention],
            _TRUTH[found.cross_region], _TRUTH[found.cross_border], _TRUTH[alert.historical], when(alert.known_at),
            varint(len(based_on) << 1) if based_on else b"", *map(evidence_of, based_on), _NULL,
            _NULL if alert.reason is None else _BRANCH + words[alert.reason],
            _NULL if alert.superseded_by is None else _BRANCH + _id(alert.superseded_by),
        ))  # fmt: skip

    def write(alert: Alert) -> bytes:
        with suppress(LookupError, TypeError, ValueError, AttributeError, struct.error):
            body = usual(alert)
            if len(body) <= bytes_max:
                return body
        return write_any(alert)

    return write


class _Words(dict[str, bytes]):
    """Texts as they lie."""

    def __missing__(self, word: str) -> bytes:
        encoded = word.encode()
        text = varint(len(encoded) << 1) + encoded
        if len(self) < _REMEMBERED_MAX:
            self[word] = text
        return text


def _id(told: str) -> bytes:
    text = f"H{told}".encode("ascii")
    if len(text) != _ID_BYTES:
        raise ValueError
    return text


def _token(told: str) -> bytes:
    text = f"@{told}".encode("ascii")
    if len(text) != _TOKEN_BYTES:
        raise ValueError
    return text


def _times() -> tuple[Callable[[int], bytes], Callable[[int, int], bytes]]:
    """What writes one time, and two."""
    low, middle, high = writing_tables()
    pack, pack_both = _TIME.pack, _TIMES.pack

    def when(ms: int) -> bytes:
        return pack(low[ms & 8191], middle[ms >> 13 & 16383], high[ms >> 27])

    def both(one: int, other: int) -> bytes:
        return pack_both(
            low[one & 8191], middle[one >> 13 & 16383], high[one >> 27],
            low[other & 8191], middle[other >> 13 & 16383], high[other >> 27],
        )  # fmt: skip

    return when, both
