"""Who writes and who reads each topic (docs/distributed.md): the roles, and publishers outside of the platform."""

from typing import NamedTuple

from streams.topics import (
    ACTION_ANSWERS,
    ALERT_ACTIONS,
    ALERT_STATES,
    ALERTS,
    CONTROL,
    DEAD_LETTERS,
    DESTROYED,
    EVENTS,
    FOLLOWED,
    INTAKE,
    RECEIPTS,
    REPORTS,
    SIGHTINGS,
    SUBJECT_ACTIONS,
    SUBJECT_STATES,
)

PUBLISHERS = "publishers"
ROLES = ("gateway", "intake", "register", "relocation", "desk", "sink", "console")
"""Each a command or a worker's role; gateway runs intake's code over HTTP."""


class Way(NamedTuple):
    """Who writes a topic, and who reads it."""

    writers: tuple[str, ...]
    readers: tuple[str, ...]


_FACES = ("gateway", "console")
_WAYS_OF_MANY = (
    (INTAKE.values(), Way((PUBLISHERS,), ("intake",))),
    (REPORTS.values(), Way(("gateway", "intake"), ("register", "sink"))),
    (EVENTS.values(), Way(("register",), ("sink",))),
    (SIGHTINGS.values(), Way(("register", "relocation"), ("relocation", "sink"))),
)
WAYS = {
    **{topic.name: way for topics, way in _WAYS_OF_MANY for topic in topics},
    RECEIPTS.name: Way(("gateway", "intake", "register"), (PUBLISHERS, "gateway", "sink")),
    DEAD_LETTERS.name: Way(("gateway", "intake", "register", "relocation", "desk"), ("sink",)),
    FOLLOWED.name: Way(("relocation",), ("gateway", "intake")),
    DESTROYED.name: Way(("relocation",), ("register", "sink")),
    ALERTS.name: Way(("relocation",), ("relocation", "desk", *_FACES, "sink")),
    ALERT_ACTIONS.name: Way((*_FACES, "desk"), ("desk", "sink")),
    ALERT_STATES.name: Way(("desk",), ("desk", *_FACES, "sink")),
    SUBJECT_ACTIONS.name: Way((*_FACES, "desk"), ("relocation", "sink")),
    SUBJECT_STATES.name: Way(("relocation",), ("relocation", "sink")),
    ACTION_ANSWERS.name: Way(("relocation", "desk"), ("desk", *_FACES)),
    CONTROL.name: Way(ROLES, ROLES),
}
"""By the topic's name."""
