"""How much a relocation worker does beside simpler jobs on the same broker: ``python -m benchmarks.throughput``.

The worker is a real process with all its rules, from ``sightings.presence`` to ``alerts``. The others only tell whether
the latest place of a subject differs: a bare loop, a plain Faust agent with a table, Quix Streams with its state. All
read the same sightings and end in a topic, from which it is seen how far they are: the n-th alert follows from a known
sighting. What the worker writes is compared with what the heart says, message by message.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from confluent_kafka.admin import AdminClient, NewTopic
from rich.console import Console
from rich.table import Table

from benchmarks.counting import Expected, Speed, expected_of, relocation_role, speed, values_in
from benchmarks.made_up import SPAN_MS, Sightings, Walks, now_ms
from benchmarks.on_kafka import TREE, Platform, Wrong, fill, platforms, say_machine, until
from schemas.avro import Kind, schema_of
from schemas.sightings import Evidence
from streams.kafka.records import Out, Partition
from streams.topics import ALERTS, SIGHTINGS

RIVALS = Path(__file__).with_name("rivals")
PRESENCE = SIGHTINGS[Evidence.PRESENCE]
TITLE = "From sightings.presence to alerts"
PATIENCE_S = 12.0
"""A job that is not done after so long is measured by what it did."""
BEGINS_S = 60.0
OURS, PAIR = "relocation worker", "two relocation workers"
BARE, FAUST, QUIX = "bare loop", "plain Faust, table", "Quix Streams, state"
AIMS = {BARE: 0.5, FAUST: 20.0, QUIX: 2.0}


@dataclass
class Load:
    """What is to be done, and what should come of it."""

    sightings: list[Out]
    by_rules: Expected
    by_job: Expected
    runs: dict[str, list[Speed]] = field(default_factory=dict)
    """By who did them."""


@click.command()
@click.option("--events", default=240_000, show_default=True, help="Sightings.")
@click.option("--subjects", default=20_000, show_default=True, help="Of so many.")
@click.option("--runs", default=3, show_default=True, help="Of each, in turn; medians are told.")
@click.option(
    "--quix", type=click.Path(path_type=Path), default=TREE / ".venv/rivals/bin/python",
    help="A Python that has quixstreams [default: the one that make bench-kafka sets up].",
)  # fmt: skip
@click.option("--only", multiple=True, help="Leave out all jobs but these.")
def main(events: int, subjects: int, runs: int, quix: Path, only: tuple[str, ...]) -> None:
    """Print a row for each job, with the aim that the worker is held against."""
    progress = Console(stderr=True)
    with platforms() as on_broker, tempfile.TemporaryDirectory() as folder:
        made = on_broker("made")
        load = _load(made, events, subjects)
        jobs = _jobs(on_broker, load, lambda *rival: _rival(made, load, Path(folder), *rival), quix)
        for run in range(runs):
            for number, (name, job) in enumerate(jobs.items()):
                if not only or name in only:
                    found = job(f"run{run}-{number}")
                    load.runs.setdefault(name, []).append(found)
                    progress.print(f"run {run + 1}: {name} {found.rate:,.0f}/s, {found.cpu_us:.1f} us")
    console = Console()
    console.print(_table(load))
    console.print(
        f"Medians of {runs} runs in turn; {events:,} sightings of {subjects:,} subjects, "
        f"{load.by_rules.outputs:,} alerts."
    )
    say_machine(console)


def _load(platform: Platform, events: int, subjects: int) -> Load:
    made, now = Sightings(platform.cluster), now_ms()
    outs = [made.out(seen) for seen in Walks(7, subjects).some(events, now - SPAN_MS, now)]
    by_rules = expected_of(relocation_role(platform.cluster), outs, platform.cluster.named(ALERTS))
    return Load(outs, by_rules, _by_job(platform, outs))


def _by_job(platform: Platform, outs: list[Out]) -> Expected:
    """What the simple job says: one alert wherever the latest place differs."""
    expected, last = Expected(), dict[str, str]()
    decode = platform.cluster.wire.decoder(PRESENCE)
    for out in outs:
        seen = decode(out.value or b"")
        place = seen.sighting.place
        expected.note(out.partition, [b""] if last.get(seen.subject, place) != place else [])
        last[seen.subject] = place
    return expected


def _jobs(
    on_broker: Callable[[str], Platform], load: Load, rival: Callable[[str, str, Any], Speed], quix: Path
) -> dict[str, Callable[[str], Speed]]:
    jobs: dict[str, Callable[[str], Speed]] = {
        OURS: lambda name: _ours(on_broker(name), load, workers=1),
        BARE: lambda name: rival(name, "bare.py", sys.executable),
        FAUST: lambda name: rival(name, "plain_faust.py", sys.executable),
        PAIR: lambda name: _ours(on_broker(name), load, workers=2),
    }
    if quix.exists():
        jobs[QUIX] = lambda name: rival(name, "quix.py", quix)
    return jobs


def _ours(platform: Platform, load: Load, *, workers: int) -> Speed:
    """The workers share the partitions before there is anything to do, and stand still while it is loaded."""
    started = [platform.worker("relocation", number) for number in range(workers)]
    if workers > 1:
        until(lambda: '"numbers": [0, 1, 2, 3]' not in _last_assigned(platform, started[0]), "the workers share")
    for name in started:
        platform.freeze(name)
    topic, pids = platform.cluster.named(PRESENCE), [platform.pid(name) for name in started]
    fill(platform.bootstrap, (out._replace(topic=topic) for out in load.sightings))
    for name in started:
        platform.thaw(name)
    found = speed(load.by_rules, lambda: platform.ends([ALERTS]), pids, patience_s=120, begins_s=BEGINS_S)
    until(lambda: platform.count(ALERTS) >= load.by_rules.outputs, "every alert is told")
    if values_in(platform.bootstrap, platform.ends([ALERTS])) != load.by_rules.values:
        raise Wrong("the worker told other alerts than the heart does")
    for name in started:
        platform.kill(name)
    return found


def _last_assigned(platform: Platform, name: str) -> str:
    said = [line for line in platform.said(name).splitlines() if "assigned" in line]
    return said[-1] if said else ""


def _rival(platform: Platform, load: Load, folder: Path, name: str, script: str, python: Any) -> Speed:  # noqa: PLR0913, PLR0917
    """One of the others, on topics of its own: the same values, by the key of the subject."""
    bootstrap, partitions = platform.bootstrap, platform.cluster.partitions
    read, write = f"{name}-in", f"{name}-out"
    admin = AdminClient({"bootstrap.servers": bootstrap})
    kept = {"retention.ms": "-1"}  # what was seen months ago is older than brokers keep by default
    for answer in admin.create_topics(
        [NewTopic(topic, partitions, 1, config=kept) for topic in (read, write)]
    ).values():
        answer.result()
    fill(bootstrap, (out._replace(topic=read, key=_subject(out), headers=()) for out in load.sightings))
    schema = folder / "sighting.avsc"
    schema.write_text(json.dumps(schema_of(Kind.SIGHTING)), "utf-8")
    command = [python, RIVALS / script, bootstrap, read, write, name, schema, folder / name, partitions]
    running = platform.run_beside(name, command)
    outputs = [(write, number) for number in range(partitions)]
    brokers = platform.cluster.brokers

    def look() -> Mapping[Partition, int]:
        if platform.has_ended(running):
            raise Wrong("it ended")
        return brokers.ends(outputs)

    try:
        return speed(load.by_job, look, [platform.pid(running)], patience_s=PATIENCE_S, begins_s=BEGINS_S)
    except Wrong as wrong:
        raise Wrong(f"{script}: {wrong}\n{platform.said(running)[-2000:]}") from None
    finally:
        platform.kill(running)


def _subject(out: Out) -> bytes:
    """A key begins with it."""
    return (out.key or b"").partition(b"/")[0]


def _table(load: Load) -> Table:
    table = Table("job", "sightings/s", "the worker is", "aim", "CPU us each", "the worker uses", title=TITLE)
    rates = {name: statistics.median(run.rate for run in runs) for name, runs in load.runs.items()}
    costs = {name: statistics.median(run.cpu_us for run in runs) for name, runs in load.runs.items()}
    for name, rate in rates.items():
        ratio, cost, aim = rates.get(OURS, 0) / rate, costs[name], AIMS.get(name)
        table.add_row(
            name, f"{rate:,.0f}", f"{ratio:.2f} x", "" if aim is None else f">= {aim:g} x", f"{cost:.1f}",
            f"{costs.get(OURS, 0) / cost:.2f} x",
        )  # fmt: skip
    return table


if __name__ == "__main__":
    main()
