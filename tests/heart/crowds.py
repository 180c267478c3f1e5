"""Crowded windows: many sightings close together in a small world, in which a moment is a long time.

Days apart and years long, made-up histories seldom meet an edge of the rules. Here W is 12 moments, G is 3, D is 2 and
a repeat 5, so that everything is often exactly as far apart as a rule says, and as often one moment more.
"""

from dataclasses import replace
from random import Random

from made_up import a_person, a_report

from processors.rules import Rules
from schemas.reports import Standing
from schemas.sightings import Sighting

SMALL = Rules(
    window_ms=12,
    dwell_ms=2,
    gap_ms=3,
    repeat_ms=5,
    fresh_ms=4,
    implausible_kmh=8e7,  # 88.96 km, two places on, is 4.003 moments' way
    implausible_min_km=50,
)


def crowds(block, size=20):
    """The crowds of one block of seeds."""
    return (Crowd(seed) for seed in range(block * size, (block + 1) * size))


class Crowd:
    """Sightings of one subject that come and go, drawn from a seed."""

    def __init__(self, seed):
        self.seed = seed
        self.random = Random(seed)
        self.evidences = self.random.choice(((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2), (1, 1, 1, 0)))
        self.places = self.random.choice((("GM0001", "GM0002"), ("GM0001", "GM0003", "IT"), ("GM0001", "GM0003")))
        self.span = self.random.choice((8, 16, 40))
        self.twins = self.random.random() < 0.3
        self.number = 0
        self.held = []

    def __repr__(self):
        return f"Crowd({self.seed})"

    def a_sighting(self):
        """Somebody is seen."""
        draw = self.random
        self.number += 1
        event_id = f"e{draw.randrange(4)}" if self.twins and draw.random() < 0.5 else f"event-{self.number}"
        moment = self.span * self.number // 30 if draw.random() < 0.4 else draw.randrange(self.span)
        seen = Sighting(
            moment,
            draw.choice(self.evidences),
            event_id,
            f"source-{self.number}",
            "type",
            draw.choice(self.places),
            draw.random() < 0.15,
            0,
            moment,
        )
        self.held.append(seen)
        return seen

    def no_longer(self):
        """One that was seen was not."""
        return self.held.pop(self.random.randrange(len(self.held)))

    def changes(self, count):
        """(taken, given): what comes and what goes, one after the other; some at once."""
        for _ in range(count):
            if self.held and self.random.random() < 0.35:
                yield [self.no_longer()], [self.a_sighting()] if self.random.random() < 0.3 else []
            else:
                yield [], [self.a_sighting()]


def crowded_reports(seed, count=20):
    """Reports of few events, revisions and identifiers, close together; known in the order in which they come."""
    draw = Random(seed)
    types = draw.choice((("control", "bvh_mutation"), ("control", "ad"), ("control", "vehicle", "vehicle")))
    for known_at in range(1_050, 1_050 + count):
        standing = draw.choice((Standing.COUNTS,) * 6 + (Standing.WITHDRAWN, Standing.REFUSED))
        yield _a_crowded_report(draw, draw.choice(types), standing, known_at)


def _a_crowded_report(draw, type_, standing, known_at):
    content = {"place": draw.choice(("GM0001", "GM0003"))} | _named_by(draw, type_)
    if draw.random() < 0.2:
        content["indicators"] = ("debt",)
    report = a_report(
        f"event-{draw.randrange(8)}",
        type=type_,
        source=draw.choice(("made-up", "made-up", "elsewhere")),
        revision=draw.choice((0, 0, 1, 2)),
        standing=standing,
        occurred_at=1_000 + draw.randrange(20),
        known_at=known_at,
        **content,
    )
    digest = f"{draw.random()}" if report.counts else ""
    return replace(report, rank=report.rank._replace(digest=digest))


def _named_by(draw, type_):
    if type_ == "vehicle":
        return {"vehicles": (draw.choice(("plate-1", "plate-2")),)}
    phones = tuple(draw.sample(("phone-1", "phone-2"), draw.randrange(3)))
    if type_ == "ad":
        return {"phones": phones, "online": draw.random() < 0.8}
    persons = tuple(
        a_person(
            bvh=draw.choice((None, "bvh-1", "bvh-2")),
            document=draw.choice((None, "doc-1", "doc-2")),
            name=draw.choice((None, "name-1")),
            role=draw.choice(("sex_worker", "sex_worker", "facilitator")),
        )
        for _ in range(draw.randrange(3))
    )
    plates = tuple(draw.sample(("plate-1", "plate-2"), draw.choice((0, 1, 1, 2))))
    return {"phones": phones, "persons": persons, "vehicles": plates}
