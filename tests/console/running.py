"""A real `relocation up` in a process of its own, and the made-up events that the browser tests publish to it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import nullcontext
from uuid import NAMESPACE_URL, uuid5

import httpx

from schemas.times import DAY_MS, HOUR_MS, format_time

MADE_UP_KEY = "5e" * 32
CHROMIUM_NAMES = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in CHROMIUM_NAMES if name and (found := shutil.which(name))), None)
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Up:
    """`relocation up` over a folder and a port, which it keeps across kills and starts."""

    def __init__(self, folder, *, log=None):
        self.folder = folder
        self.log = log
        self.port = a_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=30)

    def start(self):
        command = [sys.executable, "-m", "relocation.command", "up"]
        flags = ["--data", str(self.folder), "--http", f"127.0.0.1:{self.port}"]
        environment = os.environ | {"RELOCATION_TOKEN_KEY": MADE_UP_KEY, "RELOCATION_HTTP": "", "RELOCATION_DATA": ""}
        environment = {name: value for name, value in environment.items() if value}
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.process = subprocess.Popen(
                [*command, *flags], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        ready = self.process.stdout.readline()
        if not ready.startswith("ready "):
            self.kill()
            raise AssertionError(f"it said {ready!r} instead of ready")

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=30)

    def publish(self, *events):
        lines = "\n".join(json.dumps(event) for event in events)
        answer = httpx.post(
            f"{self.url}/api/v1/events", content=lines, headers={"content-type": "application/x-ndjson"}, timeout=60
        )
        told = [json.loads(line) for line in answer.text.splitlines()]
        assert [line["status"] for line in told] == ["accepted"] * len(events), told


def a_control(place, days_ago, *, person="VERZONNEN-1", recorded_after=HOUR_MS // 60, **more):
    return an_event("control", place, days_ago, person=person, recorded_after=recorded_after) | {
        "conducted_by": "police",
        "licensed": False,
        "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": person}}],
        **more,
    }


def a_mutation(place, days_ago, *, person="VERZONNEN-1", recorded_after=HOUR_MS, **more):
    return an_event("bvh_mutation", place, days_ago, person=person, recorded_after=recorded_after) | {
        "mutation": "PL0000-VERZONNEN-1",
        "incident_class": "F70",
        "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": person}}],
        **more,
    }


def an_ad(place, days_ago, *, phone, **more):
    return an_event("ad", place, days_ago, person=phone) | {
        "site": "voorbeeld.example",
        "ad": phone.strip("+"),
        "phones": [phone],
        "police_involved": True,
        **more,
    }


def a_passage(place, days_ago, vehicle, **more):
    return an_event("vehicle", place, days_ago, source="anpr-voorbeeld") | {"camera": "A0-L-1.0", **vehicle, **more}


def an_event(event_type, place, days_ago, *, person="", recorded_after=HOUR_MS, source=None):
    occurred_at = int(time.time() * 1000) - int(days_ago * DAY_MS)
    return {
        "type": event_type,
        "event_id": str(uuid5(NAMESPACE_URL, f"{event_type} {place} {days_ago} {person}")),
        "source": source or f"voorbeeld-{event_type.replace('_', '-')}",
        "occurred_at": format_time(occurred_at),
        "recorded_at": format_time(occurred_at + recorded_after),
        "place": place if isinstance(place, dict) else {"name": place},
    }


def a_free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
