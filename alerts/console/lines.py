"""Alerts as lines of a table that can be printed: who, from where to where, since when, how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alerts.alias import aliases_on_a_page
from alerts.console.handling import standing_of
from alerts.console.telling import Telling
from alerts.ports import Watching
from schemas.times import format_time
from schemas.views import AlertQuery, AlertView, Viewer

LINES_MAX = 200
"""Of one table; what is more is said to be more."""


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


def found(platform: Watching, query: AlertQuery, viewer: Viewer) -> list[AlertView]:
    """What the query finds, up to LINES_MAX."""
    return list(platform.alerts(replace(query, limit=LINES_MAX), viewer).items)


def lines_of(views: Sequence[AlertView], telling: Telling, notes: Sequence[str] = ()) -> list[Line]:
    """A line each, in their order; ``notes`` one each, where there are any."""
    aliases = aliases_on_a_page(view.alert.subject for view in views)
    told = [*notes, *([""] * (len(views) - len(notes)))]
    return [_line(view, aliases[view.alert.subject], note, telling) for view, note in zip(views, told, strict=True)]


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
