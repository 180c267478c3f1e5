"""`relocation up` with a notify.toml: a relocation that is published reaches a webhook; a bad file ends it at once."""

import os
import subprocess
import sys
import time

import httpx
from made_up_events import KEY, a_control, line_of
from receivers import taking_webhooks

WITHIN_S = 30


def up(folder, notify):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
    return subprocess.Popen(
        [sys.executable, "-m", "relocation.command", "up", "--data", folder / "data", "--http", "127.0.0.1:0",
         "--notify", notify],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment | {"RELOCATION_TOKEN_KEY": KEY},
    )  # fmt: skip


def test_a_relocation_reaches_a_webhook(tmp_path):
    notify = tmp_path / "notify.toml"
    with taking_webhooks() as hooks:
        notify.write_text(
            'console = "https://alerts.example"\n[[channel]]\nname = "duty"\nway = "webhook"\n'
            f'url = "{hooks.url}"\ngroup_seconds = 0\n'
        )
        with up(tmp_path, notify) as running:
            url = running.stdout.readline().split()[1]
            time_is_up = time.monotonic() + WITHIN_S
            outbox = tmp_path / "data" / "notified.sqlite"
            events = [a_control(place="GM0363", day=55), a_control(place="GM0344", day=59)]
            body = b"\n".join(line_of(event) for event in events)
            first = httpx.post(f"{url}/api/v1/events", content=body, headers={"Content-Type": "application/x-ndjson"})
            while not hooks.came and time.monotonic() < time_is_up:
                time.sleep(0.05)
            running.terminate()
            said = running.communicate(timeout=30)
    assert first.status_code == 200
    assert running.returncode == 0, said
    assert len(hooks.came) == 1
    assert oct(outbox.stat().st_mode & 0o777) == "0o600"


def test_a_file_that_cannot_be_used_ends_it_with_every_fault(tmp_path):
    notify = tmp_path / "notify.toml"
    notify.write_text('[[channel]]\nname = "duty"\nway = "fax"\n')
    with up(tmp_path, notify) as running:
        _, said = running.communicate(timeout=30)
    assert running.returncode == 2
    assert "notify.toml: line 1: console is missing" in said
    assert "notify.toml: line 3: way is missing or not known" in said
