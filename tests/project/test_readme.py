"""The README, done as it is written, on a platform of its own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from project_tree import ROOT

from tests.console.running import Up

BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
SERVED = "http://127.0.0.1:8080"


def the_block_that(*says):
    [block] = [block for block in BLOCKS if all(word in block for word in says)]
    return block


def done_in_a_shell(block, folder, *, url=SERVED):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", block.replace(SERVED, url)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def alerts_of(up):
    return httpx.get(f"{up.url}/api/v1/alerts").json()["items"]


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl: apt-get install curl")


@needs_curl
def test_the_first_alert_comes_as_the_readme_says_and_stays_once(tmp_path):
    with Up(tmp_path / "data") as up:
        first_publish = the_block_that("curl", "MADE-UP-1")
        assert done_in_a_shell(first_publish, tmp_path, url=up.url).count('"accepted"') == 2
        [alert] = alerts_of(up)
        assert (alert["from"], alert["to"], alert["status"]) == ("GM0363", "GM0344", "raised")
        up.kill()
        up.start()
        assert [one["alert_id"] for one in alerts_of(up)] == [alert["alert_id"]]
        looking = done_in_a_shell(the_block_that("curl", "export alerts -"), tmp_path, url=up.url)
        assert looking.count(alert["alert_id"]) >= 2


def test_a_made_up_country_is_replayed_as_the_readme_says(tmp_path):
    done_in_a_shell(the_block_that("simulate", "replay").replace("--subjects 200", "--subjects 20"), tmp_path)
    assert (tmp_path / "alerts.jsonl").stat().st_size > 0
    assert (tmp_path / "truth.jsonl").stat().st_size > 0


def test_what_the_readme_shows_in_shell_is_shell():
    for block in BLOCKS:
        checked = subprocess.run(["sh", "-n"], input=block, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
