"""Whoever looks: no page breaks WCAG 2.2 AA, and somebody new can say what an alert means from its words alone."""

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from schemas.times import DAY_MS
from tests.console.browsing import a_page
from tests.console.running import Up, a_control, a_mutation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LOOKS = (("light", 1280), ("dark", 1280), ("dark", 390))
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A woman in three places, the second learnt late; another one with a car."""
    with Up(tmp_path_factory.mktemp("access") / "data") as running:
        running.publish(a_control("Haarlem", 9), a_control("Utrecht", 0.05))
        together = {"person": "VERZONNEN-2", "vehicles": [{"country": "NL", "plate": "99-ZZZ-9"}]}
        running.publish(a_control("Breda", 9, **together), a_control("Tilburg", 1, **together))
        running.publish(a_mutation("Zwolle", 4, recorded_after=3 * DAY_MS))
        yield running


def alerts_of(up):
    return httpx.get(f"{up.url}/api/v1/alerts").json()["items"]


def the_alert_in(up, municipality="GM0344"):
    return next(alert for alert in alerts_of(up) if alert["to"] == municipality and alert["status"] != "withdrawn")


def pages_of(up):
    alert = the_alert_in(up)
    return [
        "/",
        "/?status=closed",
        f"/alerts/{alert['alert_id']}",
        f"/alerts/{alert['alert_id']}?step=0",
        "/lookup/unknown",
        "/map",
        f"/map?subject={alert['subject']}",
        "/lookup",
        "/shift",
        "/agenda",
        f"/lookup/known/{alert['subject']}",
        f"/subjects/{alert['subject']}",
    ]


def seen_as(page, theme, width, *, around=None):
    """What breaks a rule in a theme at a width, on the page or in a part of it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    rules = {"runOnly": {"type": "tag", "values": WCAG_22_AA}, "resultTypes": ["violations"]}
    violations = Axe().run(page, context=around, options=rules).response["violations"]
    return [
        f"{theme} {width} {page.url}: {each['id']}: {each['help']}: {node['html'][:160]}"
        for each in violations
        for node in each["nodes"][:3]
    ]


def test_no_page_breaks_wcag_in_either_theme_or_language_or_on_a_phone(chromium, told):
    found = []
    with a_page(chromium, told) as page:
        for path in pages_of(told):
            page.goto(told.url + path, timeout=60_000)
            found += [each for look in LOOKS for each in seen_as(page, *look)]
            page.goto(f"{told.url}{path}{'&' if '?' in path else '?'}lang=en", timeout=60_000)
            expect(page.locator("html")).to_have_attribute("lang", "en")
            found += seen_as(page, "light", 390)
            page.context.clear_cookies()
    assert found == []


def test_no_form_or_sheet_breaks_wcag_when_it_is_open(chromium, told):
    """Each is opened as a reader opens it, and looked at in both themes, wide and on a phone."""
    found = []
    with a_page(chromium, told) as page:
        for path, around, clicks in opened_in(told):
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto(told.url + path, timeout=60_000)
            for click in clicks:
                page.locator(f"{around} {click}").first.click()
            expect(page.locator(f"{around} details[open], {around}[open]").last).to_be_visible()
            found += [each for look in (("dark", 1280), ("light", 390)) for each in seen_as(page, *look, around=around)]
    assert found == []


def opened_in(up):
    """Where something can be opened, within what, and by which clicks."""
    alert = the_alert_in(up)
    [car] = {item["subject"] for item in alerts_of(up) if item["subject_kind"] == "vehicle"}
    here, picked = f"/alerts/{alert['alert_id']}", ".pick"
    return [
        *((here, "#acting", [f"[data-key={key}]"]) for key in "oa"),
        *((here, "#acting", [".rarer > summary", f"[data-key={key}]"]) for key in "ems"),
        *(("/", "#list", [picked, f"#many [data-key={key}]"]) for key in "oesa"),
        ("/", ".identity", ["summary"]),
        ("/?status=taken", "#filtering", ["summary"]),
        (f"/subjects/{alert['subject']}", "#subject .evidence", ["summary"]),
        (f"/subjects/{car}", "#following", ["summary"]),
    ]


def test_somebody_new_can_say_in_a_minute_who_moved_where_how_sure_that_is_and_who_should_act(chromium, told):
    """The walk-through: from the list to one alert, reading only what stands there."""
    with a_page(chromium, told) as page:
        card = page.locator(".card", has_text="Utrecht").first
        expect(card.locator(".route")).to_have_text("Zwolle Utrecht")  # from where to where, before anything is opened
        expect(card.locator(".sureness")).to_contain_text("bevestigd · Controle")
        alias = card.locator(".who strong").inner_text()
        card.locator(".route").click()
        said = page.locator(".lede")
        # Who moved where, and in what time.
        expect(said.locator("h1")).to_have_text(f"{alias} is nu in Utrecht, vier dagen nadat zij in Zwolle is gezien.")
        # How sure that is, and why.
        expect(said.locator(".sure")).to_contain_text("Bevestigd door een controle")
        # Who should act, and who can help.
        expect(said.locator(".who-acts")).to_have_text(
            "Aan zet: Midden-Nederland. Kent haar van eerder: Oost-Nederland."
        )
        # What it does not say.
        expect(said.locator(".remarks")).to_contain_text("Verplaatsing alleen bewijst geen uitbuiting.")
        expect(page.get_by_role("heading", name="Waarom deze melding")).to_be_visible()
        expect(page.locator("#acting").get_by_role("button", name="Ik pak dit op")).to_be_visible()


def test_an_alert_is_printed_without_its_surroundings_and_without_what_people_typed(chromium, told):
    with a_page(chromium, told, f"/alerts/{the_alert_in(told)['alert_id']}") as page:
        page.emulate_media(media="print", color_scheme="dark")
        for hidden in (".bar", "#rail", "#list", "#acting", "#looking-back"):
            expect(page.locator(hidden).first).to_be_hidden()
        expect(page.locator("#headline")).to_be_visible()
        expect(page.locator(".printed")).to_contain_text("Stand van")  # paper does not change with the alert
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
