"""Made-up women who move about: as events, as reports and as sightings. The same for the same seed."""

import json
import time
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from benchmarks.on_kafka import KEY
from processors.intake import Admitted, Intake
from processors.places import Gazetteer
from processors.tokens import Tokeniser
from relocation.parts import intake_of
from relocation.settings import load_settings
from schemas.keys import sighting_key
from schemas.reports import Report
from schemas.sightings import Evidence, Sighting, SubjectSighting
from schemas.times import DAY_MS, HOUR_MS, format_time
from streams.kafka.cluster import Cluster
from streams.kafka.headers import headers_for
from streams.kafka.records import Out
from streams.partitions import partition_of
from streams.topics import SIGHTINGS

MOVES = 0.25
"""How often the next sighting of a subject is elsewhere: a stay shows in four sightings."""
ROUND = 8
"""In how many places a subject is seen: a carousel goes round."""
SPAN_MS = 120 * DAY_MS
TERM_MS = 5 * 365 * DAY_MS


class Seen(NamedTuple):
    """One time that somebody is seen."""

    who: int
    place: str
    at: int
    """UTC ms."""
    event_id: str
    has_moved: bool


class Walks:
    """Subjects, each of which stays where it was, but for MOVES of the times that it is seen."""

    def __init__(self, seed: int, subjects: int) -> None:
        self._random = Random(seed)
        self._places = [place.code for place in Gazetteer.load().municipalities]
        self._subjects = subjects
        self._where: dict[int, str] = {}
        self._rounds: dict[int, list[str]] = {}
        self._line: list[int] = []

    def everybody(self, at: int) -> Iterator[Seen]:
        """Each subject once, a minute or so from ``at`` (UTC ms)."""
        for who in range(self._subjects):
            yield self._seen(who, at + self._random.randrange(60_000))

    def some(self, count: int, start: int, end: int) -> Iterator[Seen]:
        """So many sightings of anybody, in order of time, between two times (UTC ms)."""
        for index in range(count):
            yield self._seen(self._random.randrange(self._subjects), start + index * (end - start) // count)

    def next(self, at: int) -> Seen:
        """Somebody who was not next for the longest time."""
        if not self._line:
            self._line = self._random.sample(range(self._subjects), self._subjects)
        return self._seen(self._line.pop(), at)

    def _seen(self, who: int, at: int) -> Seen:
        before = self._where.get(who)
        if before is None or self._random.random() < MOVES:
            around = self._rounds.get(who)
            if around is None:
                around = self._rounds[who] = self._random.sample(self._places, ROUND)
            self._where[who] = self._random.choice(around)
        place = self._where[who]
        event_id = str(UUID(int=self._random.getrandbits(128), version=4))
        return Seen(who, place, at, event_id, before is not None and before != place)


def name_of(who: int) -> str:
    """What a subject is called in BVH."""
    return f"VERZONNEN-{who:07}"


class Sightings:
    """What is seen as REGISTER writes it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._topic = SIGHTINGS[Evidence.PRESENCE]
        self._name = cluster.named(self._topic)
        self._encode = cluster.wire.encoder(self._topic)
        self._headers = headers_for(self._topic.kind, "register")
        self._tokeniser = Tokeniser.from_hex(KEY)
        self._tokens: dict[int, str] = {}
        self._version = 0

    def token_of(self, who: int) -> str:
        """The token of a subject."""
        token = self._tokens.get(who)
        if token is None:
            token = self._tokens[who] = self._tokeniser.token("person", name_of(who))
        return token

    def message(self, seen: Seen) -> SubjectSighting:
        """What becomes known an hour after it was so."""
        known_at = min(seen.at + HOUR_MS, now_ms())
        evidence = int(Evidence.PRESENCE)
        sighting = Sighting(
            seen.at, evidence, seen.event_id, "verzonnen", "control", seen.place, False, known_at, known_at
        )
        self._version += 1
        token = self.token_of(seen.who)
        return SubjectSighting(token, "person", sighting, version=self._version, kept_until=seen.at + TERM_MS)

    def out(self, seen: Seen) -> Out:
        """The record of ``sightings.presence``."""
        told = self.message(seen)
        return Out(
            self._name, partition_of(told.subject, self._cluster.partitions), sighting_key(told).encode(),
            self._encode(told), self._headers(told), seen.at,
        )  # fmt: skip


def event_of(seen: Seen) -> dict[str, Any]:
    """The event as a publisher sends it."""
    return {
        "type": "control",
        "event_id": seen.event_id,
        "source": "verzonnen",
        "occurred_at": format_time(seen.at),
        "recorded_at": format_time(seen.at),
        "place": {"municipality": seen.place},
        "conducted_by": "police",
        "indicators": ["no_own_documents"],
        "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": name_of(seen.who)}}],
    }


class Judge:
    """Judges events as intake does, without a process of its own."""

    def __init__(self) -> None:
        self._intake: Intake = intake_of(load_settings(token_key=KEY))

    def report(self, event: dict[str, Any], known_at: int) -> Report:
        """The report of an event that is admitted."""
        outcome = self._intake.judge(json.dumps(event).encode(), known_at=known_at, is_followed=lambda *_: False)
        assert isinstance(outcome, Admitted)
        return outcome.report


def now_ms() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000
