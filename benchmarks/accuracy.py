"""How right the alerts are: simulated worlds through ``relocation replay``, held against what really happened.

Prints precision and recall on noise-free data, at the believable level and with each layer of noise alone, beside what
"the latest place differs" would score; then what was promised to coordinators. Ends 1 when a target is missed.

    python benchmarks/accuracy.py --days 60 --subjects 2000 --seed 7
    python benchmarks/accuracy.py --noise none --noise believable
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from relocation.simulation.moments import DAY
from relocation.simulation.naive import LatestPlaceDiffers
from relocation.simulation.noise import NAMES, level_named
from relocation.simulation.scoring import Promises, Score, Truth, by_kind_lines, promises, score, standing
from relocation.simulation.stream import Simulation
from relocation.simulation.tokens import key_of
from relocation.simulation.world import Period

KEY = "00112233445566778899aabbccddeeff" * 2
START = 1_767_571_200_000
"""2026-01-05, a Monday."""
TARGETS = {"none": 0.99, "believable": 0.97}
TAKEN_BACK_MAX = 0.02
COMMUTER_NOTIFIED_MAX = 1


@dataclass(frozen=True)
class Outcome:
    """One world through the heart."""

    noise: str
    events: int
    refused_wrongly: int
    """Refused lines less the events that were made to be refused."""
    found: Score
    naive: Score
    kept: Promises


def run(noise: str, days: int, subjects: int, seed: int) -> Outcome:
    """Simulate, replay in a process of its own, score."""
    simulation = Simulation(Period(seed, START, START + days * DAY), subjects, level_named(noise))
    naive = LatestPlaceDiffers(key_of(KEY))
    events = careless = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "events.jsonl").open("wb") as lines:
            for sent in simulation.stream():
                lines.write(sent.line)
                naive.see(sent.draft)
                events += 1
                careless += sent.draft.broken
        truth = Truth.of(simulation.truth(key_of(KEY)))
        replay(folder)
        messages = list(read(folder / "alerts.jsonl"))
        refused = sum(1 for _ in read(folder / "rejected.jsonl"))
    found, beside = score(truth, standing(messages)), score(truth, naive.alerts)
    return Outcome(noise, events, refused - careless, found, beside, promises(truth, messages))


def replay(folder: Path) -> None:
    """The black-box contract of DESIGN section 8."""
    command = [sys.executable, "-m", "relocation.command", "replay", str(folder / "events.jsonl")]
    command += ["--alerts", str(folder / "alerts.jsonl"), "--rejected", str(folder / "rejected.jsonl")]
    subprocess.run(command, check=True, env={**os.environ, "RELOCATION_TOKEN_KEY": KEY}, stderr=subprocess.DEVNULL)


def read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def show(outcome: Outcome) -> None:
    found, naive, kept = outcome.found, outcome.naive, outcome.kept
    print(
        f"{outcome.noise:11} {outcome.events:8} {found.precision:9.4f} {found.recall:7.4f} {found.recall_strict:7.4f}"
        f" {naive.precision:11.4f} {naive.recall:7.4f} {kept.commuter_notified_max:9}"
        f" {kept.taken_back_share:8.2%} {outcome.refused_wrongly:8}",
        flush=True,
    )


def show_details(outcome: Outcome) -> None:
    print(f"\n{outcome.noise}:")
    for line in by_kind_lines(outcome.found):
        print(f"  {line}")
    for why, count in outcome.found.wrong_why.most_common():
        print(f"  wrong: {why} {count}")
    kept = outcome.kept
    print(f"  confirmed {kept.confirmed}, withdrawn in the end without a correction {kept.taken_back},")
    print(f"  of those with no alert on the same arrival in their stead {kept.taken_back_for_good}")


def missed(outcome: Outcome) -> Iterator[str]:
    """Targets that this world does not reach."""
    least = TARGETS.get(outcome.noise)
    if least is None:
        return
    if outcome.found.precision < least or outcome.found.recall < least:
        yield f"{outcome.noise}: precision and recall have to be at least {least}"
    if outcome.kept.commuter_notified_max > COMMUTER_NOTIFIED_MAX:
        yield f"{outcome.noise}: a commuting car was notified more than once in 14 days"
    if outcome.kept.taken_back_share > TAKEN_BACK_MAX:
        yield f"{outcome.noise}: over {TAKEN_BACK_MAX:.0%} of the confirmed alerts were withdrawn uncorrected"
    if outcome.refused_wrongly:
        yield f"{outcome.noise}: events were refused that should not be, or the other way round"


@click.command()
@click.option("--days", type=int, default=60, show_default=True)
@click.option("--subjects", type=int, default=2_000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--noise", "levels", multiple=True, help="Only these; all levels and each layer alone if left out.")
def main(days: int, subjects: int, seed: int, levels: tuple[str, ...]) -> None:
    """Score simulated worlds and print the table."""
    print(f"{days} days, {subjects} women, seed {seed}\n")
    print("noise         events precision  recall  strict  naive prec.  recall  commuter  t. back  refused")
    print("                                (all) (both ends)                      max/14 d   (<= 2%)  wrongly")
    outcomes = []
    for noise in levels or ("none", "believable", "harsh", *NAMES):
        outcomes.append(run(noise, days, subjects, seed))
        show(outcomes[-1])
    for outcome in outcomes:
        if outcome.noise in TARGETS:
            show_details(outcome)
    misses = [miss for outcome in outcomes for miss in missed(outcome)]
    print("\n" + ("\n".join(misses) if misses else "every target is reached"))
    sys.exit(1 if misses else 0)


if __name__ == "__main__":
    main()
