"""How long it takes from an event to its alert, with a country's state loaded: ``python -m benchmarks.latency``.

Real processes: a worker for each role, the console, the sink with an engine behind ClickHouse's HTTP interface. Events
come at an even pace, whatever becomes of those before. An alert counts when a consumer of ``alerts``, or a listener of
the console's stream, has it in hand. Every alert that the heart raises has to come, and no other.
"""

import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.latency_probes import Times, hear_alerts, hear_stream, listening, published_evenly
from benchmarks.made_up import Judge, Walks, event_of, now_ms
from benchmarks.on_kafka import Platform, Wrong, fill, platforms, say_machine, until
from infra.kafka.ports import free_ports
from relocation.garbage import expect_long_lives
from relocation.parts import heart_of
from relocation.settings import load_settings
from relocation.sinking.stored import STREAMS
from schemas.reports import EventType, Report
from schemas.times import DAY_MS
from streams.kafka.outbox import Outbox
from streams.kafka.records import Out
from streams.partitions import partition_of
from streams.topics import ALERTS, INTAKE, REPORTS, SIGHTINGS

if TYPE_CHECKING:
    from processors.heart import Heart

ROLES = ("intake", "register", "relocation", "desk")
AIMS = {"alerts": (20, 150), "stream": (None, 300)}
SETTLES_S = 30.0
YIELDING = ("sh", "-c", 'echo 19 > /proc/self/autogroup; exec nice -n 19 "$@"', "sh")
"""Takes what processor time the others leave. Each program here has a session of its own, and Linux shares processor
time among sessions first: within one, being nice means nothing to the others.
"""


class Publishing:
    """Makes what is published, and knows of which events alerts must come."""

    def __init__(self, platform: Platform, subjects: int) -> None:
        self._cluster = platform.cluster
        self._outbox = Outbox(
            platform.cluster.wire, role="intake", partitions=platform.cluster.partitions, prefix=platform.cluster.prefix
        )
        self._walks, self._judge = Walks(11, subjects), Judge()
        self._heart: Heart = heart_of(load_settings())
        self.raising: set[str] = set()
        """Events whose arrival raises an alert."""

    def everybody(self) -> Iterable[Out]:
        """A report of each subject, some days ago."""
        for seen in self._walks.everybody(now_ms() - 10 * DAY_MS):
            report = self._judge.report(event_of(seen), now_ms())
            self._heart.apply(report)
            yield self._outbox.report(report)

    def reports(self, count: int) -> list[tuple[str, Out]]:
        """So many reports, as intake writes them."""
        return [(report.event_id, self._outbox.report(report)) for report, _ in self._next(count)]

    def events(self, count: int) -> list[tuple[str, Out]]:
        """So many events, as a publisher sends them."""
        name = self._cluster.named(INTAKE[EventType.CONTROL])
        return [
            (
                report.event_id,
                Out(
                    name,
                    partition_of(report.event_id, self._cluster.partitions),
                    report.event_id.encode(),
                    raw,
                    (),
                    now_ms(),
                ),
            )
            for report, raw in self._next(count)
        ]

    def _next(self, count: int) -> list[tuple[Report, bytes]]:
        import json

        made = []
        for _ in range(count):
            # Nobody comes twice in a short time: two reports of one person may overtake each other on their way, and
            # then more is told than the heart tells of them one after the other.
            event = event_of(self._walks.next(now_ms()))
            report = self._judge.report(event, now_ms())
            if any(alert.finding.arrival_event_id == report.event_id for alert in self._heart.apply(report).alerts):
                self.raising.add(report.event_id)
            made.append((report, json.dumps(event).encode()))
        return made


@click.command()
@click.option("--subjects", default=200_000, show_default=True, help="Loaded before it begins.")
@click.option("--rate", default=500, show_default=True, help="Events a second.")
@click.option("--seconds", default=20, show_default=True, help="Of each measurement.")
def main(subjects: int, rate: int, seconds: int) -> None:
    """Print a row for each way from something published to an alert in hand."""
    console = Console()
    table = Table(
        "from",
        "to",
        "median ms",
        "p99 ms",
        "worst ms",
        "alerts",
        "aim",
        title=f"{rate} events/s, {subjects:,} subjects loaded",
    )
    with platforms() as on_broker, ExitStack() as stack:
        platform = on_broker("latency")
        publishing = Publishing(platform, subjects)
        fill(platform.bootstrap, publishing.everybody())
        expect_long_lives()
        for role in ROLES:
            platform.worker(role)
        platform.wait_until_done("register", REPORTS.values())
        platform.wait_until_done("relocation", SIGHTINGS.values())
        engine, url = _stored(platform, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        platform.wait_until_done("sink", [topic for topic, _ in STREAMS])
        console_url = platform.served("console", "console", "--http", "127.0.0.1:0")
        count = rate * seconds
        _rows(table, "report", _measure(platform, publishing, publishing.reports(count), rate, console_url))
        _rows(table, "event on intake", _measure(platform, publishing, publishing.events(count), rate, console_url))
        platform.kill(engine)
        _rows(
            table, "event, ClickHouse away", _measure(platform, publishing, publishing.events(count), rate, console_url)
        )
        del url
    console.print(table)
    say_machine(console)


def _stored(platform: Platform, folder: Path) -> tuple[str, str]:
    """A sink that stores, and its engine, which yields to the others: a server would have a machine of its own."""
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}/default"
    engine = platform.run_beside("clickhouse", [*YIELDING, sys.executable, "-m", "tests.chaos.engine", folder, port])
    platform.wait_until_said(engine, "ready")
    platform.start("sink", "sink", "--clickhouse", url)
    return engine, url


def _measure(
    platform: Platform, publishing: Publishing, outs: Sequence[tuple[str, Out]], rate: float, console_url: str
) -> dict[str, np.ndarray]:
    """Milliseconds from published to in hand, by who has it. Raises Wrong where alerts are missing or too many."""
    ends, bootstrap = platform.ends([ALERTS]), platform.bootstrap
    expected = {event_id for event_id, _ in outs} & publishing.raising
    with (
        listening(hear_alerts, bootstrap, platform.cluster.prefix, ends) as alerts,
        listening(hear_stream, console_url) as stream,
    ):
        published = published_evenly(bootstrap, outs, rate)
        before = -1

        def is_settled() -> bool:
            nonlocal before
            now = platform.count(ALERTS)
            settled, before = now == before, now
            return settled

        until(is_settled, "alerts come to an end")
        heard = {"alerts": alerts(), "stream": stream()}
    return {who: _milliseconds(who, expected, published, times) for who, times in heard.items()}


def _milliseconds(who: str, expected: set[str], published: Times, heard: Times) -> np.ndarray:
    if heard.keys() & published.keys() != expected:
        missing, more = len(expected - heard.keys()), len((heard.keys() & published.keys()) - expected)
        raise Wrong(f"{who}: {missing} of {len(expected)} alerts did not come, and {more} that nobody expected")
    return np.array([heard[event_id] - published[event_id] for event_id in expected]) * 1000


def _rows(table: Table, since: str, found: dict[str, np.ndarray]) -> None:
    for who, took in found.items():
        median, p99 = AIMS[who]
        aim = f"p99 < {p99}" if median is None else f"median < {median}, p99 < {p99}"
        table.add_row(
            since, who, f"{np.median(took):.1f}", f"{np.percentile(took, 99):.1f}", f"{took.max():.1f}",
            f"{took.size:,}", aim,
        )  # fmt: skip


if __name__ == "__main__":
    main()
