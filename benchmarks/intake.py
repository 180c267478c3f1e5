"""What it costs to judge an event, by part and type, beside a plain ``json.loads``: ``python benchmarks/intake.py``."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table

from processors.intake import Intake
from processors.packaged import json_of
from processors.places import Gazetteer, PlaceGiven
from processors.policy_file import default_policy_text, parse_policy
from processors.reporting import Reporter
from processors.signals import default_signals_text, parse_signals
from processors.tokens import Tokeniser
from schemas.canonical import canonical_form
from schemas.events import Passage
from schemas.form import EventForm
from schemas.identifiers import Placeholders
from schemas.strict_json import read_object
from schemas.times import DAY_MS, parse_time

RUNS = 7
INPUTS = 1_000
"""Different events in a run."""
NOW = parse_time("2026-03-10T00:00:00Z")
KEY = bytes(range(32))


def main() -> None:
    """Time every part for every type and print a table each: median of the runs."""
    random = Random(3)
    gazetteer, signals = Gazetteer.load(), parse_signals(default_signals_text())
    policy = parse_policy(default_policy_text(), window_ms=180 * DAY_MS)
    tokeniser = Tokeniser(KEY)
    intake = Intake(gazetteer, tokeniser, policy, signals)
    form = EventForm(
        resolve=lambda place: gazetteer.resolve(PlaceGiven(**place)),
        indicators=signals,
        placeholders=Placeholders.parse(json_of("placeholders.json")),
    )
    unplaced = EventForm(
        resolve=lambda _: "GM0363", indicators=signals, placeholders=Placeholders.parse(json_of("placeholders.json"))
    )
    reporter = Reporter(tokeniser)
    console = Console()
    for type_, make in _MAKERS.items():
        sent = [make(random, random.choice(gazetteer.municipalities).name) for _ in range(INPUTS)]
        lines = [json.dumps(event).encode() for event in sent]
        objects: list[Any] = [read_object(line) for line in lines]
        events: list[Any] = [form.read(given, NOW) for given in objects]
        ruled: list[Any] = [(event, policy.judge(event)) for event in events]
        places = [PlaceGiven(**event["place"]) for event in sent]
        plain_us = _median_us(json.loads, lines)
        rows: list[tuple[str, Callable[[Any], object], Sequence[Any]]] = [
            ("parse, strictly", read_object, lines),
            ("validate", lambda given: unplaced.read(given, NOW), objects),
            ("resolve", gazetteer.resolve, places),
            ("legal gate", policy.judge, events),
            ("canonical form", canonical_form, events),
            (
                "tokenise and report, canonical form included",
                lambda pair: reporter.report(pair[0], pair[1], NOW),
                ruled,
            ),
            ("whole intake", lambda line: intake.judge(line, known_at=NOW, is_followed=_all), lines),
        ]
        if isinstance(events[0], Passage):
            rows.append(("whole intake, no hit", lambda r: intake.judge(r, known_at=NOW, is_followed=_none), lines))
        size = statistics.mean(map(len, lines))
        table = Table("part", "us per event", "x json.loads", "events/s", title=f"{type_}, {size:.0f} bytes")
        table.add_row("(json.loads)", f"{plain_us:.1f}", "1.0", f"{1e6 / plain_us:,.0f}")
        for name, do, inputs in rows:
            us = _median_us(do, inputs)
            table.add_row(name, f"{us:.1f}", f"{us / plain_us:.1f}", f"{1e6 / us:,.0f}")
        console.print(table)
    console.print(f"Median of {RUNS} runs of {INPUTS} events, processor time, garbage collection included.")


def _median_us(do: Callable[[Any], object], inputs: Sequence[Any]) -> float:
    return statistics.median(_run_us(do, inputs) for _ in range(RUNS))


def _run_us(do: Callable[[Any], object], inputs: Sequence[Any]) -> float:
    started = time.process_time()
    for given in inputs:
        do(given)
    return (time.process_time() - started) / len(inputs) * 1e6


def _all(_token: str, _known_at: int) -> bool:
    return True


def _none(_token: str, _known_at: int) -> bool:
    return False


def _event(random: Random, place: str, source: str) -> dict[str, Any]:
    hour = random.randrange(10, 20)
    return {
        "event_id": str(UUID(int=random.getrandbits(128))),
        "source": source,
        "occurred_at": f"2026-03-0{random.randrange(1, 9)}T{hour}:15:00Z",
        "recorded_at": f"2026-03-09T{hour}:40:00+01:00",
        "revision": 0,
        "withdrawn": False,
        "place": {"name": place},
    }


def _control(random: Random, place: str) -> dict[str, Any]:
    number = random.randrange(10_000, 99_999)
    identifiers = {"bvh_person": f"P-{number}", "document": {"country": "RO", "number": f"XX{number}7"}}
    return {
        "type": "control",
        **_event(random, place, "avim-made-up"),
        "conducted_by": "police",
        "licensed": False,
        "venue": "hotel",
        "indicators": ["no_own_documents", "accompanied_by_controller"],
        "persons": [{"role": "sex_worker", "identifiers": identifiers, "nationality": "RO"}],
        "vehicles": [{"country": "RO", "plate": f"B {number % 1000} XYZ"}],
        "phones": [f"+316000{number}"],
    }


def _mutation(random: Random, place: str) -> dict[str, Any]:
    number = random.randrange(10_000, 99_999)
    return {
        "type": "bvh_mutation",
        **_event(random, place, "bvh"),
        "mutation": f"PL0000-20260{number}-1",
        "incident_class": "F70",
        "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": f"P-{number}"}, "nationality": "RO"}],
    }


def _ad(random: Random, place: str) -> dict[str, Any]:
    number = random.randrange(10_000, 99_999)
    return {
        "type": "ad",
        **_event(random, place, "crawler-a"),
        "site": "advertenties.example",
        "ad": f"ad-{number}",
        "police_involved": True,
        "phones": [f"06 000{number}"],
        "photos": [f"{random.getrandbits(64):016x}"],
        "indicators": ["third_party_contact"],
    }


def _passage(random: Random, place: str) -> dict[str, Any]:
    return {
        "type": "vehicle",
        **_event(random, place, "anpr"),
        "camera": "CAM-1",
        "country": "RO",
        "plate": f"B {random.randrange(100, 999)} XYZ",
    }


_MAKERS = {"control": _control, "bvh_mutation": _mutation, "ad": _ad, "vehicle": _passage}


if __name__ == "__main__":
    main()
