"""Company: the subjects that share a counting event with a subject, one hop away and never merged into it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from processors.identity import BelongsTo, sightings_of
from schemas.reports import EventKey, Report


class Company(NamedTuple):
    """A subject that was seen together with another: in how many events, and when first and last (UTC ms)."""

    subject: str
    kind: str
    events: int
    first_at: int
    last_at: int


def company_of(
    subject: str, reports: Iterable[Report], belongs_to: BelongsTo, is_struck: Callable[[str, EventKey], bool]
) -> list[Company]:
    """Everybody else that these reports of the subject give a sighting; most events first, then the latest.

    ``is_struck`` tells of a subject and an event whether a coordinator took that sighting from it. The cost is that
    of the reports given: nothing is kept for this, so that insertion pays nothing for it.
    """
    met: dict[str, Company] = {}
    for report in reports:
        for other, seen in sightings_of(report, belongs_to).items():
            if other == subject or is_struck(other, report.key):
                continue
            at = seen.sighting.occurred_at
            before = met.get(other, Company(other, seen.kind, 0, at, at))
            met[other] = Company(other, seen.kind, before.events + 1, min(before.first_at, at), max(before.last_at, at))
    return sorted(met.values(), key=lambda company: (-company.events, -company.last_at, company.subject))
