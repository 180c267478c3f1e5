"""Puts the HTTP face together: ``build_app(platform, options)``."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio
from fastapi import FastAPI

from alerts.http.api_alerts import alerts_router
from alerts.http.api_events import events_router
from alerts.http.api_health import health_router
from alerts.http.api_subjects import subjects_router
from alerts.http.documentation import describe
from alerts.http.face import Face
from alerts.http.guard import Guard
from alerts.http.options import HttpOptions
from alerts.http.problems import answer_problems
from alerts.ports import Platform


def build_app(platform: Platform, options: HttpOptions | None = None) -> FastAPI:
    """The app over a platform that has been started; closing the platform stays with the caller.

    ``app.state.face`` holds what its parts share. Serve it with ``alerts.http.server``, so that streams end on SIGTERM.
    """
    options = options or HttpOptions()
    face = Face(platform, options)
    app = FastAPI(
        title="relocation-alerts",
        version="1",
        summary="Events in, relocation alerts out.",
        description="Publishers send events; coordinators follow alerts, which are signals and never accusations.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page loads scripts from a CDN
        redoc_url=None,
        lifespan=_lifespan(face),
        redirect_slashes=False,
    )
    app.state.face = face
    for router in (
        health_router(face),
        events_router(face),
        alerts_router(face),
        subjects_router(face),
        *options.routers,
    ):
        app.include_router(router)
    for path, mounted in options.mounts:
        app.mount(path, mounted)
    answer_problems(app)
    describe(app)
    app.add_middleware(
        Guard,
        allowed_hosts=options.allowed_hosts,
        allowed_origins=options.allowed_origins,
        limits=options.limits,
        measures=face.measures,
    )
    return app


def _lifespan(face: Face) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        del app
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(face.tail.watch)
            yield
            face.closing.set()
            tasks.cancel_scope.cancel()

    return run
