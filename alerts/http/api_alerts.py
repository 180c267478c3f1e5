"""``/api/v1/alerts``: the list, one alert, the stream, and what coordinators do with an alert."""

from collections.abc import Collection
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.responses import JSONResponse, Response

from alerts.acting import act
from alerts.http.asked import AlertActionBody
from alerts.http.documentation import STATE_EXAMPLE, errors
from alerts.http.event_stream import MEDIA_TYPE, EventStream
from alerts.http.face import Face, moment, now_ms, require_json
from alerts.http.models import (
    AlertPageBody,
    AlertStateBody,
    AlertWithRevisionsBody,
    PlaceCode,
    StatusWord,
    Token,
)
from alerts.http.positions import LENGTH_MAX, PATTERN, position_of, wire_of
from alerts.http.problems import ApiProblem
from alerts.http.stream import AlertStream, Since
from alerts.http.tail import Tail
from alerts.http.validation import bad_parameter
from alerts.http.views import alert_json, page_json
from alerts.ports import Watching
from schemas.actions import AlertAction, AlertState
from schemas.alerts import Alert
from schemas.views import AlertPage, AlertQuery, AlertView, Position, Refused, Viewer

AlertId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description="The `alert_id` of an alert.")
]


def _whole(given: object) -> object:
    """Digits only: pydantic would take 1.0 and digits of other scripts for a whole number too."""
    if isinstance(given, str) and not (given.isascii() and given.isdigit()):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return given


class AlertFilters(BaseModel):
    """The filters of the list; one that is absent does not filter."""

    model_config = ConfigDict(extra="forbid")

    status: StatusWord | None = Field(
        None, description="What was last said of the alert, `active`, or how it is being handled."
    )
    kind: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]{0,39}$", description="The kind of finding.")
    unit: str | None = Field(
        None, pattern=r"^([a-z0-9-]{3,60}|[A-Z]{2})$", description="Police unit or country code of either end."
    )
    to: PlaceCode | None = Field(None, description="Where the subject turned up: a place code.")
    subject: Token | None = None
    attention: Literal["tell", "file"] | None = None
    owner: str | None = Field(None, min_length=1, max_length=200, description="Whose it is.")
    unowned: bool | None = Field(None, description="Whether it is nobody's.")
    offered_to: str | None = Field(None, pattern=r"^[a-z0-9-]{3,60}$", description="The unit that is asked to take it.")
    cross_border: bool | None = Field(None, description="Whether either end is abroad.")
    pushed: bool | None = Field(None, description="Whether it asks for attention by itself.")
    closed: bool | None = Field(None, description="Whether it is closed, withdrawn ones included.")
    since: str | None = Field(None, max_length=40, description="Known at or after this time, RFC 3339.")
    limit: Annotated[int, BeforeValidator(_whole)] = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, min_length=1, max_length=300, description="`next` of the page before.")

    def query(self) -> AlertQuery:
        """The query of the port. Raises ApiProblem for a time that is none."""
        return AlertQuery(
            status=self.status,
            kind=self.kind,
            unit=self.unit,
            to=self.to,
            subject=self.subject,
            attention=self.attention,
            owner=self.owner,
            unowned=self.unowned,
            offered_to=self.offered_to,
            cross_border=self.cross_border,
            pushed=self.pushed,
            closed=self.closed,
            since=moment("since", self.since),
            limit=self.limit,
            cursor=self.cursor,
        )


