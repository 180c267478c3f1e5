"""What a command says of itself reads as it was written."""

import pytest
from click.testing import CliRunner

from relocation.command import cli

COMMANDS = (
    [],
    *(["up"], ["publish"], ["export"], ["history"], ["history", "sql"], ["replay"], ["simulate"]),
    *(["policy"], ["policy", "show"], ["policy", "check"], ["completion"]),
    *(["channels"], ["channels", "check"], ["channels", "try"]),
    *(["sink"], ["reconcile"], ["history", "rebuild"]),
    *(["topics"], ["topics", "create"], ["topics", "check"], ["topics", "diff"], ["topics", "agree"]),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_no_marks_of_its_making(command):
    told = CliRunner().invoke(cli, [*command, "--help"])
    assert told.exit_code == 0
    assert "\\b" not in told.output
    assert "\b" not in told.output


def test_examples_stand_on_lines_of_their_own():
    told = CliRunner().invoke(cli, ["--help"]).output
    assert "\n  Start:    relocation up --data ./data --http 127.0.0.1:8080\n" in told
