"""What a coordinator of one unit sees, on every page and path: what touches it, and nothing of the rest."""

import json
import re
from dataclasses import replace

import anyio
import httpx
import pytest

from alerts.console.asking import ConsoleOptions
from alerts.console.identity import COOKIE, cookie_of, local_identity
from alerts.console.router import console_router
from alerts.console.units import known_units
from alerts.http.app import build_console
from alerts.http.options import HttpOptions
from processors.alias import alias_of
from processors.scope import CEMI, WITHOUT_REGION, scope_of
from schemas.alerts import AlertStatus
from schemas.times import HOUR_MS, format_time
from schemas.views import Viewer
from tests.console.told import (
    AMSTERDAM,
    GRONINGEN,
    HAARLEM,
    NOW,
    PLACES,
    ZWOLLE,
    PlatformInMemory,
    a_sighting,
    a_token,
    an_alert,
    an_arrival,
    withdrawn,
)
from tests.http.standin import serving_app

OURS = an_alert(subject=a_token("ours"))
"""Haarlem (Noord-Holland) to Utrecht (Midden-Nederland)."""
THEIRS = an_alert(
    subject=a_token("theirs"),
    left=a_sighting(GRONINGEN, days_ago=9),
    arrival=an_arrival("theirs", ZWOLLE, source="bron-elders"),
)
UTRECHT_UNIT, ELSEWHERE = "midden-nederland", "den-haag"


class Console:
    """The whole app of a console over a platform, asked by whoever a cookie says."""

    def __init__(self, *alerts):
        self.platform = PlatformInMemory()
        self.platform.tell(*alerts)
        pages = console_router(self.platform, ConsoleOptions(PLACES, clock=lambda: NOW))
        options = HttpOptions(
            allowed_hosts=("testserver", "127.0.0.1"), routers=[pages], viewer=local_identity, units=known_units(PLACES)
        )
        self.app = build_console(self.platform, options)

    def ask(self, unit, path, **posted):
        return anyio.run(self._ask, unit, path, posted)

    async def _ask(self, unit, path, posted):
        transport, cookies = httpx.ASGITransport(self.app), {COOKIE: cookie_of("S. Voorbeeld", unit)}
        headers = {"accept-language": "nl"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://testserver", cookies=cookies, headers=headers
        ) as client:
            return await (client.post(path, **posted) if posted else client.get(path))


@pytest.fixture(scope="module")
def console():
    return Console(OURS, THEIRS)


def names_of(alert):
    """What must not be told of an alert to who does not see it."""
    return [alert.alert_id, alert.subject, alias_of(alert.subject), alert.finding.arrival_event_id]


EVERYWHERE = [
    "/",
    "/?what=all&status=all",
    "/?view=country&what=all&status=all",
    "/parts/list?what=all&status=all",
    "/parts/overview",
    f"/parts/cards?id={THEIRS.alert_id}&id={OURS.alert_id}",
    f"/?unit={PLACES.place(ZWOLLE).region}",
    "/?source=bron-elders",
    "/api/v1/alerts",
    f"/api/v1/alerts?subject={THEIRS.subject}",
]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_a_unit_hears_nothing_of_what_does_not_touch_it(console, path):
    seen, whole = console.ask(UTRECHT_UNIT, path), console.ask(None, path)
    assert seen.status_code == whole.status_code == 200
    assert any(name in whole.text for name in names_of(THEIRS)) or "overview" in path
    assert not [name for name in names_of(THEIRS) if name in seen.text]
    assert "bron-elders" not in seen.text or "bron-elders" in path


@pytest.mark.parametrize("unit", [UTRECHT_UNIT, "noord-holland"])
def test_both_ends_of_an_alert_see_it_whole(console, unit):
    assert OURS.alert_id in console.ask(unit, "/").text
    assert alias_of(OURS.subject) in console.ask(unit, f"/alerts/{OURS.alert_id}").text
    assert console.ask(unit, f"/api/v1/alerts/{OURS.alert_id}").json()["based_on"] != []


@pytest.mark.parametrize("unit", [None, CEMI])
def test_who_works_for_the_whole_country_sees_all(console, unit):
    page = console.ask(unit, "/").text
    assert {OURS.alert_id, THEIRS.alert_id} <= set(re.findall(r'href="/alerts/([^"]+)"', page))
    assert len(console.ask(unit, "/api/v1/alerts").json()["items"]) == 2


