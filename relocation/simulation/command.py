"""``relocation simulate``: a believable, made-up stream of events to files, or to a running platform."""

import json
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click

from relocation.exits import FAILED, UNREACHABLE, UNUSABLE, Failure
from relocation.integration.failures import NotAccepted, Unreachable
from relocation.posting import Poster
from relocation.progress import progress_bar
from relocation.settings import settings_of
from relocation.simulation import live
from relocation.simulation.moments import DAY
from relocation.simulation.noise import LAYERS, Level, level_named
from relocation.simulation.stream import Simulation
from relocation.simulation.world import Period

DAYS, SUBJECTS, SEED = 60, 2_000, 7
LIVE_DAYS = 28
"""Fewer than ``fresh_days``, so that nothing published live is historical."""
TELL_EVERY = 2_000
_LAYERS_TOLD = "\n".join(f"  {layer.name:11} {layer.told.split(':')[0].split(';')[0]}" for layer in LAYERS)
EPILOG = f"""\b
Noise is none, believable (all but weekends), harsh (all, at three times the rates), or a list of
{_LAYERS_TOLD}

\b
Examples:
  relocation simulate --out events.jsonl --truth truth.jsonl
  relocation simulate --days 10 --subjects 200 --noise late,misread --out -
  relocation simulate --rate 50 --to http://127.0.0.1:8080
"""


def _level(_context: click.Context, _parameter: click.Parameter, told: str) -> Level:
    try:
        return level_named(told)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(epilog=EPILOG)
@click.option("--days", type=click.IntRange(1, 730), help=f"Days of the world. [default: {DAYS}; live {LIVE_DAYS}]")
@click.option("--subjects", type=click.IntRange(1, 50_000), default=SUBJECTS, show_default=True, help="Women in it.")
@click.option(
    "--seed", type=click.IntRange(0, 2**31), default=SEED, show_default=True, help="Another seed, another world."
)
@click.option(
    "--noise", callback=_level, default="believable", show_default=True, metavar="LEVEL|LAYERS", help="What goes wrong."
)
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%d"]), default="2026-01-05", show_default=True, help="The first day."
)
@click.option(
    "--out", metavar="EVENTS.jsonl", help="Where the events go, in the order in which they are sent; - for stdout."
)
@click.option("--truth", metavar="TRUTH.jsonl", help="Where the physical moves go. Needs RELOCATION_TOKEN_KEY.")
@click.option(
    "--rate", type=click.FloatRange(0.01, 100_000), default=10.0, show_default=True, help="With --to: events a second."
)
@click.option("--to", "url", metavar="URL", help="Publish to a running platform, until interrupted.")
@click.option(
    "--patience",
    type=click.FloatRange(0),
    default=300.0,
    show_default=True,
    help="With --to: seconds without an answer.",
)
def simulate(  # noqa: PLR0913, PLR0917  (one argument per option)
    days: int | None,
    subjects: int,
    seed: int,
    noise: Level,
    start: datetime,
    out: str | None,
    truth: str | None,
    rate: float,
    url: str | None,
    patience: float,
) -> None:
    """Make a believable, made-up stream of all four kinds of events, and the truth behind it.

    Everybody in it is invented. People, cars, phones and photos really move from place to place; sources see some
    of it; then noise is laid over what they say. The same seed gives the same world, and a layer of noise changes
    nothing but what it is about. The truth file has a line per physical move, seen or not.

    With --to it publishes worlds that end now, one after the other, until SIGINT or SIGTERM.
    """
    if url is not None:
        if out is not None or truth is not None:
            raise click.UsageError("--to publishes; leave out --out and --truth, or leave out --to")
        _publish(live.Plan(days or LIVE_DAYS, subjects, seed, noise), url, rate, patience)
        return
    if out is None and truth is None:
        raise click.UsageError("say where to: --out EVENTS.jsonl, and --truth TRUTH.jsonl, or --to URL")
    first = int(start.replace(tzinfo=UTC).timestamp() * 1_000)
    if not 0 <= first <= 4_000_000_000_000:
        raise click.UsageError("--start cannot be used: write a day between 1970 and 2096")
    key = None if truth is None else _key()
    period = Period(seed, first, first + (days or DAYS) * DAY)
    _write(Simulation(period, subjects, noise), period, out, truth, key)


def _key() -> bytes:
    key = settings_of().key
    if key is None:
        why = "the truth names subjects by their tokens: set RELOCATION_TOKEN_KEY to the key of the platform"
        raise Failure(why, UNUSABLE)
    return key


def _write(simulation: Simulation, period: Period, out: str | None, truth: str | None, key: bytes | None) -> None:
    began = time.monotonic()
    with ExitStack() as stack:
        events, moves = _opened(stack, out), _opened(stack, truth)
        counts = _write_events(simulation, period, events)
        told = 0
        if moves is not None and key is not None:
            told = _write_moves(simulation, key, moves)
    elapsed_s = time.monotonic() - began
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    total = sum(counts.values())
    rate = f"{total / max(elapsed_s, 1e-9):,.0f} events/s"
    click.echo(f"{total} events ({kinds}), {told} physical moves, {rate}", err=True)


def _write_events(simulation: Simulation, period: Period, events: IO[bytes] | None) -> Counter[str]:
    counts: Counter[str] = Counter()
    days = (period.end - period.start) // DAY
    with progress_bar() as tell:
        for number, sent in enumerate(simulation.stream()):
            if events is not None:
                events.write(sent.line)
            counts[sent.draft.type] += 1
            if number % TELL_EVERY == 0:
                tell("days", min(days, (sent.sent_at - period.start) // DAY), days)
        tell("days", days, days)
    return counts


def _write_moves(simulation: Simulation, key: bytes, moves: IO[bytes]) -> int:
    told = 0
    for line in simulation.truth(key):
        moves.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        told += 1
    return told


def _opened(stack: ExitStack, name: str | None) -> IO[bytes] | None:
    if name is None:
        return None
    if name == "-":
        return sys.stdout.buffer
    try:
        return stack.enter_context(Path(name).open("wb"))
    except OSError as error:
        raise click.UsageError(f"{name} cannot be written: {error.strerror}") from None


def _publish(plan: live.Plan, url: str, rate: float, patience_s: float) -> None:
    told_at = 0.0

    def tell(progress: live.Progress) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= live.TOLD_EVERY_S:
            told_at = time.monotonic()
            click.echo(str(progress), err=True)

    try:
        poster = Poster(url, patience_s)
    except ValueError as error:
        raise click.UsageError(f"--to cannot be used: {error}") from None
    with poster:
        try:
            progress = live.publish(live.endless(plan), poster, rate, tell)
        except Unreachable as unreachable:
            raise Failure(str(unreachable), UNREACHABLE) from None
        except NotAccepted as refused:
            raise Failure(str(refused), FAILED) from None
    click.echo(f"stopped: {progress}", err=True)
