"""The command as its users meet it: exit codes, words, and what runs beside a running ``up``."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import httpx
import pytest
from made_up_events import KEY, a_control, a_history, a_passage, line_of
from platforms import a_platform

from streams.embedded.exports import STREAMS


def relocation(*arguments, **environment):
    """The command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "relocation.command", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=an_environment(environment),
        timeout=60,
        check=False,
    )


def an_environment(more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
    return {**kept, "RELOCATION_TOKEN_KEY": KEY, **more}


@contextmanager
def an_up(data, *arguments, **environment):
    """A running ``up``: (process, url)."""
    command = [sys.executable, "-m", "relocation.command", "up", "--data", data, "--http", "127.0.0.1:0", *arguments]
    with subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=an_environment(environment),
    ) as running:
        word, url = running.stdout.readline().split()
        assert word == "ready"
        try:
            yield running, url
        finally:
            running.kill()


def words_of(ended):
    assert "Traceback" not in ended.stderr
    return ended.stderr


def publish(url, events):
    body = b"\n".join(line_of(event) if isinstance(event, dict) else event for event in events)
    answer = httpx.post(
        f"{url}/api/v1/events", content=body, headers={"Content-Type": "application/x-ndjson"}, timeout=30
    )
    return [json.loads(line)["status"] for line in answer.text.splitlines()]


def a_filled_folder(data):
    """A folder as a platform left it that was told to stop."""
    with a_platform(data) as platform:
        platform.publish([*a_history(1, 60), b"no event"])


def test_help_is_quick_and_tells_the_exit_codes():
    began = time.perf_counter()
    told = relocation("--help")

    assert time.perf_counter() - began < 2
    assert told.returncode == 0
    assert "Exit codes" in told.stdout


@pytest.mark.parametrize("name", ["up", "publish", "export", "history", "replay", "simulate", "policy", "completion"])
def test_every_command_has_help(name):
    told = relocation(name, "--help")

    assert told.returncode == 0
    assert "Usage: relocation " + name in told.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(shell):
    assert "_RELOCATION_COMPLETE" in relocation("completion", shell).stdout


def test_an_unknown_command_is_unusable():
    assert relocation("dance").returncode == 2


def test_up_prints_one_line_and_ends_zero_when_told_to_stop(tmp_path):
    with an_up(tmp_path / "d") as (running, url):
        assert httpx.get(f"{url}/readyz").json()["ready"]
        running.send_signal(signal.SIGTERM)

        assert running.stdout.read() == ""
        assert running.wait(30) == 0
        assert "Traceback" not in running.stderr.read()
    assert not (tmp_path / "d" / "log.sqlite-wal").exists()


def test_up_ends_although_somebody_watches_the_alerts(tmp_path):
    with an_up(tmp_path / "d") as (running, url), httpx.stream("GET", f"{url}/api/v1/alerts/stream", timeout=30):
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_an_address_others_reach_needs_to_be_asked_for(tmp_path, address):
    ended = relocation("up", "--data", tmp_path / "d", "--http", address)

    assert ended.returncode == 2
    assert "--unprotected" in words_of(ended)
    assert not (tmp_path / "d").exists()


