"""The events as an integration writes them: the fields of DESIGN section 4, by name. Their ``repr`` tells nothing.

Times are aware datetimes, or RFC 3339 text with an offset. What is not known is left out. Nothing is checked here:
``relocation.integration.checking`` does, all of it at once, before anything is sent.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

Moment = datetime | str
"""An aware datetime, or RFC 3339 text with an offset."""


class _Silent:
    """Whatever prints it shows what it is, never what it holds."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def event_id_of(source: str, *names: object) -> str:
    """The UUID that an event of this source always has, made of what names it there (a case number, a sequence).

    The same names give the same UUID, so that publishing again, even by another process, is harmless.
    """
    parts = [source, *map(str, names)]
    return str(uuid.uuid5(_NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)))


_NAMESPACE = uuid.UUID("2a4b8d1f-6d0e-5b7a-9c3f-0d6c1e5a7f90")


@dataclass(frozen=True, repr=False)
class Document(_Silent):
    """A travel or identity document; ``country`` as two letters (ISO 3166-1)."""

    country: str
    number: str


@dataclass(frozen=True, repr=False)
class Name(_Silent):
    """A name counts only whole: both parts as in the machine-readable zone, and the day of birth."""

    family: str
    given: str
    birth_date: date | str


@dataclass(frozen=True, repr=False)
class Person(_Silent):
    """One person of a control or BVH mutation."""

    role: str = "unknown"
    bvh_person: str | None = None
    document: Document | None = None
    name: Name | None = None
    nationality: str | None = None
    age_band: str = "unknown"

    def as_json(self) -> dict[str, Any]:
        """The JSON form: what names the person lies in ``identifiers``."""
        told = as_json_fields(self)
        named = {name: told.pop(name) for name in ("bvh_person", "document", "name") if name in told}
        return {**told, "identifiers": named} if named else told


@dataclass(frozen=True, repr=False)
class Vehicle(_Silent):
    """A car, by its plate; ``country`` as two letters."""

    country: str
    plate: str


@dataclass(frozen=True, repr=False)
class Address(_Silent):
    """A Dutch address."""

    postcode: str
    number: int | str
    suffix: str | None = None


@dataclass(frozen=True, repr=False)
class Place(_Silent):
    """One of: ``municipality``; ``name``; ``postcode``; ``lat`` and ``lon``; ``country`` and ``city``; ``country``."""

    municipality: str | None = None
    name: str | None = None
    postcode: str | None = None
    lat: float | None = None
    lon: float | None = None
    country: str | None = None
    city: str | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class _Event(_Silent):
    event_id: str | uuid.UUID
    """Always the same for the same event (``event_id_of``)."""
    source: str
    occurred_at: Moment
    recorded_at: Moment
    place: Place
    revision: int = 0

    def as_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {"type": _TYPE_OF[type(self)], **as_json_fields(self)}


@dataclass(frozen=True, repr=False, kw_only=True)
class Control(_Event):
    """A control team met people."""

    conducted_by: str
    """``police``, ``municipality`` or ``joint``."""
    licensed: bool | None = None
    venue: str | None = None
    indicators: Sequence[str] = ()
    persons: Sequence[Person] = ()
    vehicles: Sequence[Vehicle] = ()
    phones: Sequence[str] = ()
    address: Address | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class BvhMutation(_Event):
    """An entry in the police's registration."""

    mutation: str
    incident_class: str | None = None
    indicators: Sequence[str] = ()
    persons: Sequence[Person] = ()
    vehicles: Sequence[Vehicle] = ()
    phones: Sequence[str] = ()
    address: Address | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class Ad(_Event):
    """An advertisement was seen online, or (``online`` false) taken offline."""

    site: str
    ad: str
    police_involved: bool = False
    online: bool = True
    phones: Sequence[str] = ()
    photos: Sequence[str] = ()
    indicators: Sequence[str] = ()
    address: Address | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class Passage(_Event):
    """A camera read a plate: the event of type ``vehicle``."""

    camera: str
    country: str
    plate: str


@dataclass(frozen=True, repr=False, kw_only=True)
class Withdrawal(_Silent):
    """Takes an event back, whatever its type. ``revision`` is higher than that of what it takes back."""

    type: str
    event_id: str | uuid.UUID
    source: str
    recorded_at: Moment
    revision: int
    withdrawn: bool = field(default=True, init=False)

    @classmethod
    def of(cls, event: "Event", *, recorded_at: Moment) -> "Withdrawal":
        """What takes back this event, as it was last published."""
        return cls(
            type=_TYPE_OF[type(event)],
            event_id=event.event_id,
            source=event.source,
            recorded_at=recorded_at,
            revision=event.revision + 1,
        )

    def as_json(self) -> dict[str, Any]:
        """The JSON form."""
        return as_json_fields(self)


Event = Control | BvhMutation | Ad | Passage
_TYPE_OF: dict[type, str] = {Control: "control", BvhMutation: "bvh_mutation", Ad: "ad", Passage: "vehicle"}


def as_json_fields(holder: Any) -> dict[str, Any]:
    """The fields of a dataclass in their JSON form; what is None or an empty list is left out."""
    told = {each.name: _as_json(getattr(holder, each.name)) for each in fields(holder)}
    return {name: value for name, value in told.items() if value is not None and value != []}


def _as_json(value: Any) -> Any:
    if isinstance(value, str | bool | int | float) or value is None:
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Person):
        return value.as_json()
    if isinstance(value, Sequence | set | frozenset):
        return [_as_json(item) for item in value]
    return as_json_fields(value) if isinstance(value, _Silent) else value
