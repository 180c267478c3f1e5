"""A policy that cannot be used says which line is wrong and what to write instead."""

import pytest

from processors.policy_file import InvalidPolicy, default_policy_text, parse_policy
from schemas.times import DAY_MS
from tests.intake.sent import WINDOW_MS, a_policy

RULE = """[[rule]]
ground = "made-up"
basis = "made up"
type = "control"
identifiers = "all"
term_days = 400
"""


def faults(text, window_ms=WINDOW_MS):
    with pytest.raises(InvalidPolicy) as invalid:
        parse_policy(text, window_ms=window_ms)
    return invalid.value.faults


def test_the_packaged_policy_is_valid_and_every_ground_has_its_law():
    rules = a_policy().rules
    assert len(rules) == 7
    assert all(rule.basis and rule.term_ms >= 2 * WINDOW_MS for rule in rules)


@pytest.mark.parametrize(
    ("sent", "instead", "line"),
    [
        ('ground = "made-up"', "", 1),
        ('ground = "made-up"', 'ground = "Made Up"', 2),
        ('basis = "made up"', 'basis = ""', 3),
        ('type = "control"', 'type = "kontrol"', 4),
        ('type = "control"', "", 1),
        ('identifiers = "all"', 'identifiers = "some"', 5),
        ('identifiers = "all"', 'identifiers = ["plate"]', 5),
        ('identifiers = "all"', "", 1),
        ("term_days = 400", "", 1),
        ("term_days = 400", "term_days = 359", 6),
        ("term_days = 400", "term_days = 360.0", 6),
        ("term_days = 400", "term_days = true", 6),
        ("term_days = 400", "term_days = 1000000", 6),
        ("term_days = 400", "term_days = 400\nkeeps = 3", 7),
        ("term_days = 400", 'term_days = 400\nkeeps = ["plate"]', 7),
        ("term_days = 400", "term_days = 400\ntargeted_after_days = 0", 7),
        ("term_days = 400", "term_days = 400\n# so\nsources = []", 8),
        ("term_days = 400", 'term_days = 400\nsources = ["A"]', 7),
        ("term_days = 400", "term_days = 400\nwhen = true", 7),
        ("term_days = 400", "term_days = 400\nwhen = { police_involved = true }", 7),
        ("term_days = 400", 'term_days = 400\nwhen = { conducted_by = ["me"] }', 7),
        ("term_days = 400", 'term_days = 400\nwhen = { licensed = "no" }', 7),
        ("term_days = 400", 'term_days = 400\nwhen = { indicators_other_than = "unlicensed" }', 7),
        ("term_days = 400", "term_days = 400\n[rule.when]\n\nlicensed = 1", 9),
        ("term_days = 400", "term_days = 400\nterm_weeks = 1", 7),
        ("term_days = 400", 'term_days = 400\n[[source]]\npattern = "a b"\nadmit = true', 8),
        ("term_days = 400", 'term_days = 400\n[[source]]\npattern = "ab"\nadmit = "no"', 9),
        ("term_days = 400", 'term_days = 400\n[[source]]\npattern = "ab"', 7),
        ("[[rule]]", 'unlisted_sources = "perhaps"\n[[rule]]', 1),
        ("[[rule]]", "[rule]", 1),
        ("[[rule]]", "version = 2\n[[rule]]", 1),
        ("[[rule]]", "source = 1\n[[rule]]", 1),
        ("term_days = 400", "term_days = = 400", 6),
    ],
)
def test_the_faulty_line_is_named_with_what_to_write_instead(sent, instead, line):
    (fault,) = faults(RULE.replace(sent, instead))
    assert fault.line == line
    assert fault.message
    assert fault.instead
    assert str(fault).startswith(f"line {line}: ")


def test_every_fault_is_told_at_once_by_line():
    text = RULE + RULE.replace("made-up", "other").replace("400", "1") + RULE
    assert [fault.line for fault in faults(text)] == [12, 14]
    told = RULE.replace("made up", " ").replace('"all"', "1").replace("400", "1")
    assert [fault.line for fault in faults(told)] == [3, 5, 6]


def test_no_term_is_shorter_than_twice_the_window_in_force():
    assert parse_policy(RULE.replace("400", "360"), window_ms=180 * DAY_MS)
    (fault,) = faults(RULE, window_ms=200 * DAY_MS + 1)
    assert (fault.line, "from 401 " in fault.instead) == (6, True)


@pytest.mark.parametrize("text", ["", "# nothing", 'unlisted_sources = "admit"'])
def test_a_policy_without_rules_is_refused(text):
    (fault,) = faults(text)
    assert fault.line == 1


def test_the_packaged_policy_tells_every_key_that_it_takes():
    text = default_policy_text()
    for key in ("ground", "basis", "type", "sources", "when", "identifiers", "keeps", "term_days", "unlisted_sources"):
        assert f"#   {key} " in text or f"\n{key} = " in text


@pytest.mark.parametrize(
    ("pattern", "fits", "not_fits"),
    [
        ("avim", ["avim"], ["avim-a", "aavim"]),
        ("avim-*", ["avim-", "avim-a.b"], ["avim", "xavim-a"]),
        ("*.a", ["x.a", ".a"], ["xa", "x.ab"]),
        ("a*c*e", ["ace", "abcde"], ["abde", "acef"]),
    ],
)
def test_a_star_stands_for_anything(pattern, fits, not_fits):
    (rule,) = parse_policy(RULE + f'sources = ["{pattern}"]\n', window_ms=WINDOW_MS).rules
    assert all(rule.sources[0].fits(source) for source in fits)
    assert not any(rule.sources[0].fits(source) for source in not_fits)
