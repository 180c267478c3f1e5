"""The console over HTTP: whole pages, the parts that a live page fetches, and the files both need."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.acting import Acting, Reply, acting_of, done_word, refusal_of, request_of
from alerts.console.assets import assets
from alerts.console.forms import Given
from alerts.console.handling import meanwhile_of
from alerts.console.identity import COOKIE as IDENTITY_COOKIE
from alerts.console.identity import cookie_of, local_identity, unit_or_none
from alerts.console.listing import Listing, listing_of, successors_of
from alerts.console.outlook import Outlook, outlook_of, query_of, rail_of
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
from alerts.console.subject_routes import subject_router
from alerts.console.telling import Telling
from alerts.console.words import LANGUAGES, language_of, words_of
from alerts.http.positions import wire_of
from alerts.ports import Watching
from schemas.times import DAY_MS, SECOND_MS
from schemas.views import AlertView, Conflict, Refused, Viewer

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
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
YEAR_S = 365 * DAY_MS // SECOND_MS
IDS_AT_MOST = 50
"""Cards asked for at once."""


def _clock() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """What a deployment decides about its console."""

    places: Places
    unprotected: bool = False
    """Reachable from elsewhere without sign-in: every page says so."""
    viewer: Callable[[Request], Viewer] = local_identity
    clock: Callable[[], int] = _clock
    """UTC ms."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request wants to see, and who wants it."""

    telling: Telling
    viewer: Viewer
    outlook: Outlook
    cursor: str | None
    base_url: str
    reply: Reply
    """What to say beside the bar of actions."""


def console_router(platform: Watching, options: ConsoleOptions) -> APIRouter:
    """The routes of the console. They block, so they are plain functions, which the framework runs on threads."""
    assets()  # read and decode now, not while the first reader waits
    router = APIRouter(include_in_schema=False)
    console = _Console(platform, options)
    for path, endpoint in (
        ("/", console.home),
        ("/alerts/{alert_id}", console.alert),
        ("/parts/list", console.list_part),
        ("/parts/cards", console.cards_part),
        ("/parts/overview", console.overview_part),
        ("/parts/alert/{alert_id}", console.alert_part),
        ("/parts/handling/{alert_id}", console.handling_part),
        ("/parts/rail", console.rail_part),
        ("/static/{name:path}", asset),
    ):
        router.add_api_route(path, endpoint, methods=["GET"], response_class=HTMLResponse, response_model=None)
    forms: dict[str, Callable[..., Response]] = {
        "/alerts/{alert_id}/act": console.act,
        "/parts/handling/{alert_id}/act": console.act_part,
        "/identity": console.identify,
    }
    for path, form in forms.items():
        router.add_api_route(path, form, methods=["POST"], response_class=HTMLResponse, response_model=None)
    router.include_router(console.subjects())
    return router


