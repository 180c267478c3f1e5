"""The routes of duty: handing over a shift, and the agenda of a region."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from alerts.console.agenda import agenda_context
from alerts.console.shift import SHIFTS_BACK, shift_context
from alerts.console.subject_routes import Whole
from alerts.console.telling import Telling
from alerts.ports import Watching
from schemas.views import Viewer


def duty_router(
    platform: Watching, page: Whole, circumstances: Callable[[Request], tuple[Telling, Viewer]]
) -> APIRouter:
    """Both pages, put into the console's frame by ``page``."""
    router = APIRouter(include_in_schema=False)

    def shift(request: Request) -> Response:
        """What the next shift has to know."""
        telling, viewer = circumstances(request)
        given = request.query_params.get("back", "")
        back = int(given) if given in {str(n) for n in range(SHIFTS_BACK)} else 0
        return page(request, detail=shift_context(platform, viewer, telling, back))

    def agenda(request: Request) -> Response:
        """What a region talks over once a week."""
        telling, viewer = circumstances(request)
        asked = request.query_params.get("region", "")
        return page(request, detail=agenda_context(platform, viewer, telling, asked))

    router.add_api_route("/shift", shift, methods=["GET"], response_model=None)
    router.add_api_route("/agenda", agenda, methods=["GET"], response_model=None)
    return router
