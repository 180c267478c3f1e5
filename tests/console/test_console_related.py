"""What an alert tells of who was met with her, and of other alerts."""

from processors.alias import alias_of
from schemas.dossiers import Companion
from schemas.views import Viewer
from tests.console.test_console_pages import a_browser
from tests.console.told import (
    AMSTERDAM,
    GRONINGEN,
    HAARLEM,
    NOW,
    UTRECHT,
    ZWOLLE,
    a_sighting,
    a_token,
    an_alert,
    an_arrival,
)

TOGETHER = an_arrival("a control of two", UTRECHT)
HERS = an_alert(arrival=TOGETHER)
HIS = an_alert(left=a_sighting(ZWOLLE, days_ago=6), arrival=TOGETHER, subject=a_token("driver"), attention="file")
EARLIER = an_alert(left=a_sighting(AMSTERDAM, days_ago=20), arrival=a_sighting(HAARLEM, days_ago=9))
OF_SOMEBODY_ELSE = an_alert(left=a_sighting(GRONINGEN, days_ago=5), subject=a_token("another"), arrival=an_arrival("x"))


def related_in(page):
    return page.partition('id="related-title"')[2].partition("</section>")[0]


def test_an_alert_names_who_was_met_with_her():
    browser = a_browser(HERS)
    browser.platform.met = (Companion(a_token("driver"), "person", 2, NOW, NOW, ()),)
    told = browser.get(f"/alerts/{HERS.alert_id}").text.partition('id="together-title"')[2]
    assert alias_of(a_token("driver")) in told
    assert "2 keer samen gezien" in told or "twee keer samen gezien" in told


def test_an_alert_leads_to_those_of_the_same_arrival_and_to_others_about_her():
    browser = a_browser(HERS, HIS, EARLIER, OF_SOMEBODY_ELSE)
    told = related_in(browser.get(f"/alerts/{HERS.alert_id}").text)
    assert [told.find(f'href="/alerts/{one.alert_id}"') >= 0 for one in (HIS, EARLIER, OF_SOMEBODY_ELSE, HERS)] == [
        True,
        True,
        False,
        False,
    ]
    assert told.index(HIS.alert_id) < told.index(EARLIER.alert_id)
    assert alias_of(a_token("driver")) in told


def test_a_unit_is_led_to_no_alert_that_it_does_not_see():
    browser = a_browser(HERS, HIS, EARLIER, viewer=lambda _: Viewer(region="midden-nederland"))
    told = related_in(browser.get(f"/alerts/{HERS.alert_id}").text)
    assert HIS.alert_id in told
    assert EARLIER.alert_id not in told


def test_an_alert_without_company_says_nothing_of_it():
    page = a_browser(HERS).get(f"/alerts/{HERS.alert_id}").text
    assert 'id="related-title"' not in page
    assert 'id="together-title"' not in page