def test_a_port_in_use_is_said(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        ended = relocation("up", "--data", tmp_path / "d", "--http", f"127.0.0.1:{taken.getsockname()[1]}")

    assert ended.returncode == 3
    assert "--http" in words_of(ended)


def test_a_second_up_is_told_who_holds_the_folder_and_readers_work_beside(tmp_path):
    with an_up(tmp_path / "d") as (running, url):
        assert publish(url, a_history(2, 50)).count("accepted") > 40
        second = relocation("up", "--data", tmp_path / "d", "--http", "127.0.0.1:0")
        exported = relocation("export", "alerts", tmp_path / "out", "--data", tmp_path / "d", "--settle", "0.1")

        assert (second.returncode, str(running.pid) in words_of(second)) == (4, True)
        assert exported.returncode == 0
        assert len((tmp_path / "out").read_text().splitlines()) > 3


def test_another_key_does_not_start(tmp_path):
    a_filled_folder(tmp_path / "d")

    ended = relocation("up", "--data", tmp_path / "d", "--http", "127.0.0.1:0", RELOCATION_TOKEN_KEY="ab" * 32)

    assert ended.returncode == 2
    assert "RELOCATION_TOKEN_KEY" in words_of(ended)


def test_a_first_run_without_a_key_makes_one_that_later_runs_use(tmp_path):
    with an_up(tmp_path / "d", RELOCATION_TOKEN_KEY="") as (_, url):
        publish(url, [a_control()])
    with an_up(tmp_path / "d", RELOCATION_TOKEN_KEY="") as (_, url):
        assert publish(url, [a_control()]) == ["accepted"]
    (tmp_path / "d" / "token.key").unlink()

    ended = relocation("up", "--data", tmp_path / "d", "--http", "127.0.0.1:0", RELOCATION_TOKEN_KEY="")

    assert ended.returncode == 5
    assert "token.key" in words_of(ended)


def overwrite(log, at, content):
    with log.open("r+b") as opened:
        opened.seek(at)
        opened.write(content)


DAMAGES = {
    "rubbish": lambda log: log.write_bytes(os.urandom(9000)),
    "emptied": lambda log: log.write_bytes(b""),
    "cut off": lambda log: os.truncate(log, log.stat().st_size // 3),
    "a page overwritten": lambda log: overwrite(log, 4096 * 3, os.urandom(4096 * 8)),
    "words overwritten": lambda log: log.write_bytes(
        log.read_bytes().replace(b'"type":"control"', b'"type":"cuntrol"')
    ),
    "json cut": lambda log: log.write_bytes(log.read_bytes().replace(b'"known_at"', b'"known_at}')),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_log_says_what_is_damaged_and_what_to_do(tmp_path, damage):
    a_filled_folder(tmp_path / "d")
    DAMAGES[damage](tmp_path / "d" / "log.sqlite")

    ended = relocation("up", "--data", tmp_path / "d", "--http", "127.0.0.1:0")

    assert ended.returncode == 5
    assert "publish the events again" in words_of(ended)


def test_exporting_where_there_is_no_log_is_said(tmp_path):
    ended = relocation("export", "alerts", tmp_path / "out", "--data", tmp_path / "nothing")

    assert ended.returncode == 5
    assert not (tmp_path / "out").exists()


def test_everything_can_be_exported(tmp_path):
    a_filled_folder(tmp_path / "d")

    for what in STREAMS:
        ended = relocation("export", what, tmp_path / what, "--data", tmp_path / "d")

        assert ended.returncode == 0
        assert [json.loads(line) for line in (tmp_path / what).read_text().splitlines()]
        assert (tmp_path / what).stat().st_mode & 0o777 == 0o600


def active_in(path):
    """alert_id -> what was last said, of the alerts that stand."""
    last = {}
    for line in path.read_text().splitlines():
        told = json.loads(line)
        last[told["alert_id"]] = told
    standing = {key: told for key, told in last.items() if told["status"] != "withdrawn"}
    fields = ("from", "to", "from_last_seen", "arrived_at", "certainty", "novelty", "repeat", "attention", "subject")
    return {key: tuple(told[field] for field in fields) for key, told in standing.items()}


@pytest.mark.parametrize("what", ["reports", "events"])
def test_exported_reports_replay_to_the_same_active_alerts(tmp_path, what):
    with an_up(tmp_path / "d") as (running, url):
        publish(url, a_history(8, 400))
        for stream in ("alerts", what):
            assert relocation("export", stream, tmp_path / stream, "--data", tmp_path / "d").returncode == 0
        running.send_signal(signal.SIGTERM)
        running.wait(30)

    replayed = relocation(
        "replay", tmp_path / what, "--alerts", tmp_path / "again", "--rejected", tmp_path / "rejected"
    )

    assert replayed.returncode == 0
    assert (tmp_path / "rejected").read_text() == ""
    assert active_in(tmp_path / "again") == active_in(tmp_path / "alerts")


def test_nobody_learns_from_an_answer_which_cars_are_followed(tmp_path):
    followed, unknown = a_passage(plate="12-ABC-3"), a_passage(plate="98-ZYX-7")
    with an_up(tmp_path / "d") as (_, url):
        publish(url, [a_control(plate="12-ABC-3", day=0)])
        assert publish(url, [followed, followed, unknown, unknown]) == ["accepted"] * 4
    out = relocation("export", "receipts", "-", "--data", tmp_path / "d").stdout
    assert "vehicle" not in out


def test_a_faulty_policy_is_told_by_line(tmp_path):
    (tmp_path / "policy.toml").write_text('[[rule]]\nground = "x"\ntype = "control"\nterm_days = 3\n')

    ended = relocation("policy", "check", tmp_path / "policy.toml")

    assert ended.returncode == 2
    assert "line 4" in words_of(ended)
    assert relocation("policy", "check").returncode == 0


def test_unusable_settings_end_before_anything_is_touched(tmp_path):
    ended = relocation("up", "--data", tmp_path / "d", "--http", "nonsense")

    assert ended.returncode == 2
    assert "RELOCATION_HTTP" in words_of(ended)
    assert not (tmp_path / "d").exists()


def test_metrics_can_have_an_address_of_their_own(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with an_up(tmp_path / "d", RELOCATION_METRICS=f"127.0.0.1:{port}") as (_, url):
        publish(url, [a_control()])
        told = httpx.get(f"http://127.0.0.1:{port}/metrics").text

        assert 'relocation_events_total{answer="accepted",type="control"} 1.0' in told
        assert httpx.get(f"{url}/metrics").status_code == 200
