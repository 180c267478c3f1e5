"""What each extra installs is enough: one machine needs no client of Kafka, Kafka no embedded engine."""

import subprocess
import sys

import pytest
from project_tree import ROOT

KAFKA_CLIENTS = ("aiokafka", "confluent_kafka", "faust", "mode")
ONE_MACHINE = ("up", "publish", "export", "history", "replay", "simulate", "policy", "channels", "completion")
ON_KAFKA = ("worker", "gateway", "console", "sink", "reconcile", "topics", "migrate", "export", "history")
RUN = """
import sys
for name in {missing!r}:
    sys.modules[name] = None
from relocation.command import main
main({words!r})
"""
WEB = ("fastapi", "jinja2", "starlette", "uvicorn")
LOADED = "import sys, relocation.working.playing; print(*({web!r} & sys.modules.keys()))"


def without(missing, *words):
    """The command where these packages are not installed."""
    script = RUN.format(missing=missing, words=words)
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", ONE_MACHINE)
def test_one_machine_needs_no_client_of_kafka(command):
    done = without(KAFKA_CLIENTS, command, "--help")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ON_KAFKA)
def test_kafka_needs_no_embedded_engine(command):
    done = without(("chdb",), command, "--help")
    assert done.returncode == 0, done.stderr


def test_a_command_that_needs_more_says_what_to_install():
    done = without(KAFKA_CLIENTS, "worker", "--help")
    assert (done.returncode, "relocation-alerts[distributed]" in done.stderr) == (2, True)


def test_a_worker_loads_nothing_of_the_web_pages_so_that_it_is_soon_back():
    command = [sys.executable, "-c", LOADED.format(web=set(WEB))]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split() == []
