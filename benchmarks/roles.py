"""How much intake, register and a gateway do, as processes on a real broker: ``python -m benchmarks.roles``.

Each beside its own work in memory, on one core and without Kafka: what is lost is what membership, logs and HTTP cost.
What each writes is compared with what its work in memory says.
"""

import json
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

import click
import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.counting import Expected, Speed, expected_of, speed, values_in
from benchmarks.made_up import SPAN_MS, TERM_MS, Judge, Seen, Walks, event_of, now_ms
from benchmarks.on_kafka import KEY, Platform, Wrong, fill, platforms, say_machine, until
from relocation.parts import intake_of, policy_of
from relocation.settings import load_settings
from schemas.reports import EventType
from streams.kafka.intake_task import IntakeParts, IntakeRole
from streams.kafka.outbox import Outbox
from streams.kafka.records import Out
from streams.kafka.register_task import RegisterParts, RegisterRole
from streams.kafka.task import Role
from streams.partitions import partition_of
from streams.topic import Topic
from streams.topics import EVENTS, INTAKE, REPORTS

BEGINS_S, PATIENCE_S = 90.0, 40.0
BATCH = 500
PUBLISHERS = 4
"""So many connections publish at a time."""
IN, REPORTED, WON = (topics[EventType.CONTROL] for topics in (INTAKE, REPORTS, EVENTS))


class Row(NamedTuple):
    """What was found of one role: as a process, and of its work in memory."""

    name: str
    found: Speed
    alone: Speed


@click.command()
@click.option("--events", default=40_000, show_default=True, help="For each role.")
@click.option("--subjects", default=10_000, show_default=True, help="Of so many.")
def main(events: int, subjects: int) -> None:
    """Print a row for each role."""
    console = Console()
    with platforms() as on_broker:
        now = now_ms()
        seen = list(Walks(3, subjects).some(events, now - SPAN_MS, now))
        intake = _intake(on_broker("intake"), seen)
        register = _register(on_broker("register"), seen)
        gateway = Row("gateway, bodies of 500", _gateway(on_broker("gateway"), seen), intake.alone)
    table = Table(
        "role", "events/s", "in memory", "of that", "CPU us each", "in memory", title="Controls, one woman each"
    )
    for name, found, alone in (intake, register, gateway):
        table.add_row(
            name, f"{found.rate:,.0f}", f"{alone.rate:,.0f}", f"{found.rate / alone.rate:.2f}", f"{found.cpu_us:.0f}",
            f"{alone.cpu_us:.0f}",
        )  # fmt: skip
    console.print(table)
    console.print(f"{events:,} events of {subjects:,} women; the gateway is sent them over {PUBLISHERS} connections.")
    say_machine(console)


def _intake(platform: Platform, seen: Sequence[Seen]) -> Row:
    role = IntakeRole(IntakeParts(intake_of(load_settings(token_key=KEY)), platform.cluster))
    return _row(platform, role, [_published(platform, one) for one in seen], REPORTED)


def _register(platform: Platform, seen: Sequence[Seen]) -> Row:
    cluster = platform.cluster
    outbox = Outbox(cluster.wire, role="intake", partitions=cluster.partitions, prefix=cluster.prefix)
    judge, term_of = Judge(), policy_of(load_settings()).term_ms
    role = RegisterRole(RegisterParts(term_of, TERM_MS, cluster.wire, cluster.partitions, cluster.prefix))
    return _row(platform, role, [outbox.report(judge.report(event_of(one), now_ms())) for one in seen], WON)


def _row(platform: Platform, role: Role, inputs: Sequence[Out], written: Topic) -> Row:
    """A worker does all of these; ``written`` is what it writes one of for each."""
    began, began_cpu = time.perf_counter(), time.process_time()
    expected = expected_of(role, inputs, platform.cluster.named(written))
    took_s, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
    alone = Speed(len(inputs) / took_s, cpu_s / len(inputs) * 1e6)
    fill(platform.bootstrap, inputs)
    worker = platform.worker(role.name, ready=False)
    pids = [platform.pid(worker)]
    found = speed(expected, lambda: platform.ends([written]), pids, patience_s=PATIENCE_S, begins_s=BEGINS_S)
    until(lambda: platform.count(written) >= expected.outputs, f"{role.name} has done everything")
    _compare(platform, role, written, expected)
    platform.kill(worker)
    return Row(f"{role.name} worker", found, alone)


def _compare(platform: Platform, role: Role, written: Topic, expected: Expected) -> None:
    """Reports say when they became known, which differs: they are counted."""
    found = values_in(platform.bootstrap, platform.ends([written]))
    same = found == expected.values if written is WON else found.total() == expected.values.total()
    if not same:
        raise Wrong(f"{role.name} wrote other records than its work in memory says")


def _published(platform: Platform, one: Seen) -> Out:
    number = partition_of(one.event_id, platform.cluster.partitions)
    return Out(platform.cluster.named(IN), number, one.event_id.encode(), _raw(one), (), now_ms())


def _raw(one: Seen) -> bytes:
    return json.dumps(event_of(one)).encode()


def _gateway(platform: Platform, seen: Sequence[Seen]) -> Speed:
    """With register beside it, which says what is a duplicate."""
    platform.worker("register")
    name = platform.start("gateway", "gateway", "--http", "127.0.0.1:0")
    url = platform.address_of(name)
    bodies = [b"\n".join(_raw(one) for one in seen[at : at + BATCH]) for at in range(0, len(seen), BATCH)]
    publishers = [_Publisher(url, bodies[number::PUBLISHERS]) for number in range(PUBLISHERS)]
    began, began_cpu = time.monotonic(), platform.cpu_s(name)
    for one in publishers:
        one.start()
    for one in publishers:
        one.join()
    took_s, cpu_s = time.monotonic() - began, platform.cpu_s(name) - began_cpu
    accepted = sum(one.accepted for one in publishers)
    if accepted != len(seen) or platform.count(REPORTED) != len(seen):
        raise Wrong(f"{accepted} of {len(seen)} events were accepted, and {platform.count(REPORTED)} lie in the log")
    return Speed(len(seen) / took_s, cpu_s / len(seen) * 1e6)


class _Publisher(threading.Thread):
    """Publishes one body after the other."""

    def __init__(self, url: str, bodies: Sequence[bytes]) -> None:
        super().__init__(daemon=True)
        self._url, self._bodies = url, bodies
        self.accepted = 0

    def run(self) -> None:
        with httpx.Client(timeout=60, headers={"content-type": "application/x-ndjson"}) as client:
            for body in self._bodies:
                answer = client.post(f"{self._url}/api/v1/events", content=body).raise_for_status()
                self.accepted += answer.text.count('"accepted"')


if __name__ == "__main__":
    main()
