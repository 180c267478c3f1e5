"""Takes the pictures that `docs/console.md` shows: a real `relocation up`, made-up events, headless Chromium.

Run from the root of the project: ``python -m docs.screenshots``.
"""

import sys
import tempfile
from base64 import b64decode
from pathlib import Path
from typing import Literal, NamedTuple

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from alerts.console.identity import COOKIE, cookie_of
from relocation.parts import gazetteer
from schemas.times import DAY_MS, HOUR_MS
from tests.console.running import CHROMIUM, CHROMIUM_ARGS, Up, a_control, a_mutation, a_passage, an_ad

OUT = Path(__file__).parent / "images"
LARGEST_BYTES = 150_000
QUALITY = 80  # of WebP, of 100: letters stay sharp at less than half of what a PNG takes
READER = "S. Voorbeeld", "cemi"
DESK, PHONE = (1280, 720), (390, 844)
CHOSEN = '.card:not(.card-withdrawn) .route:has-text("Utrecht")'

Language = Literal["nl", "en"]
Colours = Literal["light", "dark"]
LOCALES: dict[Language, str] = {"nl": "nl-NL", "en": "en-GB"}
COLOURS: tuple[Colours, ...] = ("light", "dark")


class Shown(NamedTuple):
    """What a picture shows: a page, and which links lead on from there."""

    address: str
    clicks: tuple[str, ...] = ()


PAGES = {
    "list": Shown("/"),
    "alert": Shown("/", (CHOSEN,)),
    "map": Shown("/map?days=90"),
    "subject": Shown("/", (CHOSEN, "#headline .who-link")),
}


class Picture(NamedTuple):
    """One picture: what it shows, and to whom."""

    name: str
    shown: Shown
    language: Language
    colours: Colours
    size: tuple[int, int] = DESK


PICTURES = (
    *(
        Picture(f"{name}-{language}-{colours}", shown, language, colours)
        for name, shown in PAGES.items()
        for language in LOCALES
        for colours in COLOURS
    ),
    Picture("list-phone", PAGES["list"], "nl", "light", PHONE),
    Picture("alert-phone", PAGES["alert"], "en", "light", PHONE),
)
VEHICLE = {"country": "RO", "plate": "B 000 XYZ"}


def main() -> None:
    """Publish the story, look at it in every way that the documentation shows."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Up(Path(folder) / "data") as up, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        _publish(up)
        _handle(up)
        for picture in PICTURES:
            _take(browser, up, picture)
        browser.close()


def _publish(up: Up) -> None:
    """Several moves in one country, told in the order in which a coordinator would have got them."""
    up.publish(
        *(an_ad("Leeuwarden", days, phone="+31600000001") for days in (14, 12)),
        *(an_ad("Groningen", days, phone="+31600000001") for days in (3, 2, 1)),
        *(an_ad({"country": "BE", "city": "Antwerp"}, days, phone="+31600000002") for days in (5, 4, 3)),
        an_ad("Breda", 0.2, phone="+31600000002", indicators=["third_party_contact"]),
    )
    up.publish(a_control("Tilburg", 15, person="VERZONNEN-3"), a_control("Eindhoven", 0.4, person="VERZONNEN-3"))
    up.publish(a_control({"country": "IT"}, 25, person="VERZONNEN-4"), a_control("Enschede", 0.3, person="VERZONNEN-4"))
    up.publish(a_control("Arnhem", 8, person="VERZONNEN-5", vehicles=[VEHICLE]))
    up.publish(*(a_passage("Zwolle", days, VEHICLE) for days in (0.6, 0.45, 0.3)))
    mistaken = a_control("Utrecht", 0.5, person="VERZONNEN-2")
    up.publish(a_control("Amsterdam", 11, person="VERZONNEN-2"), mistaken)
    up.publish(mistaken | {"revision": 1, "place": {"name": "Almere"}})
    _carousel(up)


def _carousel(up: Up) -> None:
    """The woman of the pictures: four places in two months, the third learnt late."""
    up.publish(a_control("Groningen", 56), a_control("Groningen", 47), a_control("Zwolle", 34), a_control("Zwolle", 26))
    up.publish(a_control("Utrecht", 0.1, source="avim-utrecht"))
    late = [a_mutation("Haarlem", days, recorded_after=days * DAY_MS - 2 * HOUR_MS) for days in (16, 9)]
    up.publish(*late)


def _handle(up: Up) -> None:
    """What colleagues did with the alerts meanwhile."""
    _act(up, "Eindhoven", ("R. Verzonnen", "oost-brabant"), action="take")
    _act(up, "Enschede", ("M. Voorbeeld", "oost-nederland"), action="offer", unit="midden-nederland")
    _act(up, "Zwolle", ("M. Voorbeeld", "oost-nederland"), action="acknowledge")
    _act(up, "Utrecht", READER, action="take", comment="Ik vraag Haarlem wie haar daar heeft gesproken.")


def _act(up: Up, to: str, who: tuple[str, str], **form: str) -> None:
    """Somebody of a unit does something with the alert of who turned up in a place."""
    items = httpx.get(f"{up.url}/api/v1/alerts").json()["items"]
    there = (item for item in items if gazetteer().place(item["to"]).name == to)
    alert = next(item for item in there if item["status"] != "withdrawn")
    answer = httpx.post(
        f"{up.url}/alerts/{alert['alert_id']}/act",
        data={"expected": str(alert["state"]["version"]), **form},
        cookies={COOKIE: cookie_of(*who)},
    )
    if answer.status_code != httpx.codes.SEE_OTHER:
        sys.exit(f"{form['action']} was answered with {answer.status_code}")


def _take(browser: Browser, up: Up, picture: Picture) -> None:
    """Go where the picture is, as a reader does, and keep what is seen there."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=picture.colours,
        locale=LOCALES[picture.language],
        timezone_id="Europe/Amsterdam",
    )
    context.add_cookies([{"name": COOKIE, "value": cookie_of(*READER), "url": up.url}])
    page = context.new_page()
    page.goto(up.url + picture.shown.address)
    page.wait_for_selector('#live[data-state="live"]')
    for link in picture.shown.clicks:
        page.locator(link).first.click()
        page.wait_for_selector("#detail #headline")
    page.evaluate("document.fonts.ready")
    page.mouse.move(width - 1, height - 1)
    _keep(page, picture.name)
    context.close()


def _keep(page: Page, name: str) -> None:
    """As WebP, which Chromium writes itself when it is asked directly."""
    seen = page.context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    taken = b64decode(seen["data"])
    if len(taken) > LARGEST_BYTES:
        sys.exit(f"{name} is larger than {LARGEST_BYTES} bytes: show less, or make the window smaller")
    (OUT / f"{name}.webp").write_bytes(taken)


if __name__ == "__main__":
    main()
