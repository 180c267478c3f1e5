"""The map of the country in a real browser: replayed by keyboard, layers, a journey taken from the table."""

import pytest
from playwright.sync_api import expect

from tests.console.browsing import a_page
from tests.console.running import Up, a_control

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    with Up(tmp_path_factory.mktemp("map") / "data") as running:
        running.publish(a_control("Haarlem", 25), a_control("Utrecht", 12), a_control("Zwolle", 2))
        yield running


def test_relocations_are_replayed_by_keyboard_and_layers_are_switched_off(chromium, told):
    with a_page(chromium, told, "/map") as page:
        arcs = page.locator("#whole-map .arc.flow")
        expect(arcs).to_have_count(2)
        page.locator("#replay-until").focus()
        page.keyboard.press("Home")
        expect(page.locator("#whole-map .arc[visibility=hidden]")).to_have_count(2)
        page.locator("#replay-go").click()
        expect(page.locator("#whole-map .arc[visibility=hidden]")).to_have_count(0, timeout=30_000)
        page.locator("#show-units").uncheck()
        expect(page.locator(".layer-units:visible")).to_have_count(0)


def test_a_journey_is_taken_from_the_table_and_told_in_words(chromium, told):
    with a_page(chromium, told, "/map") as page:
        page.locator(".flows a").first.click()
        expect(page.locator("#headline")).to_contain_text("De reis van")
        expect(page.locator(".walk-told li")).to_contain_text(["Haarlem", "Utrecht", "Zwolle"])
        expect(page.locator("#whole-map .arc.walk-0[data-at]")).to_have_count(2)
        page.locator(".off").click()
        expect(page.locator("#whole-map .arc.flow")).to_have_count(2)
