"""What an address asks of the list and the list does not have, is said, with what there is instead."""

import html
import re

import pytest

from tests.console.test_console_scope import Console
from tests.console.told import an_alert


@pytest.fixture(scope="module")
def console():
    return Console(an_alert())


def unread_on(console, path):
    page = html.unescape(console.ask(None, path).text)
    told = re.findall(r'<p class="unread" role="note">(.*?)</p>', page)
    return [re.sub("<[^>]+>", "", sentence) for sentence in told]


def test_a_value_that_a_filter_does_not_have_is_told_with_those_that_it_has(console):
    [told] = unread_on(console, "/?certainty=zeker&unit=rotterdam")
    assert told == (
        "Bij “Zekerheid” noemt het adres iets wat er niet is, dus daar is niet op gefilterd. "
        "Wel te kiezen: bevestigd, waarschijnlijk, voorlopig."
    )
    page = html.unescape(console.ask(None, "/?certainty=zeker&unit=rotterdam").text)
    assert 'href="/?unit=rotterdam&certainty=sure">bevestigd<' in page


def test_a_unit_that_there_is_not_is_no_empty_list(console):
    [told] = unread_on(console, "/?unit=rotterdm")
    assert "Rotterdam" in told
    assert 'class="card' in console.ask(None, "/?unit=rotterdm").text
    assert unread_on(console, "/?unit=BE") == []
    assert unread_on(console, "/?unit=XX") == [told]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("since=gisteren", "Bij “vanaf” noemt het adres geen dag"),
        ("view=nachtdienst", "een weergave die er niet is"),
        ("statuss=new", "een filter dat er niet is"),
    ],
)
def test_a_day_a_view_and_a_filter_that_there_are_not_are_told(console, query, says):
    [told] = unread_on(console, f"/?{query}")
    assert says in told
    assert unread_on(console, f"/alerts/{an_alert().alert_id}?{query}") == [told]


def test_nothing_that_was_asked_is_repeated(console):
    typed = "VERZONNEN-1029"
    for name in ("status", "unit", "since", "view", typed):
        assert typed not in console.ask(None, f"/?{name}={typed}").text.split("</header>")[1]


def test_what_the_list_does_have_is_not_remarked_upon(console):
    day = f"/alerts/{an_alert().alert_id}?step=0&view=border&since=2026-03-01&lang=nl"
    for path in ("/", day, "/?what=all&cursor=x&owner=R.+Verzonnen&source=elders", "/map?days=90&until=3"):
        assert unread_on(console, path) == []


def test_a_period_of_the_map_is_told_on_its_page_once(console):
    [told] = unread_on(console, "/map?days=365&until=3")
    assert told.endswith("getoond zijn 30 dagen. Wel te kiezen: 7 dagen, 30 dagen, 90 dagen.")


def test_a_form_does_not_lose_what_cannot_be_read(console):
    sent = console.ask(None, "/?since=0002-03-01&status=&view=border")
    assert (sent.status_code, sent.headers["location"]) == (303, "/?since=0002-03-01&view=border")
