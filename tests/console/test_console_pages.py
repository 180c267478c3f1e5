import re
from dataclasses import replace
from html.parser import HTMLParser

import anyio
import httpx
import pytest
from fastapi import FastAPI

from alerts.console.answers import CONTENT_SECURITY_POLICY
from alerts.console.asking import ConsoleOptions
from alerts.console.assets import FOLDER, asset_url, assets, digest
from alerts.console.router import console_router
from processors.alias import alias_of
from schemas.times import DAY_MS, HOUR_MS
from schemas.views import SilentSource, Viewer
from tests.console.told import (
    AMSTERDAM,
    HAARLEM,
    NOW,
    PLACES,
    UTRECHT,
    ZWOLLE,
    PlatformInMemory,
    a_sighting,
    a_token,
    an_alert,
    an_arrival,
    an_id,
    withdrawn,
)

MARKUP = "<script>alert(1)</script>"


def a_browser(*alerts, accept="nl", **options):
    platform = PlatformInMemory()
    platform.tell(*alerts)
    app = FastAPI(redirect_slashes=False)
    app.include_router(console_router(platform, ConsoleOptions(PLACES, clock=lambda: NOW, **options)))
    return Browser(app, accept, platform)


def test_the_page_lists_cards_newest_first_with_who_where_and_how_sure():
    older = an_alert(left=a_sighting(AMSTERDAM, days_ago=20), arrival=a_sighting(HAARLEM, days_ago=5))
    page = a_browser(older, an_alert()).get("/").text
    assert leads_on(page) == [an_alert().alert_id, older.alert_id]
    for words in ("Haarlem", "Utrecht", alias_of(a_token()), "bevestigd", "Controle"):
        assert words in page


def test_what_is_never_pushed_is_a_filter_away():
    alerts = {
        "tell": an_alert(arrival=an_arrival("tell")),
        "file": an_alert(arrival=an_arrival("file"), attention="file"),
        "repeats": an_alert(arrival=an_arrival("repeat", days_ago=40), repeat=True),
        "historical": an_alert(arrival=an_arrival("historical"), historical=True),
    }
    browser = a_browser(*alerts.values())
    assert leads_on(browser.get("/").text) == [alerts["tell"].alert_id]
    for what in ("file", "repeats", "historical"):
        assert leads_on(browser.get(f"/?what={what}").text) == [alerts[what].alert_id]
    assert len(leads_on(browser.get("/?what=all").text)) == 4


def test_pages_of_archive_do_not_hide_what_asks_for_attention():
    filed = [an_alert(arrival=an_arrival(f"file {n}"), attention="file", known_at=NOW - n) for n in range(130)]
    browser = a_browser(*filed, an_alert(known_at=NOW - 1000))
    assert leads_on(browser.get("/").text) == [an_alert().alert_id]
    page = browser.get("/?what=all").text
    assert len(leads_on(page)) == 50
    older = browser.get("/" + re.search(r'href="(\?what=all&amp;cursor=[^"]+)"', page)[1].replace("&amp;", "&")).text
    assert len(leads_on(older)) == 50
    assert not set(leads_on(page)) & set(leads_on(older))


def test_a_form_of_filters_is_answered_with_its_address_put_right():
    answer = a_browser(an_alert()).get("/?view=border&what=&status=new&unit=&since=")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?view=border&status=new")


def test_an_empty_list_says_why_and_how_to_publish_a_first_event():
    page = a_browser().get("/").text
    assert "Nog geen meldingen" in page
    assert "curl" in page
    assert "http://testserver/api/v1/events" in page


def test_a_list_that_is_empty_but_for_the_archive_says_so_and_how_many_there_are():
    page = a_browser(an_alert(attention="file")).get("/").text
    assert "Niets dat nu aandacht vraagt" in page
    assert ways_out(page) == {"Ook wat geen aandacht vraagt of is afgesloten": "1", "Heel Nederland, alles": "1"}
    assert "curl" not in page


def test_a_list_that_filters_emptied_says_which_of_them_to_take_off():
    page = a_browser(an_alert(), an_alert(arrival=an_arrival("abroad"), cross_border=True))
    page = page.get("/?certainty=provisional&border=country").text
    assert "Niets met deze filters" in page
    assert ways_out(page) == {
        "Zonder het filter “voorlopig”": "1",
        "Zonder filters": "2",
        "Heel Nederland, alles": "2",
    }


