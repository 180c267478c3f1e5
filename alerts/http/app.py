"""Puts the HTTP face together: all of it, or that of a gateway or a console alone."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio
from fastapi import APIRouter, FastAPI

from alerts.http.api_alerts import alerts_router
from alerts.http.api_events import events_router
from alerts.http.api_health import health_router
from alerts.http.api_subjects import subjects_router
from alerts.http.documentation import describe
from alerts.http.face import Face
from alerts.http.guard import Guard
from alerts.http.options import HttpOptions
from alerts.http.problems import answer_problems
from alerts.http.tail import Tail
from alerts.ports import Platform, Publishing, Watching


def build_app(platform: Platform, options: HttpOptions | None = None) -> FastAPI:
    """The whole app over a platform that has been started; closing the platform stays with the caller.

    ``app.state.face`` holds what its parts share, ``app.state.tail`` watches the stream. Serve it with
    ``alerts.http.server``, so that streams end on SIGTERM.
    """
    face = Face(platform, options or HttpOptions())
    tail = Tail(platform, face.workers)
    return _app(face, [events_router(face, platform), *_watching(face, platform, tail)], tail)


def build_gateway(platform: Publishing, options: HttpOptions | None = None) -> FastAPI:
    """As ``build_app``, with what publishers and operators need and nothing else."""
    face = Face(platform, options or HttpOptions())
    return _app(face, [events_router(face, platform)], None)


def build_console(platform: Watching, options: HttpOptions | None = None) -> FastAPI:
    """As ``build_app``, but nothing can be published to it."""
    face = Face(platform, options or HttpOptions())
    tail = Tail(platform, face.workers)
    return _app(face, _watching(face, platform, tail), tail)


def _watching(face: Face, platform: Watching, tail: Tail) -> list[APIRouter]:
    return [alerts_router(face, platform, tail), subjects_router(face, platform)]


def _app(face: Face, routers: Sequence[APIRouter], tail: Tail | None) -> FastAPI:
    options = face.options
    app = FastAPI(
        title="relocation-alerts",
        version="1",
        summary="Events in, relocation alerts out.",
        description="Publishers send events; coordinators follow alerts, which are signals and never accusations.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page loads scripts from a CDN
        redoc_url=None,
        lifespan=_lifespan(face, tail),
        redirect_slashes=False,
    )
    app.state.face, app.state.tail = face, tail
    for router in (health_router(face), *routers, *options.routers):
        app.include_router(router)
    for path, mounted in options.mounts:
        app.mount(path, mounted)
    answer_problems(app, options.problem_page)
    describe(app)
    app.add_middleware(Guard, options=options, measures=face.measures)
    return app


def _lifespan(face: Face, tail: Tail | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        del app
        async with anyio.create_task_group() as tasks:
            if tail is not None:
                tasks.start_soon(tail.watch)
            yield
            face.closing.set()
            tasks.cancel_scope.cancel()

    return run
