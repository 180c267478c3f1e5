"""Builders of made-up messages, and a log in memory, for the tests of the history."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from uuid import UUID

from schemas.actions import AlertState, Handling
from schemas.alerts import Alert, AlertStatus, Finding
from schemas.dead_letters import DeadLetter, Fault
from schemas.problems import Code, Problem
from schemas.receipts import Became, Receipt
from schemas.reports import EventKey, Rank, Report, ReportedPerson, Standing
from schemas.sightings import Evidence, Sighting
from schemas.times import DAY_MS
from schemas.views import Viewer
from sinks.history import StoredHistory
from sinks.messages import Batch, Message, Recorded, SightingMove, Stream
from sinks.queries import Queries
from sinks.rows import TABLES, Writing
from sinks.store import Store
from sinks.terms import Span, Terms

EPOCH = 1_767_225_600_000
"""2026-01-01T00:00:00Z, day 0 of the stories."""
NOW = EPOCH + 100 * DAY_MS
JANE = "1a" * 16
JOAN = "2b" * 16
VIEWER = Viewer()
YEAR_MS = 365 * DAY_MS
_POLICE, _OTHERS = Span(5 * YEAR_MS, YEAR_MS), Span(YEAR_MS, YEAR_MS)
_BY_TYPE = {"control": _POLICE, "bvh_mutation": _POLICE, "ad": _OTHERS, "vehicle": _OTHERS}
TERMS = Terms(lambda report: _BY_TYPE[report.type] if report.counts else None, _BY_TYPE, dead_letters_ms=YEAR_MS)
WRITING = Writing(TERMS, unit_of=lambda place: {"GM0363": "amsterdam", "GM0344": "midden-nederland"}.get(place, "BE"))


def day(number: float) -> int:
    return EPOCH + int(number * DAY_MS)


def event_id(number: int) -> str:
    return str(UUID(bytes=sha256(str(number).encode()).digest()[:16], version=4))


def a_sighting(
    number: int = 1, *, at: float = 1, place: str = "GM0363", type_: str = "control", **more: Any
) -> Sighting:
    given = {"evidence": Evidence.PRESENCE, "source": "made-up", "flagged": False, "known_at": day(at), **more}
    return Sighting(
        occurred_at=day(at), event_id=event_id(number), type=type_, place=place, recorded_at=day(at), **given
    )


def given(sighting: Sighting, *, subject: str = JANE, on: float | None = None) -> SightingMove:
    return SightingMove(True, subject, "person", sighting, sighting.known_at if on is None else day(on))


def taken(sighting: Sighting, *, on: float, subject: str = JANE) -> SightingMove:
    return SightingMove(False, subject, "person", sighting, day(on))


def a_report(number: int = 1, *, at: float = 1, revision: int = 0, place: str = "GM0363", **more: Any) -> Report:
    told: dict[str, Any] = {"type": "control", "source": "made-up", "ground": "made-up", **more}
    return Report(
        event_id=event_id(number),
        rank=Rank(revision, Standing.COUNTS, f"{revision:064x}"),
        recorded_at=day(at),
        known_at=day(at),
        occurred_at=day(at),
        place=place,
        persons=(ReportedPerson(role="sex_worker", bvh_person=JANE, nationality="RO"),),
        **told,
    )


def a_withdrawal(number: int = 1, *, at: float = 2, revision: int = 1) -> Report:
    return Report(
        type="control",
        event_id=event_id(number),
        source="made-up",
        rank=Rank(revision, Standing.WITHDRAWN, ""),
        recorded_at=day(at),
        known_at=day(at),
    )


def an_alert(number: int = 1, *, revision: int = 1, on: float = 5, **more: Any) -> Alert:
    status = AlertStatus.RAISED if revision == 1 else AlertStatus.REVISED
    told: dict[str, Any] = {"status": status, "subject": JANE, "to": "GM0344", "arrived": 4.0} | more
    certainty = told.pop("certainty", "confirmed")
    finding = Finding(
        from_place="GM0363",
        to_place=told.pop("to"),
        from_last_seen=day(1),
        arrived_at=day(told.pop("arrived")),
        arrival_event_id=event_id(number),
        evidence=Evidence.PRESENCE,
        novelty="first",
        certainty=certainty,
        implausible=False,
        repeat=False,
        attention="tell",
        cross_region=True,
        cross_border=False,
    )
    return Alert(
        alert_id=event_id(1_000 + number),
        revision=revision,
        subject_kind="person",
        finding=finding,
        arrival_source="made-up",
        arrival_type="control",
        known_at=day(on),
        historical=False,
        based_on=told.pop("based_on", (a_sighting(1), a_sighting(number, at=4, place="GM0344"))),
        **told,
    )


def a_state(number: int = 1, *, version: int = 1, on: float = 6, handling: Handling = Handling.TAKEN) -> AlertState:
    by = "made-up coordinator"
    comments = ((day(on), by, "made-up comment"),)
    return AlertState(
        event_id(1_000 + number), version, handling, day(on), owner=by, unit="amsterdam", comments=comments
    )


def a_receipt(number: int = 1, *, at: float = 1) -> Receipt:
    return Receipt(Became.APPLIED, day(at), "control", "made-up", event_id(number), 0)


def a_dead_letter(*, at: float = 1) -> DeadLetter:
    problem = Problem(Code.UNKNOWN_PLACE, "no such place", field="place.name", hint="name a municipality")
    return DeadLetter(Fault.REFUSED, "intake", day(at), "control", "made-up", event_id(9), (problem,))


def key_of(number: int, *, type_: str = "control") -> EventKey:
    return EventKey("made-up", type_, event_id(number))


def a_batch(stream: Stream, *messages: Message, first: int = 1) -> Batch:
    recorded = [Recorded(first + at, message) for at, message in enumerate(messages)]
    return Batch(stream, recorded, first + len(messages) - 1)


def a_history(store: Store) -> StoredHistory:
    return StoredHistory(store, WRITING)


def questions(store: Store, *, now: int = NOW) -> Queries:
    return Queries(store, now=lambda: now, complete_until=lambda: now)


def places_of(timeline: Mapping[str, Any]) -> list[str]:
    return [sighting["place"] for sighting in timeline["sightings"]]


class MemoryLog:
    """A log like the embedded one: positions only grow, and what is destroyed leaves its streams."""

    def __init__(self) -> None:
        self.streams: dict[Stream, list[Recorded]] = {stream: [] for stream in Stream}
        self.last = dict.fromkeys(Stream, 0)
        self.taken_at = NOW
        self.reads = 0

    def add(self, stream: Stream, *messages: Message) -> None:
        for message in messages:
            self.last[stream] += 1
            self.streams[stream].append(Recorded(self.last[stream], message))

    def destroy(self, key: EventKey) -> None:
        for stream in (Stream.REPORTS, Stream.SIGHTINGS, Stream.RECEIPTS):
            self.streams[stream] = [one for one in self.streams[stream] if _event_of(one.message) != key]
        self.add(Stream.DESTROYED, key)

    @contextmanager
    def view(self) -> Iterator["MemoryLog"]:
        yield self

    def newest(self) -> Mapping[Stream, int]:
        return dict(self.last)

    def read(self, stream: Stream, after: int, limit: int) -> list[Recorded]:
        self.reads += 1
        return [one for one in self.streams[stream] if one.position > after][:limit]


def _event_of(message: Message) -> EventKey | None:
    match message:
        case Report():
            return message.key
        case SightingMove():
            return message.sighting.event
        case Receipt():
            return EventKey(message.source or "", message.type or "", message.event_id or "")
    return None


def everything(log: MemoryLog, *, people: Sequence[str] = (JANE, JOAN)) -> MemoryLog:
    """A log with something in every stream."""
    for number, subject in enumerate(people, start=1):
        log.add(Stream.REPORTS, a_report(number))
        log.add(Stream.SIGHTINGS, given(a_sighting(number), subject=subject))
        log.add(Stream.RECEIPTS, a_receipt(number))
        log.add(Stream.ALERTS, an_alert(number, subject=subject))
        log.add(Stream.ALERT_STATES, a_state(number))
    log.add(Stream.DEAD_LETTERS, a_dead_letter())
    return log


def emptied(store: Store) -> None:
    """Its tables are empty."""
    for table in (*TABLES.values(), "feed", "erasing", "destroyed"):
        store.command(f"TRUNCATE TABLE {table}")
