"""0-signals: what a municipality's control found where nothing may be reported to the police (DESIGN section 5).

They name nobody. Several laid side by side say something of a place, so they are counted per municipality.
"""

from collections import Counter
from collections.abc import Iterable

from schemas.reports import EventType, Report

TOLD_FROM = 5
"""Fewer than this could point at somebody."""
_NO_MORE_THAN = "unlicensed"


def is_zero_signal(report: Report) -> bool:
    """Whether a winning report is of a municipality's control that is not reportable."""
    if report.type != EventType.CONTROL or report.conducted_by != "municipality" or report.place is None:
        return False
    is_reportable = report.licensed is False and any(code != _NO_MORE_THAN for code in report.indicators)
    return not is_reportable


def counted(places: Iterable[str]) -> dict[str, int]:
    """How many there were per place, where there were enough to tell; the most first."""
    return {place: n for place, n in Counter(places).most_common() if n >= TOLD_FROM}
