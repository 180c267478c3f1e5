"""REGISTER of one partition: which revision of an event wins, and what that gives to whom and takes from whom.

What it says after a report depends on the log of the reports of that type up to it alone: doing it again says the
same again, and ``SubjectSighting.version`` (the offset of the winning report) orders what is said of one event.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

from processors.changes import Entry, Verdict
from processors.identity import documents_of, sighting_of, sightings_of
from processors.register import judge
from schemas.following import Destroyed
from schemas.keys import passage_of, report_key
from schemas.reports import EventKey, EventType, Rank, Report
from schemas.sightings import SubjectKind, SubjectSighting
from schemas.times import HOUR_MS

TOMBSTONE_MS = 72 * HOUR_MS
"""How long a passage that gives nothing is remembered (DESIGN section 5, no hit)."""


class Head(Protocol):
    """What can be read of a report's bytes in little time."""

    @property
    def key(self) -> EventKey:
        """Of which event it is a revision."""

    @property
    def rank(self) -> Rank:
        """Which revision."""

    @property
    def known_at(self) -> int:
        """UTC ms."""

    @property
    def occurred_at(self) -> int | None:
        """UTC ms; None where it gives nothing."""


@dataclass(frozen=True, slots=True)
class ReportReader:
    """How to read a report's bytes; the register itself knows nothing of them."""

    whole: Callable[[bytes], Report]
    head: Callable[[bytes], Head]


@dataclass(frozen=True, slots=True)
class RegisterStep:
    """What became of one report, of an order to destroy, or of one tick of the clock."""

    verdict: Verdict | None = None
    """Of a report."""
    published: bool = False
    """The report goes on, on ``events.<type>``: it is new, whether it wins or not."""
    sightings: tuple[SubjectSighting, ...] = ()
    """In the order of their subjects."""
    destroyed: tuple[Destroyed, ...] = ()
    """Passages of which nothing may be left: for ``destroyed``, where this register reads of them again."""
    tombstones: tuple[str, ...] = ()
    """Keys to be tombstoned on ``reports.vehicle`` and on ``events.vehicle``."""


