"""Events as sources send them, sane unless told otherwise; and an intake to judge them. All of it is made up."""

import json
from functools import cache

from processors.intake import Admitted, Intake, NoHit, Refusal
from processors.places import Gazetteer
from processors.policy_file import default_policy_text, parse_policy
from processors.signals import default_signals_text, parse_signals
from processors.tokens import Tokeniser
from schemas.times import DAY_MS, parse_time

KEY = "00112233445566778899aabbccddeeff" * 2
WINDOW_MS = 180 * DAY_MS
ID = "7b0e8a5c-3c1f-4a54-9d2e-0a1b2c3d4e5f"
OCCURRED = "2026-03-01T20:15:00Z"
RECORDED = "2026-03-01T23:40:00Z"
NOW = parse_time("2026-03-02T00:00:00Z")
ABSENT = object()
"""A field given this is not sent at all."""

EVERY = {"event_id": ID, "occurred_at": OCCURRED, "recorded_at": RECORDED, "place": {"municipality": "GM0363"}}


def an_event(defaults, changes):
    event = {**EVERY, **defaults, **changes}
    return {name: value for name, value in event.items() if value is not ABSENT}


def a_control(**changes):
    return an_event({"type": "control", "source": "avim-made-up", "conducted_by": "police"}, changes)


def a_municipal_control(**changes):
    return a_control(**{"source": "gemeente-made-up", "conducted_by": "municipality", **changes})


def a_mutation(**changes):
    return an_event({"type": "bvh_mutation", "source": "bvh", "mutation": "PL0000-2026000001-1"}, changes)


def an_ad(**changes):
    return an_event({"type": "ad", "source": "crawler-a", "site": "advertenties.example", "ad": "991"}, changes)


def a_passage(**changes):
    sent = {"type": "vehicle", "source": "anpr", "camera": "CAM-1", "country": "RO", "plate": "B 123 XYZ"}
    return an_event(sent, changes)


def a_withdrawal(type_="control", **changes):
    event = {
        "type": type_,
        "event_id": ID,
        "source": "avim-made-up",
        "recorded_at": RECORDED,
        "revision": 1,
        "withdrawn": True,
    }
    return {name: value for name, value in {**event, **changes}.items() if value is not ABSENT}


def a_person(role="sex_worker", **changes):
    identifiers = {name: changes.pop(name) for name in ("bvh_person", "document", "name") if name in changes}
    return {"role": role, "identifiers": identifiers, **changes}


EVENTS = {"control": a_control, "bvh_mutation": a_mutation, "ad": an_ad, "vehicle": a_passage}


@cache
def gazetteer():
    return Gazetteer.load()


def a_policy(text=None):
    return parse_policy(text or default_policy_text(), window_ms=WINDOW_MS)


@cache
def signals():
    return parse_signals(default_signals_text())


def an_intake(policy=None):
    return Intake(gazetteer(), Tokeniser.from_hex(KEY), a_policy(policy), signals())


INTAKE = an_intake()


def raw(event):
    return event if isinstance(event, bytes) else json.dumps(event).encode()


def judged(event, *, now=None, followed=(), intake=INTAKE, reports_taken=False):
    """What becomes of it; ``now`` None is replay, ``followed`` are the tokens of vehicles, or True for all."""
    return intake.judge(
        raw(event),
        known_at=now,
        is_followed=lambda token, _: followed is True or token in followed,
        reports_taken=reports_taken,
    )


def admitted(event, **how):
    outcome = judged(event, **how)
    assert isinstance(outcome, Admitted), outcome
    return outcome.report


def refused(event, **how):
    outcome = judged(event, **how)
    assert isinstance(outcome, Refusal), outcome
    return outcome


def no_hit(event, **how):
    outcome = judged(event, **how)
    assert isinstance(outcome, NoHit), outcome
    return outcome


def problems(event, **how):
    """(code, field) of every problem, in order."""
    return [(str(problem.code), problem.field) for problem in refused(event, **how).problems]
