"""The routes of look-up and subject. What identifies somebody comes in a body only, and no answer repeats it."""

import uuid
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from alerts.console.forms import Given
from alerts.console.lookup import OUTCOMES, called_context, identifier_in, lookup_context
from alerts.console.subject import (
    FOLLOW_DAYS,
    SubjectFacts,
    no_history_context,
    subject_context,
    subject_missing_context,
)
from alerts.console.telling import Telling
from alerts.ports import Watching
from processors.alias import spoken_in
from schemas.actions import SubjectAction
from schemas.reports import EventKey
from schemas.times import DAY_MS
from schemas.views import AlertQuery, NoHistory, Refused, Viewer

ALERTS_SHOWN = 20
ALIAS_MAX = 80
"""Characters of what was heard of one."""
REASON_MAX = 500
"""Characters of a reason or a purpose."""


class Whole(Protocol):
    """Puts a detail into a whole page."""

    def __call__(self, request: Request, *, detail: dict[str, Any], status: int = 200) -> Response:
        """The page as an answer."""
        ...


def subject_router(
    platform: Watching, page: Whole, circumstances: Callable[[Request], tuple[Telling, Viewer]]
) -> APIRouter:
    """Look-up and subject pages, put into the console's frame by ``page``."""
    router = APIRouter(include_in_schema=False)
    subjects = _Subjects(platform, page, circumstances)
    for path, endpoint, method in (
        ("/lookup", subjects.form, "GET"),
        ("/lookup", subjects.look_up, "POST"),
        ("/lookup/known/{token}", subjects.known, "GET"),
        ("/lookup/alias", subjects.find_called, "POST"),
        ("/lookup/alias/{spoken}", subjects.called, "GET"),
        ("/lookup/{outcome}", subjects.told, "GET"),
        ("/subjects/{token}", subjects.show, "GET"),
        ("/subjects/{token}", subjects.act, "POST"),
    ):
        router.add_api_route(path, endpoint, methods=[method], response_model=None)
    return router


class _Subjects:
    def __init__(
        self, platform: Watching, page: Whole, circumstances: Callable[[Request], tuple[Telling, Viewer]]
    ) -> None:
        self._platform = platform
        self._page = page
        self._circumstances = circumstances

    def form(self, request: Request) -> Response:
        """The empty form."""
        telling, _ = self._circumstances(request)
        return self._page(request, detail=lookup_context(telling))

    def look_up(self, request: Request, form: Given) -> Response:
        """Ask, and go on to an address that says the answer and nothing of the question."""
        _, viewer = self._circumstances(request)
        return _go_to(f"/lookup/{self._answer(form, viewer)}")

    def _answer(self, form: dict[str, str], viewer: Viewer) -> str:
        purpose, identifier = form.get("purpose", "").strip(), identifier_in(form)
        if not purpose or len(purpose) > REASON_MAX:
            return "purpose"
        if identifier is None:
            return "unreadable"
        try:
            found = self._platform.lookup(identifier, purpose, viewer)
        except Refused:
            return "unreadable"
        except NoHistory:
            return "no_history"
        return "unknown" if found is None else f"known/{found.subject}"

    def told(self, request: Request, outcome: str) -> Response:
        """Not known, or not asked well."""
        telling, _ = self._circumstances(request)
        return self._page(request, detail=lookup_context(telling, outcome=outcome if outcome in OUTCOMES else ""))

    def known(self, request: Request, token: str) -> Response:
        """Her alias and the last contacts."""
        telling, viewer = self._circumstances(request)
        try:
            timeline = self._platform.timeline(token, viewer)
        except NoHistory:
            return self._page(request, detail=no_history_context(telling), status=503)
        outcome = "unknown" if timeline is None else ""
        return self._page(request, detail=lookup_context(telling, outcome=outcome, known=timeline))

    def find_called(self, form: Given) -> Response:
        """Go on to an address that holds what was understood, in words of aliases, and nothing else that was typed."""
        spoken = spoken_in(form.get("alias", "")[:ALIAS_MAX])
        return _go_to("/lookup/no_alias" if spoken is None else f"/lookup/alias/{quote(spoken.text)}")

    def called(self, request: Request, spoken: str) -> Response:
        """Whoever is called so."""
        telling, viewer = self._circumstances(request)
        understood = spoken_in(spoken[:ALIAS_MAX])
        if understood is None:
            return self._page(request, detail=lookup_context(telling, outcome="no_alias"))
        found = self._platform.called(understood, viewer)
        return self._page(request, detail=called_context(telling, understood, found))

    def show(self, request: Request, token: str) -> Response:
        """All that is known of the subject."""
        return self._subject(request, token)

    def act(self, request: Request, token: str, form: Given) -> Response:
        """Follow, unfollow, strike or unstrike, each with a reason; then the page as it now is."""
        telling, viewer = self._circumstances(request)
        if not self._may_be_known(token, viewer):
            return self._subject(request, token)
        try:
            self._platform.act_on_subject(_action(token, form, viewer, telling.now), viewer)
        except Refused:
            return self._subject(request, token, refused=True)
        return _go_to(f"/subjects/{token}")

    def _may_be_known(self, token: str, viewer: Viewer) -> bool:
        try:
            return self._platform.timeline(token, viewer) is not None
        except NoHistory:
            return True

    def _subject(self, request: Request, token: str, *, refused: bool = False) -> Response:
        telling, viewer = self._circumstances(request)
        try:
            facts = self._facts(token, viewer)
        except NoHistory:
            return self._page(request, detail=no_history_context(telling), status=503)
        if facts is None:
            return self._page(request, detail=subject_missing_context(telling), status=404)
        detail = subject_context(facts, telling, new_id=lambda: str(uuid.uuid4()), refused=refused)
        return self._page(request, detail=detail, status=422 if refused else 200)

    def _facts(self, token: str, viewer: Viewer) -> SubjectFacts | None:
        timeline, dossier = self._platform.timeline(token, viewer), self._platform.dossier(token, viewer)
        if timeline is None or dossier is None:
            return None
        return SubjectFacts(
            timeline,
            dossier,
            self._platform.companions(token, viewer),
            self._platform.alerts(AlertQuery(subject=token, limit=ALERTS_SHOWN), viewer).items,
        )


def _action(token: str, form: dict[str, str], viewer: Viewer, now: int) -> SubjectAction:
    days, event = form.get("days", ""), form.get("event", "").split("|")
    return SubjectAction(
        action_id=_action_id(form.get("action_id", "")),
        action=form.get("action", ""),
        subject=token,
        reason=form.get("reason", "").strip()[:REASON_MAX],
        by=viewer.name,
        at=now,
        until=now + int(days) * DAY_MS if days in {str(choice) for choice in FOLLOW_DAYS} else None,
        event=EventKey(*event) if len(event) == len(EventKey._fields) else None,
    )


def _action_id(given: str) -> str:
    """The id that the page gave the form, so that sending it twice does it once; another for what is none."""
    try:
        return str(uuid.UUID(given))
    except ValueError:
        return str(uuid.uuid4())


def _go_to(path: str) -> Response:
    """See other: the browser forgets what it posted."""
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})
