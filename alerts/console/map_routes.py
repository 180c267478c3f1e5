"""The route of the map of the country."""

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from alerts.console.map_page import MapFacts, Wishes, map_context, wishes_of
from alerts.console.subject_routes import Whole
from alerts.console.telling import Telling
from alerts.ports import Watching
from schemas.alerts import Alert
from schemas.times import DAY_MS
from schemas.views import AlertQuery, NoHistory, SilentSource, Timeline, Viewer

PAGE = 200
PAGES = 5
"""At most 1,000 alerts: more than anybody tells apart on a map, and read in a moment."""


def map_router(
    platform: Watching, page: Whole, circumstances: Callable[[Request], tuple[Telling, Viewer]]
) -> APIRouter:
    """The map, put into the console's frame by ``page``."""

    def show(request: Request) -> Response:
        telling, viewer = circumstances(request)
        given = request.query_params
        wishes = wishes_of(given.get("days", ""), given.get("until", ""), given.getlist("subject"))
        return page(request, detail=map_context(_facts(platform, wishes, telling.now, viewer), wishes, telling))

    router = APIRouter(include_in_schema=False)
    router.add_api_route("/map", show, methods=["GET"], response_model=None)
    return router


def _facts(platform: Watching, wishes: Wishes, now: int, viewer: Viewer) -> MapFacts:
    alerts, complete = _recent(platform, now - wishes.days * DAY_MS, viewer)
    timelines = (_timeline(platform, subject, viewer) for subject in wishes.subjects)
    return MapFacts(
        alerts,
        complete,
        tuple(timeline for timeline in timelines if timeline is not None),
        _silent(platform, now, viewer),
    )


def _recent(platform: Watching, since: int, viewer: Viewer) -> tuple[tuple[Alert, ...], bool]:
    """The relocations of the period, by when they happened; whether those are all."""
    found: list[Alert] = []
    query = AlertQuery(status="active", since=since, limit=PAGE)
    cursor = None
    for _ in range(PAGES):
        read = platform.alerts(replace(query, cursor=cursor), viewer)
        found += [view.alert for view in read.items if view.alert.finding.arrived_at >= since]
        cursor = read.next
        if cursor is None:
            return tuple(found), True
    return tuple(found), False


def _silent(platform: Watching, now: int, viewer: Viewer) -> tuple[SilentSource, ...] | None:
    try:
        return tuple(platform.silent_sources(now, viewer))
    except NoHistory:
        return None


def _timeline(platform: Watching, subject: str, viewer: Viewer) -> Timeline | None:
    """None also where no history can be asked: the flows are there all the same."""
    try:
        return platform.timeline(subject, viewer)
    except NoHistory:
        return None
