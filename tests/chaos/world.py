"""A small made-up world: women who move, documents that join and part, cars, phones; every event from a seed.

A cast is renewed every few cycles: windows stay small however long a run is, and old events are still corrected.
"""

import json
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from schemas.times import DAY_MS, HOUR_MS, format_time

PLACES = ("GM0363", "GM0344", "GM0599", "GM0518", "GM0855", "GM0014", "GM0153")
INDICATORS = ("debt", "no_own_documents", "does_not_speak_language", "lives_at_workplace")
CYCLES_PER_CAST = 6
DAYS = 100
"""Far less than the window of 180 days: then the active alerts are a function of the set of reports."""
EVENT_BYTES_MAX = 64 * 1024


@dataclass(frozen=True)
class Outgoing:
    """One message for the platform and what may be expected of it."""

    raw: bytes
    type: str
    event: dict = field(default_factory=dict)
    expected: str = "taken"
    """``taken``, ``refused``, ``passage`` (accepted, whatever comes of it) or ``poison`` (no event at all)."""

    @property
    def revision(self):
        """What tells it apart from all others of the run."""
        one = self.event
        return one["type"], one["source"], one["event_id"], one.get("revision", 0)


class Cast:
    """Who there is for a few cycles."""

    def __init__(self, seed, number):
        self.persons = [f"VERZONNEN-{number:03}{one}" for one in range(6)]
        self.documents = [{"country": "RO", "number": f"VZ{number:04}{one:03}"} for one in range(5)]
        self.cars = [{"country": "NL", "plate": f"VZ-{number:03}-{letter}"} for letter in "ABCD"]
        self.unfollowed = [{"country": "NL", "plate": f"VX-{number:03}-{letter}"} for letter in "AB"]
        self.phones = [f"+3160{number:04}{one:03}" for one in range(4)]


