"""Who is called so: an alias that was heard leads to everybody of that alias whom the reader may see."""

import pytest

from schemas.times import HOUR_MS
from tests.console.test_console_scope import Console
from tests.console.told import GRONINGEN, NOW, ZWOLLE, a_sighting, an_alert, an_arrival

ALIAS = "Bladhoudende IJsegel 67914"
FIRST, SECOND = "0000000000000000000000000003c304", "0000000000000000000000000004c983"
"""Two tokens of that alias."""
OLDER = an_alert(subject=FIRST, known_at=NOW - HOUR_MS)
NEWER = an_alert(
    subject=SECOND,
    left=a_sighting(GRONINGEN, days_ago=9),
    arrival=an_arrival("newer", ZWOLLE),
    known_at=NOW,
)


@pytest.fixture(scope="module")
def console():
    return Console(OLDER, NEWER)


def answer_to(console, unit, heard):
    went = console.ask(unit, "/lookup/alias", data={"alias": heard})
    assert went.status_code == 303
    page = console.ask(unit, went.headers["location"])
    assert page.status_code == 200
    return page.text.partition('id="lookup"')[2]


@pytest.mark.parametrize("heard", [ALIAS, "bladhoudende ijs egel 67914", "Bladhoudende IJsegel", "67914"])
def test_all_who_share_an_alias_are_told_apart_the_newest_first(console, heard):
    told = answer_to(console, None, heard)
    assert f"{ALIAS} KT" in told
    assert 0 < told.find(f"/subjects/{SECOND}") < told.find(f"/subjects/{FIRST}")
    assert f"/alerts/{NEWER.alert_id}" in told
    assert "meer dan één heet zo" in told


def test_a_unit_finds_those_whom_it_may_see_and_is_told_why_there_may_be_nobody(console):
    told = answer_to(console, "noord-nederland", ALIAS)
    assert f"/subjects/{SECOND}" in told
    assert FIRST not in told
    assert f"{ALIAS} K" not in told
    nobody = answer_to(console, "limburg", ALIAS)
    assert "Niemand gevonden" in nobody
    assert "/subjects/" not in nobody


@pytest.mark.parametrize("typed", ["Mevrouw Verzonnen", "VERZONNEN-8802", "+31600000001"])
def test_what_is_no_alias_goes_nowhere(console, typed):
    went = console.ask(None, "/lookup/alias", data={"alias": typed})
    assert went.headers["location"] == "/lookup/no_alias"
    told = console.ask(None, f"/lookup/alias/{typed}").text
    assert "Dat is geen schuilnaam" in told
    assert typed not in told.partition('id="lookup"')[2]
