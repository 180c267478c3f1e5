"""``relocation dead-letters`` over a data folder: what was refused, without what was sent, and trying it again."""

import json
import os

import pytest
from click.testing import CliRunner
from made_up_events import KEY, a_control, a_passage, line_of
from platforms import a_platform

from processors.intake import Intake
from processors.policy_file import default_policy_text, parse_policy
from relocation.clock import now_ms
from relocation.command import cli
from relocation.parts import gazetteer, signals_of, tokeniser_of
from relocation.settings import load_settings
from schemas.times import DAY_MS
from streams.embedded.folder import DataFolder

SWITCHED_OFF = default_policy_text() + '[[source]]\npattern = "avim-*"\nadmit = false\n'
CLEAR = ("P-0001", "P-0002", "Nergenshuizen", "12-ABC-3", "12ABC3")


@pytest.fixture
def refusing(tmp_path):
    """A folder with letters: two of a source that was switched off, an unknown place, a passage, something else."""
    settings = load_settings(token_key=KEY)
    policy = parse_policy(SWITCHED_OFF, window_ms=180 * DAY_MS)
    intake = Intake(gazetteer(), tokeniser_of(settings), policy, signals_of(settings))
    lost = {**a_control(who="P-0002", source="bvh-made-up"), "place": {"name": "Nergenshuizen"}}
    first, then = a_control(place="GM0363", day=40), a_control(place="GM0344", day=55)
    with a_platform(tmp_path, intake=intake) as platform:
        platform.publish([*map(line_of, (first, then, lost, a_passage(place="GM9999"))), b"{"])
    return tmp_path


def done(*words):
    """Exit code, and what was said on both streams."""
    environment = {"RELOCATION_TOKEN_KEY": KEY, "RELOCATION_KAFKA": None, "RELOCATION_DATA": None}
    ended = CliRunner().invoke(cli, [str(word) for word in words], env=environment, standalone_mode=False)
    failed = getattr(ended.exception, "exit_code", None)
    assert ended.exception is None or failed is not None, ended.exception
    said = ended.stdout, ended.stderr + ("" if failed is None else ended.exception.message)
    assert not any(clear in part for clear in CLEAR for part in said)
    return failed or 0, *said


def asked(data, *words):
    code, told, _ = done("dead-letters", *words, "--data", data, "--json")
    return code, json.loads(told)


def names(told):
    return [one["letter"] for one in told["items"]]


def test_letters_are_listed_by_code_source_topic_and_period_without_what_was_sent(refusing):
    _, told = asked(refusing, "list")
    assert sorted(names(told)) == ["1", "2", "3", "4", "5"]
    assert {one["letter"]: one["remedy"] for one in told["items"]} == {
        "1": "redrive", "2": "redrive", "3": "redrive", "4": "correct", "5": "correct",
    }  # fmt: skip
    assert not any("held" in one for one in told["items"])
    assert names(asked(refusing, "list", "--code", "not_authorised", "--limit", "1")[1]) in (["1"], ["2"])
    assert sorted(names(asked(refusing, "list", "--code", "unknown_place", "--code", "malformed")[1])) == [
        "3",
        "4",
        "5",
    ]
    assert names(asked(refusing, "list", "--source", "bvh-made-up", "--topic", "http")[1]) == ["3"]
    assert names(asked(refusing, "list", "--topic", "intake.control")[1]) == []
    assert names(asked(refusing, "list", "--until", "2026-01-01")[1]) == []
    assert len(names(asked(refusing, "list", "--since", "2026-01-01", "--redrivable")[1])) == 3


def test_a_letter_is_shown_with_what_to_do_about_it_and_nothing_of_whom(refusing):
    for words in (["list"], ["show", "3"]):
        code, told, _ = done("dead-letters", *words, "--data", refusing)
        assert (code, "unknown_place" in told) == (0, True)
    _, shown = asked(refusing, "show", "3")
    assert (shown["source"], shown["remedy"], "held" in shown) == ("bvh-made-up", "redrive", False)
    assert done("dead-letters", "show", "77", "--data", refusing)[0] == 1


def test_what_was_refused_for_a_reason_that_passed_raises_its_alert_when_it_is_redriven(refusing):
    code, dry = asked(refusing, "redrive", "--all", "--dry-run")
    assert (code, dry["counts"]) == (1, {"accepted": 2, "rejected": 1})
    code, told = asked(refusing, "redrive", "--code", "not_authorised")
    assert (code, told["counts"]) == (0, {"accepted": 2})
    [alert] = done("export", "alerts", "-", "--data", refusing)[1].splitlines()
    assert (json.loads(alert)["from"], json.loads(alert)["to"]) == ("GM0363", "GM0344")
    code, again = asked(refusing, "redrive", "--all")
    assert (code, again["counts"]) == (1, {"duplicate": 2, "rejected": 1})
    assert len(done("export", "alerts", "-", "--data", refusing)[1].splitlines()) == 1
    code, told = asked(refusing, "redrive", "5")
    assert (code, told["items"]) == (1, [])


def test_redriving_needs_to_be_told_what_and_a_folder_that_nobody_holds(refusing, tmp_path):
    code, _, said = done("dead-letters", "redrive", "--data", refusing)
    assert (code, "--all" in said) == (2, True)
    with DataFolder(refusing).held():
        code, _, said = done("dead-letters", "redrive", "--all", "--data", refusing)
        assert (code, str(os.getpid()) in said) == (4, True)
        assert len(names(asked(refusing, "list")[1])) == 5
    assert done("dead-letters", "list", "--data", tmp_path / "nothing")[0] == 5


def test_what_was_held_for_thirty_days_is_not_tried_any_more(tmp_path):
    lost = {**a_control(), "place": {"name": "Nergenshuizen"}}
    with a_platform(tmp_path, now=lambda: now_ms() - 31 * DAY_MS) as platform:
        platform.publish([line_of(lost)])
    assert [one["remedy"] for one in asked(tmp_path, "list")[1]["items"]] == ["correct"]
    code, _, said = done("dead-letters", "redrive", "1", "--data", tmp_path)
    assert (code, "letter 1 cannot be tried" in said) == (1, True)
