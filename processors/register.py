"""REGISTER: which revision of an event wins, whatever the order in which they come (DESIGN section 4, Identity)."""

from processors.changes import Entry, Verdict
from schemas.reports import Rank, Report


def judge(entry: Entry | None, report: Report) -> tuple[Verdict, Entry]:
    """What becomes of the report, and what is to be remembered of its event from now on."""
    if entry is None:
        return Verdict.APPLIED, _winning(report, seen=())
    if report.rank in entry.seen:
        return Verdict.DUPLICATE, entry
    if report.rank < entry.rank:
        return Verdict.OUTRANKED, Entry(entry.rank, (*entry.seen, report.rank), entry.known_at, entry.report)
    return Verdict.APPLIED, _winning(report, entry.seen)


def _winning(report: Report, seen: tuple[Rank, ...]) -> Entry:
    return Entry(
        rank=report.rank,
        seen=(*seen, report.rank),
        known_at=report.known_at,
        report=report if report.counts else None,
    )
