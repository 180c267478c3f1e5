"""What a browser is answered with where nothing else can be shown: a page that says so, and the way back."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response

from alerts.console.answers import page_answer, remembering_language
from alerts.console.asking import LANGUAGE_COOKIE, ConsoleOptions
from alerts.console.pages import Pages
from alerts.console.words import Words, language_of, words_of
from alerts.http.problems import ApiProblem

NOT_FOUND = frozenset({404, 405})
"""Also an address that only takes forms: whoever reloads what a form answered has come to it."""
NOT_NOW = frozenset({408, 429, 503})


def problem_page(options: ConsoleOptions) -> Callable[[Request, ApiProblem], Response]:
    """Makes the page of a problem. It asks nothing of a platform, which may be what failed, and repeats no request."""
    pages = Pages()

    def page(request: Request, problem: ApiProblem) -> Response:
        words = words_of(
            language_of(
                request.query_params.get("lang"),
                request.cookies.get(LANGUAGE_COOKIE),
                request.headers.get("accept-language"),
            )
        )
        title, told = _said(problem.status_code, words)
        reference = str(request.scope.get("request_id", "")) if problem.status_code >= 500 else ""
        context = {"title": title, "told": told, "reference": reference, "unprotected": options.unprotected}
        body = pages.alone("problem.html", words, context)
        answer = page_answer(body, problem.status_code)
        answer.headers.update(dict(problem.headers or {}))
        return remembering_language(request, answer)

    return page


def _said(status: int, words: Words) -> tuple[str, str]:
    say = words.say
    if status in NOT_FOUND:
        return say("Hier is niets"), say("Misschien is het adres niet volledig overgenomen.")
    if status in NOT_NOW:
        return say("Dit kan nu even niet"), say("Er is niets verloren. Probeer het over enkele seconden opnieuw.")
    if status >= 500:
        return say("Er ging iets mis"), say("Dat ligt niet aan u. Meld de beheerder het kenmerk, als het zo blijft.")
    return say("Dat kon niet"), say("Er is niets gewijzigd. Ga terug en probeer het opnieuw.")
