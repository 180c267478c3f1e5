"""``/healthz``, ``/readyz`` and ``/metrics``, for those who operate it."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from alerts.http.documentation import errors
from alerts.http.face import Face
from alerts.http.models import HealthBody, ReadinessBody
from alerts.http.problems import ApiProblem


def health_router(face: Face) -> APIRouter:
    """The paths for operators."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", summary="The process runs", responses={200: {"model": HealthBody}, **errors()})
    async def healthz() -> Response:
        """It answers: that is all it says."""
        return JSONResponse({"status": "ok"})

    @router.get("/readyz", summary="The platform works", responses={200: {"model": ReadinessBody}, **errors(503)})
    async def readyz() -> Response:
        """Whether it works, and the hashes of rules, policy and signals in force. 503 carries the same facts."""
        told = {
            "ready": True,
            **await face.workers.read(face.service.readiness),
            "unprotected": face.options.unprotected,
        }
        if face.closing.is_set():
            told["ready"] = False
        if not told["ready"]:
            raise ApiProblem(503, "The platform does not work just now.", retry_after_s=5, more=told)
        return JSONResponse(told)

    @router.get("/metrics", summary="Measures", responses={200: {"content": {"text/plain": {}}}, **errors()})
    async def metrics() -> Response:
        """In the text format of Prometheus."""
        told = await face.workers.read(generate_latest, face.measures.registry)
        return Response(told, media_type=CONTENT_TYPE_LATEST)

    return router
