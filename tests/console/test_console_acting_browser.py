"""Acting in real browsers, two at once: by mouse, by keys and without JavaScript, and what the other one sees of it."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.console.browsing import a_page
from tests.console.running import Up, a_control

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

TWO_LINES = 60
"""Pixels: more than one button is high, less than two."""


@pytest.fixture
def up(tmp_path):
    with Up(tmp_path / "data") as running:
        running.publish(a_control("Haarlem", 9), a_control("Utrecht", 0.05))
        yield running


@contextmanager
def a_coordinator(chromium, up, name, unit="", *, opens=True, **more):
    """A browser in which somebody works by a name, with the one alert open."""
    with a_page(chromium, up, **more) as page:
        page.locator(".identity summary").click()
        page.locator(".identity input[name=name]").fill(name)
        page.locator(".identity select").select_option(unit)
        page.locator(".identity button").click()
        page.goto(up.url)
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        if opens:
            page.locator(".card .route").click()
            expect(page.locator("#acting")).to_be_visible()
        yield page


def test_who_takes_an_alert_is_seen_at_once_in_another_browser(chromium, up):
    with a_coordinator(chromium, up, "S. Voorbeeld", "midden-nederland") as one, a_page(chromium, up) as other:
        one.get_by_role("button", name="Ik pak dit op").click()
        expect(one.locator(".reply")).to_contain_text("U hebt dit opgepakt.")
        expect(one.locator(".deeds")).to_contain_text("S. Voorbeeld pakte dit op")
        expect(other.locator(".card .holder")).to_have_text("S. Voorbeeld \N{MIDDLE DOT} Midden-Nederland")
        expect(a_view(other, "Niet toegewezen")).to_have_text("0")
        expect(a_view(one, "Van mij")).to_have_text("1")
        other.locator(".card .route").click()
        other.get_by_role("button", name="Ik pak dit op").click()
        expect(one.locator(".reply-lost")).to_contain_text("Dit was van u: lokale gebruiker nam dit over")
        expect(one.locator(".card .lost")).to_contain_text("Dit was van u: lokale gebruiker nam dit over")
        one.get_by_role("button", name="Ik pak dit op").click()
        expect(one.locator(".lost, .reply-lost")).to_have_count(0)
        other.get_by_text("Meer…").click()
        other.get_by_role("button", name="Loslaten").click()
        expect(one.locator(".card .lost")).to_contain_text("Dit was van u: lokale gebruiker liet dit los")
        expect(one.locator(".reply-lost")).to_contain_text("lokale gebruiker liet dit los")
        one.get_by_role("button", name="Ik pak dit op").click()
        expect(one.locator(".lost, .reply-lost")).to_have_count(0)
        one.get_by_role("button", name="Loslaten").click()
        expect(one.locator(".card .holder")).to_have_text("gezien, nog van niemand")
        expect(one.locator(".lost, .reply-lost")).to_have_count(0)


def test_an_alert_that_a_revision_takes_from_its_unit_goes_with_a_word_and_not_without(chromium, up):
    with a_coordinator(chromium, up, "S. Voorbeeld", "noord-holland") as page:
        page.locator("#acting button").first.focus()
        up.publish(a_control("Amsterdam", 4))
        expect(page.locator("#detail h1")).to_have_text("Deze melding raakt uw eenheid niet meer")
        expect(page.locator("#detail h1")).to_be_focused()
        expect(page.locator("#announce")).to_contain_text("raakt uw eenheid niet meer")
        expect(page.locator("#cards .to")).not_to_contain_text(["Utrecht"])
        page.get_by_role("link", name="Naar alle meldingen").click()
        expect(page.locator(".card .to")).to_have_text(["Amsterdam"])


def test_the_second_of_two_is_told_who_did_what_and_keeps_what_was_typed(chromium, up):
    with (
        a_coordinator(chromium, up, "S. Voorbeeld") as first,
        a_coordinator(chromium, up, "R. Verzonnen", refusals=True) as second,
    ):
        second.keyboard.press("a")
        second.locator("details[open] select").select_option("found")
        second.locator("details[open] textarea").fill("zij is hier gezien")
        first.keyboard.press("t")
        expect(second.locator(".deeds")).to_contain_text("S. Voorbeeld pakte dit op")
        expect(second.locator("details[open] textarea")).to_have_value("zij is hier gezien")
        second.locator("details[open] textarea").press("Control+Enter")
        expect(second.locator(".reply-stopped")).to_contain_text("S. Voorbeeld pakte dit op")
        expect(second.locator("details[open] textarea")).to_have_value("zij is hier gezien")
        expect(second.locator("details[open] select")).to_have_value("found")
        second.locator("details[open]").get_by_role("button", name="Afsluiten").click()
        expect(first.locator(".card .holder")).to_have_text("afgesloten: gevonden")
        expect(first.locator(".deeds")).to_contain_text("zij is hier gezien")


def test_an_alert_is_handed_to_a_unit_which_accepts_it(chromium, up):
    with (
        a_coordinator(chromium, up, "S. Voorbeeld", "noord-holland") as giver,
        a_coordinator(chromium, up, "R. Verzonnen", "rotterdam", opens=False) as taker,
    ):
        expect(taker.locator("#empty")).to_contain_text("Nog geen meldingen")
        giver.keyboard.press("o")
        giver.locator("details[open] select").select_option("rotterdam")
        giver.locator("details[open]").get_by_role("button", name="Overdragen").click()
        expect(giver.locator(".standing")).to_have_text("aangeboden aan Rotterdam")
        expect(giver.get_by_role("button", name="Overdracht aannemen")).to_have_count(0)
        expect(a_view(taker, "Overdracht")).to_have_text("1")
        taker.locator(".card .route").click()
        taker.get_by_role("button", name="Overdracht aannemen").click()
        expect(giver.locator(".standing")).to_have_text("R. Verzonnen \N{MIDDLE DOT} Rotterdam")


def test_an_alert_that_a_unit_declines_leaves_its_pages(chromium, up):
    with (
        a_coordinator(chromium, up, "S. Voorbeeld", "noord-holland") as giver,
        a_coordinator(chromium, up, "R. Verzonnen", "kmar", opens=False) as one,
        a_coordinator(chromium, up, "T. Verzonnen", "kmar", opens=False) as other,
    ):
        giver.keyboard.press("o")
        giver.locator("details[open] select").select_option("kmar")
        giver.locator("details[open]").get_by_role("button", name="Overdragen").click()
        one.locator(".card .route").click()
        expect(other.locator(".card")).to_have_count(1)
        expect(one.locator("#acting")).to_be_visible()
        one.keyboard.press("w")
        one.locator("details[open]").get_by_role("button", name="Afwijzen").click()
        expect(one.locator("#detail h1")).to_have_text("Deze melding is nu van een andere eenheid")
        expect(other.locator(".card")).to_have_count(0)
        expect(giver.locator(".standing")).to_have_text("gezien, nog van niemand")


def test_keys_do_all_and_undo_brings_it_back(chromium, up):
    with a_coordinator(chromium, up, "S. Voorbeeld") as page:
        assert bar_height(page) < TWO_LINES
        page.keyboard.press("g")
        expect(page.locator(".standing")).to_have_text("gezien, nog van niemand")
        assert bar_height(page) < TWO_LINES
        page.keyboard.press("t")
        expect(page.locator(".reply")).to_contain_text("U hebt dit opgepakt.")
        assert bar_height(page) < TWO_LINES
        expect(page.locator(".standing")).to_have_text("S. Voorbeeld")
        page.keyboard.press("u")
        expect(page.locator(".standing")).to_have_text("gezien, nog van niemand")
        page.keyboard.press("s")
        expect(page.locator("details[open] input[type=date]")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("details[open]")).to_have_count(0)
        expect(page.locator(".rarer > summary")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.locator(".rarer .choice summary").first).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("m")
        page.keyboard.type("t en j zijn hier gewone letters")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".deeds .comment")).to_have_text("t en j zijn hier gewone letters")
        page.keyboard.press("a")
        page.locator("details[open] select").select_option("no_ground")
        page.keyboard.press("Tab")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".standing")).to_have_text("afgesloten: geen grond")
        page.keyboard.press("h")
        expect(page.locator(".reply")).to_contain_text("De melding is heropend.")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_every_button_is_in_sight_and_every_sheet_opens_within_the_window(chromium, up, width, height):
    with a_coordinator(chromium, up, "S. Voorbeeld", width=width, height=height) as page:
        for button in page.locator("#acting .buttons .act:visible").all():
            box = button.bounding_box()
            assert box["x"] >= 0, button
            assert box["x"] + box["width"] <= width, button
        for key in ("o", "a", "e", "m", "s"):
            page.keyboard.press(key)
            box = page.locator("#acting .buttons > [open] > .sheet").bounding_box()
            assert box["x"] >= 16, key
            assert box["x"] + box["width"] <= width - 16, key
            page.keyboard.press("Escape")


def test_without_javascript_the_forms_do_the_same(chromium, up):
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(up.url)
    page.locator(".card .route").click()
    page.get_by_role("button", name="I take this").click()
    expect(page.locator(".reply")).to_contain_text("You have taken this.")
    page.locator(".choice summary", has_text="Comment").click()
    page.locator("details[open] textarea").fill("made-up words")
    page.locator("details[open] button").click()
    expect(page.locator(".deeds .comment")).to_have_text("made-up words")
    page.locator(".rarer > summary").click()
    page.locator(".rarer .choice summary", has_text="Snooze").click()
    page.locator(".rarer .choice[open] button").click()
    expect(page.locator(".reply")).to_contain_text("The alert is snoozed.")
    context.close()


def bar_height(page):
    return page.locator("#acting .buttons").bounding_box()["height"]


def a_view(page, name):
    return page.locator("#rail a", has_text=name).locator(".count")
