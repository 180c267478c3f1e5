"""When a source counts as silent: longer than it ever was of late, never for one that is hardly known."""

import pytest

from processors.rhythm import Rhythm
from schemas.times import DAY_MS, HOUR_MS

START = 20_000 * DAY_MS


def heard(*hours):
    rhythm = Rhythm(START, START)
    for hour in hours:
        rhythm = rhythm.heard(START + round(hour * HOUR_MS))
    return rhythm


def silent_from(rhythm):
    """The hours after it was last heard for which it counts as silent, to the half hour."""
    hours = [half / 2 for half in range(2 * 24 * 40) if rhythm.is_silent(rhythm.last_heard_at + half * HOUR_MS // 2)]
    return (hours[0], hours[-1]) if hours else None


def test_a_source_is_silent_once_it_is_quiet_for_twice_its_longest_silence():
    assert silent_from(heard(5, 10, 18, 30)) == (24.5, 720)


def test_a_source_of_every_minute_may_be_quiet_for_six_hours():
    assert silent_from(heard(*(hour / 4 for hour in range(1, 200)))) == (6.5, 720)


def test_a_source_that_is_hardly_known_is_never_silent():
    assert silent_from(heard(1, 2, 23.9)) is None
    assert silent_from(heard(1, 2, 24)) is not None


def test_a_long_silence_is_forgotten_after_two_fortnights():
    every_day = [24 * day for day in range(10, 60)]
    assert silent_from(heard(*every_day[:3]))[0] == 480.5
    assert silent_from(heard(*every_day))[0] == 48.5


@pytest.mark.parametrize("late", [0, 3, 29.9])
def test_what_comes_out_of_order_changes_nothing(late):
    assert heard(10, 30, late) == heard(10, 30)
