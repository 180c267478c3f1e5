"""The list in real browsers: one card per arrival event, filters, saved views, many at once, nothing that jumps."""

import re

import pytest
from playwright.sync_api import expect

from tests.console.browsing import a_page
from tests.console.running import Up, a_control

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PARTY = [("VERZONNEN-21", "sex_worker"), ("VERZONNEN-22", "sex_worker"), ("VERZONNEN-23", "facilitator")]


@pytest.fixture
def up(tmp_path):
    with Up(tmp_path / "data") as running:
        yield running


@pytest.fixture
def three(up):
    """Three women who came to Utrecht, the third from Antwerp."""
    for number, left in enumerate(("Haarlem", "Zwolle", {"country": "BE", "city": "Antwerp"})):
        up.publish(*a_move(left, "Utrecht", person=f"VERZONNEN-{number}"))
    return up


def a_move(left, arrived, *, days_ago=0.05, **more):
    return a_control(left, days_ago + 9, **more), a_control(arrived, days_ago, **more)


def a_party(place, days_ago):
    """A control of two women, a driver, his car and two phones."""
    people = [{"role": role, "identifiers": {"bvh_person": person}} for person, role in PARTY]
    more = {"persons": people, "vehicles": [{"country": "NL", "plate": "99-ZZZ-9"}], "phones": ["+31600000021"]}
    return a_control(place, days_ago, person="party") | more


def card_to(page, place):
    return page.locator(".card", has=page.locator(".to", has_text=place))


def named(page, up, name):
    page.locator(".identity summary").click()
    page.locator(".identity input[name=name]").fill(name)
    page.locator(".identity button").click()
    page.goto(up.url)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


def pick(page, count):
    """Pick the first cards by the keyboard."""
    for _ in range(count):
        page.keyboard.press("j")
        page.keyboard.press("x")


def test_a_control_of_a_whole_party_is_one_card_and_each_of_it_a_step_away(chromium, up):
    up.publish(a_party("Rotterdam", 9))
    with a_page(chromium, up) as page:
        up.publish(a_party("Den Haag", 0.1))
        expect(page.locator(".card")).to_have_count(1)
        expect(page.locator(".card .who")).to_contain_text(", één wagen en één telefoon")
        expect(page.locator(".card .also")).to_have_count(2)
        colleague = page.locator(".card .also").first.inner_text()
        page.locator(".card .also").first.click()
        expect(page.locator("#headline")).to_contain_text(f"{colleague} is nu in 's-Gravenhage")
        expect(page.locator(".card .route")).to_have_attribute("aria-current", "true")


def test_a_repeat_joins_the_earlier_card_silently(chromium, up):
    up.publish(*a_move("Haarlem", "Utrecht", days_ago=5))
    up.publish(*a_move("Zwolle", "Breda", person="VERZONNEN-2"))
    with a_page(chromium, up) as page:
        expect(page.locator(".card .to")).to_have_text(["Breda", "Utrecht"])
        up.publish(a_control("Haarlem", 3), a_control("Utrecht", 1))
        expect(card_to(page, "Utrecht")).to_contain_text("sindsdien twee keer herhaald")
        expect(page.locator(".card .to")).to_have_text(["Breda", "Utrecht"])
        expect(page.locator("#newer")).to_be_hidden()
        page.reload()
        expect(page.locator(".card .to")).to_have_text(["Breda", "Utrecht"])


def test_what_asks_for_no_attention_is_never_pushed_and_a_click_away(chromium, up):
    up.publish(*a_move("Haarlem", "Utrecht"))
    with a_page(chromium, up) as page, a_page(chromium, up, "/?what=all") as archive:
        calm = {"indicators": [], "licensed": True}
        up.publish(*a_move("Zwolle", "Breda", person="VERZONNEN-2", **calm))
        expect(archive.locator(".card")).to_have_count(2)
        expect(page.locator(".card")).to_have_count(1)
        page.get_by_role("link", name="ook archief").click()
        expect(card_to(page, "Breda").locator(".badge")).to_have_text(["nieuw", "archief"])


