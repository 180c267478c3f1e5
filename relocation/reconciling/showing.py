"""What a proof found, for people and for machines."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from sinks.conservation.finding import Proven
from sinks.conservation.reconciling import Outcome

_WIDE = 160
_TOLD_MAX = 100
"""Findings told in words at most; all of them are in the JSON."""
_COLUMNS = ("topic", "records", "stored", "not to be stored", "waiting", "missing")


def show(outcome: Outcome, *, by_partition: bool) -> None:
    """A table, then what is missing, in words."""
    table = Table(*_COLUMNS, box=None, pad_edge=False)
    for name, proven in _rows(outcome.proven, by_partition=by_partition):
        table.add_row(name, *map(str, _numbers(proven)))
    console = Console()
    console = console if console.is_terminal else Console(width=_WIDE)
    console.print(table)
    for line in told(outcome):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def told(outcome: Outcome) -> Iterator[str]:
    """In words: what is missing, or that nothing is."""
    for finding in outcome.findings[:_TOLD_MAX]:
        yield finding.told()
    if len(outcome.findings) > _TOLD_MAX:
        yield f"and {len(outcome.findings) - _TOLD_MAX} more findings: --json tells all of them"
    if not outcome.findings:
        yield "nothing is missing: all that was passed is in the history, or it is known why not"


def as_json(outcome: Outcome, seconds: float) -> str:
    """All of it, on one line."""
    told_all: dict[str, Any] = {
        "missing": sum(one.records for one in outcome.findings),
        "seconds": round(seconds, 3),
        "findings": [one.as_json() for one in outcome.findings],
        "partitions": [one.as_json() for one in outcome.proven],
    }
    return json.dumps(told_all)


def _rows(proven: Iterable[Proven], *, by_partition: bool) -> Iterator[tuple[str, list[Proven]]]:
    by_name: dict[str, list[Proven]] = {}
    for one in proven:
        name = f"{one.topic}/{one.partition}" if by_partition else one.topic
        by_name.setdefault(name, []).append(one)
    yield from by_name.items()


def _numbers(proven: list[Proven]) -> tuple[int, int, str, int, int]:
    became: Counter[str] = Counter()
    for one in proven:
        became += one.became
    missing = sum(len(one.missing) for one in proven)
    stored = sum(one.stored for one in proven)
    absent = became.pop("absent", 0)
    others = ", ".join(f"{count} {reason}" for reason, count in sorted(became.items()))
    records = sum(one.end - one.first for one in proven) - absent
    return records, stored, others, sum(one.waiting for one in proven), missing
