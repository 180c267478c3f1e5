"""Reads of an alert only what RELOCATION needs to keep it as bytes until its subject is needed."""

from typing import NamedTuple

from schemas.avro_binary import read_long
from schemas.undecodable import Reason, Undecodable


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