def test_filters_are_put_on_by_the_keyboard_and_stay_in_the_address(chromium, three):
    with a_page(chromium, three) as page:
        page.keyboard.press("f")
        page.get_by_label("Grens").select_option("country")
        page.get_by_role("button", name="Toon").press("Enter")
        expect(page.locator(".card .from")).to_have_text(["Antwerpen (BE)"])
        assert page.url.endswith("/?border=country")
        expect(page.locator("#shown")).to_have_text("1")
        page.locator(".card .route").click()
        expect(page.locator("#headline")).to_be_visible()
        assert page.url.endswith("?border=country")
        three.publish(*a_move("Arnhem", "Nijmegen", person="VERZONNEN-8"))
        three.publish(*a_move({"country": "IT"}, "Breda", person="VERZONNEN-9"))
        expect(page.locator("#newer")).to_have_text("1 nieuwe melding bovenaan")
        page.locator("#newer").click()
        expect(page.locator(".card")).to_have_count(2)
        for card in page.locator(".card .route").all():
            expect(card).to_have_attribute("href", re.compile(r"^/alerts/[0-9a-f-]+\?border=country$"))
        page.reload()
        expect(page.locator(".card")).to_have_count(2)
        page.get_by_role("link", name="Filter weg: Grens over de landsgrens").click()
        expect(page.locator(".card")).to_have_count(5)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900), (390, 844)])
def test_the_form_of_filters_is_all_in_sight(chromium, three, width, height):
    many = "/?status=all&unit=rotterdam&certainty=likely&border=country&owner=-&period=month"
    with a_page(chromium, three, many, width=width, height=height) as page:
        page.locator("#filtering summary").click()
        pane, sheet = page.locator("#list").bounding_box(), page.locator("#filtering .sheet").bounding_box()
        assert pane["x"] <= sheet["x"]
        assert sheet["x"] + sheet["width"] <= pane["x"] + pane["width"]
        show = page.get_by_role("button", name="Toon").bounding_box()
        assert show["y"] + show["height"] <= height


def test_filters_that_leave_nothing_say_so_and_offer_a_way_out(chromium, three):
    with a_page(chromium, three, "/?certainty=provisional&unit=midden-nederland") as page:
        expect(page.locator("#empty")).to_contain_text("Niets met deze filters")
        page.locator("#empty a", has_text="voorlopig").click()
        expect(page.locator(".card")).to_have_count(3)


def test_a_view_of_ones_own_is_kept_in_this_browser_only(chromium, three):
    with a_page(chromium, three, "/?border=country") as page, a_page(chromium, three) as other:
        page.keyboard.press("f")
        page.get_by_label("Bewaar deze weergave als").fill("Uit het buitenland")
        page.get_by_role("button", name="Bewaar").click()
        mine = page.locator("#rail a", has_text="Uit het buitenland")
        expect(mine).to_have_attribute("aria-current", "true")
        expect(mine.locator(".count")).to_have_text("1")
        three.publish(*a_move({"country": "IT"}, "Breda", person="VERZONNEN-9"))
        expect(mine.locator(".count")).to_have_text("2")
        other.reload()
        expect(other.locator("#rail a", has_text="Uit het buitenland")).to_have_count(0)
        page.goto(three.url)
        mine.click()
        expect(page.locator(".card")).to_have_count(2)
        page.keyboard.press("f")
        page.get_by_role("button", name="Niet meer bewaren").click()
        expect(mine).to_have_count(0)


def test_several_are_taken_at_once_seen_elsewhere_and_let_go_again(chromium, three):
    with a_page(chromium, three) as page, a_page(chromium, three) as other:
        named(page, three, "S. Voorbeeld")
        pick(page, 2)
        expect(page.locator("#picked")).to_have_text("2 meldingen gekozen")
        page.keyboard.press("t")
        expect(page.locator(".many-reply")).to_contain_text("U hebt twee meldingen opgepakt.")
        expect(other.locator(".card .holder")).to_have_text(["S. Voorbeeld", "S. Voorbeeld"])
        expect(page.locator(".pick :checked")).to_have_count(0)
        page.keyboard.press("u")
        expect(page.locator(".many-reply")).to_contain_text("U hebt twee meldingen losgelaten.")
        expect(other.locator(".card .holder")).to_have_text(["gezien, nog van niemand"] * 2)


def test_of_several_that_were_picked_those_that_another_changed_are_told_and_stay_picked(chromium, three):
    with a_page(chromium, three) as first, a_page(chromium, three) as second:
        named(first, three, "S. Voorbeeld")
        named(second, three, "R. Verzonnen")
        pick(second, 3)
        first.keyboard.press("j")
        first.keyboard.press("t")
        expect(second.locator(".card .holder")).to_have_text(["S. Voorbeeld"])
        expect(second.locator(".pick :checked")).to_have_count(3)
        second.keyboard.press("a")
        second.locator("#many-bar [open] select").select_option("no_ground")
        second.locator("#many-bar [open] textarea").press("Control+Enter")
        expect(second.locator(".many-reply")).to_contain_text("U hebt twee meldingen afgesloten.")
        expect(second.locator(".many-refused")).to_contain_text("S. Voorbeeld pakte dit op")
        expect(second.locator(".pick :checked")).to_have_count(1)
        second.locator("#many-bar [open] textarea").press("Control+Enter")
        expect(second.locator(".many-reply")).to_contain_text("U hebt één melding afgesloten.")
        expect(first.locator(".card .holder")).to_have_text(["afgesloten: geen grond"] * 3)


