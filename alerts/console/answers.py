"""How the console answers: pages and parts with their headers, and the language cookie."""

from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from alerts.console.asking import LANGUAGE_COOKIE
from alerts.console.words import LANGUAGES
from schemas.times import DAY_MS, SECOND_MS

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
}
YEAR_S = 365 * DAY_MS // SECOND_MS


def page_answer(body: str, status: int = 200) -> Response:
    """HTML with the headers of every page."""
    return HTMLResponse(body, status, headers=PAGE_HEADERS)


def same_page(request: Request) -> str:
    """The address of a page without its language, to be gone on with; of what the form is on, where it answers one."""
    wishes = [(name, value) for name, value in request.query_params.multi_items() if name not in ("lang", "done")]
    path = "" if request.method == "GET" else request.url.path.removesuffix("/act") or "/"
    return f"{path}?{urlencode(wishes)}&" if wishes else f"{path}?"


def without_empty(request: Request) -> str:
    """The address of a page without what a form left empty; what is strange in it stays, to be told of."""
    wishes = [(name, value) for name, value in request.query_params.multi_items() if value]
    return f"{request.url.path}?{urlencode(wishes)}" if wishes else request.url.path


def remembering_language(request: Request, response: Response) -> Response:
    """With a cookie for the language that the address asked for, if it did."""
    language = request.query_params.get("lang")
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_S, samesite="lax", httponly=True)
    return response
