"""The console in a real browser over a real `relocation up`: live, calm, exact across kill -9, in two languages."""

import json
import subprocess

import pytest
from playwright.sync_api import expect

from schemas.times import DAY_MS, HOUR_MS
from tests.console.browsing import a_page
from tests.console.running import Up, a_control, a_mutation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

MEASURE = """
async ([url, body]) => {
  const shown = new Promise((resolve) => {
    new MutationObserver(() => document.querySelector(".card") && resolve(performance.now()))
      .observe(document.getElementById("listing"), { childList: true, subtree: true });
  });
  const began = performance.now();
  const answer = await fetch(url, { method: "POST", body, headers: { "content-type": "application/json" } });
  if (!answer.ok) throw new Error(await answer.text());
  return (await shown) - began;
}
"""


@pytest.fixture
def up(tmp_path):
    with Up(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A platform that two alerts were told to, for tests that only look."""
    with Up(tmp_path_factory.mktemp("told") / "data") as running:
        running.publish(*haarlem_then_utrecht(), *haarlem_then_utrecht(person="VERZONNEN-2"))
        yield running


def haarlem_then_utrecht(**more):
    return a_control("Haarlem", 9, **more), a_control("Utrecht", 0.05, **more)


def test_an_alert_appears_without_reload_in_under_a_second(chromium, up):
    with a_page(chromium, up) as page:
        expect(page.locator("#empty")).to_contain_text("Nog geen meldingen")
        first, second = haarlem_then_utrecht()
        up.publish(first)
        took_ms = page.evaluate(MEASURE, ["/api/v1/events", json.dumps(second)])
        assert took_ms < 1000
        expect(page.locator(".card")).to_contain_text("Haarlem")
        expect(page.locator(".card .badge")).to_have_text("nieuw")
        expect(page.locator("#empty")).to_have_count(0)
        expect(page.locator("#announce")).to_contain_text("Haarlem naar Utrecht")
        expect(page.locator("#overview .arc-latest")).to_have_count(1)


def test_after_kill_9_the_page_reconnects_and_shows_everything_exactly_once(chromium, up):
    with a_page(chromium, up, outages=True) as page:
        up.publish(*haarlem_then_utrecht())
        expect(page.locator(".card")).to_have_count(1)
        up.kill()
        expect(page.locator("#live")).to_have_attribute("data-state", "lost")
        expect(page.locator("#live")).to_contain_text("verbinding kwijt")
        up.start()
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        expect(page.locator(".card")).to_have_count(1)
        up.publish(*haarlem_then_utrecht(person="VERZONNEN-2"))
        expect(page.locator(".card")).to_have_count(2)
        page.reload()
        expect(page.locator(".card")).to_have_count(2)


def test_what_happened_while_the_page_was_offline_arrives_when_it_is_back(chromium, up):
    with a_page(chromium, up, outages=True) as page:
        page.context.set_offline(True)
        up.kill()
        up.start()
        up.publish(*haarlem_then_utrecht())
        page.context.set_offline(False)
        expect(page.locator(".card")).to_have_count(1)


def test_the_command_of_the_empty_page_works_as_it_stands(chromium, up):
    with a_page(chromium, up) as page:
        command = page.locator("#empty pre").inner_text()
        answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30, check=True)
        assert answer.stdout.count("accepted") == 2, answer.stdout
        expect(page.locator(".card")).to_have_count(1)


def test_what_is_read_stays_where_it_is_and_new_alerts_wait_behind_a_line(chromium, up):
    up.publish(*haarlem_then_utrecht())
    with a_page(chromium, up) as page:
        page.locator(".card .route").click()
        expect(page.locator("#headline")).to_contain_text("is nu in Utrecht")
        before = page.locator(".card").bounding_box()
        up.publish(*haarlem_then_utrecht(person="VERZONNEN-2"))
        expect(page.locator("#newer")).to_have_text("1 nieuwe melding bovenaan")
        up.publish(*haarlem_then_utrecht(person="VERZONNEN-3"))
        expect(page.locator("#newer")).to_have_text("2 nieuwe meldingen bovenaan")
        expect(page.locator(".card")).to_have_count(1)
        assert page.locator(".card").bounding_box()["height"] == before["height"]
        page.locator("#newer").click()
        expect(page.locator(".card")).to_have_count(3)
        expect(page.locator("#newer")).to_be_hidden()


def test_a_correction_says_what_it_corrected_on_the_same_card(chromium, up):
    mistaken = a_control("Utrecht", 0.2)
    up.publish(a_control("Amsterdam", 9), mistaken)
    with a_page(chromium, up) as page:
        expect(page.locator(".card .to")).to_have_text("Utrecht")
        up.publish(mistaken | {"revision": 1, "place": {"name": "Almere"}})
        expect(page.locator(".card .to")).to_have_text("Almere")
        expect(page.locator(".card")).to_have_count(1)
        expect(page.locator(".card .badge")).to_have_text("herzien")
        expect(page.locator(".because")).to_have_text("De bron heeft de plaats verbeterd: niet Utrecht maar Almere.")
        page.locator(".card .route").click()
        expect(page.locator("#headline")).to_contain_text("is nu in Almere")


def test_a_withdrawal_strikes_an_alert_through_and_says_why(chromium, up):
    mistaken = a_control("Utrecht", 0.2)
    up.publish(a_control("Amsterdam", 9), mistaken)
    with a_page(chromium, up) as page:
        kept = {name: mistaken[name] for name in ("type", "event_id", "source", "recorded_at")}
        up.publish(kept | {"revision": 1, "withdrawn": True})
        struck = page.locator(".card-withdrawn")
        expect(struck.locator("s")).to_contain_text("Utrecht")
        expect(struck.locator(".badge")).to_have_text("ingetrokken")
        expect(struck.locator(".because")).to_contain_text("Iets waarop dit rustte is door de bron verbeterd")
        expect(page.locator("#announce")).to_contain_text("Ingetrokken melding")
        struck.locator(".route").click()
        expect(page.locator(".why")).to_contain_text("Iets waarop dit rustte is door de bron verbeterd")


def test_closed_as_the_wrong_subject_the_sighting_goes_and_undone_it_is_back(chromium, up):
    up.publish(a_control("Amsterdam", 9), a_control("Utrecht", 0.2))
    with a_page(chromium, up) as page:
        page.locator(".card .route").click()
        expect(page.locator("#acting")).to_be_visible()
        page.keyboard.press("a")
        page.locator("#acting select[name=outcome]").select_option("wrong_subject")
        page.locator("#acting .sheet button:visible").click()
        expect(page.locator("#acting")).to_contain_text("De waarneming is doorgehaald")
        struck = page.locator(".card-withdrawn")
        expect(struck.locator(".because")).to_contain_text("Afgesloten als verkeerde persoon of wagen")
        page.get_by_role("link", name="Bekijk haar daar").click()
        expect(page.locator(".struck-why")).to_contain_text("verkeerde persoon of wagen")
        page.go_back()
        page.keyboard.press("h")
        expect(page.locator(".card:not(.card-withdrawn) .because")).to_have_text(
            "Opnieuw gemeld: het bewijs is er weer."
        )


def test_an_alert_that_changes_while_it_is_read_says_so_and_waits(chromium, up):
    up.publish(a_control("Amsterdam", 9), a_control("Utrecht", 0.2))
    with a_page(chromium, up) as page:
        page.locator(".card .route").click()
        expect(page.locator("#headline")).to_contain_text("in Amsterdam is gezien")
        read_at = lines_of(page)
        up.publish(a_mutation("Haarlem", 4, recorded_after=4 * DAY_MS - HOUR_MS))
        expect(page.locator("#changed")).to_have_text("Zojuist gewijzigd. Toon het nu.")
        expect(page.locator("#headline")).to_contain_text("in Amsterdam is gezien")
        assert lines_of(page) == read_at
        assert not overlaps(page, "#changed", "#headline")
        revised = page.locator(".card", has=page.locator("[aria-current]"))
        expect(revised.locator(".badge")).to_have_text("herzien")
        expect(revised.locator(".because")).to_contain_text("in Haarlem zien; Amsterdam → Utrecht volgt niet meer.")
        page.locator("#changed").click()
        expect(page.locator("#headline")).to_contain_text("in Haarlem is gezien")
        expect(page.locator(".history")).to_contain_text("kwam uit Haarlem, niet uit Amsterdam")


def test_an_alert_that_is_withdrawn_while_it_is_read_is_struck_through_where_it_stands(chromium, up):
    mistaken = a_control("Utrecht", 0.2)
    up.publish(a_control("Amsterdam", 9), mistaken)
    with a_page(chromium, up, width=360) as page:
        page.locator(".card .route").click()
        headline = page.locator("#headline")
        expect(headline).to_contain_text("is nu in Utrecht")
        read_at = lines_of(page)
        kept = {name: mistaken[name] for name in ("type", "event_id", "source", "recorded_at")}
        up.publish(kept | {"revision": 1, "withdrawn": True})
        expect(page.locator("#changed")).to_have_text("Zojuist ingetrokken. Toon waarom.")
        expect(headline).to_have_css("text-decoration-line", "line-through")
        expect(headline).to_contain_text("is nu in Utrecht")
        expect(headline).to_have_accessible_description("Zojuist ingetrokken. Toon waarom.")
        assert lines_of(page) == read_at
        assert not overlaps(page, "#changed", "#headline")
        assert not overlaps(page, "#changed", ".back")
        page.locator("#changed").click()
        expect(page.locator(".why")).to_contain_text("Iets waarop dit rustte is door de bron verbeterd")
        expect(page.locator("#changed")).to_be_hidden()


def lines_of(page):
    """Where what is read stands, from the headline to the evidence."""
    return [page.locator(name).bounding_box() for name in ("#headline", ".sure", ".remarks", ".evidence li >> nth=0")]


def overlaps(page, one, other):
    """Whether two things lie over one another, a line's leading aside."""
    first, second = (page.locator(name).bounding_box() for name in (one, other))
    return (
        first["y"] + first["height"] > second["y"] + 6
        and first["x"] < second["x"] + second["width"]
        and second["x"] < first["x"] + first["width"]
    )


def test_the_keyboard_goes_through_list_and_alert_and_back(chromium, told):
    with a_page(chromium, told) as page:
        page.keyboard.press("j")
        expect(page.locator(".route").nth(0)).to_be_focused()
        page.keyboard.press("j")
        expect(page.locator(".route").nth(1)).to_be_focused()
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        expect(page.locator("#headline")).to_be_focused()
        expect(page.locator(".route").nth(0)).to_have_attribute("aria-current", "true")
        assert "/alerts/" in page.url
        page.keyboard.press("Escape")
        expect(page.locator("#overview")).to_be_visible()
        expect(page.locator(".route").nth(0)).to_be_focused()
        page.go_back()
        expect(page.locator("#headline")).to_be_visible()


def test_both_languages_are_a_click_apart_and_stay(chromium, told):
    with a_page(chromium, told, locale="en-GB") as page:
        page.locator(".card .route").first.click()
        expect(page.locator("#headline")).to_contain_text("nine days after she was seen in Haarlem.")
        page.get_by_role("link", name="NL").click()
        expect(page.locator("#headline")).to_contain_text("negen dagen nadat zij in Haarlem is gezien.")
        page.goto(told.url)
        expect(page.locator("html")).to_have_attribute("lang", "nl")


def test_someone_new_can_say_who_moved_where_how_sure_that_is_and_who_should_act(chromium, told):
    with a_page(chromium, told) as page:
        page.locator(".card .route").first.click()
        expect(page.locator("#headline")).to_contain_text(
            "is nu in Utrecht, negen dagen nadat zij in Haarlem is gezien."
        )
        expect(page.locator(".sure")).to_contain_text("Bevestigd door een controle")
        expect(page.locator(".who-acts")).to_contain_text("Aan zet: Midden-Nederland.")
        expect(page.locator(".remarks")).to_contain_text("Verplaatsing alleen bewijst geen uitbuiting.")
        expect(page.locator(".evidence li")).to_have_count(2)
        expect(page.locator(".map .label-latest")).to_contain_text("Utrecht")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_nothing_is_cut_off_at_the_side(chromium, told, width, height):
    with a_page(chromium, told, width=width, height=height) as page:
        page.locator(".card .route").first.click()
        expect(page.locator("#headline")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_on_a_phone_list_and_alert_come_one_after_the_other(chromium, told):
    with a_page(chromium, told, width=390, height=844) as page:
        expect(page.locator("#detail")).to_be_hidden()
        page.locator(".card .route").first.click()
        expect(page.locator("#headline")).to_be_visible()
        expect(page.locator("#list")).to_be_hidden()
        page.locator(".back").click()
        expect(page.locator("#list")).to_be_visible()


def test_without_javascript_the_page_still_reads(chromium, told):
    context = chromium.new_context(java_script_enabled=False, locale="nl-NL")
    page = context.new_page()
    page.goto(told.url)
    page.locator(".card .route").first.click()
    expect(page.locator("#headline")).to_contain_text("is nu in Utrecht")
    context.close()
