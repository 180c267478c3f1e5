"""What the heart costs beside the simplest code that could be wrong: ``python benchmarks/heart.py``.

The bare loop decodes the same Avro sightings and keeps the last place per subject in a dict. Both run in one process,
one after the other, several times; what counts is the ratio. Subjects are random, so that memory is as cold as in life.
"""

import gc
import io
import statistics
import time
from collections.abc import Callable
from random import Random

import fastavro
from rich.console import Console
from rich.table import Table

from processors.geography import Distances
from processors.places import Gazetteer
from processors.rules import Rules
from processors.subjects import Subjects
from processors.windows import Window
from relocation.garbage import expect_long_lives
from schemas.avro import Kind, decoder, encode, schema_of
from schemas.sightings import Evidence, Sighting, SubjectSighting
from schemas.times import DAY_MS

RUNS = 5
SIGHTINGS = 150_000
SUBJECTS = 15_000
SPAN_MS = 120 * DAY_MS
HOT = 2_000
"""Sightings that a hot subject has in its window."""
MOVES = 0.25
"""How often the next sighting of a subject is elsewhere: a stay shows in four sightings."""
ROUND = 8
"""In how many places a subject is seen: a carousel goes round."""


def main() -> None:
    """Print a row a loop, then how a hot subject compares with a cold one."""
    gazetteer = Gazetteer.load()
    bodies = [encode(seen) for seen in _stream(Random(7), gazetteer, SIGHTINGS, SUBJECTS)]
    expect_long_lives()
    console = Console()
    console.print(_speed(bodies, gazetteer))
    console.print(_heat(gazetteer))
    console.print(f"Medians of {RUNS} runs in turn, one core; {SIGHTINGS} sightings of {SUBJECTS} random subjects.")


def _speed(bodies: list[bytes], gazetteer: Gazetteer) -> Table:
    loops: dict[str, Callable[[], None]] = {
        "bare loop (fastavro, last place in a dict)": lambda: _bare(bodies, _fastavro()),
        "bare loop with our decoder": lambda: _bare(bodies, decoder(Kind.SIGHTING)),
        "decoding alone (ours)": lambda: _decode(bodies),
        "decoded, windows kept, nothing told": lambda: _windows(bodies, gazetteer),
        "the heart: decoded, windows kept, alerts told": lambda: _heart(bodies, gazetteer),
    }
    seconds = _medians(loops)
    bare = seconds["bare loop (fastavro, last place in a dict)"]
    own = seconds["bare loop with our decoder"]
    table = Table("loop", "us per sighting", "sightings/s", "speed / bare", "speed / bare, ours", title="RELOCATION")
    for name, took in seconds.items():
        table.add_row(
            name,
            f"{took / len(bodies) * 1e6:.2f}",
            f"{len(bodies) / took:,.0f}",
            f"{bare / took:.2f}",
            f"{own / took:.2f}",
        )
    return table


def _heat(gazetteer: Gazetteer) -> Table:
    """One more sighting for a subject with HOT of them, beside one for a subject with five."""
    table = Table("sightings come", "cold, us", "hot, us", "hot / cold", title=f"A subject with {HOT} kept sightings")
    for name, evidence, is_late in (
        ("presences, in order", Evidence.PRESENCE, False),
        ("presences, late", Evidence.PRESENCE, True),
        ("offers, in order", Evidence.OFFER, False),
        ("offers, late", Evidence.OFFER, True),
        ("passages, in order", Evidence.PASSAGE, False),
        ("passages, late", Evidence.PASSAGE, True),
    ):
        cold = statistics.median(_insertion_us(gazetteer, evidence, 400, 5, is_late=is_late) for _ in range(RUNS))
        hot = statistics.median(_insertion_us(gazetteer, evidence, 2, HOT, is_late=is_late) for _ in range(RUNS))
        table.add_row(name, f"{cold:.1f}", f"{hot:.1f}", f"{hot / cold:.2f}")
    return table


