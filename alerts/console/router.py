"""The console over HTTP: whole pages, the parts that a live page fetches, and the files both need."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.acting import act
from alerts.console.acting import Acting, Reply, acting_of, done_word, refusal_of, request_of
from alerts.console.answers import (
    PAGE_HEADERS,
    YEAR_S,
    page_answer,
    remembering_language,
    same_page,
    without_empty,
)
from alerts.console.asking import Asked, ConsoleOptions, asked_of
from alerts.console.assets import assets, digest
from alerts.console.duty_routes import duty_router
from alerts.console.emptiness import silences_of
from alerts.console.filter_bar import filter_bar
from alerts.console.filters import FILTERS
from alerts.console.forms import Given
from alerts.console.handling import meanwhile_of
from alerts.console.identity import COOKIE as IDENTITY_COOKIE
from alerts.console.identity import cookie_of, unit_or_none
from alerts.console.list_routes import Lists
from alerts.console.many import Outcome, acting_on_many
from alerts.console.map_routes import map_router
from alerts.console.pages import AlertFacts, Frame, Pages, alert_context, as_asked, missing_context, overview_context
from alerts.console.rail import rail_of
from alerts.console.related import RELATED_SHOWN
from alerts.console.subject_routes import subject_router
from alerts.console.telling import Telling
from alerts.console.units import known_units
from alerts.console.unread import unread_names
from alerts.http.positions import wire_of
from alerts.ports import Watching
from processors.scope import scope_of
from schemas.alerts import Alert
from schemas.dossiers import Companion
from schemas.views import AlertQuery, AlertView, Conflict, NoHistory, Refused, Timeline, Viewer

FOR_GOOD = "public, max-age=31536000, immutable"


def console_router(platform: Watching, options: ConsoleOptions) -> APIRouter:
    """The routes of the console. They block, so they are plain functions, which the framework runs on threads."""
    assets()  # read and decode now, not while the first reader waits
    router = APIRouter(include_in_schema=False)
    console = _Console(platform, options)
    for path, endpoint in (
        ("/", console.home),
        ("/alerts/{alert_id}", console.alert),
        ("/parts/alert/{alert_id}", console.alert_part),
        ("/parts/handling/{alert_id}", console.handling_part),
        ("/static/{known_as}/{name:path}", asset),
    ):
        router.add_api_route(path, endpoint, methods=["GET"], response_class=HTMLResponse, response_model=None)
    for path, form in (
        ("/alerts/{alert_id}/act", console.act),
        ("/parts/handling/{alert_id}/act", console.act_part),
        ("/identity", console.identify),
    ):
        router.add_api_route(path, form, methods=["POST"], response_class=HTMLResponse, response_model=None)
    router.include_router(console.lists())
    router.include_router(console.subjects())
    router.include_router(console.duty())
    router.include_router(console.map())
    return router


def asset(request: Request, known_as: str, name: str) -> Response:
    """One of the files of the page; kept for good by who asked for it by the digest of today's."""
    found = assets().get(name)
    if found is None:
        return Response(status_code=404)
    caching = FOR_GOOD if known_as == digest() else "no-cache"
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if "gzip" in request.headers.get("accept-encoding", "") and found.is_text:
        return Response(found.squeezed, media_type=found.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(found.content, media_type=found.media_type, headers=headers)


class _Console:
    def __init__(self, platform: Watching, options: ConsoleOptions) -> None:
        self._platform = platform
        self._options = options
        self._pages = Pages()
        self._lists = Lists(platform, self._pages, options)

    def lists(self) -> APIRouter:
        """The list and what is done with it, in the same frame."""
        return self._lists.router(lambda request, outcome: self._page(request, detail=None, outcome=outcome))

    def subjects(self) -> APIRouter:
        """Look-up and the pages of subjects, in the same frame."""
        return subject_router(self._platform, self._beside_the_list, self._circumstances)

    def duty(self) -> APIRouter:
        """Handing over a shift and the agenda of a region, in the same frame."""
        return duty_router(self._platform, self._beside_the_list, self._circumstances)

    def map(self) -> APIRouter:
        """The map of the country, in the same frame."""
        return map_router(self._platform, self._beside_the_list, self._circumstances)

    def home(self, request: Request) -> Response:
        """The list, and nothing chosen. A form of filters sends the empty ones too: its address is put right."""
        if "" in request.query_params.values():
            return RedirectResponse(without_empty(request), 303, headers=PAGE_HEADERS)
        return self._page(request, detail=None)

    def alert(self, request: Request, alert_id: str) -> Response:
        """The list, and one alert beside it."""
        asked = self._asked(request)
        facts = self._facts_asked(request, alert_id, asked)
        if facts is None:
            return self._page(request, detail=missing_context(), status=404)
        return self._page(request, detail=alert_context(facts, asked.telling))

    def alert_part(self, request: Request, alert_id: str) -> Response:
        """One alert alone."""
        asked = self._asked(request)
        facts = self._facts_asked(request, alert_id, asked)
        if facts is None:
            return self._part("parts/missing.html", asked.telling, missing_context(), status=404)
        context = alert_context(facts, asked.telling) | {"carried": asked.carried}
        return self._part("parts/alert.html", asked.telling, context)

    def handling_part(self, request: Request, alert_id: str) -> Response:
        """How one alert is handled, and the bar of actions."""
        asked = self._asked(request)
        view = self._platform.alert(alert_id, asked.viewer)
        if view is None:
            return self._part("parts/missing.html", asked.telling, missing_context(), status=404)
        return self._handling(self._acting(view, asked), asked)

    def act(self, request: Request, alert_id: str, given: Given) -> Response:
        """Do what a form asked; then the alert again, or at once with what went wrong and what was typed."""
        asked = self._asked(request)
        reply, status = self._do(alert_id, asked, given)
        if reply.action is None and reply.done is not None:
            return RedirectResponse(self._after(alert_id, asked, given["action"]), 303, headers=PAGE_HEADERS)
        facts = self._facts(alert_id, replace(asked, reply=reply))
        if facts is None:
            return self._page(request, detail=missing_context(), status=404)
        return self._page(request, detail=alert_context(facts, asked.telling), status=status)

    def _after(self, alert_id: str, asked: Asked, action: str) -> str:
        """Where to go after an action: back to the alert, unless it went to another unit with it."""
        if self._platform.alert(alert_id, asked.viewer) is None:
            return f"/{asked.carried.query}"
        return f"/alerts/{alert_id}?done={action}{asked.carried.more}"

    def act_part(self, request: Request, alert_id: str, given: Given) -> Response:
        """The same for a page that is already there: the bar and the history as they then are."""
        asked = self._asked(request)
        reply, status = self._do(alert_id, asked, given)
        view = self._platform.alert(alert_id, asked.viewer)
        if view is None:
            given_away = reply.done is not None
            context = missing_context("given_away" if given_away else "unknown")
            return self._part("parts/missing.html", asked.telling, context, status=200 if given_away else 404)
        acting = self._acting(view, replace(asked, reply=reply))
        return self._handling(acting, asked, status)

    def _handling(self, acting: Acting, asked: Asked, status: int = 200) -> Response:
        context = {"acting": acting, "carried": asked.carried}
        return self._part("parts/handling.html", asked.telling, context, status)

    def identify(self, given: Given) -> Response:
        """Remember by what name and for which unit this browser acts; who sees the whole country goes on to it."""
        unit = unit_or_none(given.get("unit", ""), known_units(self._options.places))
        sees_all = scope_of(Viewer(region=unit)) is None
        answer = RedirectResponse("/" if sees_all else "/?view=unit", 303, headers=PAGE_HEADERS)
        told = cookie_of(given.get("name", ""), unit)
        answer.set_cookie(IDENTITY_COOKIE, told, max_age=YEAR_S, samesite="strict", httponly=True)
        return answer

    def _do(self, alert_id: str, asked: Asked, given: dict[str, str]) -> tuple[Reply, int]:
        """What became of it, and the status to answer with where no redirect follows."""
        telling, action = asked.telling, given.get("action", "")
        is_seen = self._platform.alert(alert_id, asked.viewer) is not None
        request = request_of(given, alert_id, asked.viewer, telling.now)
        try:
            act(self._platform, request, asked.viewer, known_units(self._options.places))
        except Conflict:
            steps = self._platform.alert_handling(alert_id, asked.viewer)
            meanwhile = tuple(meanwhile_of(steps, request.expected, telling))
            return Reply(meanwhile=meanwhile, action=action, kept=given), 409
        except Refused as refused:
            if not is_seen:
                return Reply(), 404
            return Reply(refused=refusal_of(refused.problems, telling), action=action, kept=given), 422
        return Reply(done=done_word(action, telling)), 200

    def _acting(self, view: AlertView, asked: Asked) -> Acting:
        steps = self._platform.alert_handling(view.alert.alert_id, asked.viewer)
        state = steps[-1].state if steps else view.state
        return acting_of(state, steps, asked.viewer, asked.telling, asked.reply, subject=view.alert.subject)

    def _beside_the_list(self, request: Request, *, detail: dict[str, Any], status: int = 200) -> Response:
        """A page whose address asks for things of its own: those are no filters of the list beside it."""
        return self._page(request, detail=detail, status=status, asks_for_list=False)

    def _page(
        self,
        request: Request,
        *,
        detail: dict[str, Any] | None,
        status: int = 200,
        outcome: Outcome | None = None,
        asks_for_list: bool = True,
    ) -> Response:
        asked = self._asked(request)
        if asks_for_list:
            asked = replace(asked, unread=unread_names(request.query_params, asked.outlook, FILTERS))
        position = self._platform.alerts_end()  # before the list is read: what comes after it is told again
        states = self._platform.states_end()
        listing = self._lists.listing(asked)
        frame = replace(self._frame(asked, wire_of(position), wire_of(states), outcome), same_page=same_page(request))
        body = self._pages.page(
            frame,
            asked.telling,
            listing=self._lists.context(asked, listing),
            detail=detail or overview_context(listing, asked.telling),
        )
        return remembering_language(request, page_answer(body, status))

    def _frame(self, asked: Asked, position: str, states: str, outcome: Outcome | None) -> Frame:
        rail = rail_of(self._platform, asked.viewer, asked.outlook, asked.saved, asked.telling)
        return Frame(
            asked.viewer,
            position,
            states,
            asked.outlook,
            rail.entries,
            silences_of(self._platform, asked.telling, asked.viewer),
            filter_bar(asked.outlook, asked.saved, asked.around(self._platform), asked.unread),
            acting_on_many(asked.telling, asked.viewer, outcome),
            rail.shown,
            self._options.unprotected,
        )

    def _facts(self, alert_id: str, asked: Asked) -> AlertFacts | None:
        viewer = asked.viewer
        view = self._platform.alert(alert_id, viewer)
        if view is None:
            return None
        superseded_by = view.alert.superseded_by
        successor = self._platform.alert(superseded_by, viewer) if superseded_by else None
        return AlertFacts(
            view,
            self._platform.alert_messages(alert_id, viewer),
            self._timeline(view.alert.subject, viewer),
            successor.alert if successor else None,
            self._acting(view, asked),
            self._platform.chances([view.alert], viewer)[alert_id],
            self._platform.tracks(view.alert, viewer),
            self._companions(view.alert.subject, viewer),
            self._others(view.alert, viewer),
        )

    def _facts_asked(self, request: Request, alert_id: str, asked: Asked) -> AlertFacts | None:
        facts, wishes = self._facts(alert_id, asked), request.query_params
        return None if facts is None else as_asked(facts, wishes.get("at"), wishes.get("step"))

    def _timeline(self, subject: str, viewer: Viewer) -> Timeline | None:
        """A click never waits for a history: the alert carries its evidence."""
        try:
            return self._platform.timeline(subject, viewer)
        except NoHistory:
            return None

    def _companions(self, subject: str, viewer: Viewer) -> tuple[Companion, ...]:
        try:
            return self._platform.companions(subject, viewer)
        except NoHistory:
            return ()

    def _others(self, alert: Alert, viewer: Viewer) -> tuple[AlertView, ...]:
        of_arrival = self._platform.cards_with([alert.alert_id], viewer)
        of_subject = self._platform.alerts(AlertQuery(subject=alert.subject, limit=RELATED_SHOWN), viewer).items
        return (*(member.view for card in of_arrival for member in card.members), *of_subject)

    def _part(self, template: str, telling: Telling, context: dict[str, Any], status: int = 200) -> Response:
        return page_answer(self._pages.part(template, telling, context), status)

    def _circumstances(self, request: Request) -> tuple[Telling, Viewer]:
        asked = self._asked(request)
        return asked.telling, asked.viewer

    def _asked(self, request: Request) -> Asked:
        return asked_of(request, self._options)
