"""The pages of duty in a real browser: reached by the keyboard, on a phone, without JavaScript, on paper."""

import pytest
from playwright.sync_api import expect

from alerts.console.identity import COOKIE, cookie_of
from tests.console.browsing import a_page
from tests.console.running import Up, a_control

PAGES = {"/shift": "Dienstoverdracht", "/agenda": "Weekagenda Midden-Nederland"}


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    with Up(tmp_path_factory.mktemp("duty") / "data") as running:
        for number, (left, to) in enumerate((("Haarlem", "Utrecht"), ("Groningen", "Zwolle"))):
            who = f"VERZONNEN-{number}"
            running.publish(a_control(left, 9, person=who), a_control(to, 0.1, person=who))
        yield running


def works_for(page, up, unit):
    page.context.add_cookies([{"name": COOKIE, "value": cookie_of("S. Voorbeeld", unit), "url": up.url}])


def test_by_the_keyboard_from_the_rail_to_the_alert_of_a_line(chromium, up):
    with a_page(chromium, up) as page:
        works_for(page, up, "midden-nederland")
        for path, title in PAGES.items():
            page.goto(up.url)
            page.locator(f"#rail a[href='{path}']").press("Enter")
            expect(page.locator("h1#headline")).to_have_text(title)
            expect(page.locator("#rail [aria-current]")).to_have_count(1)
            line = page.locator(".lines a").first
            expect(line).to_contain_text("Utrecht")
            line.press("Enter")
            expect(page.locator("#headline")).to_contain_text("is nu in Utrecht")


@pytest.mark.parametrize("path", PAGES)
def test_on_a_phone_nothing_is_cut_off_and_a_unit_reads_only_its_own(chromium, up, path):
    with a_page(chromium, up, width=390, height=844) as page:
        works_for(page, up, "midden-nederland")
        page.goto(up.url + path)
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        expect(page.locator(".duty")).to_contain_text("Haarlem")
        expect(page.locator("body")).not_to_contain_text("Groningen")


def test_on_paper_stands_the_page_alone(chromium, up):
    with a_page(chromium, up, "/shift") as page:
        page.emulate_media(media="print")
        for hidden in (".bar", "#rail", "#list", ".choosing"):
            expect(page.locator(hidden)).to_be_hidden()
        expect(page.locator(".printed")).to_be_visible()
        page.set_viewport_size({"width": 700, "height": 900})  # as narrow as a sheet of A4
        expect(page.locator(".lines thead").first).to_be_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_without_javascript_another_shift_and_another_region_are_chosen(chromium, up):
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{up.url}/shift")
    page.locator("select[name=back]").select_option("2")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("select[name=back]")).to_have_value("2")
    page.goto(f"{up.url}/agenda")
    page.locator("select[name=region]").select_option("oost-nederland")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("h1#headline")).to_have_text("Weekly agenda of Oost-Nederland")
    expect(page.locator(".lines").first).to_contain_text("Zwolle")
    context.close()
