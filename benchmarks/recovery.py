"""How soon a relocation worker is back after kill -9, with a country in its state: ``python -m benchmarks.recovery``.

It has the sightings of all subjects, is killed, and started again under its name. It is back when it says so, and when
the alert of a sighting written meanwhile lies in ``alerts``. Memory per subject is what the process holds more than one
that has none.
"""

import re
import time

import click
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.made_up import Seen, Sightings, Walks, now_ms
from benchmarks.on_kafka import Platform, Wrong, fill, platforms, say_machine, until
from schemas.sightings import Evidence
from schemas.times import DAY_MS
from streams.topics import ALERTS, SIGHTINGS

AIM_S = 20.0


@click.command()
@click.option("--subjects", default=200_000, show_default=True, help="In the state of one worker.")
@click.option("--sightings", default=4, show_default=True, help="Of each.")
def main(subjects: int, sightings: int) -> None:
    """Print how long it took, what an operator sees meanwhile, and what a subject costs."""
    console = Console()
    with platforms() as on_broker:
        platform = on_broker("recovery")
        worker = platform.worker("relocation")
        empty = _resident(platform, worker)
        made, walks = Sightings(platform.cluster), Walks(5, subjects)
        days = 100
        for turn in range(sightings):
            at = now_ms() - days * DAY_MS + turn * days * DAY_MS // (sightings + 1)
            fill(platform.bootstrap, (made.out(seen) for seen in walks.everybody(at)))
        began = time.monotonic()
        platform.wait_until_done("relocation", [SIGHTINGS[Evidence.PRESENCE]])
        worked_s = time.monotonic() - began
        before, told = _resident(platform, worker), platform.count(ALERTS)
        platform.kill(worker)
        fill(platform.bootstrap, [made.out(_moving(walks))])
        killed = time.monotonic()
        platform.worker("relocation")
        ready_s = time.monotonic() - killed
        alert_s = until(lambda: platform.count(ALERTS) > told, "the alert of what came meanwhile") - killed
        after = _resident(platform, worker)
        if platform.count(ALERTS) - told > 2:  # raised, and withdrawn what it replaces
            raise Wrong(f"{platform.count(ALERTS) - told} alerts were told after the restart for one sighting")
        table = Table(
            "what", "found", "aim", title=f"{subjects:,} subjects, {subjects * sightings:,} sightings, {told:,} alerts"
        )
        table.add_row("first worked through, s", f"{worked_s:.1f}", "")
        table.add_row("kill -9 to ready, s", f"{ready_s:.1f}", f"<= {AIM_S:.0f}")
        table.add_row("kill -9 to the alert of what came meanwhile, s", f"{alert_s:.1f}", f"<= {AIM_S:.0f}")
        table.add_row("memory a subject when it has worked, bytes", f"{(before - empty) / subjects:,.0f}", "")
        table.add_row("memory a subject when it is restored, bytes", f"{(after - empty) / subjects:,.0f}", "")
        console.print(table)
        console.print("What an operator sees:")
        for line in re.findall(r".*(?:restor|assigned).*", platform.said(worker))[:8]:
            console.print("  " + line.strip(), highlight=False, markup=False, soft_wrap=True)
    say_machine(console)


def _resident(platform: Platform, worker: str) -> int:
    return int(psutil.Process(platform.pid(worker)).memory_info().rss)


def _moving(walks: Walks) -> Seen:
    """Somebody who is elsewhere now."""
    seen = walks.next(now_ms())
    while not seen.has_moved:
        seen = walks.next(now_ms())
    return seen


if __name__ == "__main__":
    main()
