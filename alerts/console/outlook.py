"""What a reader wants listed: a view of the rail with filters on it, as an address and as a query."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from alerts.console.filters import given_filters, narrowed
from processors.escalation import ESCALATES_MS
from schemas.views import AlertQuery, Viewer

ADDRESS_MAX = 1_000
"""Characters."""
CURSOR_MAX = 80
"""Characters; ours have fewer."""


class View(StrEnum):
    """The views a reader can choose, in the order of the rail."""

    UNIT = "unit"
    UNOWNED = "unowned"
    WAITING = "waiting"
    MINE = "mine"
    HANDOVER = "handover"
    BORDER = "border"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Outlook:
    """A view, and the filters on it as (name, value) in the order of addresses."""

    view: View = View.COUNTRY
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """The query of addresses that keep to it; empty for the plain page."""
        wishes = [("view", str(self.view))] if self.view is not View.COUNTRY else []
        return urlencode([*wishes, *self.filters])

    @property
    def home(self) -> str:
        """The address of the list."""
        return f"/?{self.address}" if self.address else "/"

    @property
    def given(self) -> dict[str, str]:
        """The filters by their names."""
        return dict(self.filters)

    def with_filters(self, **changes: str | None) -> "Outlook":
        """The same with other values; None takes a filter off."""
        return Outlook(self.view, _in_order({name: value for name, value in (self.given | changes).items() if value}))

    def without_filters(self) -> "Outlook":
        """The view alone."""
        return Outlook(self.view)


PLAIN = Outlook()


@dataclass(frozen=True, slots=True)
class Carried:
    """What links and forms of a page carry on, so that they keep to its list: the outlook, and the page of it."""

    outlook: Outlook = PLAIN
    cursor: str | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """For a form that asks, whose address has no query of its own."""
        cursor = [("cursor", self.cursor)] if self.cursor and len(self.cursor) <= CURSOR_MAX else []
        return [*parse_qsl(self.outlook.address), *cursor]

    @property
    def query(self) -> str:
        """After a path: ``?view=mine&cursor=…``, or nothing."""
        return f"?{urlencode(self.fields)}" if self.fields else ""

    @property
    def more(self) -> str:
        """After another query: ``&view=mine&cursor=…``, or nothing."""
        return f"&{urlencode(self.fields)}" if self.fields else ""


def outlook_of(asked: Mapping[str, str]) -> Outlook:
    """The outlook of the parameters of an address; a view that is none is the whole country."""
    view = asked.get("view", "")
    return Outlook(View(view) if view in set(View) else View.COUNTRY, _in_order(asked))


def outlook_at(address: str) -> Outlook:
    """The outlook of a query as ``Outlook.address`` tells it; whatever it says, an outlook."""
    return outlook_of(dict(parse_qsl(address[:ADDRESS_MAX], keep_blank_values=False, max_num_fields=None)))


def query_of(outlook: Outlook, viewer: Viewer, now: int, escalates_ms: int = ESCALATES_MS) -> AlertQuery:
    """What the list shows; ``now`` is UTC ms."""
    whole = _of_view(outlook.view, viewer)
    if outlook.view is View.WAITING:
        whole = replace(whole, waiting_since=now - escalates_ms)
    if "status" in outlook.given:
        whole = replace(whole, closed=None)
    return narrowed(whole, outlook.given, viewer, now)


def waiting_of(outlook: Outlook, viewer: Viewer, now: int, escalates_ms: int = ESCALATES_MS) -> AlertQuery:
    """What a count beside the outlook tells: what is left to do, where the filters do not ask for what is done."""
    query = query_of(outlook, viewer, now, escalates_ms)
    return query if "status" in outlook.given else replace(query, closed=False)


def _in_order(asked: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(given_filters(asked).items())


def _of_view(view: View, viewer: Viewer) -> AlertQuery:
    match view:
        case View.UNIT:
            return AlertQuery(involving=viewer.region)
        case View.UNOWNED | View.WAITING:
            return AlertQuery(unowned=True, closed=False)
        case View.MINE:
            return AlertQuery(owner=viewer.name, closed=False)
        case View.HANDOVER:
            return AlertQuery(offered=True, involving=viewer.region)
        case View.BORDER:
            return AlertQuery(cross_border=True)
        case View.COUNTRY:
            return AlertQuery()