def test_an_id_that_is_not_seen_is_answered_like_one_that_does_not_exist(console):
    nowhere = "00000000-0000-5000-8000-000000000000"
    for path in ("/alerts/{}", "/parts/alert/{}", "/parts/handling/{}", "/api/v1/alerts/{}"):
        hidden, missing = (console.ask(UTRECHT_UNIT, path.format(each)) for each in (THEIRS.alert_id, nowhere))
        assert hidden.status_code == missing.status_code == 404
        assert nameless(hidden.text) == nameless(missing.text)


def nameless(page):
    """Without ids: forms have one of their own each time."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", page)


def test_what_is_not_seen_cannot_be_acted_on_and_nothing_is_told_by_the_refusal(console):
    form = {"action": "take", "expected": "1", "form": "1"}
    assert console.ask(UTRECHT_UNIT, f"/alerts/{THEIRS.alert_id}/act", data=form).status_code == 404
    body = {"action_id": "7b0e8a5c-2f5b-4d0e-9c1b-6a1f0c3d2e13", "action": "take", "expected": 1}
    assert console.ask(UTRECHT_UNIT, f"/api/v1/alerts/{THEIRS.alert_id}/actions", json=body).status_code == 404
    picked = f"{THEIRS.alert_id} {THEIRS.alert_id}:1"
    told = console.ask(UTRECHT_UNIT, "/act", data={"action": "take", "form": "1", "pick": picked}).text
    assert "Een melding bestaat niet." in told
    assert not [name for name in names_of(THEIRS)[1:] if name in told]
    assert console.platform.alert(THEIRS.alert_id, Viewer()).state.owner is None


def test_counts_tell_of_no_more_than_what_is_seen(console):
    def counts(unit):
        page = console.ask(unit, "/").text
        return re.findall(r'class="count">([^<]*)<', page.partition('id="rail"')[2].partition("</nav>")[0])

    assert counts(UTRECHT_UNIT) == ["1", "1", "0", "0", "0", "0"]
    assert set(counts(ELSEWHERE)) == {"0"}
    assert "Nog geen meldingen" in console.ask(ELSEWHERE, "/").text


def test_of_a_party_only_those_are_on_the_card_whose_journey_touches_the_unit():
    one = an_alert(subject=a_token("one"), arrival=an_arrival("party"))
    other = an_alert(subject=a_token("other"), left=a_sighting(AMSTERDAM, days_ago=4), arrival=an_arrival("party"))
    console = Console(one, other)
    card = console.ask("amsterdam", "/").text
    assert alias_of(other.subject) in card
    assert not [name for name in names_of(one)[:3] if name in card]
    assert "Haarlem" not in card.partition('id="cards"')[2].partition("</ol>")[0]


def test_what_replaced_an_alert_is_not_named_to_who_does_not_see_it():
    after = an_alert(left=a_sighting(AMSTERDAM, days_ago=3), arrival=an_arrival("after", ZWOLLE))
    gone = withdrawn(an_alert(), superseded_by=after.alert_id)
    page = Console(an_alert(), after, gone).ask("noord-holland", "/?status=withdrawn").text
    assert "<s>" in page
    assert "Zwolle" not in page.partition('id="cards"')[2]


def test_an_alert_that_is_offered_or_held_touches_the_unit_without_a_region_too():
    console = Console(OURS)
    assert OURS.alert_id not in console.ask("kmar", "/").text
    offer = {"action": "offer", "expected": "1", "form": "1", "unit": "kmar"}
    assert console.ask(UTRECHT_UNIT, f"/alerts/{OURS.alert_id}/act", data=offer).status_code == 303
    assert OURS.alert_id in console.ask("kmar", "/").text
    page = console.ask("kmar", f"/alerts/{OURS.alert_id}").text
    assert "Overdracht aannemen" in page
    assert "aangeboden aan Koninklijke Marechaussee" in page
    decline = {"action": "decline", "expected": "2", "form": "1"}
    answer = console.ask("kmar", f"/alerts/{OURS.alert_id}/act", data=decline)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert OURS.alert_id not in console.ask("kmar", "/").text


def test_a_liaison_sees_what_has_an_end_in_the_country():
    abroad = an_alert(left=a_sighting("BE:Antwerp", days_ago=9), arrival=an_arrival("abroad", ZWOLLE))
    console = Console(abroad, OURS)
    assert abroad.alert_id in console.ask("liaison-be", "/").text
    assert OURS.alert_id not in console.ask("liaison-be", "/").text
    assert console.ask("liaison-de", "/api/v1/alerts").json()["items"] == []


@pytest.mark.parametrize("unit", [UTRECHT_UNIT, *WITHOUT_REGION[1:]])
def test_everybody_but_cemi_has_a_scope(unit):
    assert unit in scope_of(Viewer(region=unit))
    assert scope_of(Viewer(region=CEMI)) is scope_of(Viewer()) is None


def test_the_streams_tell_a_unit_only_what_touches_it_and_go_on_behind_what_does_not():
    console = Console(OURS)
    many = [
        an_alert(subject=a_token("t"), left=THEIRS.based_on[0], arrival=an_arrival(f"{n}", ZWOLLE)) for n in range(450)
    ]
    console.platform.tell(*many)
    later = an_alert(subject=a_token("later"), arrival=an_arrival("later"))
    console.platform.tell(later)
    cookies = {COOKIE: cookie_of("S. Voorbeeld", UTRECHT_UNIT)}
    with serving_app(console.app) as url, httpx.Client(base_url=url, cookies=cookies, timeout=20) as client:
        for path in ("/api/v1/alerts/stream?last_event_id=1", "/live?alerts=1&states=1"):
            told = told_until(client, path, later.alert_id)
            assert not [alert for alert in many if alert.alert_id in told or alert.subject in told]


def test_a_page_hears_which_alert_went_to_another_unit_and_no_other():
    console = Console(OURS, THEIRS)
    given_on(console, "offer")
    since = console.platform.states_end()[0]
    for alert, unit in ((OURS, "kmar"), (THEIRS, "limburg")):
        form = {"action": "decline", "expected": "2", "form": "2"}
        console.ask(unit, f"/alerts/{alert.alert_id}/act", data=form)
    told = heard(console, "kmar", f"/live?alerts=2&states={since}", OURS.alert_id)
    [left] = [data["left"] for data in data_of(told) if "left" in data]
    assert left == [OURS.alert_id]
    assert THEIRS.alert_id not in told


def test_a_page_hears_which_alert_a_revision_took_out_of_its_unit_and_no_other():
    console = Console(OURS, THEIRS)
    since = console.platform.alerts_end()[0]
    console.platform.tell(starting_in(AMSTERDAM, OURS), starting_in(AMSTERDAM, THEIRS))
    later = an_alert(subject=a_token("later"), arrival=an_arrival("later"))
    console.platform.tell(later)
    told = heard(console, "noord-holland", f"/live?alerts={since}&states=2", later.alert_id)
    [left] = [data["left"] for data in data_of(told) if "left" in data]
    assert left == [OURS.alert_id]
    assert THEIRS.alert_id not in told


def test_who_still_sees_a_revised_alert_hears_of_it_and_not_that_it_left():
    console = Console(OURS)
    console.platform.tell(starting_in(AMSTERDAM, OURS))
    told = heard(console, UTRECHT_UNIT, "/live?alerts=1&states=1", OURS.alert_id)
    assert not [data for data in data_of(told) if "left" in data]


def test_who_follows_the_stream_for_a_unit_hears_that_a_revision_took_an_alert_away_and_of_no_other():
    console = Console(OURS, THEIRS)
    since = console.platform.alerts_end()[0]
    console.platform.tell(starting_in(AMSTERDAM, OURS), starting_in(AMSTERDAM, THEIRS))
    later = an_alert(subject=a_token("later"), arrival=an_arrival("later"))
    stream = "/api/v1/alerts/stream?last_event_id={}"
    with serving_app(console.app) as url, httpx.Client(base_url=url, timeout=20) as client:
        client.cookies[COOKIE] = cookie_of("S. Voorbeeld", "noord-holland")
        told = told_until(client, stream.format(since), OURS.alert_id)
        assert told.endswith(f'id: {since + 2}\nevent: gone\ndata: {{"alert_id":"{OURS.alert_id}"}}\n\n')
        assert told.count("event: ") == 1
        console.platform.tell(later)
        assert "event: gone" not in told_until(client, stream.format(since + 2), later.alert_id)
        client.cookies[COOKIE] = cookie_of("S. Voorbeeld", None)
        assert "event: gone" not in told_until(client, stream.format(since), later.alert_id)


def test_who_follows_states_too_hears_that_an_alert_was_handed_over_and_of_no_other():
    console = Console(OURS, THEIRS)
    given_on(console, "assign")
    since = console.platform.states_end()[0]
    asks = {"expected": "2", "form": "2", "action": "assign", "unit": "limburg"}
    for alert, unit in ((OURS, "kmar"), (THEIRS, "limburg")):
        console.ask(unit, f"/alerts/{alert.alert_id}/act", data=asks | {"unit": "landelijke-opsporing"})
    told = heard(console, "kmar", f"/api/v1/alerts/stream?last_event_id=2&states={since}", OURS.alert_id)
    assert told.endswith(f'\n\nevent: gone\ndata: {{"alert_id":"{OURS.alert_id}"}}\n\n')
    assert THEIRS.alert_id not in told


def given_on(console, action):
    """One alert to the Royal Marechaussee, the other to Limburg."""
    asks = {"expected": "1", "form": "1", "action": action}
    console.ask(UTRECHT_UNIT, f"/alerts/{OURS.alert_id}/act", data=asks | {"unit": "kmar"})
    console.ask("oost-nederland", f"/alerts/{THEIRS.alert_id}/act", data=asks | {"unit": "limburg"})


def starting_in(place, alert):
    """The alert revised: she came from elsewhere."""
    revised = an_alert(left=a_sighting(place, days_ago=3), arrival=alert.based_on[-1], subject=alert.subject)
    return replace(revised, alert_id=alert.alert_id, revision=2, status=AlertStatus.REVISED)


def data_of(told):
    return [json.loads(line.removeprefix("data: ")) for line in told.splitlines() if line.startswith("data: ")]


def heard(console, unit, path, awaited):
    """What a page of the unit hears from there on, until the awaited is told."""
    cookies = {COOKIE: cookie_of("S. Voorbeeld", unit)}
    with serving_app(console.app) as url, httpx.Client(base_url=url, cookies=cookies, timeout=20) as client:
        return told_until(client, path, awaited)


def told_until(client, path, awaited):
    """What a stream tells until it says the awaited."""
    told = ""
    with client.stream("GET", path) as answer:
        for text in answer.iter_text():
            told += text
            if awaited in told:
                return told
    raise AssertionError("the stream ended early")


def test_a_unit_sees_what_cemi_assigned_to_it_and_that_nobody_of_it_has_it_yet():
    console = Console(OURS)
    assign = {"action": "assign", "expected": "1", "form": "1", "unit": ELSEWHERE}
    assert console.ask(CEMI, f"/alerts/{OURS.alert_id}/act", data=assign).status_code == 303
    assert "toegewezen aan Den Haag, nog van niemand" in console.ask(ELSEWHERE, "/").text
    assert "wees dit toe aan Den Haag" in console.ask(ELSEWHERE, f"/alerts/{OURS.alert_id}").text


def test_looking_back_no_contact_of_another_unit_is_said_to_have_been_known():
    earlier = an_alert(left=a_sighting(AMSTERDAM, days_ago=20), arrival=a_sighting(HAARLEM, days_ago=9))
    told = an_alert(known_at=NOW - 2 * HOUR_MS)
    revised = replace(told, revision=2, status=AlertStatus.REVISED, known_at=NOW - HOUR_MS)
    console = Console(earlier, told, revised)
    now = console.ask(UTRECHT_UNIT, f"/alerts/{told.alert_id}").text
    then = console.ask(UTRECHT_UNIT, f"/alerts/{told.alert_id}?at={format_time(told.known_at)}").text
    faces = [page.partition('id="familiar-title"')[2].partition("</section>")[0] for page in (now, then)]
    assert ["Amsterdam" in told for told in faces] == [True, False]
    assert "Zo stond het op" in then
