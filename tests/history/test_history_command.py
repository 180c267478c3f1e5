"""The command and the HTTP paths, over a real platform: beside a running ``up``, and without one."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from relocation.command import cli

KEY = "ab" * 32
RELOCATION_VARIABLES = [name for name in os.environ if name.startswith("RELOCATION_")]
DAY_AGO = datetime.now(UTC) - timedelta(days=1)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in RELOCATION_VARIABLES}
    return {**kept, "RELOCATION_TOKEN_KEY": KEY}


def _relocation(folder: Path, *arguments: str) -> Result:
    """In this process: it opens no engine itself."""
    runner = CliRunner(env={**dict.fromkeys(RELOCATION_VARIABLES), "RELOCATION_TOKEN_KEY": KEY})
    return runner.invoke(cli, [*arguments, "--data", str(folder / "data")])


def _asked(folder: Path, *question: str) -> Any:
    done = _relocation(folder, "history", *question, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


class Up:
    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "relocation.command", "up", "--data", "data", "--http", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=folder,
            env=_environment(),
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().removeprefix("ready ").strip()

    def publish(self, *events: dict[str, Any]) -> None:
        body = "".join(json.dumps(event) + "\n" for event in events)
        headers = {"content-type": "application/x-ndjson"}
        answer = httpx.post(f"{self.url}/api/v1/events", content=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text

    def get(self, path: str, **parameters: str) -> httpx.Response:
        return httpx.get(f"{self.url}/api/v1/history{path}", params=parameters, timeout=60)

    def end(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        code = self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history_command")


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    """What was answered beside a running ``up``, and then without it: one start serves all questions."""
    up = Up(folder)
    answers: dict[str, Any] = {}
    try:
        answers["empty"] = _asked(folder, "stats")
        up.publish(_a_control("GM0363", hours=0), _a_control("GM0344", hours=10), {"type": "nonsense"})
        _await(lambda: up.get("/status").json()["behind"] == 0 and up.get("/alerts").json()["items"])
        answers["alerts"] = _asked(folder, "alerts")
        token = answers["token"] = answers["alerts"]["items"][0]["subject"]
        answers["subject"] = _asked(folder, "subject", token)
        answers["past"] = _asked(folder, "subject", token, "--as-of", "2020-01-01")
        answers["stats"] = _asked(folder, "stats")
        answers["sql"] = _asked(folder, "sql", "SELECT count() AS n FROM dead_letters")
        answers["table"] = _relocation(folder, "history", "alerts")
        answers["refused"] = _relocation(folder, "history", "sql", "SELECT file('x')")
        answers["rebuild"] = _relocation(folder, "history", "rebuild")
        answers["http"] = {
            path: up.get(path, **parameters).status_code
            for path, parameters in {
                f"/subject/{token}": {"as_of": "yesterday"},
                "/subject/nonsense": {},
                "/alerts": {"status": "active"},
                "/stats": {"place": "nowhere"},
            }.items()
        }
        answers["openapi"] = httpx.get(f"{up.url}/api/openapi.json").json()["paths"]
        answers["ended"] = up.end()
    finally:
        up.end(signal.SIGKILL)
    return answers


def _a_control(municipality: str, *, hours: int) -> dict[str, Any]:
    at = (DAY_AGO + timedelta(hours=hours)).isoformat()
    return {
        "type": "control",
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_URL, municipality)),
        "source": "made-up",
        "occurred_at": at,
        "recorded_at": at,
        "place": {"municipality": municipality},
        "conducted_by": "police",
        "indicators": ["debt"],
        "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": "P-MADE-UP-1"}}],
    }


def _await(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "the history never caught up"
        time.sleep(0.05)


def test_a_history_without_events_has_answers(told: dict[str, Any]) -> None:
    assert told["empty"]["items"] == []


def test_beside_a_running_up_its_history_answers(told: dict[str, Any]) -> None:
    [alert] = told["alerts"]["items"]
    assert (alert["from"], alert["to"], alert["status"], alert["handling"]) == ("GM0363", "GM0344", "raised", "new")
    assert [seen["place"] for seen in told["subject"]["sightings"]] == ["GM0363", "GM0344"]
    assert told["past"]["sightings"] == []
    assert sum(item["events"] for item in told["stats"]["items"]) == 2
    assert sum(item["arrivals"] for item in told["stats"]["items"]) == 1
    assert told["sql"]["rows"] == [[1]]


def test_people_get_a_table(told: dict[str, Any]) -> None:
    assert told["token"] in told["table"].stdout
    assert "1 rows, complete until" in told["table"].stderr


def test_a_running_up_is_not_rebuilt_under_its_feet(told: dict[str, Any]) -> None:
    assert told["rebuild"].exit_code == 4
    assert "process" in told["rebuild"].stderr


def test_a_question_that_is_not_allowed_says_what_to_ask_instead(told: dict[str, Any]) -> None:
    assert told["refused"].exit_code == 2
    assert "SELECT" in told["refused"].stderr


def test_what_is_asked_wrongly_over_http_is_a_problem_of_the_asker(told: dict[str, Any]) -> None:
    assert set(told["http"].values()) == {422}


def test_the_paths_are_documented(told: dict[str, Any]) -> None:
    paths = {path for path in told["openapi"] if path.startswith("/api/v1/history")}
    names = ("subject/{token}", "alerts", "stats", "status", "sql")
    assert paths == {f"/api/v1/history/{name}" for name in names}


def test_up_with_history_ends_in_order(told: dict[str, Any]) -> None:
    assert told["ended"] == 0


def test_without_an_up_the_history_answers_the_same(told: dict[str, Any], folder: Path) -> None:
    alone = _asked(folder, "alerts"), _asked(folder, "subject", told["token"])
    assert alone[0]["items"] == told["alerts"]["items"]
    assert alone[1]["sightings"] == told["subject"]["sightings"]


def test_a_rebuilt_history_answers_the_same(told: dict[str, Any], folder: Path) -> None:
    done = _relocation(folder, "history", "rebuild")
    assert done.exit_code == 0, done.stderr
    assert _asked(folder, "alerts")["items"] == told["alerts"]["items"]
    assert _asked(folder, "stats")["items"] == told["stats"]["items"]
    assert not list((folder / "data").glob("history.*"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("subject", "nonsense"), "no token"),
        (("alerts", "--as-of", "yesterday"), "write a time such as"),
        (("stats",), "there is no log"),
        (("rebuild",), "there is no log"),
    ],
)
def test_what_is_asked_wrongly_says_what_to_write(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    done = _relocation(tmp_path, "history", *arguments)
    assert done.exit_code in {2, 5}
    assert says in done.stderr
    assert not list(tmp_path.iterdir())
