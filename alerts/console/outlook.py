"""The views of the rail: which alerts each shows, and how many wait in it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from alerts.console.telling import Telling
from alerts.ports import Watching
from schemas.views import AlertQuery, Viewer

COUNTED_MAX = 999


class View(StrEnum):
    """The views a reader can choose, in the order of the rail."""

    UNIT = "unit"
    UNOWNED = "unowned"
    MINE = "mine"
    HANDOVER = "handover"
    BORDER = "border"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the reader wants listed: a view, and whether also what asks for no attention or was put aside."""

    view: View
    archive: bool

    @property
    def address(self) -> str:
        """The query of addresses that keep to it; empty for the plain page."""
        wishes = [f"view={self.view}"] if self.view is not View.COUNTRY else []
        return "&".join([*wishes, *(["archive=1"] if self.archive else [])])

    @property
    def home(self) -> str:
        """The address of the list."""
        return f"/?{self.address}" if self.address else "/"


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One view as the rail shows it."""

    name: str
    href: str
    current: bool
    count: str


def outlook_of(view: str | None, *, archive: bool) -> Outlook:
    """The outlook of an address; a view that is none is the whole country."""
    return Outlook(View(view) if view in set(View) else View.COUNTRY, archive)


def query_of(outlook: Outlook, viewer: Viewer) -> AlertQuery:
    """The filter of the list: what was put aside and what is never pushed is in the archive only."""
    query = _narrowed(outlook.view, viewer)
    return query if outlook.archive else replace(query, pushed=True, put_aside=False)


def _narrowed(view: View, viewer: Viewer) -> AlertQuery:
    match view:
        case View.UNIT:
            return AlertQuery(involving=viewer.region)
        case View.UNOWNED:
            return AlertQuery(unowned=True, closed=False)
        case View.MINE:
            return AlertQuery(owner=viewer.name, closed=False)
        case View.HANDOVER:
            return AlertQuery(status="offered", involving=viewer.region)
        case View.BORDER:
            return AlertQuery(cross_border=True)
        case View.COUNTRY:
            return AlertQuery()


def rail_of(platform: Watching, viewer: Viewer, outlook: Outlook, telling: Telling) -> list[RailEntry]:
    """The rail with its counts; the reader's unit is on it only when one is chosen."""
    views = [view for view in View if view is not View.UNIT or viewer.region is not None]
    queries = [replace(query_of(Outlook(view, archive=False), viewer), closed=False) for view in views]
    names = _names(telling)
    return [
        RailEntry(
            names[view],
            Outlook(view, outlook.archive).home,
            view is outlook.view,
            str(count) if count <= COUNTED_MAX else f"{COUNTED_MAX}+",
        )
        for view, count in zip(views, platform.card_counts(queries, viewer), strict=True)
    ]


def _names(telling: Telling) -> dict[View, str]:
    say = telling.words.say
    return {
        View.UNIT: say("Mijn eenheid"),
        View.UNOWNED: say("Niet toegewezen"),
        View.MINE: say("Van mij"),
        View.HANDOVER: say("Overdracht"),
        View.BORDER: say("Over de grens"),
        View.COUNTRY: say("Landelijk"),
    }
