"""The streams of the log as lines of JSON, as ``relocation export`` writes them."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.receipts import Became, Receipt
from schemas.sightings import Evidence
from schemas.times import format_time
from streams.embedded.reading import LogReader
from streams.lists.bodies import compact

if TYPE_CHECKING:
    from sqlite3 import Connection


class _Stream(NamedTuple):
    counted: str
    rows: str
    line: Callable[[tuple[Any, ...]], str]


def _body(row: tuple[Any, ...]) -> str:
    return str(row[0])


def _sighting(row: tuple[Any, ...]) -> str:
    given, subject, kind, occurred_at, evidence, event_id, source, type_, place, flagged, recorded_at, known_at = row
    return compact(
        {
            "change": "given" if given else "taken",
            "subject": subject,
            "subject_kind": kind,
            "event_id": event_id,
            "source": source,
            "type": type_,
            "evidence": Evidence(evidence).word,
            "place": place,
            "flagged": bool(flagged),
            "occurred_at": format_time(occurred_at),
            "recorded_at": format_time(recorded_at),
            "known_at": format_time(known_at),
        }
    )


def _receipt(row: tuple[Any, ...]) -> str:
    source, type_, event_id, revision, became, known_at = row
    return compact(Receipt(Became(became), known_at, type_, source, event_id, revision).as_json())


STREAMS = {
    "alerts": _Stream("alerts", "SELECT body FROM alerts ORDER BY position", _body),
    "states": _Stream("alert_states", "SELECT body FROM alert_states ORDER BY position", _body),
    "events": _Stream(
        "entries",
        "SELECT body FROM reports WHERE position IN (SELECT report FROM entries WHERE report IS NOT NULL)"
        " ORDER BY position",
        _body,
    ),
    "reports": _Stream("reports", "SELECT body FROM reports ORDER BY position", _body),
    "sightings": _Stream(
        "sightings",
        "SELECT given, subject, subject_kind, occurred_at, evidence, event_id, source, type, place, flagged,"
        " recorded_at, known_at FROM sightings ORDER BY position",
        _sighting,
    ),
    "dead-letters": _Stream("dead_letters", "SELECT body FROM dead_letters ORDER BY position", _body),
    "receipts": _Stream(
        "receipts",
        "SELECT source, type, event_id, revision, outcome, known_at FROM receipts ORDER BY position",
        _receipt,
    ),
}


def count_of(reader: LogReader, what: str) -> int:
    """About how many lines there will be."""
    return reader.count(STREAMS[what].counted)


def lines_of(reader: LogReader, what: str) -> Iterator[str]:
    """The lines of one stream, in log order, in constant memory."""
    stream = STREAMS[what]
    connection: Connection = reader.connection
    return (stream.line(row) for row in connection.execute(stream.rows))
