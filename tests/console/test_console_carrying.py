"""Without a script, opening an alert and acting on it keep to the list: its view, its filters, the page of it."""

import html
import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from alerts.console.listing import CARDS
from schemas.times import MINUTE_MS
from tests.console.test_console_scope import Console
from tests.console.told import NOW, a_sighting, a_token, an_alert

OUTLOOK = "view=unowned&what=all"


@pytest.fixture(scope="module")
def console():
    return Console(*(on_a_card_of_its_own(n) for n in range(CARDS + 3)))


def on_a_card_of_its_own(n):
    arrival = a_sighting(days_ago=0.1, event_id=f"made-up-{n}")
    return an_alert(arrival=arrival, subject=a_token(str(n)), known_at=NOW - n * MINUTE_MS)


def asked(console, path):
    return html.unescape(console.ask(None, path).text)


def cards_on(page):
    return re.findall(r'class="route" href="([^"]+)"', page)


def test_an_alert_of_the_second_page_is_opened_and_acted_on_beside_that_page(console):
    first = asked(console, f"/?{OUTLOOK}")
    [older] = re.findall(r'class="more"><a href="([^"]+)"', first)
    second = asked(console, f"/{older}")
    listed = cards_on(second)
    assert len(listed) == 3
    assert all(link.endswith(older) for link in listed)

    opened = asked(console, listed[1])
    assert cards_on(opened) == listed
    assert re.findall(r'class="back" href="([^"]+)"', opened)[0] == f"/{older}"
    actions = set(re.findall(r'method="post" action="(/alerts/[^"]+)"', opened))
    assert actions == {listed[1].replace("?", "/act?")}

    [act] = actions
    [version] = set(re.findall(r'name="expected" value="(\d+)"', opened))
    went = console.ask(None, act, data={"action": "acknowledge", "expected": version, "form": "made-up"})
    assert went.status_code == 303
    done = asked(console, went.headers["location"])
    assert "Genoteerd dat dit gezien is." in done
    assert cards_on(done) == listed
    conflicted = console.ask(None, act, data={"action": "take", "expected": version, "form": "other"})
    assert conflicted.status_code == 409
    assert cards_on(html.unescape(conflicted.text)) == listed


def test_acting_on_many_keeps_to_the_page_of_the_list(console):
    [older] = re.findall(r'class="more"><a href="([^"]+)"', asked(console, f"/?{OUTLOOK}"))
    page = asked(console, f"/{older}")
    [act] = re.findall(r'id="many" method="post" action="([^"]+)"', page)
    [pick, *_] = re.findall(r'name="pick" value="([^"]+)"', page)
    acted = console.ask(None, act, data={"action": "acknowledge", "pick": pick, "form": "made-up"})
    assert cards_on(html.unescape(acted.text)) == cards_on(page)


def test_looking_back_is_a_form_that_keeps_to_the_list():
    alert = an_alert(known_at=NOW - 2 * MINUTE_MS)
    console = Console(alert, replace(alert, revision=2, known_at=NOW))
    page = asked(console, f"/alerts/{alert.alert_id}?{OUTLOOK}")
    form = page.partition('id="looking-back"')[2].partition("</form>")[0]
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', form)
    assert urlencode(kept) == OUTLOOK
    assert f"&{OUTLOOK}" in re.findall(r'class="then" href="([^"]+)"', page)[0]
    past = asked(console, f"/alerts/{alert.alert_id}?{OUTLOOK}&step=0")
    assert re.findall(r'class="to-now" href="([^"]+)"', past) == [f"/alerts/{alert.alert_id}?{OUTLOOK}"]


def test_what_is_no_cursor_of_ours_by_far_is_not_carried(console):
    links = cards_on(asked(console, f"/?what=all&cursor={'x' * 81}"))
    assert len(links) == CARDS
    assert all(link.endswith("?what=all") for link in links)
