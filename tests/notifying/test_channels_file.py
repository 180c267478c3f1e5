"""What a notify.toml may say, and what is told of one that cannot be used."""

import re
from datetime import time
from pathlib import Path

import pytest

from alerts.notifying.channels import QuietHours, Way, parse_channels
from processors.places import Gazetteer
from processors.toml_lines import InvalidFile

PLACES = Gazetteer.load()
GOOD = """
console = "https://alerts.example/"
[[channel]]
name = "duty"
way = "webhook"
url = "https://desk.example/hook"
[[channel]]
name = "mail"
way = "email"
to = ["made-up@police.example"]
from = "alerts@police.example"
server = "mail.example:25"
units = ["amsterdam", "BE"]
quiet = "22:00-07:00"
group_seconds = 300
language = "en"
"""


def test_a_file_with_a_webhook_and_a_mailbox():
    channels = parse_channels(GOOD, PLACES)
    duty, mail = channels.channels
    assert channels.console == "https://alerts.example"
    assert (duty.way, duty.url, duty.units, duty.quiet, duty.group_s) == (
        Way.WEBHOOK, "https://desk.example/hook", frozenset(), None, 60,
    )  # fmt: skip
    assert (mail.to, mail.server, mail.quiet) == (
        ("made-up@police.example",), "mail.example:25", QuietHours(time(22), time(7)),
    )  # fmt: skip
    assert (mail.units, mail.group_s, mail.language) == (frozenset({"amsterdam", "BE"}), 300, "en")


def test_the_file_that_the_documentation_shows_can_be_used():
    page = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text("utf-8")
    [shown] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert [channel.units for channel in parse_channels(shown, PLACES).channels] == [frozenset(), {"amsterdam", "BE"}]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('console = "https://alerts.example/"', "", "line 1: console is missing"),
        ('name = "mail"', 'name = "duty"', "line 8: another channel has this name"),
        ('way = "webhook"', 'way = "fax"', "line 5: way is missing or not known"),
        ('url = "https://desk.example/hook"', 'url = "https://a:b@desk.example"', "line 6: url is missing or not as"),
        ('to = ["made-up@police.example"]', 'to = ["nobody"]', "line 10: to names no mailbox"),
        ('to = ["made-up@police.example"]', 'to = "made-up@police.example"', "line 10: to is no list of texts"),
        ('server = "mail.example:25"', 'server = "mail.example"', "line 12: server is missing or not as"),
        ('quiet = "22:00-07:00"', 'quiet = "22:00-22:00"', "line 14: quiet is no span"),
        ('quiet = "22:00-07:00"', 'quiet = "at night"', "line 14: quiet is no span"),
        ("group_seconds = 300", "group_seconds = true", "line 15: group_seconds cannot be used"),
        ('units = ["amsterdam", "BE"]', 'units = ["PL1300"]', "line 13: units names what is no police unit"),
        ('units = ["amsterdam", "BE"]', 'units = ["kmar"]', "known are amsterdam, den-haag"),
        ('units = ["amsterdam", "BE"]', 'units = ["XX"]', "line 13: units names what is no police unit and no country"),
        ('language = "en"', 'language = "de"', "line 16: language is not known"),
        ('language = "en"', 'tone = "kind"', "line 16: tone is no key of a email"),
        (GOOD, 'console = "https://alerts.example"', "there is no channel"),
    ],
)
def test_every_fault_is_told_with_its_line(before, after, said):
    with pytest.raises(InvalidFile) as fault:
        parse_channels(GOOD.replace(before, after), PLACES)
    assert said in str(fault.value)


def test_nothing_of_a_password_is_repeated():
    with pytest.raises(InvalidFile) as fault:
        parse_channels(GOOD.replace("desk.example", "user:made-up-secret@desk.example"), PLACES)
    assert "made-up-secret" not in str(fault.value)
