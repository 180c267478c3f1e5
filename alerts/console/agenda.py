"""The weekly agenda of a region: who is here, since when and whose, what is being handed over, 0-signals."""

from typing import Any

from alerts.console.chance import time_to_act
from alerts.console.lines import Found, found, table_of
from alerts.console.telling import Telling
from alerts.console.units import unit_word
from alerts.ports import Watching
from schemas.sightings import SubjectKind
from schemas.times import DAY_MS
from schemas.views import AlertQuery, AlertView, Chance, NoHistory, Viewer

HERE_MS = 60 * DAY_MS
"""Who arrived longer ago and was not seen since is not said to be here."""
ZERO_SIGNALS_MS = 28 * DAY_MS


def agenda_context(platform: Watching, viewer: Viewer, telling: Telling, asked: str) -> dict[str, Any]:
    """For ``parts/agenda.html``. Who works for a region gets that one; others choose, ``asked`` or the first."""
    regions = telling.places.regions
    own = viewer.region if viewer.region in regions else None
    region = own or (asked if asked in regions else min(regions, key=lambda unit: regions[unit]))
    here, chances = _who_is_here(platform, viewer, region, telling)
    offered = found(platform, AlertQuery(offered=True, involving=region), viewer)
    words = telling.words
    return {
        "detail": "parts/agenda.html",
        "focused": True,
        "title": words.say("Weekagenda %(region)s", region=regions[region]),
        "region": region,
        "regions": [] if own else sorted(regions.items(), key=lambda unit: unit[1]),
        "printed": words.in_full(telling.now),
        "here": table_of(here, telling, f"/?unit={region}&kind=person", lambda view: _left(view, chances, telling)),
        "offered": table_of(offered, telling, f"/?status=offered&unit={region}", lambda view: _to(view, telling)),
        "zero_signals": _zero_signals(platform, viewer, region, telling),
        "zero_since": words.day(telling.now - ZERO_SIGNALS_MS, telling.now),
    }


def _who_is_here(platform: Watching, viewer: Viewer, region: str, telling: Telling) -> tuple[Found, dict[str, Chance]]:
    """The last arrival of each woman in the region who was not seen elsewhere since, longest here first; chances."""
    asked = AlertQuery(unit=region, status="active", subject_kind=SubjectKind.PERSON)
    seen = found(platform, asked, viewer)
    arrivals = [
        view
        for view in seen.views
        if telling.places.place(view.alert.finding.to_place).region == region
        and telling.now - view.alert.finding.arrived_at <= HERE_MS
    ]
    chances = platform.chances([view.alert for view in arrivals], viewer)
    here = [view for view in arrivals if not chances[view.alert.alert_id].is_over]
    here.sort(key=lambda view: view.alert.finding.arrived_at)
    latest = {view.alert.subject: view for view in here}
    return seen.those(sorted(latest.values(), key=lambda view: view.alert.finding.arrived_at)), chances


def _left(view: AlertView, chances: dict[str, Chance], telling: Telling) -> str:
    told = time_to_act(chances[view.alert.alert_id], view.alert.finding.arrived_at, telling)
    return told.words if told.is_known else telling.words.say("onbekend")


def _to(view: AlertView, telling: Telling) -> str:
    return telling.words.say("aan %(unit)s", unit=unit_word(view.state.offered_to or "", telling))


def _zero_signals(platform: Watching, viewer: Viewer, region: str, telling: Telling) -> list[tuple[str, int]] | None:
    """Per municipality of the region, the most first; None where no history tells."""
    try:
        counts = platform.zero_signals(telling.now - ZERO_SIGNALS_MS, viewer)
    except NoHistory:
        return None
    return [(telling.place(code), n) for code, n in counts.items() if telling.places.place(code).region == region]
