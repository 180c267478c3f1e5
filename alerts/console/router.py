"""The console over HTTP: whole pages, the parts that a live page fetches, and the files both need."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from alerts.console.assets import assets
from alerts.console.listing import listing_of, successors_of
from alerts.console.pages import (
    AlertFacts,
    Frame,
    Pages,
    alert_context,
    cards_of,
    listing_context,
    missing_context,
    overview_context,
)
from alerts.console.places import Places
from alerts.console.telling import Telling
from alerts.console.words import LANGUAGES, language_of, words_of
from alerts.ports import Platform
from schemas.times import DAY_MS, SECOND_MS
from schemas.views import Viewer

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
}
FOR_GOOD = "public, max-age=31536000, immutable"
LANGUAGE_COOKIE = "lang"
IDS_AT_MOST = 50
"""Cards asked for at once."""


def _local_viewer(request: Request) -> Viewer:
    del request
    return Viewer()


def _clock() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """What a deployment decides about its console."""

    places: Places
    unprotected: bool = False
    """Reachable from elsewhere without sign-in: every page says so."""
    viewer: Callable[[Request], Viewer] = _local_viewer
    clock: Callable[[], int] = _clock
    """UTC ms."""


def console_router(platform: Platform, options: ConsoleOptions) -> APIRouter:
    """The routes of the console. They block, so they are plain functions, which the framework runs on threads."""
    router = APIRouter(include_in_schema=False)
    console = _Console(platform, options)
    for path, endpoint in (
        ("/", console.home),
        ("/alerts/{alert_id}", console.alert),
        ("/parts/list", console.list_part),
        ("/parts/cards", console.cards_part),
        ("/parts/overview", console.overview_part),
        ("/parts/alert/{alert_id}", console.alert_part),
        ("/static/{name:path}", asset),
    ):
        router.add_api_route(path, endpoint, methods=["GET"], response_class=HTMLResponse, response_model=None)
    return router


def asset(name: str, v: str | None = None) -> Response:
    """One of the files of the page; kept for good by who asked for it by its digest."""
    found = assets().get(name)
    if found is None:
        return Response(status_code=404)
    caching = FOR_GOOD if v == found.digest else "public, max-age=3600"
    headers = {"Cache-Control": caching, "ETag": f'"{found.digest}"', "X-Content-Type-Options": "nosniff"}
    return Response(found.content, media_type=found.media_type, headers=headers)


class _Console:
    def __init__(self, platform: Platform, options: ConsoleOptions) -> None:
        self._platform = platform
        self._options = options
        self._pages = Pages()

    def home(self, request: Request, archive: bool = False, cursor: str | None = None) -> Response:
        """The list, and nothing chosen."""
        telling, viewer = self._telling(request), self._options.viewer(request)
        return self._page(request, telling, viewer, archive, cursor, detail=None)

    def alert(self, request: Request, alert_id: str, archive: bool = False) -> Response:
        """The list, and one alert beside it."""
        telling, viewer = self._telling(request), self._options.viewer(request)
        facts = self._facts(alert_id, viewer)
        detail = missing_context() if facts is None else alert_context(facts, telling, archive=archive)
        return self._page(request, telling, viewer, archive, None, detail=detail, status=404 if facts is None else 200)

    def list_part(self, request: Request, archive: bool = False, cursor: str | None = None) -> Response:
        """The list alone."""
        telling, viewer = self._telling(request), self._options.viewer(request)
        context, _ = self._listing(request, telling, viewer, archive, cursor)
        return self._part("parts/list.html", telling, context)

    def cards_part(self, request: Request, id: Annotated[list[str] | None, Query(max_length=IDS_AT_MOST)] = None) -> Response:
        """The cards of some alerts, as they stand; ids that lead nowhere are left out."""
        telling, viewer = self._telling(request), self._options.viewer(request)
        found = (self._platform.alert(alert_id, viewer) for alert_id in id or ())
        views = tuple(view for view in found if view is not None)
        cards = cards_of(views, successors_of(self._platform, viewer, views), telling)
        return self._part("parts/cards.html", telling, {"cards": cards})

    def overview_part(self, request: Request) -> Response:
        """The map of the latest relocations."""
        telling, viewer = self._telling(request), self._options.viewer(request)
        views = listing_of(self._platform, viewer, archive=False).views
        return self._part("parts/overview.html", telling, overview_context(views, telling))

    def alert_part(self, request: Request, alert_id: str, archive: bool = False) -> Response:
        """One alert alone."""
        telling, viewer = self._telling(request), self._options.viewer(request)
        facts = self._facts(alert_id, viewer)
        if facts is None:
            return self._part("parts/missing.html", telling, missing_context(), status=404)
        return self._part("parts/alert.html", telling, alert_context(facts, telling, archive=archive))

    def _page(
        self,
        request: Request,
        telling: Telling,
        viewer: Viewer,
        archive: bool,
        cursor: str | None,
        *,
        detail: dict[str, Any] | None,
        status: int = 200,
    ) -> Response:
        position = self._platform.stream_bounds()[1]  # before the list is read: what comes after it is streamed again
        listing, views = self._listing(request, telling, viewer, archive, cursor)
        frame = Frame(viewer, position, archive, self._options.unprotected)
        shown = detail or overview_context(views, telling)
        body = self._pages.page(frame, telling, listing=listing, detail=shown)
        return self._answer(request, body, status)

    def _listing(
        self, request: Request, telling: Telling, viewer: Viewer, archive: bool, cursor: str | None
    ) -> tuple[dict[str, Any], Any]:
        listing = listing_of(self._platform, viewer, archive=archive, cursor=cursor)
        successors = successors_of(self._platform, viewer, listing.views)
        context = listing_context(listing, successors, telling, archive=archive, base_url=str(request.base_url))
        return context, listing.views

    def _facts(self, alert_id: str, viewer: Viewer) -> AlertFacts | None:
        view = self._platform.alert(alert_id, viewer)
        if view is None:
            return None
        superseded_by = view.alert.superseded_by
        successor = self._platform.alert(superseded_by, viewer) if superseded_by else None
        return AlertFacts(
            view,
            self._platform.alert_messages(alert_id, viewer),
            self._platform.timeline(view.alert.subject, viewer),
            successor.alert if successor else None,
        )

    def _part(self, template: str, telling: Telling, context: dict[str, Any], status: int = 200) -> Response:
        return HTMLResponse(self._pages.part(template, telling, context), status, headers=PAGE_HEADERS)

    def _answer(self, request: Request, body: str, status: int) -> Response:
        response = HTMLResponse(body, status, headers=PAGE_HEADERS)
        asked = request.query_params.get("lang")
        if asked in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, asked, max_age=365 * DAY_MS // SECOND_MS, samesite="lax", httponly=True)
        return response

    def _telling(self, request: Request) -> Telling:
        language = language_of(
            request.query_params.get("lang"),
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("accept-language"),
        )
        return Telling(words_of(language), self._options.places, self._options.clock())
