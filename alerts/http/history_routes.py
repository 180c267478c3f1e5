"""``/api/v1/history``: what was known, and how alerts stood, at a time of the past; counts; free questions."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from alerts.http.documentation import errors
from alerts.http.face import Face, moment, require_json
from alerts.http.models import PlaceCode, Token
from schemas.views import AlertQuery, NoHistory, Viewer

AsOf = Annotated[str | None, Query(max_length=40, description="What was known at this time, RFC 3339; absent: now.")]


_Status = Literal["raised", "revised", "withdrawn", "new", "acknowledged", "taken", "offered", "snoozed", "closed"]


class HistoryAnswers(Protocol):
    """The history as its paths need it. Calls block; answers are fit for JSON; they raise Refused and Unavailable."""

    def subject(self, token: str, viewer: Viewer, as_of: int | None = None) -> dict[str, Any]:
        """The sightings valid at a time (UTC ms)."""
        ...

    def alerts(self, query: AlertQuery, viewer: Viewer, as_of: int | None = None) -> dict[str, Any]:
        """The alerts as they stood at a time (UTC ms)."""
        ...

    def stats(self, viewer: Viewer, place: str | None = None) -> dict[str, Any]:
        """Counts per place and month."""
        ...

    def sql(self, select: str, viewer: Viewer) -> dict[str, Any]:
        """Rows of somebody's own SELECT."""
        ...

    def status(self, viewer: Viewer) -> dict[str, Any]:
        """How far the history has come."""
        ...


class PastAlertFilters(BaseModel):
    """Which alerts; one that is absent does not filter."""

    model_config = ConfigDict(extra="forbid")

    as_of: str | None = Field(None, max_length=40, description="As they stood at this time, RFC 3339; absent: now.")
    status: _Status | None = Field(None, description="What was last said of the alert, or how it was being handled.")
    kind: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]{0,39}$", description="The kind of finding.")
    unit: str | None = Field(
        None, pattern=r"^([a-z0-9-]{3,60}|[A-Z]{2})$", description="Police unit or country code of either end."
    )
    to: PlaceCode | None = Field(None, description="Where the subject turned up: a place code.")
    subject: Token | None = Field(None, description="Only with it are alerts found that are older than a year.")
    attention: Literal["tell", "file"] | None = None
    since: str | None = Field(None, max_length=40, description="Last said at or after this time, RFC 3339.")
    limit: int = Field(100, ge=1, le=1000)

    def query(self) -> AlertQuery:
        """The filters as the port has them. Raises ApiProblem for a time that is none."""
        words = self.model_dump(include={"status", "kind", "unit", "to", "subject", "attention", "limit"})
        return AlertQuery(**words, since=moment("since", self.since))


class SqlBody(BaseModel):
    """A free question."""

    model_config = ConfigDict(extra="forbid")

    select: str = Field(min_length=1, max_length=20_000, description="One SELECT over the tables of the history.")


def history_router(history: HistoryAnswers) -> APIRouter:
    """The paths, for ``HttpOptions.routers``: the app's own viewer asks, in the app's own reading threads."""
    router = APIRouter(prefix="/api/v1/history", tags=["history"])

    @router.get("/subject/{token}", summary="What was known of a subject", responses=errors(422, 503))
    async def subject(request: Request, token: Annotated[Token, Path()], as_of: AsOf = None) -> Response:
        """The sightings that were valid then, oldest first; also those older than a year, within their legal term."""
        return await _told(request, lambda viewer: history.subject(token, viewer, moment("as_of", as_of)))

    @router.get("/alerts", summary="Alerts as they stood", responses=errors(422, 503))
    async def alerts(request: Request, filters: Annotated[PastAlertFilters, Query()]) -> Response:
        """One item per alert, withdrawn and settled ones too, newest word first."""
        query, as_of = filters.query(), moment("as_of", filters.as_of)
        return await _told(request, lambda viewer: history.alerts(query, viewer, as_of))

    @router.get("/stats", summary="Counts per place and month", responses=errors(422, 503))
    async def stats(request: Request, place: Annotated[PlaceCode | None, Query()] = None) -> Response:
        """Of the last year: events that count, valid sightings, subjects seen, arrivals that stand."""
        return await _told(request, lambda viewer: history.stats(viewer, place))

    @router.get("/status", summary="How far the history has come", responses=errors(503))
    async def status(request: Request) -> Response:
        """Positions per stream beside those of the log, and why it is behind when it is."""
        return await _told(request, history.status)

    @router.post(
        "/sql",
        summary="A free question",
        dependencies=[Depends(require_json)],
        responses=errors(403, 413, 415, 422, 503),
    )
    async def sql(request: Request, body: SqlBody) -> Response:
        """It only reads, only the history's tables, and of those only what is less than a year old."""
        return await _told(request, lambda viewer: history.sql(body.select, viewer))

    return router


def no_history_router() -> APIRouter:
    """The same paths where there is no history: they say so."""
    router = APIRouter(prefix="/api/v1/history", tags=["history"])

    @router.api_route("/{question:path}", methods=["GET", "POST"], summary="There is no history", responses=errors(503))
    async def any_question(question: str) -> Response:
        """RELOCATION_CLICKHOUSE is not set where this runs."""
        del question
        raise NoHistory("there is no history here")

    return router


async def _told(request: Request, ask: Callable[[Viewer], dict[str, Any]]) -> Response:
    face: Face = request.app.state.face
    return JSONResponse(await face.workers.read(ask, face.viewer(request)))
