import re
from html.parser import HTMLParser

import anyio
import httpx
import pytest
from fastapi import FastAPI

from alerts.alias import alias_of
from alerts.console.assets import FOLDER, assets
from alerts.console.router import CONTENT_SECURITY_POLICY, ConsoleOptions, console_router
from schemas.views import Viewer
from tests.console.told import (
    AMSTERDAM,
    HAARLEM,
    NOW,
    PLACES,
    UTRECHT,
    PlatformInMemory,
    a_sighting,
    a_token,
    an_alert,
    an_id,
    withdrawn,
)

MARKUP = "<script>alert(1)</script>"


def a_browser(*alerts, accept="nl", **options):
    platform = PlatformInMemory()
    platform.tell(*alerts)
    app = FastAPI()
    app.include_router(console_router(platform, ConsoleOptions(PLACES, clock=lambda: NOW, **options)))
    return Browser(app, accept)


def test_the_page_lists_alerts_newest_first_with_who_where_and_how_sure():
    older = an_alert(left=a_sighting(AMSTERDAM, days_ago=20), arrival=a_sighting(HAARLEM, days_ago=5))
    page = a_browser(older, an_alert()).get("/").text
    assert ids_on(page) == [an_alert().alert_id, older.alert_id]
    for words in ("Haarlem", "Utrecht", alias_of(a_token()), "bevestigd", "Controle"):
        assert words in page


def test_what_is_never_pushed_is_in_the_archive_only():
    told = [
        an_alert(alert_id=an_id("tell")),
        an_alert(alert_id=an_id("file"), attention="file"),
        an_alert(alert_id=an_id("repeat"), repeat=True),
        an_alert(alert_id=an_id("historical"), historical=True),
    ]
    browser = a_browser(*told)
    assert ids_on(browser.get("/").text) == [an_id("tell")]
    assert set(ids_on(browser.get("/?archive=1").text)) == {alert.alert_id for alert in told}


def test_pages_of_archive_do_not_hide_what_asks_for_attention():
    filed = [an_alert(alert_id=an_id(f"file {n}"), attention="file", known_at=NOW - n) for n in range(130)]
    browser = a_browser(*filed, an_alert(known_at=NOW - 1000))
    assert ids_on(browser.get("/").text) == [an_alert().alert_id]
    page = browser.get("/?archive=1").text
    assert len(ids_on(page)) == 50
    older = browser.get("/" + re.search(r'href="(\?archive=1&amp;cursor=\d+)"', page)[1].replace("&amp;", "&")).text
    assert len(ids_on(older)) == 50
    assert not set(ids_on(page)) & set(ids_on(older))


def test_an_empty_list_says_why_and_how_to_publish_a_first_event():
    page = a_browser().get("/").text
    assert "Nog geen meldingen" in page
    assert "curl" in page
    assert "http://testserver/api/v1/events" in page


def test_a_list_that_is_empty_but_for_the_archive_says_so():
    page = a_browser(an_alert(attention="file")).get("/").text
    assert "Niets dat nu aandacht vraagt" in page
    assert "curl" not in page


def test_a_withdrawn_alert_stays_struck_through_with_what_replaced_it():
    after = an_alert(left=a_sighting(HAARLEM, days_ago=3), alert_id=an_id("after"))
    page = a_browser(an_alert(), after, withdrawn(an_alert(), superseded_by=after.alert_id)).get("/").text
    assert "<s>" in page
    assert f'class="successor" href="/alerts/{after.alert_id}"' in page


def test_an_alert_has_an_address_of_its_own():
    page = a_browser(an_alert()).get(f"/alerts/{an_alert().alert_id}")
    assert page.status_code == 200
    assert "negen dagen nadat zij in Haarlem is gezien." in page.text
    assert "Verplaatsing alleen bewijst geen uitbuiting." in page.text
    assert 'aria-current="true"' in page.text


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
    digest = assets()["console.css"].digest
    assert "immutable" in browser.get(f"/static/console.css?v={digest}").headers["cache-control"]
    assert "immutable" not in browser.get("/static/console.css?v=other").headers["cache-control"]


def test_the_map_travels_squeezed_and_arrives_whole():
    answer = a_browser().get("/static/netherlands.svg")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == assets()["netherlands.svg"].content


@pytest.mark.parametrize(
    "name", ["../router.py", "%2e%2e/router.py", "..%2frouter.py", "fonts/../../router.py", "nothing"]
)
def test_nothing_but_the_files_of_the_page_is_served(name):
    assert a_browser().get(f"/static/{name}").status_code == 404


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
    assert "lokale gebruiker, niet aangemeld \N{MIDDLE DOT} heel Nederland" in a_browser().get("/").text
    page = a_browser(viewer=lambda _: Viewer(region="den-haag")).get("/").text
    assert "\N{MIDDLE DOT} Den Haag" in page


def test_cards_are_asked_by_id_and_strange_ids_are_left_out():
    answer = a_browser(an_alert()).get(f"/parts/cards?id={an_alert().alert_id}&id=nothing")
    assert ids_on(answer.text) == [an_alert().alert_id]
    assert ids_on(a_browser(an_alert()).get("/parts/cards").text) == []


def test_a_page_knows_from_where_to_follow_the_stream():
    assert 'data-position="2"' in a_browser(an_alert(), an_alert(alert_id=an_id("second"))).get("/").text


def ids_on(page):
    return re.findall(r'<li class="card[^"]*" id="card-([^"]+)"', page)


class Browser:
    """Asks an app and keeps its cookies."""

    def __init__(self, app, accept):
        self.app, self.accept, self.cookies = app, accept, None

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
