"""What the list shows: alerts that ask for attention, or the archive with them, page by page."""

from dataclasses import dataclass

from alerts.ports import Platform
from schemas.alerts import Alert
from schemas.views import AlertPage, AlertQuery, AlertView, Refused, Viewer

CARDS = 50
"""On one page."""
PAGES_READ_AT_MOST = 20
"""So many pages without anything to show are enough for one request; the reader can ask on."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list; ``hidden`` says that the archive holds what this page does not show."""

    views: tuple[AlertView, ...]
    next: str | None
    hidden: bool


def listing_of(platform: Platform, viewer: Viewer, *, archive: bool, cursor: str | None = None) -> Listing:
    """About CARDS alerts, at least one unless there are none, newest first. A strange cursor is the first page.

    Whether an alert may be pushed is more than the platform filters by, so pages are read until there is enough.
    """
    shown: list[AlertView] = []
    hidden = False
    for _ in range(PAGES_READ_AT_MOST):
        page = _page(platform, viewer, cursor)
        fits = [view for view in page.items if archive or view.alert.pushed]
        hidden = hidden or len(fits) < len(page.items)
        shown += fits
        cursor = page.next
        if cursor is None or len(shown) >= CARDS:
            break
    return Listing(tuple(shown), cursor, hidden)


def successors_of(platform: Platform, viewer: Viewer, views: tuple[AlertView, ...]) -> dict[str, Alert]:
    """The alerts that superseded some of these, by the id of the one superseded."""
    found: dict[str, Alert] = {}
    for view in views:
        if view.alert.superseded_by is None:
            continue
        successor = platform.alert(view.alert.superseded_by, viewer)
        if successor is not None:
            found[view.alert.alert_id] = successor.alert
    return found


def _page(platform: Platform, viewer: Viewer, cursor: str | None) -> AlertPage:
    try:
        return platform.alerts(AlertQuery(limit=CARDS, cursor=cursor), viewer)
    except Refused:
        return platform.alerts(AlertQuery(limit=CARDS), viewer)