def test_what_was_refused_is_asked_again_of_what_was_picked_and_not_of_what_was_withdrawn_beside_it(chromium, up):
    mistaken = a_control("Utrecht", 0.5)
    up.publish(a_control("Haarlem", 9), mistaken)
    up.publish(mistaken | {"revision": 1, "place": {"name": "Almere"}})
    with a_page(chromium, up) as page:
        card_to(page, "Almere").locator(".pick input").check()
        page.keyboard.press("a")
        page.locator("#many-bar [open] textarea").press("Control+Enter")
        expect(page.locator(".many-refused")).to_contain_text("Kies een uitkomst.")
        page.locator("#many-bar [open] select").select_option("found")
        page.locator("#many-bar [open] textarea").press("Control+Enter")
        expect(page.locator(".many-reply")).to_contain_text("U hebt één melding afgesloten.")
        expect(page.locator(".many-refused")).to_have_count(0)


def test_a_key_acts_on_the_card_that_one_stands_on(chromium, three):
    with a_page(chromium, three) as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("g")
        expect(page.locator(".card").nth(1).locator(".holder")).to_have_text("gezien, nog van niemand")
        expect(page.locator(".card .holder")).to_have_count(1)
        expect(page.locator(".card .route").nth(1)).to_be_focused()


def test_a_key_that_a_card_does_not_have_is_not_done_to_the_alert_that_is_open(chromium, three):
    with a_page(chromium, three) as page:
        page.locator(".card .route").first.click()
        page.locator("#headline").press("t")
        expect(page.locator("#acting .standing")).to_have_text("lokale gebruiker")
        page.locator(".card .route").nth(2).press("m")
        expect(page.locator("#acting details[open]")).to_have_count(0)
        page.locator(".card .route").nth(2).press("l")
        page.locator(".card .route").nth(2).press("g")
        expect(page.locator(".card").nth(2).locator(".holder")).to_have_text("gezien, nog van niemand")
        expect(page.locator("#acting .standing")).to_have_text("lokale gebruiker")


def test_everything_picked_is_let_go_of_by_escape_and_all_is_picked_by_a_key(chromium, three):
    with a_page(chromium, three) as page:
        page.keyboard.press("X")
        expect(page.locator(".pick :checked")).to_have_count(3)
        expect(page.locator("#many-bar")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".pick :checked")).to_have_count(0)
        expect(page.locator("#many-bar")).to_be_hidden()


def test_what_is_read_in_the_middle_of_the_list_does_not_move(chromium, up):
    for number in range(15):
        up.publish(*a_move("Haarlem", "Utrecht", person=f"VERZONNEN-{number}"))
    with a_page(chromium, up) as page:
        page.evaluate("document.getElementById('list').scrollTo(0, 300)")
        card = page.locator(".card").nth(6)
        before = card.bounding_box()
        up.publish(*a_move("Zwolle", "Breda", person="VERZONNEN-99"))
        expect(page.locator("#newer")).to_have_text("1 nieuwe melding bovenaan")
        assert card.bounding_box() == before
        page.keyboard.press("n")
        expect(page.locator(".card").first.locator(".to")).to_have_text("Breda")
        expect(page.locator(".card .route").first).to_be_focused()


def test_without_javascript_filters_and_many_at_once_work_too(chromium, three):
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(three.url)
    page.locator("#filtering summary").click()
    page.get_by_label("Border").select_option("country")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".card")).to_have_count(1)
    assert page.url.endswith("/?border=country")
    page.locator(".pick input").check()
    page.locator("#many-bar").get_by_role("button", name="Seen").click()
    expect(page.locator(".many-reply")).to_contain_text("You have seen one alert.")
    expect(page.locator(".card .holder")).to_have_text("seen, nobody's yet")
    context.close()


def test_on_a_phone_filters_and_many_at_once_fit(chromium, three):
    with a_page(chromium, three, width=390, height=844) as page:
        page.locator("#filtering summary").click()
        page.get_by_label("Grens").select_option("country")
        page.get_by_role("button", name="Toon").click()
        expect(page.locator(".card")).to_have_count(1)
        page.locator(".pick input").check()
        page.locator("#many-bar").get_by_role("button", name="Gezien").click()
        expect(page.locator(".many-reply")).to_contain_text("U hebt één melding gezien.")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
