"""Made-up events for the embedded platform, as JSON lines: a few women, two cars, corrections and withdrawals."""

import json
import random
import uuid
from datetime import UTC, datetime, timedelta

KEY = "00112233445566778899aabbccddeeff" * 2
PLACES = ["GM0363", "GM0344", "GM0599", "GM0518", "GM0855"]


def at(day, hour=12, *, ago=60):
    """``day`` days after the day that lies ``ago`` days back, so that made-up events are fresh whenever tests run."""
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=ago)
    return (start + timedelta(days=day, hours=hour)).isoformat().replace("+00:00", "Z")


def a_control(*, who="P-0001", place="GM0363", day=1, event_id=None, revision=0, plate=None, **more):
    """A control by the police of one made-up woman."""
    event = {
        "type": "control",
        "event_id": event_id or str(uuid.uuid4()),
        "source": "avim-made-up",
        "revision": revision,
        "occurred_at": at(day),
        "recorded_at": at(day, 13),
        "place": {"municipality": place},
        "conducted_by": "police",
        "indicators": ["debt"],
        "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": who}}],
    }
    if plate:
        event["vehicles"] = [{"country": "NL", "plate": plate}]
    return {**event, **more}


def a_passage(*, plate="12-ABC-3", place="GM0344", day=2, hour=12, event_id=None, **more):
    """A made-up passage of a car."""
    return {
        "type": "vehicle",
        "event_id": event_id or str(uuid.uuid4()),
        "source": "anpr-made-up",
        "camera": "A2-R-1",
        "occurred_at": at(day, hour),
        "recorded_at": at(day, hour),
        "place": {"municipality": place},
        "country": "NL",
        "plate": plate,
        **more,
    }


def a_withdrawal(event, *, revision=1):
    """The made-up event is withdrawn."""
    kept = {name: event[name] for name in ("type", "event_id", "source", "recorded_at")}
    return {**kept, "revision": revision, "withdrawn": True}


def line_of(event):
    """The event as a line of NDJSON, without its end."""
    return json.dumps(event).encode()


def a_history(seed, count):
    """Lines in an order that is the same for a seed: controls, corrections, withdrawals, passages of followed cars."""
    made = random.Random(seed)
    plates = ["12-ABC-3", "99-XYZ-9"]
    events = [a_control(who="P-DRIVER", day=0, plate=plate, event_id=_id(made)) for plate in plates]
    controls = []
    while len(events) < count:
        turn = made.random()
        if controls and turn < 0.1:
            revised = dict(made.choice(controls))
            revised |= {"revision": made.randint(1, 3), "place": {"municipality": made.choice(PLACES)}}
            events.append(revised)
        elif controls and turn < 0.15:
            events.append(a_withdrawal(made.choice(controls), revision=4))
        elif turn < 0.35:
            events.append(
                a_passage(
                    plate=made.choice(plates),
                    place=made.choice(PLACES),
                    day=made.randint(1, 58),
                    hour=made.randint(0, 22),
                    event_id=_id(made),
                )
            )
        else:
            who = f"P-{made.randint(1, max(2, count // 20)):04}"
            controls.append(a_control(who=who, place=made.choice(PLACES), day=made.randint(0, 58), event_id=_id(made)))
            events.append(controls[-1])
    return [line_of(event) for event in events]


def _id(made):
    return str(uuid.UUID(int=made.getrandbits(128), version=4))
