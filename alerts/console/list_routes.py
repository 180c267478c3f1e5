"""The routes of the list: its parts, acting on many cards at once, and the views that a browser saved."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from alerts.console.answers import PAGE_HEADERS, YEAR_S, page_answer
from alerts.console.asking import Asked, ConsoleOptions, asked_of
from alerts.console.cards import cards_of
from alerts.console.emptiness import emptiness_of, silences_of
from alerts.console.forms import Given, GivenAboutMany
from alerts.console.listing import Listing, listing_of
from alerts.console.live import Live
from alerts.console.many import Outcome, act_on, acting_on_many, picked_of
from alerts.console.outlook import outlook_at
from alerts.console.pages import Pages, listing_context, overview_context
from alerts.console.saved_views import COOKIE, SavedView, cookie_of, with_view, without_view
from alerts.ports import Watching

IDS_AT_MOST = 50
"""Cards asked for at once."""


class WholeWithOutcome(Protocol):
    """Puts what became of a request about many into a whole page."""

    def __call__(self, request: Request, outcome: Outcome) -> Response:
        """The page as an answer."""
        ...


class Lists:
    """What is listed, for whole pages and for those that are already there."""

    def __init__(self, platform: Watching, pages: Pages, options: ConsoleOptions) -> None:
        self._platform = platform
        self._pages = pages
        self._options = options

    def listing(self, asked: Asked) -> Listing:
        """The page of the list that was asked for."""
        return listing_of(self._platform, asked.viewer, replace(asked.query, cursor=asked.cursor))

    def context(self, asked: Asked, listing: Listing) -> dict[str, Any]:
        """For ``parts/list.html``."""
        around = None if listing.cards else asked.around(self._platform)
        told = listing_context(
            listing,
            asked.telling,
            outlook=asked.outlook,
            emptiness=emptiness_of(self._platform, asked.outlook, around, asked.base_url) if around else None,
            silences=silences_of(self._platform, asked.telling, asked.viewer) if around else [],
        )
        return told | {"carried": asked.carried}

    def router(self, whole: WholeWithOutcome) -> APIRouter:
        """The routes; ``whole`` serves who has no JavaScript."""
        routes = _Routes(self._platform, self._pages, self._options, self, whole)
        router = APIRouter(include_in_schema=False)
        for path, endpoint in (
            ("/parts/list", routes.list_part),
            ("/parts/cards", routes.cards_part),
            ("/parts/overview", routes.overview_part),
            ("/live", Live(self._platform, self._pages, self._options).follow),
        ):
            router.add_api_route(path, endpoint, methods=["GET"], response_model=None)
        for path, form in (
            ("/act", routes.act),
            ("/parts/act", routes.act_part),
            ("/views", routes.save_view),
            ("/views/forget", routes.forget_view),
        ):
            router.add_api_route(path, form, methods=["POST"], response_model=None)
        return router


class _Routes:
    def __init__(
        self, platform: Watching, pages: Pages, options: ConsoleOptions, lists: Lists, whole: WholeWithOutcome
    ) -> None:
        self._platform, self._pages, self._options = platform, pages, options
        self._lists, self._whole = lists, whole

    def list_part(self, request: Request) -> Response:
        """The list alone."""
        asked = asked_of(request, self._options)
        return self._part("parts/list.html", asked, self._lists.context(asked, self._lists.listing(asked)))

    def cards_part(self, request: Request) -> Response:
        """The cards that some alerts lie on, as they stand; ids that lead nowhere are left out."""
        asked = asked_of(request, self._options)
        found = self._platform.cards_with(request.query_params.getlist("id")[:IDS_AT_MOST], asked.viewer)
        return self._part("parts/cards.html", asked, {"cards": cards_of(found, asked.telling)})

    def overview_part(self, request: Request) -> Response:
        """The map of the latest relocations."""
        asked = asked_of(request, self._options)
        return self._part("parts/overview.html", asked, overview_context(self._lists.listing(asked), asked.telling))

    def act(self, request: Request, given: GivenAboutMany) -> Response:
        """Do the same with every card that was picked; then the whole page, with what became of it."""
        return self._whole(request, self._act(asked_of(request, self._options), given))

    def act_part(self, request: Request, given: GivenAboutMany) -> Response:
        """The same for a page that is already there: the bar, and the cards as they then are."""
        asked = asked_of(request, self._options)
        many = acting_on_many(asked.telling, asked.viewer, self._act(asked, given))
        ids = [alert_id for each in picked_of(given[1]) for alert_id, _ in each.alerts]
        cards = cards_of(self._platform.cards_with(ids, asked.viewer), asked.telling)
        return self._part("parts/acted.html", asked, {"many": many, "carried": asked.carried, "cards": cards})

    def save_view(self, request: Request, given: Given) -> Response:
        """Keep what is shown under a name, in this browser."""
        asked = asked_of(request, self._options)
        outlook = outlook_at(given.get("address", ""))
        return _keeping(with_view(asked.saved, given.get("name", ""), outlook), outlook.home)

    def forget_view(self, request: Request, given: Given) -> Response:
        """Keep it no longer."""
        asked = asked_of(request, self._options)
        return _keeping(without_view(asked.saved, given.get("name", "")), outlook_at(given.get("address", "")).home)

    def _act(self, asked: Asked, given: tuple[dict[str, str], list[str]]) -> Outcome:
        fields, picks = given
        return act_on(self._platform, picks, fields, asked.viewer, asked.telling)

    def _part(self, template: str, asked: Asked, context: dict[str, Any]) -> Response:
        return page_answer(self._pages.part(template, asked.telling, context))


def _keeping(views: Sequence[SavedView], home: str) -> Response:
    answer = RedirectResponse(home, 303, headers=PAGE_HEADERS)
    answer.set_cookie(COOKIE, cookie_of(views), max_age=YEAR_S, samesite="strict", httponly=True)
    return answer
