"""The two runtimes as they are deployed, each started once for all processes of a test run, and asked the same way."""

import json
import os
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from click.testing import CliRunner

from infra.kafka.servers import Servers
from infra.kafka.sharing import shared
from relocation.command import cli

ROOT = Path(__file__).parents[2]
KEY = "00112233445566778899aabbccddeeff" * 2
PARTITIONS = 3
DEADLINE_S = 90
NDJSON = {"Content-Type": "application/x-ndjson"}
CLICKHOUSE = ROOT / "tests" / "history" / "clickhouse_over_http.py"


def relocation(*words):
    """The command, as somebody would type it."""
    return [sys.executable, "-m", "relocation", *words]


@dataclass(frozen=True)
class Runtime:
    """Where a runtime that serves is reached, and the settings of commands that work on it."""

    name: str
    gateway: str
    console: str
    settings: dict[str, str]

    @property
    def environment(self):
        """For commands."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
        return kept | {"PYTHONPATH": str(ROOT)} | self.settings

    def done(self, *words):
        """A command, in this process, which has it sooner: its exit code, and what it said."""
        unset = dict.fromkeys((name for name in os.environ if name.startswith("RELOCATION_")), None)
        ended = CliRunner().invoke(cli, words, env=unset | self.settings, standalone_mode=False)
        failed = getattr(ended.exception, "exit_code", None)
        assert ended.exception is None or failed is not None, ended.exception
        code = failed if failed is not None else ended.return_value or 0
        return code, ended.output + ("" if failed is None else ended.exception.message)

    def publish(self, *events, lines=()):
        """What was answered to the events (or to lines as they are), in order."""
        body = b"\n".join([*(json.dumps(event).encode() for event in events), *lines])
        answer = httpx.post(f"{self.gateway}/api/v1/events", content=body, headers=NDJSON, timeout=DEADLINE_S)
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    def get(self, path, **more):
        """Ask API or page."""
        return httpx.get(f"{self.console}{path}", timeout=DEADLINE_S, **more)

    def post(self, path, **more):
        """Ask API or page to do something."""
        return httpx.post(f"{self.console}{path}", timeout=DEADLINE_S, **more)

    def alerts(self, **filters):
        """The items of the list."""
        return self.get("/api/v1/alerts", params=filters).json()["items"]


def until(happened, what="it", within_s=DEADLINE_S):
    """What ``happened`` returns, once that is true: at once by one process, soon on Kafka."""
    deadline = time.monotonic() + within_s
    while not (found := happened()):
        assert time.monotonic() < deadline, f"{what} did not happen within {within_s} s"
        time.sleep(0.05)
    return found


@contextmanager
def embedded(folder):
    """One process: ``relocation up``."""
    with shared(folder / "runtime-embedded", _embedded) as told:
        yield Runtime(**json.loads(told))


def _embedded():
    servers = Servers()
    settings = {"RELOCATION_DATA": str(servers.folder / "data"), "RELOCATION_TOKEN_KEY": KEY}
    url = _serving(servers, "up", settings)
    return servers, json.dumps({"name": "embedded", "gateway": url, "console": url, "settings": settings})


@contextmanager
def distributed(folder, bootstrap):
    """Topics, workers of all roles, gateway, console, sink, and the engine behind ClickHouse's interface."""
    with shared(folder / "runtime-kafka", lambda: _distributed(bootstrap)) as told:
        yield Runtime(**json.loads(told))


def _distributed(bootstrap):
    settings = {
        "RELOCATION_KAFKA": bootstrap,
        "RELOCATION_KAFKA_PREFIX": f"{uuid.uuid4().hex[:8]}.",
        "RELOCATION_TOKEN_KEY": KEY,
    }
    servers = Servers()
    folder = servers.folder / "clickhouse"
    folder.mkdir()
    servers.start("clickhouse", [sys.executable, CLICKHOUSE, folder, "0"], _environment({}))
    settings["RELOCATION_CLICKHOUSE"] = _said(servers, "clickhouse")
    made = subprocess.run(
        relocation("topics", "create", "--partitions", str(PARTITIONS)),
        env=_environment(settings), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    for name in ("worker", "sink"):
        servers.start(name, relocation(name), _environment(settings))
    gateway, console = (_serving(servers, name, settings) for name in ("gateway", "console"))
    for name in ("worker", "sink"):
        _said(servers, name)
    return servers, json.dumps({"name": "kafka", "gateway": gateway, "console": console, "settings": settings})


def _serving(servers, name, settings):
    servers.start(name, relocation(name, "--http", "127.0.0.1:0"), _environment(settings))
    return _said(servers, name)


def _environment(settings):
    return Runtime("", "", "", settings).environment


def _said(servers, name):
    """What it said after ``ready``, once it did."""
    servers.wait_until_said(name, "ready")
    until(lambda: "\n" in servers.said(name).partition("ready")[2], f"{name} ready")
    return servers.said(name).partition("ready")[2].partition("\n")[0].strip()