def alerts_router(face: Face, platform: Watching, tail: Tail) -> APIRouter:
    """The paths on which coordinators look and act."""
    router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])
    read, write = face.workers.read, face.workers.act

    @router.get(
        "",
        summary="List alerts",
        dependencies=[Depends(each_once)],
        responses={200: {"model": AlertPageBody, "headers": _POSITION_HEADER}, **errors(422, 503)},
    )
    async def list_alerts(request: Request, filters: Annotated[AlertFilters, Query()]) -> Response:
        """One item per alert, newest `known_at` first."""
        position, page = await read(_page, platform, filters.query(), face.viewer(request))
        return JSONResponse(page_json(page), headers={"Stream-Position": wire_of(position)})

    @router.get(
        "/stream",
        summary="Follow alerts",
        dependencies=[Depends(each_once)],
        responses={200: {"description": _STREAM_TEXT, "content": {MEDIA_TYPE: {}}}, **errors(422, 503)},
    )
    async def stream_alerts(
        request: Request,
        last_event_id: Annotated[str | None, Header(description="Sent by browsers when they reconnect.")] = None,
        resume: Annotated[
            str | None,
            Query(
                alias="last_event_id",
                pattern=PATTERN,
                max_length=LENGTH_MAX,
                description="The same where no header can be set; the header wins.",
            ),
        ] = None,
        states: Annotated[
            str | None,
            Query(
                pattern=PATTERN,
                max_length=LENGTH_MAX,
                description="Tell `state` events too, from this `position` of theirs on.",
            ),
        ] = None,
    ) -> Response:
        """Server-sent events, from now on or from where you were; nothing is lost or repeated in between."""
        start = resume if last_event_id is None else last_event_id
        since = Since(*(None if told is None else position_of(told) for told in (start, states)))
        told = AlertStream(tail, face.limits, viewer=face.viewer(request), since=since, now=await tail.end())
        return EventStream(face, told.tell)

    @router.get(
        "/{alert_id}", summary="One alert", responses={200: {"model": AlertWithRevisionsBody}, **errors(404, 422, 503)}
    )
    async def one_alert(request: Request, alert_id: AlertId) -> Response:
        """The alert as it stands, and all its messages."""
        view, messages = await read(_alert, platform, alert_id, face.viewer(request))
        return JSONResponse({**alert_json(view), "revisions": [message.as_json() for message in messages]})

    @router.post(
        "/{alert_id}/actions",
        summary="Act on an alert",
        status_code=201,
        dependencies=[Depends(require_json)],
        responses={
            201: {"model": AlertStateBody, "content": {"application/json": {"example": STATE_EXAMPLE}}},
            **errors(400, 403, 404, 408, 409, 413, 415, 422, 503),
        },
    )
    async def act_on_alert(request: Request, alert_id: AlertId, body: AlertActionBody) -> Response:
        """Acknowledge, take, offer, snooze, close, comment… Two at once: the second is told (409)."""
        viewer = face.viewer(request)
        action = AlertAction(
            action_id=body.action_id,
            alert_id=alert_id,
            action=body.action,
            expected=body.expected,
            by=viewer.name,
            at=now_ms(),
            unit=body.unit,
            outcome=body.outcome,
            comment=body.comment,
            until=moment("until", body.until),
        )
        state = await write(_act, platform, action, viewer, face.options.units)
        return JSONResponse(state.as_json(), 201)

    return router


_POSITION_HEADER = {
    "Stream-Position": {
        "description": "Follow the stream from here (`last_event_id`) to miss nothing that the list does not show.",
        "schema": {"type": "string"},
    }
}
_STREAM_TEXT = (
    "Events `alert` (data: one message, as in `revisions` with `alias`, `position` and `pushed`; id: where you then "
    "are, to resume from on any replica; how it is written may change) and `reset` (what came in between is not held "
    "here: read the list again). Who works for one unit is also told `gone` (data: `alert_id`) of an alert that a "
    "revision took out of the unit's sight; of one that is seen again an `alert` follows. Who asks for `states` is "
    "also told `state` (data: `position`, `alert_id`, `version`, `handling`; no id, so that resuming stays by alerts) "
    "and `gone` of what was handed over. `gone` may come again for the same alert. A comment every 15 seconds."
)


def each_once(request: Request) -> None:
    """Raises ApiProblem (422) for a parameter that is given twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)):
        problem = bad_parameter("*", "A parameter is given more than once.")
        raise ApiProblem(422, "Give each parameter once.", problems=[problem])


def _page(platform: Watching, query: AlertQuery, viewer: Viewer) -> tuple[Position, AlertPage]:
    position = platform.alerts_end()  # before the list, so that what comes in between is in the stream
    return position, platform.alerts(query, viewer)


def _alert(platform: Watching, alert_id: str, viewer: Viewer) -> tuple[AlertView, list[Alert]]:
    view = platform.alert(alert_id, viewer)
    if view is None:
        raise _no_such_alert()
    return view, platform.alert_messages(alert_id, viewer)


def _act(platform: Watching, action: AlertAction, viewer: Viewer, units: Collection[str] | None) -> AlertState:
    is_seen = platform.alert(action.alert_id, viewer) is not None
    try:
        return act(platform, action, viewer, units)
    except Refused:
        if is_seen:
            raise
        raise _no_such_alert() from None


def _no_such_alert() -> ApiProblem:
    return ApiProblem(404, "There is no such alert. GET /api/v1/alerts lists those there are.")
