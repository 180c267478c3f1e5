"""The rail: the views that everybody has and those that this browser saved, each with what waits in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.console.outlook import Outlook, View, waiting_of
from alerts.console.saved_views import SavedView
from alerts.console.telling import Telling
from alerts.ports import Watching
from processors.scope import scope_of
from schemas.views import AlertQuery, Viewer

COUNTED_MAX = 999


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One view as the rail shows it."""

    name: str
    href: str
    current: bool
    count: str
    saved: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """The rail, and how many the list has that is shown."""

    shown: str
    entries: tuple[RailEntry, ...]


def counted_queries(
    outlook: Outlook, saved: Sequence[SavedView], viewer: Viewer, now: int, escalates_ms: int
) -> list[AlertQuery]:
    """What is counted: the list, then an entry each in the order of the rail."""
    return [waiting_of(each, viewer, now, escalates_ms) for each in (outlook, *_outlooks(saved, viewer))]


def rail_of(platform: Watching, viewer: Viewer, outlook: Outlook, saved: Sequence[SavedView], telling: Telling) -> Rail:
    """The rail with its counts; the reader's unit is on it only when one is chosen."""
    shown, *counts = platform.card_counts(
        counted_queries(outlook, saved, viewer, telling.now, telling.escalates_ms), viewer
    )
    outlooks = _outlooks(saved, viewer)
    names = [_names(telling)[view] for view in _views(viewer)] + [view.name for view in saved]
    here = outlook.view if outlook.view in _views(viewer) else View.UNIT
    is_saved = any(outlook == view.outlook for view in saved)
    entries = tuple(
        RailEntry(
            name,
            there.home,
            # Filters on a view that everybody has do not make it another place to be.
            current=there == outlook or (at < len(_views(viewer)) and not is_saved and there.view is here),
            count=count_word(count),
            saved=at >= len(_views(viewer)),
        )
        for at, (name, there, count) in enumerate(zip(names, outlooks, counts, strict=True))
    )
    return Rail(count_word(shown), entries)


def count_word(count: int) -> str:
    """A count as a badge shows it."""
    return str(count) if count <= COUNTED_MAX else f"{COUNTED_MAX}+"


def _outlooks(saved: Sequence[SavedView], viewer: Viewer) -> list[Outlook]:
    return [*(Outlook(view) for view in _views(viewer)), *(view.outlook for view in saved)]


def _views(viewer: Viewer) -> list[View]:
    """Who works for a unit sees no more than what touches it: the whole country would be the same list again."""
    if viewer.region is None:
        return [view for view in View if view is not View.UNIT]
    return [view for view in View if view is not View.COUNTRY or scope_of(viewer) is None]


def _names(telling: Telling) -> dict[View, str]:
    say = telling.words.say
    return {
        View.UNIT: say("Mijn eenheid"),
        View.UNOWNED: say("Niet toegewezen"),
        View.WAITING: say("Blijft liggen"),
        View.MINE: say("Van mij"),
        View.HANDOVER: say("Overdracht"),
        View.BORDER: say("Over de grens"),
        View.COUNTRY: say("Landelijk"),
    }
