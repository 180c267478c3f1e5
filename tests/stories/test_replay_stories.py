"""The stories that were worked out independently of this code: replayed, they end in exactly the alerts they tell."""

import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from relocation.lines import Numbered
from relocation.parts import heart_of, intake_of
from relocation.replay import Replay
from relocation.settings import load_settings
from schemas.times import DAY_MS, parse_time

STORIES = Path(__file__).parent
KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in STORIES.glob("*.expected.json"))
WITH_VEHICLES = {name for name in NAMES if '"type": "vehicle"' in (STORIES / f"{name}.jsonl").read_text("utf-8")}
"""Following is in order of processing, so these are told in their own order only."""
WINDOW_MS = 180 * DAY_MS
SAID = (
    *("alert_id", "subject", "subject_kind", "from", "to", "from_last_seen", "arrived_at", "arrival_event_id"),
    *("evidence", "novelty", "certainty", "implausible", "repeat", "attention", "cross_region", "cross_border"),
)


def story(name):
    return (STORIES / f"{name}.jsonl").read_text("utf-8").splitlines()


def expected(name):
    told = json.loads((STORIES / f"{name}.expected.json").read_text("utf-8"))
    return {alert["alert_id"]: alert for alert in told["active_alerts"]}


def active(messages, newest_of):
    """The last word on each alert, without those withdrawn and those settled."""
    last = {message["alert_id"]: message for message in messages}
    return {
        alert_id: {name: message[name] for name in SAID}
        for alert_id, message in last.items()
        if message["status"] != "withdrawn"
        and parse_time(message["arrived_at"]) > newest_of(message["subject"]) - WINDOW_MS
    }


def replayed(lines):
    settings = load_settings(token_key=KEY)
    heart, alerts = heart_of(settings), io.StringIO()
    run = Replay(intake_of(settings), heart, alerts, None)
    for number, line in enumerate(lines, start=1):
        run.take(Numbered(number, line.encode()), None)
    messages = [json.loads(line) for line in alerts.getvalue().splitlines()]
    return active(messages, lambda subject: heart.sightings_of(subject)[-1].occurred_at)


def orders(name):
    lines = story(name)
    yield "as it stands", lines
    yield "doubled", [line for line in lines for _ in range(2)]
    if name not in WITH_VEHICLES:
        yield "reversed", lines[::-1]
        for seed in range(5):
            shuffled = lines * (1 + seed % 2)
            random.Random(seed).shuffle(shuffled)
            yield f"shuffled {seed}", shuffled


CASES = [(name, order, lines) for name in NAMES for order, lines in orders(name)]


def test_no_story_is_missing():
    assert len(NAMES) == 12


@pytest.mark.parametrize(("name", "order", "lines"), CASES, ids=[f"{name}, {order}" for name, order, _ in CASES])
def test_a_story_ends_in_its_alerts(name, order, lines):
    assert replayed(lines) == expected(name)


def test_the_command_tells_the_same_and_says_why_it_refused(tmp_path):
    alerts, rejected = tmp_path / "alerts.jsonl", tmp_path / "rejected.jsonl"
    command = [sys.executable, "-m", "relocation", "replay", str(STORIES / "zero_signals.jsonl")]
    ended = subprocess.run(
        [*command, "--alerts", str(alerts), "--rejected", str(rejected)],
        capture_output=True,
        text=True,
        env={**os.environ, "RELOCATION_TOKEN_KEY": KEY},
        cwd=tmp_path,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    messages = [json.loads(line) for line in alerts.read_text("utf-8").splitlines()]
    assert active(messages, lambda _subject: 0) == expected("zero_signals")
    refused = [json.loads(line) for line in rejected.read_text("utf-8").splitlines()]
    assert [(line["line"], line["code"]) for line in refused] == [
        (4, "identifiers_not_permitted"),
        (5, "identifiers_not_permitted"),
    ]
