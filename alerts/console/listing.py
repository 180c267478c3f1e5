"""What the list shows, page by page."""

from dataclasses import dataclass, replace

from alerts.ports import Watching
from schemas.views import AlertQuery, CardPage, CardView, Refused, Viewer

CARDS = 50
"""On one page."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list."""

    cards: tuple[CardView, ...]
    next: str | None


def listing_of(platform: Watching, viewer: Viewer, query: AlertQuery) -> Listing:
    """Up to CARDS cards, freshest first. A strange cursor is the first page."""
    page = _page(platform, viewer, query)
    return Listing(page.items, page.next)


def _page(platform: Watching, viewer: Viewer, query: AlertQuery) -> CardPage:
    try:
        return platform.cards(replace(query, limit=CARDS), viewer)
    except Refused:
        return platform.cards(replace(query, limit=CARDS, cursor=None), viewer)
