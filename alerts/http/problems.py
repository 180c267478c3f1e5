"""Errors as ``application/problem+json`` (RFC 9457): what is wrong and what to do, never what was sent."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from alerts.http.validation import problems_of
from schemas.problems import Code, Problem
from schemas.views import Conflict, NoHistory, Refused, Unavailable

MEDIA_TYPE = "application/problem+json"

DETAILS = {
    400: "The request could not be read. Send a JSON object as the documentation at /api/openapi.json shows.",
    404: "There is nothing here. The paths are listed in /api/openapi.json.",
    405: "This path does not take this method; the Allow header lists those it takes.",
    500: "Something went wrong on our side. Tell the operator the request id in `instance`.",
}
"""What to say where nothing more is known; by status."""
NO_HISTORY = (
    "Only the history knows this, and there is none here or it cannot be asked now: an operator connects one with "
    "RELOCATION_CLICKHOUSE. Alerts and what is done with them do not need it."
)


class ApiProblem(HTTPException):
    """An error to answer with. ``detail`` says what to do, in words that repeat nothing of the request."""

    def __init__(  # noqa: PLR0913 - all but two are named and rarely given
        self,
        status: int,
        detail: str,
        *,
        problems: Sequence[Problem] = (),
        retry_after_s: int | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        told = dict(headers or {})
        if retry_after_s is not None:
            told["Retry-After"] = str(retry_after_s)
        super().__init__(status, detail, told)
        self.problems = tuple(problems)
        self.more = dict(more or {})


def problem_response(problem: ApiProblem, request_id: str | None) -> Response:
    """The answer for an error: a problem document that also carries ``errors`` where fields are at fault."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": title(problem.status_code),
        "status": problem.status_code,
        "detail": problem.detail,
    }
    if request_id is not None:
        told["instance"] = f"urn:uuid:{request_id}"
    if problem.problems:
        told["errors"] = [one.as_json() for one in problem.problems]
    return JSONResponse({**told, **problem.more}, problem.status_code, dict(problem.headers or {}), MEDIA_TYPE)


def title(status: int) -> str:
    """What a status means, in HTTP's own words."""
    return HTTPStatus(status).phrase


ProblemPage = Callable[[Request, ApiProblem], Response]
"""Makes the page that a browser is shown of a problem."""


def answer_problems(app: FastAPI, page: ProblemPage | None) -> None:
    """Have the app answer every error with a problem document, and browsers with the page, if there is one."""

    async def answer(request: Request, error: Exception) -> Response:
        return answer_to(request, as_problem(error), page)

    for kind in (HTTPException, RequestValidationError, Refused, Conflict, Unavailable):
        app.add_exception_handler(kind, answer)


def answer_to(request: Request, problem: ApiProblem, page: ProblemPage | None) -> Response:
    """The problem as whoever asked reads it: programs a document, and so everybody who asks the API."""
    if page is None or request.url.path.startswith("/api/") or not _reads_pages(request):
        return problem_response(problem, request.scope.get("request_id"))
    return page(request, problem)


def _reads_pages(request: Request) -> bool:
    ranges = request.headers.get("accept", "").lower().split(",")
    return any(each.partition(";")[0].strip() == "text/html" for each in ranges)


def as_problem(error: Exception) -> ApiProblem:  # noqa: PLR0911 - a table
    """The problem to answer an exception with; 500 for those nobody expected."""
    match error:
        case ApiProblem():
            return error
        case HTTPException():
            detail = DETAILS.get(error.status_code, HTTPStatus(error.status_code).phrase)
            return ApiProblem(error.status_code, detail, headers=error.headers)
        case RequestValidationError():
            return refused(problems_of(error.errors()))
        case Refused():
            return refused(error.problems)
        case Conflict():
            return ApiProblem(
                409,
                "The alert was changed by somebody else. Look at `current`, then send its version as `expected`.",
                more={"current": error.current.as_json()},
            )
        case NoHistory():
            return ApiProblem(503, NO_HISTORY, retry_after_s=error.retry_after_s)
        case Unavailable():
            return unavailable(error.retry_after_s)
        case _:
            return ApiProblem(500, DETAILS[500])


def refused(problems: Sequence[Problem]) -> ApiProblem:
    """422, or 403 where the viewer may not, for the problems told."""
    if any(problem.code is Code.NOT_AUTHORISED for problem in problems):
        return ApiProblem(403, "You may not do this. `errors` says why.", problems=problems)
    return ApiProblem(422, "Nothing was changed. `errors` says what to send instead.", problems=problems)


def unavailable(retry_after_s: int) -> ApiProblem:
    """503: nothing was lost, ask again."""
    return ApiProblem(
        503, "This cannot be done just now. Nothing was lost: send it again later.", retry_after_s=retry_after_s
    )
