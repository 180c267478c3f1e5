"""Times are RFC 3339 with an offset, cut to milliseconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.times import format_time, parse_time

EVENING = 1_772_396_100_000
"""2026-03-01 20:15:00 UTC."""


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01T20:15:00Z", EVENING),
        ("2026-03-01t20:15:00z", EVENING),
        ("2026-03-01T21:15:00+01:00", EVENING),
        ("2026-03-01T15:45:00-04:30", EVENING),
        ("2026-03-01T20:15:00-00:00", EVENING),
        ("2026-03-01T20:15:00.5Z", EVENING + 500),
        ("2026-03-01T20:15:00.123999999Z", EVENING + 123),
        ("2026-03-02T00:14:00+03:59", EVENING),
        ("1970-01-01T00:00:00Z", 0),
    ],
)
def test_a_time_with_its_offset_is_one_point_in_time(text, at):
    assert parse_time(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "2026-03-01T20:15Z",
        "2026-03-01T20:15:00",
        "2026-03-01 20:15:00Z",
        "2026-03-01T20:15:00+01",
        "2026-03-01T20:15:00+0100",
        "2026-03-01T20:15:00+24:00",
        "2026-03-01T20:15:00+01:60",
        "2026-02-29T20:15:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T20:15:60Z",
        "2026-03-01T20:15:00.Z",
        "2026-03-01T20:15:00,5Z",
        "\uff12026-03-01T20:15:00Z",
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00+00:01",
        "1772396100000",
        " 2026-03-01T20:15:00Z",
        "",
    ],
)
def test_anything_else_is_no_time(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is no part of it
        parse_time(text)


@given(st.integers(0, 253_402_300_799_999))
def test_a_time_told_is_read_back(at):
    assert parse_time(format_time(at)) == at
