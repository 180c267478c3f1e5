"""Made-up people and cars that no other test has, so that tests can share a platform."""

import uuid

from made_up_events import a_control, a_passage

__all__ = ["a_control", "a_move", "a_passage", "a_phone", "a_plate", "somebody"]


def somebody():
    """A BVH number."""
    return f"P-{uuid.uuid4().hex[:16].upper()}"


def a_plate():
    """A plate."""
    return f"Z-{uuid.uuid4().hex[:8].upper()}"


def a_phone():
    """A Dutch mobile number."""
    return f"+316{uuid.uuid4().int % 10**8:08}"


def a_move(who, *places, day=30, **more):
    """Controls of one woman, ten days apart; at most three lie in the past."""
    return [a_control(who=who, place=place, day=day + 10 * at, **more) for at, place in enumerate(places)]