def test_a_source_that_is_silent_is_told_beside_the_list_and_where_it_is_empty():
    browser = a_browser()
    browser.platform.silent = [SilentSource("anpr-voorbeeld", "vehicle", NOW - 8 * HOUR_MS)]
    assert browser.get("/").text.count("anpr-voorbeeld zwijgt sinds 9 mrt 13:00. Niet gezien is daar niet") == 2


def test_where_no_history_tells_which_sources_are_silent_that_is_said_and_not_that_none_is():
    browser = a_browser()
    browser.platform.silent = None
    for page in ("/", "/shift", "/map"):
        assert "Of een bron zwijgt, is nu niet bekend" in browser.get(page).text, page
    assert "Geen bron zwijgt" not in browser.get("/map").text


def test_a_withdrawn_alert_stays_struck_through_with_what_replaced_it_and_goes_after_a_week():
    after = an_alert(left=a_sighting(HAARLEM, days_ago=3), arrival=an_arrival("after", ZWOLLE))
    gone = withdrawn(an_alert(), superseded_by=after.alert_id)
    page = a_browser(an_alert(), after, gone).get("/").text
    assert "<s>" in page
    assert f'class="successor" href="/alerts/{after.alert_id}"' in page
    old = [replace(each, known_at=NOW - 8 * DAY_MS) for each in (an_alert(), gone)]
    browser = a_browser(*old)
    assert "<s>" not in browser.get("/").text
    assert "<s>" in browser.get("/?status=withdrawn").text


def test_an_alert_has_an_address_of_its_own():
    page = a_browser(an_alert()).get(f"/alerts/{an_alert().alert_id}")
    assert page.status_code == 200
    assert "negen dagen nadat zij in Haarlem is gezien." in page.text
    assert "Verplaatsing alleen bewijst geen uitbuiting." in page.text
    assert 'aria-current="true"' in page.text


def test_a_headline_and_a_sentence_never_break_within_a_hyphened_name():
    alert = an_alert(arrival=a_sighting("GM0518", days_ago=0.1))
    page = a_browser(alert).get(f"/alerts/{alert.alert_id}").text
    assert '<span class="whole">&#39;s-Gravenhage,</span>' in page
    assert '<span class="whole">Noord-Holland.</span>' in page  # the unit, in the sentence of who acts


def test_an_unknown_alert_is_a_page_that_says_so():
    for path in (f"/alerts/{an_id('nowhere')}", "/alerts/%3Cb%3E", f"/parts/alert/{an_id('nowhere')}"):
        answer = a_browser(an_alert()).get(path)
        assert answer.status_code == 404
        assert "Deze melding bestaat niet" in answer.text
        assert "<b>" not in answer.text


def test_the_language_is_asked_remembered_and_told_to_the_reader():
    browser = a_browser(an_alert())
    assert '<html lang="nl">' in browser.get("/").text
    assert '<html lang="en">' in browser.get("/?lang=en").text
    assert "Why this alert" in browser.get(f"/alerts/{an_alert().alert_id}").text
    assert '<html lang="nl">' in browser.get("/?lang=nl").text
    assert "set-cookie" not in browser.get("/?lang=xx").headers
    assert '<html lang="en">' in a_browser(accept="en-US").get("/").text


def test_what_a_source_calls_itself_is_escaped():
    arrival = a_sighting(UTRECHT, source=MARKUP)
    page = a_browser(an_alert(arrival=arrival)).get(f"/alerts/{an_alert(arrival=arrival).alert_id}").text
    assert MARKUP not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("path", ["/", f"/alerts/{an_alert().alert_id}", "/parts/list", "/parts/overview"])
def test_every_page_has_a_strict_policy_and_keeps_to_it(path):
    answer = a_browser(an_alert()).get(path)
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert answer.headers["cache-control"] == "no-store"
    found = Elements.of(answer.text)
    assert not [name for name, attributes in found if name == "style" or "style" in attributes]
    assert not [name for name, attributes in found if any(key.startswith("on") for key in attributes)]
    assert all(attributes.get("src") for name, attributes in found if name == "script")


def test_everything_comes_from_here_and_is_there():
    browser = a_browser(an_alert())
    for path in ("/", f"/alerts/{an_alert().alert_id}"):
        for _, attributes in Elements.of(browser.get(path).text):
            address = attributes.get("href") or attributes.get("src") or ""
            assert address.startswith(("/", "#", "?")) or not address
            if address.startswith("/static/"):
                assert browser.get(address).status_code == 200


