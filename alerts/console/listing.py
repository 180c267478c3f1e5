"""What the list shows, page by page."""

from dataclasses import dataclass, replace

from alerts.ports import Watching
from schemas.alerts import Alert
from schemas.views import AlertPage, AlertQuery, AlertView, Refused, Viewer

CARDS = 50
"""On one page."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list; ``hidden`` says that there are alerts, though this page shows none."""

    views: tuple[AlertView, ...]
    next: str | None
    hidden: bool


def listing_of(platform: Watching, viewer: Viewer, query: AlertQuery) -> Listing:
    """Up to CARDS alerts, newest first. A strange cursor is the first page."""
    page = _page(platform, viewer, query)
    hidden = not page.items and bool(platform.alerts(AlertQuery(limit=1), viewer).items)
    return Listing(page.items, page.next, hidden)


def successors_of(platform: Watching, viewer: Viewer, views: tuple[AlertView, ...]) -> dict[str, Alert]:
    """The alerts that superseded some of these, by the id of the one superseded."""
    found: dict[str, Alert] = {}
    for view in views:
        if view.alert.superseded_by is None:
            continue
        successor = platform.alert(view.alert.superseded_by, viewer)
        if successor is not None:
            found[view.alert.alert_id] = successor.alert
    return found


def _page(platform: Watching, viewer: Viewer, query: AlertQuery) -> AlertPage:
    try:
        return platform.alerts(replace(query, limit=CARDS), viewer)
    except Refused:
        return platform.alerts(replace(query, limit=CARDS, cursor=None), viewer)
