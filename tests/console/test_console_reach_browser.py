"""A page that is out of reach for a while or has another beside it stays, says what is so, and goes on by itself."""

import pytest
from playwright.sync_api import expect

from schemas.times import DAY_MS
from tests.console.browsing import a_page
from tests.console.running import Up, a_control, a_mutation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Two alerts, of which one was revised since."""
    with Up(tmp_path_factory.mktemp("reach") / "data") as running:
        running.publish(a_control("Amsterdam", 9), a_control("Utrecht", 0.1))
        running.publish(a_mutation("Haarlem", 4, recorded_after=3 * DAY_MS))
        running.publish(a_control("Zwolle", 9, person="VERZONNEN-2"), a_control("Breda", 0.05, person="VERZONNEN-2"))
        yield running


def a_route(page, to):
    return page.locator(f".card .route:has-text('{to}')").first


def test_out_of_reach_the_page_stays_and_says_what_was_not_done(chromium, told):
    with a_page(chromium, told, outages=True) as page:
        a_route(page, "Breda").click()
        expect(page.locator("#headline")).to_contain_text("in Breda")
        address = page.url
        page.context.set_offline(True)
        expect(page.locator("#live")).to_have_attribute("data-state", "lost")
        a_route(page, "Utrecht").click()
        expect(page.locator("#undone")).to_contain_text("niet te bereiken")
        expect(page.locator("#headline")).to_contain_text("in Breda")
        assert page.url == address
        words = page.locator("#acting textarea[required]")
        page.locator("#headline").press("m")
        words.fill("zij is hier gezien")
        words.press("Control+Enter")
        expect(page.locator("#undone")).to_be_visible()
        expect(words).to_have_value("zij is hier gezien")
        page.context.set_offline(False)
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        words.press("Control+Enter")
        expect(page.locator(".deeds")).to_contain_text("zij is hier gezien")
        expect(page.locator("#undone")).to_be_hidden()


def test_going_back_leads_to_the_moment_that_the_address_names(chromium, told):
    with a_page(chromium, told) as page:
        a_route(page, "Utrecht").click()
        page.locator("#back-step").press("Home")
        expect(page.locator(".past")).to_be_visible()
        moment = page.url
        a_route(page, "Breda").click()
        expect(page.locator("#headline")).to_contain_text("in Breda")
        page.go_back()
        expect(page.locator(".past")).to_be_visible()
        expect(page.locator("#acting")).to_have_count(0)
        assert page.url == moment
        page.go_forward()
        expect(page.locator("#headline")).to_contain_text("in Breda")


def test_a_connection_that_falls_silent_is_not_called_live(chromium, told):
    with a_page(chromium, told) as page:
        page.clock.install()
        page.reload()
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        with page.expect_request("**/live?*"):
            page.clock.fast_forward(60_000)


def test_the_language_of_what_is_shown_now_is_a_click_away(chromium, told):
    with a_page(chromium, told, "/map?days=90") as page:
        a_route(page, "Utrecht").click()
        page.locator("#back-step").press("Home")
        expect(page.locator(".past")).to_be_visible()
        page.get_by_role("link", name="EN", exact=True).click()
        expect(page.locator(".past")).to_contain_text("This is how it stood")
        page.goto(f"{told.url}/map?days=90")
        page.get_by_role("link", name="NL", exact=True).click()
        expect(page.locator("h1:has-text('in 90 dagen')")).to_be_visible()


def test_a_name_chosen_in_one_tab_is_shown_in_all(chromium, told):
    with a_page(chromium, told) as first:
        second = first.context.new_page()
        second.goto(told.url)
        second.locator(".identity summary").click()
        second.locator(".identity input[name=name]").fill("R. Verzonnen")
        second.locator(".identity select").select_option("limburg")
        second.locator(".identity button").click()
        expect(first.locator(".identity summary")).to_contain_text("R. Verzonnen \N{MIDDLE DOT} Limburg")
        expect(second.locator(".identity summary")).to_contain_text("R. Verzonnen \N{MIDDLE DOT} Limburg")
