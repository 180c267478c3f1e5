"""Look-up and subject in a real browser: who is known, that nothing asked is kept, striking, following."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.console.browsing import a_page
from tests.console.running import Up, a_control, an_ad

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

HER = "VERZONNEN-7701"
SOMEBODY_ELSE = "VERZONNEN-8802"
PLATE = "99-ZZZ-9"
CAR = {"country": "NL", "plate": PLATE}


@pytest.fixture
def up(tmp_path):
    with Up(tmp_path / "data", log=tmp_path / "log") as running:
        running.publish(
            a_control("Haarlem", 9, person=HER, vehicles=[CAR], phones=["+31600000077"]),
            a_control("Utrecht", 0.05, person=HER),
            an_ad("Breda", 5, phone="+31600000077"),
        )
        yield running


def ask(page, kind, fields, purpose="controle vanavond"):
    page.locator(f"input[name=kind][value={kind}]").check()
    for name, value in fields.items():
        page.locator(f"[name='{name}']").fill(value)
    page.locator("[name=purpose]").fill(purpose)
    page.locator("#lookup form[action='/lookup'] button").click()
    expect(page.locator(".answer")).to_be_visible()


def give_reason(page, inside, reason):
    page.locator(f"{inside} summary").first.click()
    form = page.locator(f"{inside} details[open] form")
    form.locator("[name=reason]").fill(reason)
    form.locator("button").click()


def open_her(page):
    ask(page, "bvh_person", {"bvh_person": HER})
    page.locator(".answer h2 a").click()
    expect(page.locator("#subject")).to_be_visible()


def test_a_known_woman_is_told_by_alias_and_last_contacts_and_nothing_asked_is_kept(chromium, up):
    with a_page(chromium, up, "/lookup") as page:
        ask(page, "bvh_person", {"bvh_person": HER})
        alias = page.locator(".answer h2 a").inner_text()
        expect(page.locator(".answer li").first).to_contain_text("Controle in Utrecht")
        expect(page.locator(".answer li").first).to_contain_text("Midden-Nederland")
        expect(page.locator("[name=bvh_person]")).to_have_value("")
        expect(page.locator("[name=purpose]")).to_have_value("")
        assert HER not in page.content() + page.url
        page.reload()
        expect(page.locator(".answer h2")).to_contain_text(alias)
        page.go_back()
        expect(page.locator("[name=bvh_person]")).to_have_value("")
        assert HER not in page.url + str(page.evaluate("[history.state, document.cookie]"))
    kept = b"".join(path.read_bytes() for path in up.folder.rglob("*") if path.is_file())
    assert HER.encode() not in kept
    assert b"controle vanavond" not in kept
    logged = up.log.read_text()
    assert "/lookup" in logged
    assert HER not in logged


def test_nobody_known_and_nothing_readable_are_told_apart_in_both_languages(chromium, up):
    with a_page(chromium, up, "/lookup") as page:
        ask(page, "bvh_person", {"bvh_person": SOMEBODY_ELSE})
        expect(page.locator(".answer")).to_contain_text("Niet bekend")
        assert SOMEBODY_ELSE not in page.content()
        ask(page, "vehicle", {"vehicle.plate": "x"})
        expect(page.locator(".answer")).to_contain_text("Niet gezocht")
        ask(page, "name", {"name.family": "Verzonnen", "name.given": "Vera", "name.birth_date": "1999-01-01"})
        expect(page.locator(".answer")).to_contain_text("Niet bekend")
        page.get_by_role("link", name="EN", exact=True).click()
        expect(page.locator(".answer")).to_contain_text("Not known")
        ask(page, "phone", {"phone": "+31 6 0000 0077"})
        expect(page.locator(".answer")).to_contain_text("Yes, known:")
        expect(page.locator("#lookup-title")).to_have_text("Have we met her?")


def test_what_was_typed_goes_when_another_kind_is_chosen(chromium, up):
    with a_page(chromium, up, "/lookup") as page:
        page.locator("[name=bvh_person]").fill(HER)
        page.locator("input[name=kind][value=phone]").check()
        expect(page.locator("[name=bvh_person]")).to_have_value("")
        expect(page.locator("[name=bvh_person]")).to_be_hidden()


def test_without_a_purpose_nothing_is_asked(up):
    form = {"kind": "bvh_person", "bvh_person": HER, "purpose": " "}
    answer = httpx.post(f"{up.url}/lookup", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lookup/purpose")
    told = httpx.get(f"{up.url}/lookup/purpose", headers={"accept-language": "nl"}).text
    assert "Zonder doel wordt niet gezocht." in told
    assert HER not in told


def test_striking_a_sighting_withdraws_its_alert_live_in_another_tab_and_can_be_taken_back(chromium, up):
    with a_page(chromium, up, "/") as watching, a_page(chromium, up, "/lookup") as page:
        hers = watching.locator(".card", has_text="Utrecht")
        expect(hers.locator(".badge").first).not_to_have_text("ingetrokken")
        open_her(page)
        give_reason(page, "#subject .evidence li:first-child", "andere vrouw")
        expect(page.locator(".struck s")).to_contain_text("Controle in Utrecht")
        expect(page.locator(".struck-why")).to_contain_text("andere vrouw")
        expect(hers.locator(".badge").first).to_have_text("ingetrokken")
        expect(page.locator("#headline")).to_contain_text("laatst gezien in Haarlem")
        give_reason(page, ".struck", "toch wel")
        expect(page.locator(".struck")).to_have_count(0)
        expect(hers.locator("s")).to_have_count(0)


def test_phones_and_cars_lie_in_lanes_of_their_own_and_lead_to_their_page(chromium, up):
    with a_page(chromium, up, "/lookup") as page:
        open_her(page)
        expect(page.locator(".lane-name")).to_have_count(2)
        phone = page.locator(".lane-name", has_text="via telefoon")
        expect(phone).to_contain_text("één keer samen gezien")
        expect(page.locator("#subject .evidence")).not_to_contain_text("Breda")
        expect(page.locator("#subject .stays")).to_contain_text("Breda")
        expect(page.locator("#subject")).to_contain_text("wordt vernietigd op")
        phone.locator("a").click()
        expect(page.locator("#headline")).to_contain_text("Telefoon")


def test_a_car_is_followed_with_a_reason_and_an_end_and_let_go(chromium, up):
    with a_page(chromium, up, "/lookup") as page:
        ask(page, "vehicle", {"vehicle.plate": PLATE})
        page.locator(".answer h2 a").click()
        following = page.locator("#following")
        expect(following).to_contain_text("Een controle of BVH-mutatie noemt deze wagen")
        expect(following.get_by_text("Niet meer volgen", exact=True)).to_have_count(0)
        following.get_by_text("Volgen op verzoek").click()
        form = following.locator("details[open] form")
        form.locator("[name=days]").select_option("90")
        form.locator("[name=reason]").fill("onderzoek loopt")
        form.locator("button").click()
        expect(following).to_contain_text("op verzoek van lokale gebruiker: onderzoek loopt")
        following.get_by_text("Niet meer volgen", exact=True).click()
        form = following.locator("details[open] form")
        form.locator("[name=reason]").fill("klaar")
        form.locator("button").click()
        expect(following).not_to_contain_text("onderzoek loopt")
        expect(following).to_contain_text(re.compile(r"is op .* beëindigd door lokale gebruiker: "))
        assert PLATE not in page.content()


def test_an_alert_leads_to_its_subject_and_tells_who_met_her_before(chromium, up):
    with a_page(chromium, up) as page:
        page.locator(".card", has_text="Utrecht").locator(".route").click()
        expect(page.locator(".familiar li")).to_have_count(1)
        expect(page.locator(".familiar li")).to_contain_text("Controle in Haarlem")
        expect(page.locator(".familiar li")).to_contain_text("Noord-Holland")
        page.locator(".who-link").click()
        expect(page.locator("#subject")).to_be_visible()
        page.locator("#subject .column-map a", has_text="Utrecht").first.click()
        expect(page.locator("#alert")).to_be_visible()
        page.go_back()
        expect(page.locator("#subject")).to_be_visible()


def test_nobody_is_told_of_under_a_strange_address(up):
    answer = httpx.get(f"{up.url}/subjects/{'0' * 32}", headers={"accept-language": "nl"})
    assert answer.status_code == 404
    assert "Hier is niemand bekend" in answer.text


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_of_look_up_or_subject_is_cut_off_at_the_side(chromium, up, width):
    with a_page(chromium, up, "/lookup", width=width, height=844) as page:
        open_her(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
