"""What a request to the console wants to see, and who wants it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from alerts.console.acting import Reply, done_word
from alerts.console.filters import Circumstances
from alerts.console.identity import local_identity
from alerts.console.outlook import Carried, Outlook, outlook_of, query_of
from alerts.console.places import Places
from alerts.console.saved_views import COOKIE as VIEWS_COOKIE
from alerts.console.saved_views import SavedView, views_in
from alerts.console.telling import Telling
from alerts.console.unread import without_strange_unit
from alerts.console.words import language_of, words_of
from alerts.ports import Watching
from processors.escalation import ESCALATES_MS
from schemas.views import AlertQuery, Viewer

LANGUAGE_COOKIE = "lang"


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
    escalates_ms: int = ESCALATES_MS
    """For how long an alert may be nobody's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was understood."""

    telling: Telling
    viewer: Viewer
    outlook: Outlook
    saved: tuple[SavedView, ...]
    cursor: str | None
    base_url: str
    reply: Reply
    """What to say beside the bar of actions."""
    unread: tuple[str, ...] = ()
    """What an address of the list asks for and the outlook does not have; what to say above the list."""

    @property
    def query(self) -> AlertQuery:
        """What the list shows."""
        return query_of(self.outlook, self.viewer, self.telling.now, self.telling.escalates_ms)

    @property
    def carried(self) -> Carried:
        """What the links and forms of its page carry on."""
        return Carried(self.outlook, self.cursor)

    def around(self, platform: Watching) -> Circumstances:
        """What its filters are read by."""
        return Circumstances(self.telling, self.viewer, platform.list_choices(self.viewer))


def asked_of(request: Request, options: ConsoleOptions) -> Asked:
    """What the address, the cookies and the browser's wishes say."""
    wishes = request.query_params
    language = language_of(
        wishes.get("lang"), request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")
    )
    telling = Telling(words_of(language), options.places, options.clock(), options.escalates_ms)
    outlook = without_strange_unit(outlook_of(wishes), options.places)
    return Asked(
        telling,
        options.viewer(request),
        outlook,
        tuple(views_in(request.cookies.get(VIEWS_COOKIE, ""))),
        cursor=wishes.get("cursor"),
        base_url=str(request.base_url),
        reply=Reply(done=done_word(wishes.get("done", ""), telling)),
    )
