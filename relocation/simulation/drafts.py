"""The draft: one revision of one event before it is written down, with what was really there."""

import json
import zlib
from dataclasses import dataclass, field
from random import Random
from typing import Any

from relocation.simulation.atlas import Spot, written
from relocation.simulation.moments import written_time
from relocation.simulation.papers import Document, Name, Plate
from relocation.simulation.trails import Trail
from relocation.simulation.world import Crew


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as an event names her: whatever was given, under one role."""

    role: str
    nationality: str
    bvh: str | None = None
    document: Document | None = None
    name: Name | None = None


@dataclass(slots=True)
class Draft:
    """One revision of an event. Times are UTC ms."""

    type: str
    event_id: str
    source: str
    occurred_at: int
    recorded_at: int
    spot: Spot
    persons: tuple[Shown, ...] = ()
    cars: tuple[Plate, ...] = ()
    phones: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    """Fields of the type as they are written: ``conducted_by``, ``site``, ``camera`` …"""
    revision: int = 0
    withdrawn: bool = False
    crew: Crew | None = None
    trail: Trail | None = None
    """Whose trail an ad or a passage belongs to."""
    broken: bool = False
    """Made to be refused."""
    sent_after: int = 0
    """How long after ``recorded_at`` it is sent: more than 0 when it is sent once more."""

    @property
    def sent_at(self) -> int:
        """When it is sent: the order of the stream."""
        return self.recorded_at + self.sent_after

    def as_line(self) -> bytes:
        """The JSON form, one line, with its end."""
        return json.dumps(_written(self), separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive on the way of a car: seen only by cameras in places passed. An errand ends where it began."""

    car: Plate
    route: tuple[Spot, ...]
    leave: int
    arrive: int
    event_id: str
    crew: Crew | None = None


def new_id(rng: Random) -> str:
    """A UUID (version 4) from the draws of the simulation."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _written(draft: Draft) -> dict[str, Any]:
    event: dict[str, Any] = {"type": draft.type, "event_id": draft.event_id, "source": draft.source}
    if draft.revision:
        event["revision"] = draft.revision
    if draft.withdrawn:
        return event | {"withdrawn": True, "recorded_at": written_time(draft.recorded_at)}
    event["occurred_at"] = written_time(draft.occurred_at)
    event["recorded_at"] = written_time(draft.recorded_at)
    event["place"] = written(draft.spot, zlib.crc32(draft.event_id.encode()))
    event.update(draft.facts)
    if draft.type == "vehicle":
        [plate] = draft.cars
        return event | {"country": plate.country, "plate": plate.text}
    if draft.persons:
        event["persons"] = [_written_person(person) for person in draft.persons]
    if draft.cars:
        event["vehicles"] = [{"country": plate.country, "plate": plate.text} for plate in draft.cars]
    lists = {"phones": draft.phones, "photos": draft.photos, "indicators": draft.signs}
    return event | {name: values for name, values in lists.items() if values}


def _written_person(person: Shown) -> dict[str, Any]:
    identifiers: dict[str, Any] = {}
    if person.bvh:
        identifiers["bvh_person"] = person.bvh
    if person.document:
        identifiers["document"] = {"country": person.document.country, "number": person.document.number}
    if person.name:
        name = person.name
        identifiers["name"] = {"family": name.family, "given": name.given, "birth_date": name.birth_date}
    return {"role": person.role, "identifiers": identifiers, "nationality": person.nationality, "age_band": "adult"}
