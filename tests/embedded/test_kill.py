"""The law of kill -9: whenever the process dies, nothing that was answered is lost and nothing is told twice."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from made_up_events import KEY, a_history
from platforms import a_platform

BATCH = 40

PUBLISHER = """
import pathlib, sys
from platforms import a_platform
data, lines, begin = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).read_bytes().splitlines(), int(sys.argv[3])
with a_platform(data) as platform:
    print("ready", flush=True)
    for at in range(begin, len(lines), {batch}):
        answers = platform.publish(lines[at : at + {batch}])
        print(at + len(answers), flush=True)
"""


def publish_until_killed(data, lines, begin, after_s):
    """How many lines were answered before the process was killed (``after_s`` None: it is let be)."""
    command = [sys.executable, "-c", PUBLISHER.format(batch=BATCH), str(data), str(lines), str(begin)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=Path(__file__).parent, env=an_environment()
    ) as publisher:
        assert publisher.stdout.readline() == b"ready\n"
        if after_s is not None:
            time.sleep(after_s)
            publisher.send_signal(signal.SIGKILL)
        answered = [int(told) for told in publisher.stdout.read().split()]
        publisher.wait()
    return answered[-1] if answered else begin


def an_environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])}


def told_by(data):
    """Every alert message in its order, but for when the platform came to know."""
    with closing(sqlite3.connect(data / "log.sqlite")) as log:
        bodies = [json.loads(body) for (body,) in log.execute("SELECT body FROM alerts ORDER BY position")]
    for body in bodies:
        del body["known_at"]
        for sighting in body["based_on"]:
            del sighting["known_at"]
    return bodies


def kept_by(data):
    with closing(sqlite3.connect(data / "log.sqlite")) as log:
        return sorted(
            log.execute("SELECT source, type, event_id, revision, standing, digest, seen FROM entries").fetchall()
        )


@pytest.mark.parametrize("seed", range(2))
def test_killed_anywhere_and_published_again_it_tells_the_same_once(tmp_path, seed):
    lines, chance = a_history(seed, 1000), random.Random(seed)
    (tmp_path / "lines").write_bytes(b"\n".join(lines))
    with a_platform(tmp_path / "calm") as calm:
        for at in range(0, len(lines), BATCH):
            calm.publish(lines[at : at + BATCH])

    begin = 0
    for after_s in [*(chance.uniform(0.0, 0.08) for _ in range(6)), None]:
        begin = publish_until_killed(tmp_path / "killed", tmp_path / "lines", begin, after_s)

    assert begin == len(lines)
    assert told_by(tmp_path / "killed") == told_by(tmp_path / "calm")
    assert kept_by(tmp_path / "killed") == kept_by(tmp_path / "calm")
    revisions = [(told["alert_id"], told["revision"]) for told in told_by(tmp_path / "killed")]
    assert len(revisions) == len(set(revisions)) > 50


def test_killed_while_it_starts_it_starts_the_next_time(tmp_path):
    (tmp_path / "lines").write_bytes(b"\n".join(a_history(1, 5)))
    command = [
        sys.executable,
        "-c",
        PUBLISHER.format(batch=BATCH),
        str(tmp_path / "data"),
        str(tmp_path / "lines"),
        "0",
    ]
    for after_s in (0.35, 0.5, 0.6, 0.7):
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, cwd=Path(__file__).parent, env=an_environment()
        ) as publisher:
            time.sleep(after_s)
            publisher.kill()

    assert publish_until_killed(tmp_path / "data", tmp_path / "lines", 0, None) == 5


def relocation(*arguments):
    return [sys.executable, "-m", "relocation.command", *map(str, arguments)]


def an_up(data, *, port=0):
    """A running ``relocation up``, and where it serves."""
    environment = {**os.environ, "RELOCATION_TOKEN_KEY": KEY}
    running = subprocess.Popen(
        relocation("up", "--data", data, "--http", f"127.0.0.1:{port}"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    ready = running.stdout.readline().decode().split()
    assert ready[:1] == ["ready"]
    return running, ready[1]


def ended(running, how):
    running.send_signal(how)
    running.stdout.read()
    running.stdout.close()
    return running.wait(timeout=30)


def test_a_publisher_carries_on_through_kills_of_the_platform(tmp_path):
    lines, chance = a_history(11, 2000), random.Random(11)
    (tmp_path / "events.jsonl").write_bytes(b"\n".join(lines))
    running, url = an_up(tmp_path / "data")
    port = url.rsplit(":", 1)[1]
    publisher = subprocess.Popen(
        relocation("publish", tmp_path / "events.jsonl", "--to", url, "--results", tmp_path / "results.jsonl"),
        stderr=subprocess.DEVNULL,
    )
    for _ in range(2):
        time.sleep(chance.uniform(0.2, 0.6))
        ended(running, signal.SIGKILL)
        running, _ = an_up(tmp_path / "data", port=port)

    assert publisher.wait(timeout=60) == 0
    answers = [json.loads(answer) for answer in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert [answer["line"] for answer in answers] == list(range(1, 2001))
    assert {answer["status"] for answer in answers} <= {"accepted", "duplicate"}
    exported = subprocess.run(
        relocation("export", "alerts", tmp_path / "alerts.jsonl", "--data", tmp_path / "data", "--settle", "0.2"),
        check=True,
    )
    assert exported.returncode == 0
    assert ended(running, signal.SIGTERM) == 0
    told = [json.loads(line) for line in (tmp_path / "alerts.jsonl").read_text().splitlines()]
    revisions = [(alert["alert_id"], alert["revision"]) for alert in told]
    assert len(revisions) == len(set(revisions)) > 100
