"""The live stream over a real server: what a page is told, in its language, for its filters, from where it was on."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice

import httpx
import pytest

from alerts.console.asking import ConsoleOptions
from alerts.console.identity import COOKIE, cookie_of
from alerts.console.router import console_router
from alerts.http.app import build_console
from alerts.http.options import HttpOptions
from alerts.http.server import Server
from schemas.actions import AlertAction
from tests.console.told import ME, NOW, PLACES, PlatformInMemory, an_alert, an_arrival, withdrawn

FROM_THE_START = "alerts=0&states=0"


@contextmanager
def a_server(platform):
    router = console_router(platform, ConsoleOptions(PLACES, clock=lambda: NOW))
    ready = threading.Event()
    app = build_console(platform, HttpOptions(routers=[router]))
    server = Server(app, host="127.0.0.1", port=0, on_ready=lambda url: ready.set())
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert ready.wait(10)
        yield server.url
    finally:
        server.should_exit = True
        thread.join(15)


@pytest.fixture
def platform():
    return PlatformInMemory()


@pytest.fixture
def url(platform):
    with a_server(platform) as url:
        yield url


def heard(url, wishes=FROM_THE_START, *, count=1, name="cards", language="nl", viewer=("S. Voorbeeld", None)):
    """The first events of a name that a page hears."""
    cookies = {COOKIE: cookie_of(*viewer)}
    with (
        httpx.Client(timeout=10, trust_env=False, cookies=cookies) as client,
        client.stream("GET", f"{url}/live?{wishes}", headers={"accept-language": language}) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        return list(islice((told for event, told in events(answer) if event == name), count))


def events(answer):
    event = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield event, json.loads(line.removeprefix("data: "))


def test_a_page_is_told_the_card_of_what_came_after_it_was_made(url, platform):
    platform.tell(an_alert())
    [told] = heard(url)
    [card] = told["cards"]
    assert card["alerts"] == f"{an_alert().alert_id}:1:1"
    assert f'href="/alerts/{an_alert().alert_id}"' in card["html"]
    assert "bevestigd" in card["html"]
    assert (told["alerts"], told["states"]) == ("1", "1")
    assert "confirmed" in heard(url, language="en")[0]["cards"][0]["html"]


def test_what_does_not_fit_the_filters_is_named_without_its_content(url, platform):
    platform.tell(an_alert(), an_alert(arrival=an_arrival("filed"), attention="file"))
    told = {card["alerts"][:36]: "html" in card for card in heard(url)[0]["cards"]}
    assert told == {an_alert().alert_id: True, an_alert(arrival=an_arrival("filed")).alert_id: False}
    everything = heard(url, f"{FROM_THE_START}&what=all")[0]["cards"]
    assert all("html" in card for card in everything)


def test_who_looks_for_their_own_hears_of_what_they_took(url, platform):
    platform.tell(an_alert())
    platform.act_on_alert(AlertAction("a", an_alert().alert_id, "take", 1, "S. Voorbeeld", NOW), ME)
    wishes = "alerts=1&states=1&view=mine"
    assert "html" in heard(url, wishes)[0]["cards"][0]
    assert "html" not in heard(url, wishes, viewer=("R. Verzonnen", None))[0]["cards"][0]


def test_a_page_goes_on_from_where_it_was_without_gap_or_repetition(url, platform):
    platform.tell(an_alert())
    first = heard(url)[0]
    platform.tell(withdrawn(an_alert()), an_alert(arrival=an_arrival("second")))
    [told] = heard(url, f"alerts={first['alerts']}&states={first['states']}")
    assert {card["alerts"] for card in told["cards"]} == {
        f"{an_alert().alert_id}:2:1:withdrawn",
        f"{an_alert(arrival=an_arrival('second')).alert_id}:1:1",
    }


@pytest.mark.parametrize("wishes", ["", "alerts=nonsense&states=0", "alerts=1.2&states=0", "alerts=0&states="])
def test_a_page_from_nowhere_is_told_to_read_the_list_again(url, platform, wishes):
    platform.tell(an_alert())
    assert heard(url, wishes, name="reset") == [{"alerts": "1", "states": "1"}]


def test_counts_follow_what_changed(url, platform):
    platform.tell(an_alert(), an_alert(arrival=an_arrival("abroad"), cross_border=True))
    [told] = heard(url, f"{FROM_THE_START}&border=country", name="counts")
    assert told["counts"] == ["1", "2", "0", "0", "0", "1", "2"]


def test_counts_are_told_after_the_last_change_however_close_it_came(url, platform):
    platform.tell(an_alert())
    with ThreadPoolExecutor(1) as pool:
        listening = pool.submit(heard, url, name="counts", count=2)
        heard(url, name="counts")
        platform.tell(an_alert(arrival=an_arrival("later")))
        assert [told["counts"][0] for told in listening.result()] == ["1", "2"]


def test_what_many_pages_see_is_worked_out_once(platform):
    asked = []
    cards_with = platform.cards_with
    platform.cards_with = lambda ids, viewer: (asked.append(ids), cards_with(ids, viewer))[1]
    with a_server(platform) as url, ThreadPoolExecutor(20) as pool:
        listening = [pool.submit(heard, url, viewer=(f"Voorbeeld {n}", None)) for n in range(20)]
        platform.tell(an_alert())
        assert len({json.dumps(each.result()) for each in listening}) == 1
    assert len(asked) <= 3