def test_files_are_kept_for_good_only_by_their_digest():
    browser = a_browser()
    assert "immutable" in browser.get(asset_url("styles.css")).headers["cache-control"]
    assert browser.get("/static/of-yesterday/styles.css").headers["cache-control"] == "no-cache"


def test_the_map_travels_squeezed_and_arrives_whole():
    answer = a_browser().get(asset_url("netherlands.svg"))
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == assets()["netherlands.svg"].content


@pytest.mark.parametrize(
    "name", ["../router.py", "%2e%2e/router.py", "..%2frouter.py", "fonts/../../router.py", "nothing"]
)
def test_nothing_but_the_files_of_the_page_is_served(name):
    assert a_browser().get(f"/static/{digest()}/{name}").status_code == 404


def test_the_typeface_comes_with_its_licence():
    assert b"SIL Open Font License" in (FOLDER / "fonts" / "LICENSE.txt").read_bytes()
    for face in (FOLDER / "fonts").glob("*.woff2"):
        assert face.read_bytes()[:4] == b"wOF2"
        assert f"fonts/{face.name}" in (FOLDER / "console.css").read_text()


def test_an_unprotected_console_says_so_on_every_page():
    for path in ("/", f"/alerts/{an_alert().alert_id}", f"/alerts/{an_id('nowhere')}"):
        assert "Zonder bescherming" in a_browser(an_alert(), unprotected=True).get(path).text
        assert "Zonder bescherming" not in a_browser(an_alert()).get(path).text


def test_who_looks_is_marked_as_a_local_identity_with_its_region():
    assert "lokaal</strong> lokale gebruiker \N{MIDDLE DOT} heel Nederland" in a_browser().get("/").text
    page = a_browser(viewer=lambda _: Viewer(region="den-haag")).get("/").text
    assert "\N{MIDDLE DOT} Den Haag" in page


def test_cards_are_asked_by_alert_and_strange_ids_are_left_out():
    answer = a_browser(an_alert()).get(f"/parts/cards?id={an_alert().alert_id}&id=nothing")
    assert leads_on(answer.text) == [an_alert().alert_id]
    assert leads_on(a_browser(an_alert()).get("/parts/cards").text) == []


def test_a_page_knows_from_where_to_follow_the_stream():
    page = a_browser(an_alert(), an_alert(arrival=an_arrival("second"))).get("/").text
    assert 'data-alerts="2" data-states="2"' in page


def leads_on(page):
    """The alerts that the cards of a page open."""
    return re.findall(r'<a class="route" href="/alerts/([^"?]+)[^"]*"', page)


def ways_out(page):
    """What an empty list offers, with how many that would show."""
    return dict(
        re.findall(
            r'<li><a href="[^"]*">([^<]+)</a> <span class="count">(\d+)</span></li>', page.partition('id="empty"')[2]
        )
    )


class Browser:
    """Asks an app and keeps its cookies."""

    def __init__(self, app, accept, platform):
        self.app, self.accept, self.platform, self.cookies = app, accept, platform, None

    def get(self, path):
        return anyio.run(self._get, path)

    async def _get(self, path):
        transport, headers = httpx.ASGITransport(self.app), {"accept-language": self.accept}
        base = "http://testserver"
        async with httpx.AsyncClient(
            transport=transport, base_url=base, headers=headers, cookies=self.cookies
        ) as client:
            answer = await client.get(path)
            self.cookies = client.cookies
            return answer


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    @classmethod
    def of(cls, text):
        parser = cls()
        parser.feed(text)
        return parser.found


def test_a_moment_in_the_address_tells_the_alert_as_it_stood_and_offers_nothing_to_do():
    first = an_alert(left=a_sighting(ZWOLLE, days_ago=9))
    revised = replace(an_alert(), alert_id=first.alert_id, revision=2, known_at=first.known_at + HOUR_MS)
    browser = a_browser(first, revised)
    page = browser.get(f"/alerts/{first.alert_id}?step=0").text
    assert "nadat zij in Zwolle is gezien" in page
    assert "Zo stond het op" in page
    assert 'id="acting"' not in page
    assert "nadat zij in Haarlem is gezien" in browser.get(f"/alerts/{first.alert_id}").text