class World:
    """Makes the messages of one cycle after the other; the same for the same seed and day."""

    def __init__(self, seed, today=None):
        self.seed = seed
        start = today or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self._start_ms = int((start - timedelta(days=DAYS + 5)).timestamp() * 1000)
        self._published = []
        """Events that may be corrected, withdrawn or sent again."""
        self._revisions = {}

    def cycle(self, number, count):
        """So many messages, in the order to publish them in."""
        draw = random.Random(f"{self.seed}/{number}")
        cast = Cast(self.seed, number // CYCLES_PER_CAST)
        messages = [self._event(draw, self._naming_a_car(draw, cast, car)) for car in cast.cars[:2]]
        while len(messages) < count:
            messages.append(self._one(draw, cast))
        self._published = self._published[-400:]
        return messages

    def _one(self, draw, cast):
        turn = draw.random()
        for share, make in (
            (0.30, self._control), (0.14, self._mutation), (0.14, self._ad), (0.14, self._passage),
            (0.10, self._correction), (0.05, self._withdrawal), (0.06, self._again), (0.04, self._refused),
        ):  # fmt: skip
            turn -= share
            if turn < 0:
                return make(draw, cast)
        return self._refused_revision(draw, cast)

    def _event(self, draw, event, expected="taken"):
        if expected == "taken":
            self._published.append(event)
        return Outgoing(json.dumps(event).encode(), event["type"], event, expected)

    def _basis(self, draw, type_, source):
        occurred_at = (
            self._start_ms + draw.randrange(DAYS) * DAY_MS + draw.randrange(24) * HOUR_MS + draw.randrange(HOUR_MS)
        )
        return {
            "type": type_,
            "event_id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
            "source": source,
            "occurred_at": format_time(occurred_at),
            "recorded_at": format_time(occurred_at + draw.randrange(20) * HOUR_MS),
            "place": {"municipality": draw.choice(PLACES)},
        }

    def _person(self, draw, cast):
        bvh, document = draw.choice(cast.persons), draw.choice(cast.documents)
        named = draw.choice([{"bvh_person": bvh}, {"bvh_person": bvh}, {"document": document},
                             {"bvh_person": bvh, "document": document}])  # fmt: skip
        return {"role": draw.choice(["sex_worker"] * 4 + ["facilitator"]), "identifiers": named}

    def _naming_a_car(self, draw, cast, car):
        event = self._basis(draw, "control", "avim-verzonnen")
        return event | {"conducted_by": "police", "vehicles": [car], "persons": [self._person(draw, cast)]}

    def _control(self, draw, cast):
        event = self._basis(draw, "control", "avim-verzonnen") | {
            "conducted_by": draw.choice(["police", "police", "joint"]),
            "indicators": draw.sample(INDICATORS, draw.randrange(2)),
            "persons": [self._person(draw, cast) for _ in range(draw.choice([1, 1, 2]))],
        }
        if draw.random() < 0.2:
            event["vehicles"] = [draw.choice(cast.cars)]
        if draw.random() < 0.2:
            event["phones"] = [draw.choice(cast.phones)]
        return self._event(draw, event)

    def _mutation(self, draw, cast):
        event = self._basis(draw, "bvh_mutation", "bvh-verzonnen")
        event |= {"mutation": f"PL0000-{draw.randrange(10**8)}", "persons": [self._person(draw, cast)]}
        return self._event(draw, event)

    def _ad(self, draw, cast):
        event = self._basis(draw, "ad", "crawler-verzonnen") | {
            "site": "verzonnen.example",
            "ad": f"VZ{draw.randrange(10**6)}",
            "police_involved": True,
            "phones": [draw.choice(cast.phones)],
        }
        return self._event(draw, event)

    def _passage(self, draw, cast):
        event = self._basis(draw, "vehicle", "anpr-verzonnen") | {"camera": "A0-L-1.0"}
        return self._event(draw, event | draw.choice(cast.cars * 2 + cast.unfollowed), "passage")

    def _correction(self, draw, cast):
        """Another place, and now and then others who are named; sometimes an older revision comes late."""
        if not self._published:
            return self._control(draw, cast)
        event = dict(draw.choice(self._published[-60:] if draw.random() < 0.8 else self._published))
        event |= {"revision": self._next_revision(event, draw), "place": {"municipality": draw.choice(PLACES)}}
        if "persons" in event and draw.random() < 0.5:
            event["persons"] = [self._person(draw, cast)]
        return Outgoing(json.dumps(event).encode(), event["type"], event)

    def _withdrawal(self, draw, cast):
        if not self._published:
            return self._control(draw, cast)
        event = draw.choice(self._published[-60:])
        told = {name: event[name] for name in ("type", "event_id", "source", "recorded_at")}
        told |= {"revision": self._next_revision(event, draw), "withdrawn": True}
        return Outgoing(json.dumps(told).encode(), told["type"], told)

    def _next_revision(self, event, draw):
        """One that nobody used for this event, at times below one that was."""
        used = self._revisions.setdefault(event["event_id"], {0})
        free = [revision for revision in range(1, max(used) + 3) if revision not in used]
        chosen = draw.choice(free)
        used.add(chosen)
        return chosen

    def _again(self, draw, cast):
        if not self._published:
            return self._control(draw, cast)
        event = draw.choice(self._published)
        return Outgoing(json.dumps(event).encode(), event["type"], event)

    def _refused(self, draw, cast):
        event = self._basis(draw, "control", "avim-verzonnen") | {"conducted_by": "police"}
        event |= draw.choice([{"place": {"name": "Verzonnendorp"}}, {"conducted_by": "nobody"}, {"unknown": 1}])
        return self._event(draw, event, "refused")

    def _refused_revision(self, draw, cast):
        """The legal gate refuses it, and what an earlier revision gave goes."""
        controls = [event for event in self._published[-60:] if event["type"] == "control"]
        if not controls:
            return self._control(draw, cast)
        event = dict(draw.choice(controls))
        event |= {"revision": self._next_revision(event, draw), "conducted_by": "municipality", "licensed": True}
        return self._event(draw, event | {"persons": [self._person(draw, cast)]}, "refused")


def poison(draw, type_):
    """Bytes that are no event, for a topic of ``intake``: not JSON, not Avro, too large, empty, or nothing at all."""
    too_large = json.dumps({"type": "control", "event_id": "x" * (EVENT_BYTES_MAX + 1)}).encode()
    raw = draw.choice(
        [b"\xff\xfe\x00no event", b"\x00\x00\x00\x00\x01\xff\xff", b"{", b"", too_large, b"[" * 4000, b"7" * 900_000]
    )
    return Outgoing(raw, type_, expected="poison")
