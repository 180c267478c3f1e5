"""``/api/v1/subjects``: timelines, following and striking, and the question "have we met her?"."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse, Response

from alerts.http.asked import LookupBody, SubjectActionBody
from alerts.http.documentation import errors
from alerts.http.face import Face, moment, now_ms, require_json
from alerts.http.models import LookupAnswer, SubjectActionAnswer, TimelineBody
from alerts.http.problems import ApiProblem
from alerts.http.views import lookup_json, timeline_json
from alerts.ports import Watching
from schemas.actions import SubjectAction
from schemas.reports import EventKey

SubjectToken = Annotated[
    str, Path(pattern=r"^[0-9a-f]{32}$", description="The token of a subject, never an identifier.")
]


def subjects_router(face: Face, platform: Watching) -> APIRouter:
    """The paths on one subject."""
    router = APIRouter(prefix="/api/v1/subjects", tags=["subjects"])
    read, act = face.workers.read, face.workers.act

    @router.post(
        "/lookup",
        summary="Have we met her?",
        dependencies=[Depends(require_json)],
        responses={200: {"model": LookupAnswer}, **errors(400, 403, 408, 413, 415, 422, 503)},
    )
    async def look_up(request: Request, body: LookupBody) -> Response:
        """Ask by an identifier, with a purpose. It is tokenised in memory; nothing of it is kept or logged."""
        identifier = body.identifier.model_dump(exclude_none=True)
        timeline = await read(platform.lookup, identifier, body.purpose, face.viewer(request))
        return JSONResponse(lookup_json(timeline))

    @router.get(
        "/{token}/timeline",
        summary="All that is known",
        responses={200: {"model": TimelineBody}, **errors(404, 422, 503)},
    )
    async def show_timeline(request: Request, token: SubjectToken) -> Response:
        """Sightings, those struck, and stays, oldest first."""
        timeline = await read(platform.timeline, token, face.viewer(request))
        if timeline is None:
            raise ApiProblem(404, "Nothing is known of this subject.")
        return JSONResponse(timeline_json(timeline))

    @router.post(
        "/{token}/actions",
        summary="Follow, unfollow, strike, unstrike",
        status_code=201,
        dependencies=[Depends(require_json)],
        responses={201: {"model": SubjectActionAnswer}, **errors(400, 403, 408, 413, 415, 422, 503)},
    )
    async def act_on_subject(request: Request, token: SubjectToken, body: SubjectActionBody) -> Response:
        """Each with a reason, and each can be taken back."""
        viewer = face.viewer(request)
        event = body.event
        action = SubjectAction(
            action_id=body.action_id,
            action=body.action,
            subject=token,
            reason=body.reason,
            by=viewer.name,
            at=now_ms(),
            until=moment("until", body.until),
            event=None if event is None else EventKey(event.source, event.type, event.event_id.lower()),
        )
        return JSONResponse(await act(platform.act_on_subject, action, viewer), 201)

    return router