class Registrar:
    """What REGISTER remembers of the events of one partition: their reports' bytes, and nothing else."""

    def __init__(self, read: ReportReader, term_of: Callable[[Report], int | None], term_min_ms: int = 0) -> None:
        """``term_of``: how long after it occurred a report may be kept (ms); ``term_min_ms``: no term is shorter."""
        self._read, self._term_of, self._term_min_ms = read, term_of, term_min_ms
        self._held: dict[EventKey, bytes | list[bytes]] = {}
        """The report of each event; several where revisions differ, and of a passage every one that was sent."""
        self._due: dict[int, list[EventKey]] = {}
        """By the hour: which events may be past their term then."""

    def apply(self, report: Report, offset: int, body: bytes) -> RegisterStep:
        """One report at its offset of ``reports.<type>``; ``body`` is what the reader reads as that report."""
        before = self._entry(report.key)
        verdict, after = judge(before, report)
        self._hold(report.key, body, is_new=verdict is not Verdict.DUPLICATE)
        if verdict is Verdict.DUPLICATE:
            return RegisterStep(verdict)
        self._remind(report.key, report.known_at, report.occurred_at)
        if verdict is Verdict.OUTRANKED:
            return RegisterStep(verdict, published=True)
        told = tuple(self._told(None if before is None else before.report, after.report, report.known_at, offset))
        return RegisterStep(verdict, published=True, sightings=told)

    def destroy(self, order: Destroyed) -> RegisterStep:
        """Nothing of the passage may be left, but for what was sent since and counts. Doing it again is harmless."""
        entry, bodies = self._entry(order.event), self._bodies(order.event)
        if entry is None:
            return RegisterStep()
        reports = [self._read.whole(body) for body in bodies]
        since = entry.known_at > order.at
        gone = [report for report in reports if not since or report.known_at <= order.at]
        keys = sorted({report_key(report) for report in gone})
        for key in keys:
            self.forget(key)
        return RegisterStep(tombstones=tuple(keys))

    def forget(self, key: str) -> None:
        """A tombstone on ``reports.vehicle``: what was sent with that key is gone, also in memory. For recovery too."""
        event = passage_of(key)
        left = [body for body in self._bodies(event) if report_key(self._read.whole(body)) != key]
        if left:
            self._held[event] = left if len(left) > 1 else left[0]
        else:
            self._held.pop(event, None)

    def tick(self, now: int) -> RegisterStep:
        """What is past its term (UTC ms) is forgotten without a word; a passage that gives nothing goes after 72 h."""
        due = [event for hour in sorted(self._due) if hour * HOUR_MS <= now for event in self._due.pop(hour)]
        destroyed = {order for order in (self._check(event, now) for event in due) if order is not None}
        return RegisterStep(destroyed=tuple(sorted(destroyed)))

    # Recovery

    def restore(self, body: bytes) -> None:
        """Take in a report below the committed offset, in the order of the log, without a word."""
        head = self._read.head(body)
        held = self._held.get(head.key)
        is_new = held is None or all(self._read.head(other).rank != head.rank for other in self._bodies(head.key))
        self._hold(head.key, body, is_new=is_new)
        if is_new:
            self._remind(head.key, head.known_at, head.occurred_at)

    # What is remembered

    def _bodies(self, event: EventKey) -> list[bytes]:
        held = self._held.get(event)
        if held is None:
            return []
        return held if isinstance(held, list) else [held]

    def _entry(self, event: EventKey) -> Entry | None:
        """What follows from the event's reports in their order."""
        first: Entry | None = None
        return reduce(lambda entry, body: judge(entry, self._read.whole(body))[1], self._bodies(event), first)

    def _hold(self, event: EventKey, body: bytes, *, is_new: bool) -> None:
        held = self._held.get(event)
        if held is None:
            self._held[event] = body
        elif is_new or event.type == EventType.VEHICLE:
            self._held[event] = [*self._bodies(event), body]

    def _remind(self, event: EventKey, known_at: int, occurred_at: int | None) -> None:
        if occurred_at is not None:
            self._look_again(event, occurred_at + self._term_min_ms)
        elif event.type == EventType.VEHICLE:
            self._look_again(event, known_at + TOMBSTONE_MS)

    def _look_again(self, event: EventKey, at: int) -> None:
        self._due.setdefault(at // HOUR_MS, []).append(event)

    def _check(self, event: EventKey, now: int) -> Destroyed | None:
        """Forget the event if it is past its term, else look again then."""
        entry = self._entry(event)
        until = 0 if entry is None else self._until(event, entry)
        if entry is None or until == 0:
            return None
        if until > now:
            self._look_again(event, until)
        elif entry.report is None:
            return Destroyed(event, now)
        else:
            del self._held[event]
        return None

    def _until(self, event: EventKey, entry: Entry) -> int:
        if entry.report is not None:
            return self._kept_until(entry.report)
        return entry.known_at + TOMBSTONE_MS if event.type == EventType.VEHICLE else 0

    def _kept_until(self, report: Report) -> int:
        """When the term of the report ends (UTC ms); 0: never."""
        term_ms = self._term_of(report)
        return 0 if term_ms is None or report.occurred_at is None else report.occurred_at + term_ms

    # What is told

    def _told(self, old: Report | None, new: Report | None, known_at: int, offset: int) -> Iterator[SubjectSighting]:
        """A record for everybody whom the winning revision or the one before it names."""
        before, after = sightings_of(old, _nobody), sightings_of(new, _nobody)
        owners_before, owners = documents_of(old), documents_of(new)
        gained = tuple(sorted(after.keys() - before.keys()))
        for subject in sorted(before.keys() | after.keys() | owners_before.keys() | owners.keys()):
            given = after.get(subject)
            shown = given or (None if subject in owners else before.get(subject))
            of = new if given is not None or subject in owners else old
            assert of is not None
            sighting = sighting_of(of) if shown is None else shown.sighting
            assert sighting is not None
            yield SubjectSighting(
                subject,
                SubjectKind.PERSON if shown is None else shown.kind,
                sighting,
                taken=given is None,
                version=offset,
                is_document=subject in owners or subject in owners_before,
                owners=tuple(sorted(owners.get(subject, ()))),
                gained=() if given is not None else gained,
                kept_until=self._kept_until(of),
                changed_at=known_at if sighting.known_at != known_at or (old and of.type == EventType.VEHICLE) else 0,
            )


def _nobody(_document: str) -> None:
    """To the register every document is a subject of its own: its keeper knows better."""
