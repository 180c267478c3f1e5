"""The rules of section 6: what may stand in ``rules.toml``, and what is said of what may not."""

import pytest

from processors.rules import KEYS, InvalidRules, Rules, default_rules_text, parse_rules
from schemas.times import DAY_MS, HOUR_MS

NAMES = "window_days, dwell_hours, gap_days, repeat_days, fresh_days, implausible_kmh, implausible_min_km"


def test_the_default_file_says_what_the_code_says():
    assert parse_rules(default_rules_text()) == Rules() == parse_rules("")


def test_the_default_file_names_every_key():
    assert all(f"{key} = " in default_rules_text() for key in KEYS)


def test_the_defaults_are_those_of_the_design():
    assert Rules() == Rules(
        window_ms=180 * DAY_MS,
        dwell_ms=4 * HOUR_MS,
        gap_ms=7 * DAY_MS,
        implausible_kmh=200,
        implausible_min_km=50,
        repeat_ms=14 * DAY_MS,
        fresh_ms=30 * DAY_MS,
    )
    assert Rules().kept_ms == 360 * DAY_MS


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("window_days = 20", Rules(window_ms=20 * DAY_MS)),
        ("dwell_hours = 2", Rules(dwell_ms=2 * HOUR_MS)),
        ("gap_days = 0.5", Rules(gap_ms=12 * HOUR_MS)),
        ("repeat_days = 3", Rules(repeat_ms=3 * DAY_MS)),
        ("fresh_days = 1", Rules(fresh_ms=DAY_MS)),
        ("implausible_kmh = 0.5", Rules(implausible_kmh=0.5)),
        ("implausible_min_km = 1000000", Rules(implausible_min_km=1_000_000)),
        ("dwell_hours = 2.8e-7", Rules(dwell_ms=1)),
    ],
)
def test_one_key_changes_one_rule_and_leaves_the_rest(line, rules):
    assert parse_rules(line) == rules


def test_all_keys_may_be_given_at_once():
    given = parse_rules("".join(f"{key} = {number}\n" for number, key in enumerate(KEYS, 1)))
    assert given == Rules(
        window_ms=DAY_MS,
        dwell_ms=2 * HOUR_MS,
        gap_ms=3 * DAY_MS,
        repeat_ms=4 * DAY_MS,
        fresh_ms=5 * DAY_MS,
        implausible_kmh=6,
        implausible_min_km=7,
    )


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", ["0", "-1", "0.0", "nan", "inf", "-inf", "true", "false", '"7"', "[7]", "2026-03-01"])
def test_what_is_no_positive_number_is_refused_by_the_name_of_its_key(key, value):
    with pytest.raises(InvalidRules) as refused:
        parse_rules(f"{key} = {value}")
    assert str(refused.value) == f"{key} must be a number greater than 0"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", ["1000001", "1e300", "1000000.5"])
def test_what_no_calendar_or_map_holds_is_refused(key, value):
    with pytest.raises(InvalidRules) as refused:
        parse_rules(f"{key} = {value}")
    assert str(refused.value) == f"{key} must be at most 1000000"


def test_a_span_of_less_than_a_millisecond_is_refused():
    with pytest.raises(InvalidRules) as refused:
        parse_rules("dwell_hours = 1e-8")
    assert str(refused.value) == "dwell_hours must be at least a millisecond"


def test_an_unknown_key_is_refused_with_the_keys_that_there_are():
    with pytest.raises(InvalidRules) as refused:
        parse_rules("window_days = 20\nzeal = 1\ndwell = 4\n")
    assert str(refused.value) == f"unknown key 'dwell': the keys are {NAMES}"


def test_what_is_no_toml_is_refused_with_the_place_of_the_fault():
    with pytest.raises(InvalidRules, match=r"^not TOML: .*line 2") as refused:
        parse_rules("window_days = 20\ngap_days == 7\n")
    assert refused.value.__cause__ is not None
