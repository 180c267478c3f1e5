"""A whole platform on Kafka, as an integrator finds it: topics, workers, and a console to look at."""

import os
import subprocess
import sys
import uuid
from contextlib import ExitStack, contextmanager

import httpx
from made_up_topics import until

MADE_UP_KEY = "5e" * 32


class Stack:
    """``alerts`` is what the console lists."""

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap
        self.prefix = f"made-up-{uuid.uuid4().hex[:8]}."
        self.url = ""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
        self.environment = kept | {
            "RELOCATION_KAFKA": bootstrap,
            "RELOCATION_KAFKA_PREFIX": self.prefix,
            "RELOCATION_TOKEN_KEY": MADE_UP_KEY,
        }

    def alerts(self, place):
        """Alerts of arrivals in the place."""
        return httpx.get(f"{self.url}/api/v1/alerts", params={"to": place}, timeout=30).json()["items"]

    def arrival(self, place):
        """The one alert of an arrival there, once it is listed."""
        [alert] = until(lambda: self.alerts(place), f"an alert of {place}")
        return alert


@contextmanager
def a_stack(bootstrap):
    """Running until the block ends."""
    stack = Stack(bootstrap)
    made = subprocess.run(
        [sys.executable, "-m", "relocation", "topics", "create", "--partitions", "2", "--replication", "1"],
        env=stack.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with ExitStack() as running:
        running.enter_context(served(stack.environment, "worker"))
        stack.url = running.enter_context(served(stack.environment, "console", "--http", "127.0.0.1:0"))
        yield stack


@contextmanager
def served(environment, *words):
    """The command until the block ends; yields where it serves, if anywhere."""
    loud = None if os.environ.get("LOUD") else subprocess.DEVNULL
    pipes = {"stdout": subprocess.PIPE, "stderr": loud, "text": True}
    with subprocess.Popen([sys.executable, "-m", "relocation", *words], env=environment, **pipes) as process:
        try:
            ready, *url = process.stdout.readline().split()
            assert ready == "ready"
            yield "".join(url)
        finally:
            process.terminate()
            assert process.wait(60) == 0
