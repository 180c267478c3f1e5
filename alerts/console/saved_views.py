"""Saved views: outlooks that a reader gave a name, kept in a cookie of that browser and nowhere else."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.console.identity import named
from alerts.console.outlook import Outlook, outlook_at

COOKIE = "views"
NAME_MAX = 40
VIEWS_MAX = 12
COOKIE_MAX = 3_800
"""Bytes: browsers drop a cookie of more than 4,096 with its name and attributes."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A name, and what it shows."""

    name: str
    outlook: Outlook


def views_in(cookie: str) -> list[SavedView]:
    """What ``cookie_of`` wrote; of a strange cookie what can be read of it."""
    try:
        told = json.loads(urlsafe_b64decode(cookie.encode("ascii")))
        pairs = [(named(str(name))[:NAME_MAX], str(address)) for name, address in told]
    except (ValueError, TypeError):
        return []
    return [SavedView(name, outlook_at(address)) for name, address in pairs[:VIEWS_MAX] if name]


def cookie_of(views: Sequence[SavedView]) -> str:
    """The views as a cookie may hold them; those that do not fit are left out, the oldest first."""
    kept = list(views)[-VIEWS_MAX:]
    while len(told := _encoded(kept)) > COOKIE_MAX:
        kept = kept[1:]
    return told


def with_view(views: Sequence[SavedView], name: str, outlook: Outlook) -> list[SavedView]:
    """The views with one more, or with another outlook under a name that is there; as they are where it has no name."""
    name = named(name)[:NAME_MAX]
    if not name:
        return list(views)
    return [*without_view(views, name), SavedView(name, outlook)]


def without_view(views: Sequence[SavedView], name: str) -> list[SavedView]:
    """The views but for one."""
    return [view for view in views if view.name != named(name)[:NAME_MAX]]


def _encoded(views: Sequence[SavedView]) -> str:
    told = json.dumps([[view.name, view.outlook.address] for view in views], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(told.encode()).decode("ascii")
