"""What is so around a subject, from the heart's state: for the engine's thread."""

from collections.abc import Callable

from processors.company import Company
from processors.heart import Heart
from processors.transit import in_transit
from schemas.dossiers import Companion, Dossier, FollowedUntil, Retained, StruckBecause
from schemas.reports import EventKey, Report
from schemas.views import StayView

COMPANIONS_AT_MOST = 24
"""A phone that hundreds share says little of one of them."""

Events = frozenset[EventKey] | None
"""None: all of them."""
Span = Callable[[Report], int | None]
"""Milliseconds after it occurred; None: no end."""


def companions_of(heart: Heart, subject: str, among: Events = None) -> tuple[Companion, ...]:
    """Those met most with the subject in these events, with their own stays."""
    return tuple(_companion(heart, met) for met in heart.company_of(subject, among)[:COMPANIONS_AT_MOST])


def _companion(heart: Heart, met: Company) -> Companion:
    stays = tuple(StayView(*stay) for stay in heart.stays_of(met.subject))
    transit = in_transit(heart.sightings_of(met.subject), stays)
    return Companion(met.subject, met.kind, met.events, met.first_at, met.last_at, stays, transit)


def dossier_of(heart: Heart, subject: str, among: Events = None, *, term_of: Span, targeted_after_of: Span) -> Dossier:
    """The terms of its records, its follow and why sightings were struck; of these events only."""
    follow = heart.follow_of(subject)
    reports = [report for report in heart.reports_of(subject) if among is None or report.key in among]
    strikes = [strike for strike in heart.strikes_of(subject) if among is None or strike.event in among]
    return Dossier(
        _retained(reports, term_of, targeted_after_of),
        None if follow is None else FollowedUntil(follow.since, follow.until, follow.reason, follow.by),
        tuple(StruckBecause(strike.event, strike.reason, strike.by, strike.at) for strike in strikes),
    )


def _retained(reports: list[Report], term_of: Span, targeted_after_of: Span) -> tuple[Retained, ...]:
    kinds: dict[tuple[str, int | None], list[Report]] = {}
    for report in reports:
        kinds.setdefault((report.type, term_of(report)), []).append(report)
    found: list[Retained] = []
    for (type_, term_ms), alike in kinds.items():
        occurred = [report.occurred_at for report in alike if report.occurred_at is not None]
        if term_ms is None or not occurred:
            continue
        targeted = [
            report.occurred_at + after
            for report in alike
            if report.occurred_at is not None and (after := targeted_after_of(report)) is not None
        ]
        found.append(
            Retained(type_, len(alike), min(occurred) + term_ms, max(occurred) + term_ms, min(targeted, default=None))
        )
    return tuple(sorted(found, key=lambda retained: retained.first_goes_at))
