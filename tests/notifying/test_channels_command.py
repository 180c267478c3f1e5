"""`relocation channels`: a notify.toml is checked, and its channels are tried, before an alert has to reach them."""

import logging

import pytest
from click.testing import CliRunner
from receivers import taking_mails, taking_webhooks

from alerts.notifying.channels import Security
from relocation.command import cli
from tests.certificates import a_certificate

PASSWORD = "made-up-secret"


@pytest.fixture
def command(tmp_path):
    def run(*words, **environment):
        environment = {f"RELOCATION_{name.upper()}": str(value) for name, value in environment.items()}
        with runner.isolated_filesystem(tmp_path):
            return runner.invoke(cli, ["channels", *map(str, words)], env=environment)

    runner, root = CliRunner(), logging.getLogger()
    handlers, level = root.handlers, root.level
    yield run
    root.handlers = handlers
    root.setLevel(level)


def a_file(folder, hooks_url="https://desk.example/made-up-hook", server="mail.example:587", more=""):
    file = folder / "notify.toml"
    file.write_text(
        f'console = "https://alerts.example"\n[mail]\nserver = "{server}"\nuser = "made-up"\n'
        f'from = "alerts@police.example"\n{more}'
        f'[[channel]]\nname = "desk"\nway = "webhook"\nurl = "{hooks_url}"\n'
        '[[channel]]\nname = "unit"\nway = "email"\nto = ["unit@police.example"]\n'
        'units = ["amsterdam"]\nlanguage = "en"\n'
    )
    return file


def test_a_file_is_checked_and_no_address_is_shown(tmp_path, command):
    done = command("check", a_file(tmp_path), mail_password=PASSWORD)
    assert done.exit_code == 0
    desk, unit, end = (line.split() for line in done.output.splitlines())
    assert desk == ["desk", "webhook", "the", "whole", "country"]
    assert unit == ["unit", "email", "security", "starttls,", "signed", "in", "amsterdam"]
    assert end == ["2", "channels,", "no", "faults"]


def test_who_is_told_where_others_can_read_it_stands_there(tmp_path, command):
    file = a_file(tmp_path, "http://desk.example/made-up-hook", "localhost:25")
    done = command("check", mail_password=PASSWORD, notify=file)
    desk, unit, _ = done.output.splitlines()
    assert "in the clear" in desk
    assert "security none, signed in" in unit


def test_a_trial_reaches_every_channel_and_tells_of_no_alert(tmp_path, command):
    ca, shown = a_certificate(tmp_path)
    users = {"made-up": PASSWORD}
    with taking_webhooks() as hooks, taking_mails(Security.STARTTLS, shown, users) as box:
        file = a_file(tmp_path, hooks.url, box.server, f'security = "starttls"\nca = "{ca}"\n')
        done = command("try", file, mail_password=PASSWORD)
        wrong = command("try", file, "--channel", "unit", mail_password="another")
        nobody = command("try", file, "--channel", "nobody", mail_password=PASSWORD)
    assert (done.exit_code, done.stdout) == (0, "desk: taken\nunit: taken\n")
    ((key, told),) = hooks.came
    assert key == told["key"]
    assert key.startswith("trial:")
    assert told["alerts"] == []
    (message,) = box.came
    assert message["Subject"] == "Trial: alerts of relocations"
    assert message.get_content().startswith("This is a trial.")
    assert (wrong.exit_code, "unit: not taken: sign_in_refused 535" in wrong.output) == (1, True)
    assert nobody.exit_code == 2
    assert not any(PASSWORD in one.output for one in (done, wrong, nobody))


def test_a_file_that_cannot_be_used_or_is_not_named_is_said(tmp_path, command):
    faulty = command("check", a_file(tmp_path))
    assert (faulty.exit_code, "line 4: user signs in, and there is no password" in faulty.output) == (2, True)
    assert command("check").exit_code == 2
