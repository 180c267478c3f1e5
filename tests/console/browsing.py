"""Chromium as a reader has it: a page that is live, keeps to its policy and says nothing wrong."""

import os
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.console.running import CHROMIUM, CHROMIUM_ARGS

COLLECT_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


@contextmanager
def launched():
    """The browser, or the test is skipped where there is none."""
    if CHROMIUM is None and "CI" not in os.environ:
        pytest.skip("there is no Chromium here: install one, or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@contextmanager
def a_page(chromium, up, path="/", *, width=1280, height=720, locale="nl-NL", outages=False, refusals=False):
    """An open, live page; at its end it must have kept to its policy and said nothing wrong.

    With ``outages`` the network may fail, with ``refusals`` the server may answer 409 and 422.
    """
    context = chromium.new_context(viewport={"width": width, "height": height}, locale=locale)
    context.set_default_timeout(10_000)
    page = context.new_page()
    said = []
    page.add_init_script(COLLECT_VIOLATIONS)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(up.url + path)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    yield page
    assert page.evaluate("window.violations") == []
    expected = [*(["net::ERR"] if outages else []), *(["status of 409", "status of 422"] if refusals else [])]
    assert [text for text in said if not any(part in text for part in expected)] == []
    context.close()
