"""Alerts as lines of a table that can be printed: who, from where to where, since when, how it stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from alerts.console.handling import standing_of
from alerts.console.telling import Telling
from alerts.ports import Watching
from processors.alias import aliases_on_a_page
from schemas.times import format_time
from schemas.views import AlertQuery, AlertView, Viewer

LINES_MAX = 200
"""Of one table; what is more is said to be more, and where it is listed."""
READ_MAX = 1_000
"""Alerts looked at for one table: beyond, it is only said that there are more."""
PAGE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One alert."""

    alert_id: str
    kind: str
    who: str
    from_name: str
    to_name: str
    since: str
    """When it arrived, as a day."""
    since_iso: str
    standing: str
    note: str = ""
    """What this table says of it besides."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds, newest first, up to READ_MAX; ``complete`` where that is all."""

    views: tuple[AlertView, ...]
    complete: bool

    def those(self, views: Sequence[AlertView]) -> "Found":
        """Some of them, or in another order."""
        return replace(self, views=tuple(views))


@dataclass(frozen=True, slots=True)
class Table:
    """Lines, how many there are in all, and what is said of those that do not stand here."""

    lines: tuple[Line, ...]
    count: str
    more: str
    """Empty where all stand here."""
    see: str
    """The address of the list that holds the others."""


def found(platform: Watching, query: AlertQuery, viewer: Viewer) -> Found:
    """What the query finds, up to READ_MAX."""
    views: list[AlertView] = []
    page = platform.alerts(replace(query, limit=PAGE), viewer)
    views += page.items
    while page.next is not None and len(views) < READ_MAX:
        page = platform.alerts(replace(query, limit=PAGE, cursor=page.next), viewer)
        views += page.items
    return Found(tuple(views[:READ_MAX]), page.next is None and len(views) <= READ_MAX)


def table_of(those: Found, telling: Telling, see: str, note: Callable[[AlertView], str] | None = None) -> Table:
    """A line each, up to LINES_MAX, in their order; ``note`` says something besides of each."""
    shown = those.views[:LINES_MAX]
    lines = _lines_of(shown, telling, [note(view) for view in shown] if note else [""] * len(shown))
    count = str(len(those.views)) + ("" if those.complete else "+")
    return Table(lines, count, _more(those, len(those.views) - len(shown), telling), see)


def _more(those: Found, n: int, telling: Telling) -> str:
    words = telling.words
    if those.complete:
        return words.say_n("Nog %(n)s staat hier niet.", "Nog %(n)s staan hier niet.", n) if n else ""
    if n:
        return words.say("Nog meer dan %(n)s staan hier niet.", n=n)
    return words.say("Er kunnen er meer zijn: hier is naar de nieuwste %(n)s meldingen gekeken.", n=READ_MAX)


def _lines_of(views: Sequence[AlertView], telling: Telling, notes: Sequence[str]) -> tuple[Line, ...]:
    aliases = aliases_on_a_page(view.alert.subject for view in views)
    return tuple(
        _line(view, aliases[view.alert.subject], note, telling) for view, note in zip(views, notes, strict=True)
    )


def _line(view: AlertView, alias: str, note: str, telling: Telling) -> Line:
    alert, finding = view.alert, view.alert.finding
    return Line(
        alert_id=alert.alert_id,
        kind=alert.subject_kind,
        who=alias,
        from_name=telling.place(finding.from_place),
        to_name=telling.place(finding.to_place),
        since=telling.words.short_day(finding.arrived_at, telling.now),
        since_iso=format_time(finding.arrived_at),
        standing=standing_of(view.state, telling) or telling.words.say("nog van niemand"),
        note=note,
    )
