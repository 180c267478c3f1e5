"""Cycle after cycle: events and actions go in, something breaks, everything settles, and every promise is compared."""

import json
import random
import threading
import time

from tests.chaos import oracle
from tests.chaos.faults import Faults, drawn
from tests.chaos.ledger import Ledger
from tests.chaos.listener import Listener
from tests.chaos.proof import Proof
from tests.chaos.publishing import Coordinator, Promises, publish_over_http, publish_to_kafka
from tests.chaos.stack import wait_until_settled
from tests.chaos.verdicts import Breach, Verdicts, compare
from tests.chaos.world import World

EVENTS = 40
"""A cycle: enough for a few batches in every partition, few enough to settle in a moment."""
ACTIONS = 4
RECONCILE_ALL_EVERY = 50
POLL_S = 0.02


class Run:
    """One stack, one seed, any number of cycles."""

    def __init__(self, stack, seed, *, faults=(), events=EVENTS):
        self._stack, self._seed, self._names, self._events = stack, seed, tuple(faults), events
        self._world = World(seed)
        self._count = 0
        self.promises = Promises()
        self.faults = Faults(stack)
        self._ledger = Ledger(stack.cluster.bootstrap)
        self._listener = Listener(stack.console_url)
        self._coordinator = Coordinator(stack.console_url, self.promises)
        self._proof = Proof(stack)
        self._verdicts = Verdicts(stack, self._ledger, self.promises, self._coordinator, self._listener)

    def start(self):
        """Everything is ready, and the listener hears from the first alert on."""
        self._stack.wait_until_ready()
        self._listener.start()
        _wait(lambda: self._listener.is_connected, "the listener is connected")

    def close(self):
        self._listener.close()
        self._coordinator.close()
        self._ledger.close()
        self._proof.close()

    def cycle(self, number, fault=None):
        """One cycle; what was done and checked, in a line. Raises Breach, or another AssertionError."""
        draw = random.Random(f"{self._seed}/{number}/fault")
        fault = fault or drawn(draw, self._names)
        began = time.monotonic()
        struck = self._amid(fault, draw, number)
        published = time.monotonic()
        ends = wait_until_settled(self._stack)
        settled = time.monotonic()
        self._ledger.catch_up(ends)
        checked = self._verdicts.check(wait=_wait)
        self._reconcile(number)
        done = time.monotonic()
        spans = f"{published - began:.1f} + {settled - published:.1f} + {done - settled:.1f} s"
        return f"{struck}: {checked} ({spans})"

    def _amid(self, fault, draw, number):
        """Publish and act while the fault strikes; what it did."""
        messages = self._world.cycle(number, self._events)
        over_http = [one for at, one in enumerate(messages) if at % 2 or one.expected == "refused"]
        to_kafka = [one for at, one in enumerate(messages) if not at % 2 and one.expected != "refused"]
        doing = [
            _Thread(publish_over_http, self._stack.gateway_url, over_http, self.promises,
                    draw=random.Random(f"{self._seed}/{number}/http"), slowly=True),
            _Thread(publish_to_kafka, self._stack.cluster.bootstrap, to_kafka, self.promises,
                    draw=random.Random(f"{self._seed}/{number}/kafka"), partitions=self._stack.partitions),
            _Thread(self._act, number),
        ]  # fmt: skip
        for each in doing:
            each.start()
        struck = self.faults.strike(fault, draw)
        try:
            for each in doing:
                each.finish()
        finally:
            self.faults.mend()
        return struck

    def _act(self, number):
        """Coordinators act on what they have heard of, the latest above all."""
        draw = random.Random(f"{self._seed}/{number}/act")
        heard = sorted(self._listener.told)
        if not heard:
            return
        for turn in range(ACTIONS):
            alert_id, _ = draw.choice(heard[-40:])
            self._coordinator.act_on_alert(alert_id, draw=draw, name=f"{number}-{turn}")
        self._strike(draw, number)

    def _strike(self, draw, number):
        """Take a sighting out of a subject's window, and mostly put it back."""
        message = self._listener.told[draw.choice(sorted(self._listener.told))]
        if not message["based_on"]:
            return
        sighting = draw.choice(message["based_on"])
        event = {name: sighting[name] for name in ("source", "type", "event_id")}
        struck = self._coordinator.act_on_subject(message["subject"], "strike", name=f"{number}-strike", event=event)
        if struck and draw.random() < 0.8:
            self._coordinator.act_on_subject(message["subject"], "unstrike", name=f"{number}-unstrike", event=event)

    def check_replay(self):
        """``relocation replay`` over ``relocation export reports`` ends in the alerts that the log says are active.

        Strikes are put back before: a replay knows nothing of what coordinators did.
        """
        self._put_back()
        self._ledger.catch_up(wait_until_settled(self._stack))
        self._verdicts.check(wait=_wait)
        folder = self._stack.servers.folder
        self._stack.run("export", "reports", folder / "reports.jsonl")
        self._stack.run("replay", folder / "reports.jsonl", "--alerts", folder / "alerts.jsonl")
        said = {}
        for line in (folder / "alerts.jsonl").read_text("utf-8").splitlines():
            alert = json.loads(line)
            said[alert["alert_id"]] = alert
        replayed = {told: _found(alert) for told, alert in said.items() if alert["status"] != "withdrawn"}
        active = self._ledger.active_messages
        compare("the replay", replayed, {told: _found(alert.as_json()) for told, alert in active.items()})
        return len(replayed)

    def _put_back(self):
        for subject, event in oracle.struck(self._ledger.subject_states):
            self._count += 1
            named = {"source": event.source, "type": str(event.type), "event_id": event.event_id}
            self._coordinator.act_on_subject(subject, "unstrike", name=f"back-{self._count}", event=named)

    def _reconcile(self, number):
        """Nothing is missing of what came since the last cycle; now and then, of all there is."""
        findings = self._proof.prove(only_new=number % RECONCILE_ALL_EVERY != 0)
        if findings:
            raise Breach(f"reconcile: {[str(finding) for finding in findings[:5]]} of {len(findings)}")


FINDING = (
    "subject", "from", "to", "from_last_seen", "arrived_at", "arrival_event_id", "evidence", "novelty", "certainty",
    "implausible", "repeat", "attention", "cross_region", "cross_border",
)  # fmt: skip


def _found(alert):
    return {name: alert[name] for name in FINDING}


class _Thread(threading.Thread):
    """A thread whose error is its caller's."""

    def __init__(self, call, *given, **more):
        super().__init__(daemon=True)
        self._call, self._given, self._more = call, given, more
        self._failed = None

    def run(self):
        try:
            self._call(*self._given, **self._more)
        except BaseException as failed:  # noqa: BLE001 - raised again by who waits
            self._failed = failed

    def finish(self):
        self.join()
        if self._failed is not None:
            raise self._failed


def _wait(condition, what, within_s=30):
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise Breach(f"not within {within_s} s: {what}")
        time.sleep(POLL_S)
