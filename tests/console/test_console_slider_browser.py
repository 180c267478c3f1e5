"""The slider of an alert in a real browser: by keyboard and by hand."""

import re

import pytest
from playwright.sync_api import expect

from schemas.times import DAY_MS
from tests.console.browsing import a_page
from tests.console.running import Up, a_control, a_mutation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Three moments: she was last seen in Haarlem, then in Zwolle, then in Zwolle on another day."""
    with Up(tmp_path_factory.mktemp("slider") / "data") as running:
        running.publish(a_control("Haarlem", 9), a_control("Utrecht", 0.05))
        running.publish(a_mutation("Zwolle", 3, recorded_after=DAY_MS))
        running.publish(a_mutation("Zwolle", 2, recorded_after=DAY_MS))
        yield running


def test_the_slider_shows_what_was_known_and_the_keyboard_moves_it(chromium, told):
    with a_page(chromium, told) as page:
        page.locator(".route", has_text="Utrecht").first.click()
        expect(page.locator("#headline")).to_contain_text("Zwolle")
        page.locator("#back-step").focus()
        page.keyboard.press("Home")
        expect(page.locator("#headline")).to_contain_text("Haarlem")
        expect(page.locator(".past")).to_contain_text("Zo stond het op")
        expect(page.locator("#acting")).to_have_count(0)
        expect(page).to_have_url(re.compile(r"\?at=\d{4}-"))
        expect(page.locator("#back-step")).to_be_focused()
        page.keyboard.press("End")
        expect(page.locator("#headline")).to_contain_text("Zwolle")
        expect(page.locator("#acting")).to_be_visible()


def test_the_slider_is_dragged_past_a_moment_to_the_first(chromium, told):
    with a_page(chromium, told) as page:
        page.locator(".route", has_text="Utrecht").first.click()
        slider = page.locator("#back-step").bounding_box()
        left, y = slider["x"], slider["y"] + slider["height"] / 2
        page.mouse.move(left + slider["width"] - 8, y)
        page.mouse.down()
        page.mouse.move(left + slider["width"] / 2, y)
        expect(page.locator("#back-words")).not_to_have_text("dit moment")
        page.evaluate("fetch(`/parts${location.pathname.replace('alerts', 'alert')}`).then((part) => part.text())")
        page.mouse.move(left + 8, y)
        page.mouse.up()
        expect(page.locator("#headline")).to_contain_text("Haarlem")
        expect(page.locator("#back-step")).to_have_value("0")
