"""A browser that comes where nothing is, or where something fails, gets a page in its language; programs a document."""

import anyio
import httpx
import pytest
from fastapi import APIRouter

from alerts.console.asking import ConsoleOptions
from alerts.console.problem_page import problem_page
from alerts.console.router import console_router
from alerts.http.app import build_console
from alerts.http.options import HttpOptions
from schemas.views import Unavailable
from tests.console.told import NOW, PLACES, PlatformInMemory

CHROMIUM_ACCEPTS = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
DOCUMENT = "application/problem+json"
TYPED = "VERZONNEN-8802"


@pytest.fixture(scope="module")
def app():
    platform, failing = PlatformInMemory(), APIRouter()

    @failing.get("/fails")
    def fails():
        raise RuntimeError(TYPED)

    @failing.get("/busy")
    def busy():
        raise Unavailable("made up", retry_after_s=7)

    looking = ConsoleOptions(PLACES, unprotected=True, clock=lambda: NOW)
    pages, problems = console_router(platform, looking), problem_page(looking)
    options = HttpOptions(allowed_hosts=("testserver",), routers=[pages, failing], problem_page=problems)
    return build_console(platform, options)


def asked(app, path, *, accept=CHROMIUM_ACCEPTS, language="nl", host="testserver", method="GET"):
    async def ask():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"accept": accept, "accept-language": language, "host": host}
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
            return await client.request(method, path)

    return anyio.run(ask)


@pytest.mark.parametrize(
    ("path", "status", "dutch", "english"),
    [
        (f"/{TYPED}?q={TYPED}", 404, "Hier is niets", "There is nothing here"),
        (f"/act?view=mine&q={TYPED}", 405, "Hier is niets", "There is nothing here"),
        ("/fails", 500, "Er ging iets mis", "Something went wrong"),
        ("/busy", 503, "Dit kan nu even niet", "This cannot be done just now"),
    ],
)
def test_a_browser_is_told_on_a_page_with_a_way_back_that_repeats_nothing(app, path, status, dutch, english):
    for language, title in (("nl", dutch), ("en", english)):
        answer = asked(app, path, language=language)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert f'<html lang="{language}">' in answer.text
        assert f"<title>{title}</title>" in answer.text
        assert '<a href="/">' in answer.text
        assert TYPED not in answer.text
        assert 'class="unprotected"' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_the_page_of_a_failure_bears_the_id_that_the_operator_finds_in_the_log(app):
    answer = asked(app, "/fails")
    assert answer.headers["request-id"] in answer.text
    assert asked(app, "/busy").headers["retry-after"] == "7"
    assert asked(app, "/act").headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("path", "asking", "status"),
    [
        ("/nothing", {"accept": "*/*"}, 404),
        ("/fails", {"accept": "application/json"}, 500),
        ("/api/v1/nothing", {}, 404),
        ("/api/v1/alerts/nothing", {}, 422),
        ("/", {"host": "elsewhere.example"}, 421),
    ],
)
def test_programs_and_everybody_who_asks_the_api_get_a_problem_document(app, path, asking, status):
    answer = asked(app, path, **asking)
    assert (answer.status_code, answer.headers["content-type"]) == (status, DOCUMENT)


def test_what_no_form_of_ours_sends_is_refused_on_a_page(app):
    answer = asked(app, "/identity", method="POST")
    assert answer.status_code == 415
    assert "Dat kon niet" in answer.text
