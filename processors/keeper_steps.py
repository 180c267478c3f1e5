"""What one message leads to at the keeper of a partition: as it is worked out, and as it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from processors.subjects import Moved
from schemas.alerts import Alert
from schemas.decisions import ActionAnswer, SubjectState
from schemas.following import Destroyed, Followed
from schemas.reports import EventKey
from schemas.sightings import SubjectSighting


class Told(NamedTuple):
    """A message about an alert, for ``alerts``."""

    alert: Alert
    successor: str | None = None
    """The subject of ``superseded_by``, where there is one: for the header."""
    settled: bool | None = None
    """None: a new revision. Else the last one is repeated, with this in its header."""


class StateTold(NamedTuple):
    """What a request led to, for ``subject-states``."""

    state: SubjectState
    offset: int
    """Of the request: whoever restores the state knows by it whether the request is still to be taken."""


class KeeperStep(NamedTuple):
    """What one message led to, topic by topic. Empty for most."""

    alerts: tuple[Told, ...] = ()
    """In the order in which they are to be told."""
    sightings: tuple[SubjectSighting, ...] = ()
    """What documents pass on, and facts told again because something older came after them (``sightings.<class>``)."""
    followed: tuple[Followed, ...] = ()
    destroyed: tuple[Destroyed, ...] = ()
    tombstones: tuple[str, ...] = ()
    """Keys to be tombstoned on ``sightings.passage``, in this partition."""
    states: tuple[StateTold, ...] = ()
    answers: tuple[ActionAnswer, ...] = ()


NOTHING = KeeperStep()


@dataclass(slots=True)
class Turn:
    """What one message does to one subject, while it is worked out."""

    moved: Moved
    """Why its sightings move, and who gains them; what moves is found at the end."""
    at: int
    """UTC ms: when the message became known, or was decided."""
    events: set[EventKey] = field(default_factory=set)
    """Events that may show something else of the subject now."""
    alerts: list[Told] = field(default_factory=list)
    sightings: list[SubjectSighting] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)
    destroyed: list[Destroyed] = field(default_factory=list)
    tombstones: list[str] = field(default_factory=list)
    states: list[StateTold] = field(default_factory=list)
    answers: list[ActionAnswer] = field(default_factory=list)


def joined(*steps: KeeperStep) -> KeeperStep:
    """These steps as one, in their order."""
    said = [step for step in steps if step is not NOTHING]
    if len(said) <= 1:
        return said[0] if said else NOTHING
    return KeeperStep(*(tuple(chain.from_iterable(parts)) for parts in zip(*said, strict=True)))


def step_of(turns: Sequence[Turn]) -> KeeperStep:
    """What these turns come to, in their order."""
    step = KeeperStep(
        alerts=tuple(told for turn in turns for told in turn.alerts),
        sightings=tuple(record for turn in turns for record in turn.sightings),
        followed=tuple(followed for turn in turns for followed in turn.followed),
        destroyed=tuple(order for turn in turns for order in turn.destroyed),
        tombstones=tuple(key for turn in turns for key in turn.tombstones),
        states=tuple(state for turn in turns for state in turn.states),
        answers=tuple(answer for turn in turns for answer in turn.answers),
    )
    return step if any(step) else NOTHING
