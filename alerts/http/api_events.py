"""``POST /api/v1/events``: one event or a stream of them, a receipt each."""

import anyio
from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from alerts.http import documentation, publication
from alerts.http.bodies import Damaged, Gunzip, Plain
from alerts.http.face import Face
from alerts.http.guard import EVENTS_PATH
from alerts.http.problems import ApiProblem
from alerts.http.publication import Judge, Pending, Publication, answer_json
from alerts.ports import Publishing
from schemas.problems import Code, Problem
from schemas.views import Answer

_TYPES = ("application/json", publication.MEDIA_TYPE)


def events_router(face: Face, platform: Publishing) -> APIRouter:
    """The path on which publishers send."""
    router = APIRouter(tags=["publishing"])

    @router.post(
        EVENTS_PATH,
        summary="Publish events",
        responses=documentation.event_responses(),
        openapi_extra={"requestBody": documentation.event_body()},
    )
    async def publish_events(request: Request) -> Response:
        """Publish one event, or any number as NDJSON. *accepted* survives kill -9; the same event again is harmless."""
        kind, gzip = _announced(request)
        if kind == "application/json":
            with face.bodies.one(_too_many()):
                return await _publish_one(face, judge, request, gzip=gzip)
        return _Later(face, judge, gzip=gzip)

    async def judge(lines: list[bytes]) -> Pending:
        """Begin to publish; what this returns is what the platform answers, durable when it does."""
        pending = await face.workers.publish(platform.publish_later, lines)

        async def answered() -> list[Answer]:
            answers = await face.workers.publish(pending)
            for answer in answers:
                face.measures.event(answer.status)
            return answers

        return answered

    return router


def _announced(request: Request) -> tuple[str, bool]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        accept = {"Accept": ", ".join(_TYPES)}
        raise ApiProblem(415, f"Send one event as {_TYPES[0]}, or a line each as {_TYPES[1]}.", headers=accept)
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise ApiProblem(415, "Send the body as it is, or as gzip.", headers={"Accept-Encoding": "gzip"})
    return kind, encoding != "identity"


def _too_many() -> ApiProblem:
    return ApiProblem(429, "Too many publish bodies are open. Wait, then send this one again.", retry_after_s=2)


async def _publish_one(face: Face, judge: Judge, request: Request, *, gzip: bool) -> Response:
    try:
        raw = await _whole_body(face, request, gzip=gzip)
    except Damaged as damage:
        hint = "Send the whole body, or send it without gzip."
        answer = Answer("rejected", problems=(Problem(Code.MALFORMED, str(damage), hint=hint),))
    else:
        [answer] = await (await judge([raw]))()
    return JSONResponse(answer_json(1, answer), 422 if answer.status == "rejected" else 200)


async def _whole_body(face: Face, request: Request, *, gzip: bool) -> bytes:
    limit = face.limits.event_bytes
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:18]) > limit:
        raise _too_large(limit)
    decoder = Gunzip(inflation=face.limits.inflation, floor=face.limits.inflation_floor) if gzip else Plain()
    body = bytearray()
    try:
        with anyio.fail_after(face.limits.stalled_s):
            async for chunk in request.stream():
                for piece in decoder.feed(chunk):
                    body += piece
                    if len(body) > limit:
                        raise _too_large(limit)
    except (ClientDisconnect, TimeoutError):
        raise Damaged("The body is cut off.") from None
    decoder.finish()
    return bytes(body)


def _too_large(limit: int) -> ApiProblem:
    problem = Problem(
        Code.TOO_LARGE, f"An event may have up to {limit} bytes.", hint="Send several events as application/x-ndjson."
    )
    return ApiProblem(413, "The event is too large. It was not read.", problems=[problem])


class _Later(Response):
    """A response that reads the body while it answers."""

    def __init__(self, face: Face, judge: Judge, *, gzip: bool) -> None:
        super().__init__()
        self._face = face
        self._judge = judge
        self._gzip = gzip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request. Raises ApiProblem (429) before anything of the body was asked for."""
        face = self._face
        with face.bodies.one(_too_many()):
            await Publication(self._judge, face.closing, face.limits, gzip=self._gzip)(scope, receive, send)
