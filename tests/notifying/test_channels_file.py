"""What a notify.toml may say, and what is told of one that cannot be used."""

import re
from datetime import time
from pathlib import Path

import pytest

from alerts.addresses import Address
from alerts.notifying.channels import QuietHours, Relay, Security, Way
from alerts.notifying.channels_file import parse_channels
from processors.places import Gazetteer
from processors.toml_lines import InvalidFile
from tests.certificates import a_certificate

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
PASSWORD = "made-up-secret"
RELAYED = """
console = "https://alerts.example"
[mail]
server = "relay.example:587"
security = "starttls"
user = "relocation"
from = "alerts@police.example"
[[channel]]
name = "cemi"
way = "email"
to = ["made-up@police.example"]
[[channel]]
name = "here"
way = "email"
to = ["made-up@police.example"]
from = "here@police.example"
server = "localhost:25"
"""


def test_a_file_with_a_webhook_and_a_mailbox():
    channels = parse_channels(GOOD, PLACES)
    duty, mail = channels.channels
    assert channels.console == "https://alerts.example"
    assert (duty.way, duty.url, duty.units, duty.quiet, duty.group_s) == (
        Way.WEBHOOK, "https://desk.example/hook", frozenset(), None, 60,
    )  # fmt: skip
    assert (mail.to, mail.quiet) == (("made-up@police.example",), QuietHours(time(22), time(7)))
    assert mail.relay == Relay(Address("mail.example", 25), Security.STARTTLS)
    assert (mail.units, mail.group_s, mail.language) == (frozenset({"amsterdam", "BE"}), 300, "en")


def test_mail_goes_where_the_file_says_once_and_the_password_goes_nowhere_else():
    cemi, here = parse_channels(RELAYED, PLACES, PASSWORD).channels
    assert (cemi.sender, here.sender) == ("alerts@police.example", "here@police.example")
    assert cemi.relay == Relay(Address("relay.example", 587), Security.STARTTLS, user="relocation", password=PASSWORD)
    assert here.relay == Relay(Address("localhost", 25), Security.NONE)


@pytest.mark.parametrize(
    ("server", "security"),
    [
        ("127.0.0.1:25", "none"), ("[::1]:25", "none"), ("localhost:587", "none"), ("localhost:465", "tls"),
        ("mail.example:25", "starttls"), ("10.0.0.1:587", "starttls"), ("mail.example:465", "tls"),
    ],
)  # fmt: skip
def test_what_the_file_does_not_say_leaves_this_machine_in_tls_only(server, security):
    _, mail = parse_channels(GOOD.replace("mail.example:25", server), PLACES).channels
    assert mail.relay.security == security


def test_the_files_that_the_documentation_shows_can_be_used(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text("utf-8")
    shown, ca = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    channels = parse_channels(shown, PLACES, PASSWORD).channels
    assert [channel.units for channel in channels] == [frozenset(), {"amsterdam", "BE"}]
    ca = ca.replace("/etc/ssl/police-ca.pem", str(a_certificate(tmp_path)[0]))
    hook, mail = parse_channels(re.sub(r"(?m)^(server|url) = .*", rf"\g<0>\n{ca}", shown), PLACES, PASSWORD).channels
    assert hook.ca == mail.relay.ca != ""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('console = "https://alerts.example/"', "", "line 1: console is missing"),
        ('name = "mail"', 'name = "duty"', "line 8: another channel has this name"),
        ('way = "webhook"', 'way = "fax"', "line 5: way is missing or not known"),
        ('url = "https://desk.example/hook"', 'url = "https://a:b@desk.example"', "line 6: url is missing or not as"),
        (
            'way = "webhook"',
            'way = "webhook"\nca = "/nowhere"',
            "line 6: ca names no file of certificates",
        ),
        ('to = ["made-up@police.example"]', 'to = ["nobody"]', "line 10: to names no mailbox"),
        ('to = ["made-up@police.example"]', 'to = "made-up@police.example"', "line 10: to is no list of texts"),
        ('server = "mail.example:25"', 'server = "mail.example"', "line 12: server is missing or not as"),
        ('server = "mail.example:25"', 'server = "mail.example:70000"', "line 12: server is missing or not as"),
        (
            'server = "mail.example:25"',
            'server = "mail.example:25"\nuser = "me"',
            "line 13: user is no key of",
        ),
        ('quiet = "22:00-07:00"', 'quiet = "22:00-22:00"', "line 14: quiet is no span"),
        ('quiet = "22:00-07:00"', 'quiet = "at night"', "line 14: quiet is no span"),
        ("group_seconds = 300", "group_seconds = true", "line 15: group_seconds cannot be used"),
        ('units = ["amsterdam", "BE"]', 'units = ["PL1300"]', "line 13: units names what is no police unit"),
        ('units = ["amsterdam", "BE"]', 'units = ["kmar"]', "known are amsterdam, den-haag"),
        ('units = ["amsterdam", "BE"]', 'units = ["XX"]', "line 13: units names what is no police unit and no country"),
        ('language = "en"', 'language = "de"', "line 16: language is not known"),
        ('language = "en"', 'tone = "kind"', "line 16: tone is no key of a channel of way email"),
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


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('server = "relay.example:587"', "", "line 3: server is missing or not as it must be; write host:port"),
        ('"relay.example:587"', '"smtp://relay.example"', "line 4: server is missing or not as it must be"),
        (
            'security = "starttls"',
            'security = "ssl"',
            "line 5: security is not known; write one of none, st",
        ),
        (
            'security = "starttls"',
            'security = "none"',
            "line 5: the password would cross the network in the",
        ),
        (
            'security = "starttls"',
            'ca = "/nowhere/ca.pem"',
            "line 5: ca names no file of certificates",
        ),
        ('security = "starttls"', 'ca = ""', "line 5: ca names no file of certificates"),
        ('security = "starttls"', f"ca = {__file__!r}", "line 5: ca names no file of certificates"),
        ('user = "relocation"', 'user = "two\\nlines"', "line 6: user is missing or not as it must be"),
        (
            'user = "relocation"',
            'password = "hunter2"',
            "line 6: password is no key of [mail]; a password do",
        ),
        ('user = "relocation"', "", "line 3: RELOCATION_MAIL_PASSWORD is set, and nobody signs in with it; write user"),
        ('"relay.example:587"', '"localhost:25"', "line 17: server is that of [mail]; leave it out here"),
        (
            'server = "localhost:25"',
            'security = "none"',
            "line 17: security belongs to a server, and none is",
        ),
        ('from = "alerts@police.example"', "", "line 8: from is missing or not as it must be"),
        ("[mail]", 'mail = "relay"\n[other]', "line 3: mail is no table; write [mail]"),
    ],
)
def test_every_fault_of_how_mail_is_sent_is_told_with_its_line(before, after, said):
    with pytest.raises(InvalidFile) as fault:
        parse_channels(RELAYED.replace(before, after), PLACES, PASSWORD)
    assert said in str(fault.value)
    assert not any(secret in str(fault.value) for secret in (PASSWORD, "hunter2", "nowhere"))


def test_who_signs_in_has_a_password():
    with pytest.raises(InvalidFile, match="line 6: user signs in, and there is no password; set RELOCATION_MAIL_PASSW"):
        parse_channels(RELAYED, PLACES)


def test_one_mistake_is_told_once():
    here = RELAYED.replace("relay.example:587", "127.0.0.1:587").replace('"starttls"', f'"ssl"\nca = {__file__!r}')
    with pytest.raises(InvalidFile) as fault:
        parse_channels(here, PLACES, PASSWORD)
    assert [one.line for one in fault.value.faults] == [5, 6]