def _insertion_us(gazetteer: Gazetteer, evidence: Evidence, subjects: int, held: int, *, is_late: bool) -> float:
    random = Random(11)
    more = max(20, 1_000 // subjects)
    streams = [
        [seen.sighting for seen in _stream(random, gazetteer, held + more, 1, evidence)] for _ in range(subjects)
    ]
    if is_late:
        for stream in streams:
            random.shuffle(stream)
    heart = Subjects(Rules(), gazetteer)
    windows = [heart.window_for(str(number), "person") for number in range(subjects)]
    for window, stream in zip(windows, streams, strict=True):
        for sighting in stream[:held]:
            heart.give(window, sighting, sighting.known_at)
    started = time.perf_counter()
    for window, stream in zip(windows, streams, strict=True):
        for sighting in stream[held:]:
            heart.give(window, sighting, sighting.known_at)
    return (time.perf_counter() - started) / (subjects * more) * 1e6


def _stream(
    random: Random, gazetteer: Gazetteer, count: int, subjects: int, evidence: Evidence = Evidence.PRESENCE
) -> list[SubjectSighting]:
    """Sightings in order of time; each subject stays where it was, but for MOVES of the time."""
    places = [place.code for place in gazetteer.municipalities]
    tokens = [random.randbytes(16).hex() for _ in range(subjects)]
    rounds = {token: random.sample(places, ROUND) for token in tokens}
    where: dict[str, str] = {}
    made = []
    for index in range(count):
        token = random.choice(tokens)
        if token not in where or random.random() < MOVES:
            where[token] = random.choice(rounds[token])
        at = 1_767_225_600_000 + index * SPAN_MS // count
        event_id = random.randbytes(16).hex()
        event_id = "-".join((event_id[:8], event_id[8:12], event_id[12:16], event_id[16:20], event_id[20:]))
        sighting = Sighting(at, evidence, event_id, "made-up", "control", where[token], index % 3 == 0, at, at)
        made.append(SubjectSighting(token, "person", sighting))
    return made


def _medians(loops: dict[str, Callable[[], None]]) -> dict[str, float]:
    took: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(RUNS):
        for name, loop in loops.items():
            started = time.perf_counter()
            loop()
            took[name].append(time.perf_counter() - started)
            gc.collect()
    return {name: statistics.median(runs) for name, runs in took.items()}


def _fastavro() -> Callable[[bytes], object]:
    schema = fastavro.parse_schema(schema_of(Kind.SIGHTING))
    return lambda body: fastavro.schemaless_reader(io.BytesIO(body), schema, None)


def _bare(bodies: list[bytes], decode: Callable[[bytes], object]) -> None:
    last: dict[str, str] = {}
    moved = 0
    for body in bodies:
        seen = decode(body)
        if isinstance(seen, dict):
            subject, place = seen["subject"], seen["place"]
        else:
            subject, place = seen.subject, seen.sighting.place  # type: ignore[attr-defined]
        before = last.get(subject)
        if before is not None and before != place:
            moved += 1
        last[subject] = place


def _decode(bodies: list[bytes]) -> None:
    decode = decoder(Kind.SIGHTING)
    for body in bodies:
        decode(body)


def _windows(bodies: list[bytes], gazetteer: Gazetteer) -> None:
    """What of the heart's time goes into the windows; the rest of it is the words: findings, ids, messages."""
    decode, rules, distances = decoder(Kind.SIGHTING), Rules(), Distances(gazetteer)
    windows: dict[str, Window] = {}
    for body in bodies:
        subject, kind, sighting, *_ = decode(body)
        window = windows.get(subject)
        if window is None:
            window = windows[subject] = Window(subject, kind, rules, distances)
        window.add(sighting)


def _heart(bodies: list[bytes], gazetteer: Gazetteer) -> None:
    decode = decoder(Kind.SIGHTING)
    heart = Subjects(Rules(), gazetteer)
    for body in bodies:
        subject, kind, sighting, *_ = decode(body)
        heart.give(heart.window_for(subject, kind), sighting, sighting.known_at)


if __name__ == "__main__":
    main()
