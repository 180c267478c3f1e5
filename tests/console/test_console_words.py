from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from alerts.console import words
from alerts.console.words import TRANSLATIONS, language_of, month_starts, same_day, words_of
from schemas.times import DAY_MS, HOUR_MS, MINUTE_MS, parse_time

NOW = parse_time("2026-03-09T12:00:00Z")


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "language"),
    [
        (None, None, None, "nl"),
        (None, None, "en-GB,en;q=0.9,nl;q=0.8", "en"),
        (None, None, "fr-FR, nl;q=0.2, en;q=0.1", "nl"),
        (None, None, "fr, en;q=0", "nl"),
        (None, "en", "nl", "en"),
        ("nl", "en", "en", "nl"),
        ("xx", "yy", "zz;q=nonsense", "nl"),
    ],
)
def test_the_address_decides_the_language_then_the_cookie_then_the_browser_then_dutch(
    asked, remembered, accepted, language
):
    assert language_of(asked, remembered, accepted) == language


@pytest.mark.parametrize(
    ("start", "end", "dutch", "english"),
    [
        ("2026-03-01T20:00:00Z", "2026-03-01T20:59:59Z", "minder dan een uur", "less than an hour"),
        ("2026-03-01T20:00:00Z", "2026-03-01T21:00:00Z", "één uur", "one hour"),
        ("2026-03-01T20:00:00Z", "2026-03-02T19:00:00Z", "23 uur", "23 hours"),
        ("2026-03-01T20:00:00Z", "2026-03-02T20:00:00Z", "één dag", "one day"),
        ("2026-02-28T21:00:00Z", "2026-03-09T20:15:00Z", "negen dagen", "nine days"),
        ("2026-02-28T09:00:00Z", "2026-03-13T09:00:00Z", "13 dagen", "13 days"),
        ("2026-01-01T09:00:00Z", "2026-01-29T09:00:00Z", "vier weken", "four weeks"),
    ],
)
def test_spans_are_told_as_people_count_them(start, end, dutch, english):
    spans = [words_of(language).span(parse_time(start), parse_time(end)) for language in ("nl", "en")]
    assert spans == [dutch, english]


@pytest.mark.parametrize(
    ("passed", "dutch", "english"),
    [
        (-MINUTE_MS, "nu", "now"),
        (MINUTE_MS - 1, "nu", "now"),
        (3 * MINUTE_MS, "3 min", "3 min"),
        (2 * HOUR_MS, "2 u", "2 h"),
        (5 * DAY_MS, "5 d", "5 d"),
    ],
)
def test_how_long_ago_is_told_short(passed, dutch, english):
    assert [words_of(language).ago(NOW - passed, NOW) for language in ("nl", "en")] == [dutch, english]


def test_days_carry_their_year_only_when_it_is_another():
    dutch = words_of("nl")
    assert dutch.day(parse_time("2026-03-09T12:00:00Z"), NOW) == "9 maart"
    assert dutch.day(parse_time("2025-12-31T12:00:00Z"), NOW) == "31 december 2025"
    assert dutch.short_day(parse_time("2026-03-09T12:00:00Z"), NOW) == "9 mrt"


def test_a_range_of_days_says_the_month_once():
    dutch = words_of("nl")
    at = parse_time
    assert dutch.short_days(at("2026-02-18T12:00:00Z"), at("2026-02-25T12:00:00Z"), NOW) == "18\N{EN DASH}25 feb"
    assert dutch.short_days(at("2026-02-27T12:00:00Z"), at("2026-03-03T12:00:00Z"), NOW) == "27 feb\N{EN DASH}3 mrt"
    assert dutch.short_days(at("2026-03-03T12:00:00Z"), at("2026-03-03T13:00:00Z"), NOW) == "3 mrt"


def test_times_are_those_of_the_coordinators_clock_also_in_summer():
    assert words_of("nl").moment(parse_time("2026-03-09T23:30:00Z"), NOW) == "10 mrt 00:30"
    assert words_of("nl").moment(parse_time("2026-07-09T22:30:00Z"), NOW) == "10 jul 00:30"
    assert same_day(parse_time("2026-03-09T23:30:00Z"), parse_time("2026-03-10T10:00:00Z"))


def test_moments_are_told_as_exactly_as_tells_them_apart():
    times = "20:14:59", "20:15:07.004", "20:15:07.040", "20:15:30", "20:15:30"
    ats = [parse_time(f"2026-03-09T{at}Z") for at in times]
    told = ["9 mrt 21:14", "9 mrt 21:15:07,004", "9 mrt 21:15:07,040", "9 mrt 21:15:30", "9 mrt 21:15:30"]
    assert words_of("nl").moments(ats, NOW) == told
    assert words_of("en").moments(ats, NOW)[1] == "9 Mar 21:15:07.004"


def test_months_start_at_midnight_here_across_a_year():
    starts = month_starts(parse_time("2025-11-15T00:00:00Z"), parse_time("2026-02-10T00:00:00Z"))
    assert [words_of("nl").month(at) for at in starts] == ["dec", "jan", "feb"]
    assert starts[0] == parse_time("2025-12-01T00:00:00+01:00")


def test_every_text_of_the_console_is_translated_and_nothing_else():
    catalogue = english()
    used = {text for _, _, text, _, _ in texts_of_the_console()}
    translated = {message.id for message in catalogue if message.id and all(_forms(message.string))}
    assert used - translated == set(), "translate these in translations/en/LC_MESSAGES/console.po"
    assert translated - used == set(), "no page says these any more: remove them from console.po"


def test_translations_fill_in_the_same_values():
    for message in english():
        if message.id:
            assert message.python_format == ("%(" in str(message.id))
            assert not list(message.check(english())), message.id


def english():
    with (TRANSLATIONS / "en" / "LC_MESSAGES" / "console.po").open("rb") as file:
        return read_po(file, locale="en")


def texts_of_the_console():
    methods = [("**/*.py", "python"), ("console/templates/**.html", "jinja2.ext:babel_extract")]
    alerts = Path(words.__file__).parent.parent  # who is told elsewhere is told in the same words
    return extract_from_dir(alerts, methods, {}, keywords={"say": None, "say_n": (1, 2)})


def _forms(string):
    return (string,) if isinstance(string, str) else string
