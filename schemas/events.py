"""The four events and the withdrawal, validated. The only messages that hold identifiers in the clear: never stored.

Identifiers are canonical (``schemas.identifiers``), lists are sets: sorted, each once (persons excepted: two about
whom nothing is known are two). Times are UTC milliseconds, places are codes. Their ``repr`` tells nothing of them.
"""

from dataclasses import dataclass
from typing import ClassVar

from schemas.reports import EventType


class _Silent:
    """Whatever prints it shows what it is, never what it holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@dataclass(frozen=True, slots=True, repr=False)
class Person(_Silent):
    """One person of a control or BVH mutation."""

    role: str = "unknown"
    bvh_person: str | None = None
    """``bvh:<ID>``."""
    document: str | None = None
    """``doc:<CC>:<NUMBER>``."""
    name: str | None = None
    """``name:<family>|<given>|<YYYY-MM-DD>``."""
    nationality: str | None = None
    age_band: str = "unknown"

    @property
    def sorting(self) -> tuple[str, ...]:
        """Puts the persons of an event in one order, whatever the order they were sent in."""
        return (
            self.bvh_person or "",
            self.document or "",
            self.name or "",
            self.role,
            self.nationality or "",
            self.age_band,
        )


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Withdrawal(_Silent):
    """A revision that takes the event back, of whatever type."""

    type: EventType
    event_id: str
    """A UUID in lower case, as everywhere."""
    source: str
    recorded_at: int
    revision: int


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Control(_Silent):
    """A control team met people."""

    type: ClassVar[EventType] = EventType.CONTROL
    event_id: str
    source: str
    occurred_at: int
    recorded_at: int
    place: str
    revision: int = 0
    conducted_by: str
    licensed: bool | None = None
    venue: str | None = None
    indicators: tuple[str, ...] = ()
    persons: tuple[Person, ...] = ()
    vehicles: tuple[str, ...] = ()
    """``<CC>:<plate>`` each."""
    phones: tuple[str, ...] = ()
    """E.164 each."""
    address: str | None = None
    """``<PC6>:<number>:<SUFFIX>``."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class BvhMutation(_Silent):
    """An entry in the police's registration."""

    type: ClassVar[EventType] = EventType.BVH_MUTATION
    event_id: str
    source: str
    occurred_at: int
    recorded_at: int
    place: str
    revision: int = 0
    mutation: str
    incident_class: str | None = None
    indicators: tuple[str, ...] = ()
    persons: tuple[Person, ...] = ()
    vehicles: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    address: str | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Ad(_Silent):
    """An advertisement was seen online, or taken offline."""

    type: ClassVar[EventType] = EventType.AD
    event_id: str
    source: str
    occurred_at: int
    recorded_at: int
    place: str
    revision: int = 0
    site: str
    """Host name in lower case."""
    ad: str
    police_involved: bool = False
    online: bool = True
    phones: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    address: str | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Passage(_Silent):
    """A camera read the plate of a vehicle: the event of type ``vehicle``."""

    type: ClassVar[EventType] = EventType.VEHICLE
    event_id: str
    source: str
    occurred_at: int
    recorded_at: int
    place: str
    revision: int = 0
    camera: str
    vehicle: str
    """``<CC>:<plate>``."""


Event = Control | BvhMutation | Ad | Passage
