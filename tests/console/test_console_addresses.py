"""Addresses that are half typed, strange, or asked for in another language."""

import pytest

from tests.console.test_console_pages import a_browser, leads_on
from tests.console.told import an_alert


@pytest.mark.parametrize("day", ["0001-01-01", "0202-06-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["since", "until"])
def test_a_day_that_is_half_typed_is_no_filter(name, day):
    answer = a_browser(an_alert()).get(f"/?{name}={day}")
    assert answer.status_code == 200
    assert leads_on(answer.text) == [an_alert().alert_id]


@pytest.mark.parametrize("path", ["/?view=border&kind=person", "/agenda?region=limburg", "/map?days=90&until=3"])
def test_the_other_language_is_that_of_what_is_shown(path):
    page = a_browser(an_alert()).get(f"{path}&lang=nl").text
    address = path.partition("?")[2].replace("&", "&amp;")
    assert f'<a href="?{address}&amp;lang=en"' in page