def asset(request: Request, name: str, v: str | None = None) -> Response:
    """One of the files of the page; kept for good by who asked for it by its digest."""
    found = assets().get(name)
    if found is None:
        return Response(status_code=404)
    caching = FOR_GOOD if v == found.digest else "public, max-age=3600"
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if "gzip" in request.headers.get("accept-encoding", "") and found.is_text:
        return Response(found.squeezed, media_type=found.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(found.content, media_type=found.media_type, headers=headers)


class _Console:
    def __init__(self, platform: Watching, options: ConsoleOptions) -> None:
        self._platform = platform
        self._options = options
        self._pages = Pages()

    def subjects(self) -> APIRouter:
        """Look-up and the pages of subjects, in the same frame."""
        return subject_router(self._platform, self._page, self._circumstances)

    def home(self, request: Request) -> Response:
        """The list, and nothing chosen."""
        return self._page(request, detail=None)

    def alert(self, request: Request, alert_id: str) -> Response:
        """The list, and one alert beside it."""
        asked = self._asked(request)
        facts = self._facts(alert_id, asked)
        if facts is None:
            return self._page(request, detail=missing_context(), status=404)
        return self._page(request, detail=alert_context(facts, asked.telling, outlook=asked.outlook))

    def list_part(self, request: Request) -> Response:
        """The list alone."""
        asked = self._asked(request)
        return self._part("parts/list.html", asked.telling, self._listing(asked, self._views(asked)))

    def cards_part(self, request: Request) -> Response:
        """The cards of some alerts, as they stand; ids that lead nowhere are left out."""
        asked = self._asked(request)
        ids = request.query_params.getlist("id")[:IDS_AT_MOST]
        found = (self._platform.alert(alert_id, asked.viewer) for alert_id in ids)
        views = tuple(view for view in found if view is not None)
        cards = cards_of(
            views, successors_of(self._platform, asked.viewer, views), asked.telling, self._fitting(views, asked)
        )
        return self._part("parts/cards.html", asked.telling, {"cards": cards})

    def overview_part(self, request: Request) -> Response:
        """The map of the latest relocations."""
        asked = self._asked(request)
        context = overview_context(self._views(asked).views, asked.telling)
        return self._part("parts/overview.html", asked.telling, context)

    def alert_part(self, request: Request, alert_id: str) -> Response:
        """One alert alone."""
        asked = self._asked(request)
        facts = self._facts(alert_id, asked)
        if facts is None:
            return self._part("parts/missing.html", asked.telling, missing_context(), status=404)
        context = alert_context(facts, asked.telling, outlook=asked.outlook)
        return self._part("parts/alert.html", asked.telling, context)

    def handling_part(self, request: Request, alert_id: str) -> Response:
        """How one alert is handled, and the bar of actions."""
        asked = self._asked(request)
        view = self._platform.alert(alert_id, asked.viewer)
        if view is None:
            return self._part("parts/missing.html", asked.telling, missing_context(), status=404)
        return self._part("parts/handling.html", asked.telling, {"acting": self._acting(view, asked)})

    def rail_part(self, request: Request) -> Response:
        """The views with their counts."""
        asked = self._asked(request)
        rail = rail_of(self._platform, asked.viewer, asked.outlook, asked.telling)
        return self._part("parts/rail.html", asked.telling, {"rail": rail})

    def act(self, request: Request, alert_id: str, given: Given) -> Response:
        """Do what a form asked; then the alert again, or at once with what went wrong and what was typed."""
        asked = self._asked(request)
        reply, status = self._do(alert_id, asked, given)
        if reply.action is None and reply.done is not None:
            separator = "&" if asked.outlook.address else ""
            address = f"/alerts/{alert_id}?{asked.outlook.address}{separator}done={given['action']}"
            return RedirectResponse(address, 303, headers=PAGE_HEADERS)
        facts = self._facts(alert_id, replace(asked, reply=reply))
        if facts is None:
            return self._page(request, detail=missing_context(), status=404)
        return self._page(request, detail=alert_context(facts, asked.telling, outlook=asked.outlook), status=status)

    def act_part(self, request: Request, alert_id: str, given: Given) -> Response:
        """The same for a page that is already there: the bar and the history as they then are."""
        asked = self._asked(request)
        reply, status = self._do(alert_id, asked, given)
        view = self._platform.alert(alert_id, asked.viewer)
        if view is None:
            return self._part("parts/missing.html", asked.telling, missing_context(), status=404)
        acting = self._acting(view, replace(asked, reply=reply))
        return self._part("parts/handling.html", asked.telling, {"acting": acting}, status)

    def identify(self, given: Given) -> Response:
        """Remember by what name and for which unit this browser acts."""
        unit = unit_or_none(given.get("unit", ""), self._options.places.regions)
        answer = RedirectResponse("/?view=unit" if unit else "/", 303, headers=PAGE_HEADERS)
        told = cookie_of(given.get("name", ""), unit)
        answer.set_cookie(IDENTITY_COOKIE, told, max_age=YEAR_S, samesite="strict", httponly=True)
        return answer

    def _do(self, alert_id: str, asked: _Asked, given: dict[str, str]) -> tuple[Reply, int]:
        """What became of it, and the status to answer with where no redirect follows."""
        telling, action = asked.telling, given.get("action", "")
        if self._platform.alert(alert_id, asked.viewer) is None:
            return Reply(), 404
        request = request_of(given, alert_id, asked.viewer, telling.now)
        try:
            self._platform.act_on_alert(request, asked.viewer)
        except Conflict:
            steps = self._platform.alert_handling(alert_id, asked.viewer)
            meanwhile = tuple(meanwhile_of(steps, request.expected, telling))
            return Reply(meanwhile=meanwhile, action=action, kept=given), 409
        except Refused as refused:
            return Reply(refused=refusal_of(refused.problems, telling), action=action, kept=given), 422
        return Reply(done=done_word(action, telling)), 200

    def _acting(self, view: AlertView, asked: _Asked) -> Acting:
        steps = self._platform.alert_handling(view.alert.alert_id, asked.viewer)
        state = steps[-1].state if steps else view.state
        return acting_of(state, steps, asked.viewer, asked.telling, asked.reply)

    def _fitting(self, views: tuple[AlertView, ...], asked: _Asked) -> frozenset[str]:
        ids = tuple(view.alert.alert_id for view in views)
        query = replace(query_of(asked.outlook, asked.viewer), ids=ids, limit=IDS_AT_MOST)
        return frozenset(view.alert.alert_id for view in self._platform.alerts(query, asked.viewer).items)

    def _page(self, request: Request, *, detail: dict[str, Any] | None, status: int = 200) -> Response:
        asked = self._asked(request)
        position = self._platform.alerts_end()  # before the list is read: what comes after it is streamed again
        states = self._platform.states_end()
        listing = self._views(asked)
        rail = rail_of(self._platform, asked.viewer, asked.outlook, asked.telling)
        frame = Frame(asked.viewer, wire_of(position), wire_of(states), asked.outlook, rail, self._options.unprotected)
        body = self._pages.page(
            frame,
            asked.telling,
            listing=self._listing(asked, listing),
            detail=detail or overview_context(listing.views, asked.telling),
        )
        return _remembering_language(request, HTMLResponse(body, status, headers=PAGE_HEADERS))

    def _views(self, asked: _Asked) -> Listing:
        query = replace(query_of(asked.outlook, asked.viewer), cursor=asked.cursor)
        return listing_of(self._platform, asked.viewer, query)

    def _listing(self, asked: _Asked, listing: Listing) -> dict[str, Any]:
        successors = successors_of(self._platform, asked.viewer, listing.views)
        return listing_context(listing, successors, asked.telling, outlook=asked.outlook, base_url=asked.base_url)

    def _facts(self, alert_id: str, asked: _Asked) -> AlertFacts | None:
        viewer = asked.viewer
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
            self._acting(view, asked),
        )

    def _part(self, template: str, telling: Telling, context: dict[str, Any], status: int = 200) -> Response:
        return HTMLResponse(self._pages.part(template, telling, context), status, headers=PAGE_HEADERS)

    def _circumstances(self, request: Request) -> tuple[Telling, Viewer]:
        asked = self._asked(request)
        return asked.telling, asked.viewer

    def _asked(self, request: Request) -> _Asked:
        wishes = request.query_params
        language = language_of(
            wishes.get("lang"), request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")
        )
        telling = Telling(words_of(language), self._options.places, self._options.clock())
        return _Asked(
            telling,
            self._options.viewer(request),
            outlook=outlook_of(wishes.get("view"), archive=wishes.get("archive") == "1"),
            cursor=wishes.get("cursor"),
            base_url=str(request.base_url),
            reply=Reply(done=done_word(wishes.get("done", ""), telling)),
        )


def _remembering_language(request: Request, response: Response) -> Response:
    """With a cookie for the language that the address asked for, if it did."""
    language = request.query_params.get("lang")
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_S, samesite="lax", httponly=True)
    return response
