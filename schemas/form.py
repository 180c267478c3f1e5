"""The form of an event: the table of DESIGN section 4, and all that can be wrong with it, in its order.

Where a problem stands: the fields of every type first, then those of the type, required before optional, each as the
table has them; what lies in a field in the order of its own row; fields that nobody knows last in their parent.
``occurred_in_future`` stands at ``occurred_at``, ``recorded_before_occurred`` at ``recorded_at``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from schemas.events import Ad, BvhMutation, Control, Event, Passage, Withdrawal
from schemas.form_identifiers import IdentifierForms
from schemas.form_place import PLACE_HINT, PlaceForm, Resolve
from schemas.form_reading import COUNTRY_HINT, Reading, Row, Table, country, flag, set_of, text, whole, word
from schemas.identifiers import Placeholders
from schemas.problems import Code, Problem
from schemas.reports import EventType
from schemas.times import MINUTE_MS, parse_time

FUTURE_MS_MAX = 5 * MINUTE_MS
"""How far a source's clock may be ahead of ours."""
REVISION_MAX = 2**31 - 1

CONDUCTED_BY = ("police", "municipality", "joint")
VENUES = ("home", "hotel", "holiday_park", "licensed_premises", "vehicle", "street", "other")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)
_SOURCE = r"[a-z0-9][a-z0-9._-]{0,62}"
_SITE = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_TIME_HINT = "a time with its offset (RFC 3339), as 2026-03-01T20:15:00Z"


class Indicators(Protocol):
    """The catalogue of indicators."""

    def knows(self, code: str) -> bool:
        """Whether this is a code of the catalogue."""
        ...

    def similar_to(self, code: str) -> tuple[str, ...]:
        """Codes of the catalogue that are written much like it."""
        ...


@dataclass(frozen=True, slots=True)
class Misformed:
    """An event that is not right in form or place; type, source and event_id where they are valid."""

    problems: tuple[Problem, ...]
    type: EventType | None = None
    source: str | None = None
    event_id: str | None = None


class EventForm:
    """Reads the four events, and withdrawals of them. Holds nothing of what it read."""

    def __init__(self, *, resolve: Resolve, indicators: Indicators, placeholders: Placeholders) -> None:
        self._indicators = indicators
        place = Row("place", PlaceForm(resolve), PLACE_HINT, required=True)
        every = (*_IDENTITY, _OCCURRED_AT, _RECORDED_AT, place, _REVISION, _WITHDRAWN)
        own = self._rows_by_type(IdentifierForms(placeholders))
        self._tables = {type_: Table((*every, *rows)) for type_, rows in own.items()}
        self._withdrawal = Table((*_IDENTITY, _RECORDED_AT, _REVISION._replace(required=True), _WITHDRAWN))

    def _rows_by_type(self, named: IdentifierForms) -> dict[EventType, tuple[Row, ...]]:
        indicators = Row("indicators", set_of(self._indicator, "a list of codes"), "a list of codes", default=())
        phones = Row("phones", named.phones, "a list", default=())
        photos = Row("photos", named.photos, "a list", default=())
        address = Row("address", named.address, "an object")
        met = (
            indicators,
            Row("persons", named.persons, "a list", default=()),
            Row("vehicles", named.vehicles, "a list", default=()),
            phones,
            address,
        )
        plate = Row("plate", named.plate, "the plate as text", required=True)
        return {
            EventType.CONTROL: (*_CONTROL, *met),
            EventType.BVH_MUTATION: (*_BVH_MUTATION, *met),
            EventType.AD: (*_AD, phones, photos, indicators, address),
            EventType.VEHICLE: (_CAMERA, _COUNTRY, plate),
        }

    def read(self, given: dict[str, Any], known_at: int | None) -> Event | Withdrawal | Misformed:
        """The event, or everything that is wrong with its form and place. ``known_at`` (UTC ms) None: no clock."""
        type_ = given.get("type")
        if not isinstance(type_, str) or type_ not in _TYPES:
            return Misformed((_NO_TYPE if type_ is None else _UNKNOWN_TYPE,), *_identity(given))
        reading = Reading(known_at=known_at, is_vehicle=type_ == EventType.VEHICLE)
        withdrawn = given.get("withdrawn") is True
        table = self._withdrawal if withdrawn else self._tables[_TYPES[type_]]
        values = table.read(given, "", reading, known=withdrawn)
        if reading.problems:
            return Misformed(tuple(reading.problems), *_identity(given))
        del values["withdrawn"]
        if withdrawn:
            values["type"] = _TYPES[type_]
            return Withdrawal(**values)
        del values["type"]
        return _MAKE[_TYPES[type_]](values)

    def _indicator(self, value: Any, at: str, reading: Reading) -> str | None:
        if not isinstance(value, str):
            reading.invalid(at, "not a text", "send the code of an indicator in quotes")
            return None
        if self._indicators.knows(value):
            return value
        similar = self._indicators.similar_to(value)
        hint = f"did you mean {' or '.join(similar)}?" if similar else "see signals.toml for the codes"
        reading.refuse(Code.UNKNOWN_INDICATOR, at, "no indicator of the catalogue", hint)
        return None


_TYPES = {str(type_): type_ for type_ in EventType}
_NO_TYPE = Problem(Code.MISSING_FIELD, "a required field is missing", "type", "send one of " + ", ".join(_TYPES))
_UNKNOWN_TYPE = Problem(Code.UNKNOWN_TYPE, "no such type of event", "type", "send one of " + ", ".join(_TYPES))


def _passage(values: dict[str, Any]) -> Passage:
    values["vehicle"] = f"{values.pop('country')}:{values.pop('plate')}"
    return Passage(**values)


_MAKE: dict[EventType, Callable[[dict[str, Any]], Event]] = {
    EventType.CONTROL: lambda values: Control(**values),
    EventType.BVH_MUTATION: lambda values: BvhMutation(**values),
    EventType.AD: lambda values: Ad(**values),
    EventType.VEHICLE: _passage,
}


def _identity(given: dict[str, Any]) -> tuple[EventType | None, str | None, str | None]:
    """(type, source, event_id) of a refused event, each only where it is valid."""
    reading = Reading(known_at=None, is_vehicle=False)
    type_, source, event_id = given.get("type"), given.get("source"), given.get("event_id")
    return (
        _TYPES.get(type_) if isinstance(type_, str) else None,
        _source(source, "", reading) if isinstance(source, str) else None,
        _event_id(event_id, "", reading) if isinstance(event_id, str) else None,
    )


def _event_id(value: Any, at: str, reading: Reading) -> str | None:
    if isinstance(value, str) and _UUID.fullmatch(value) is not None:
        return value.lower()
    reading.invalid(at, "not a UUID", f"send {_UUID_HINT}")
    return None


def _occurred_at(value: Any, at: str, reading: Reading) -> int | None:
    occurred_at = reading.occurred_at = _time(value, at, reading)
    if occurred_at is None or reading.known_at is None or occurred_at <= reading.known_at + FUTURE_MS_MAX:
        return occurred_at
    hint = "check the source's clock and the offset of the time; send an event once it has happened"
    reading.refuse(Code.OCCURRED_IN_FUTURE, at, "it has not happened yet", hint)
    return None


def _recorded_at(value: Any, at: str, reading: Reading) -> int | None:
    recorded_at = _time(value, at, reading)
    if recorded_at is not None and reading.occurred_at is not None and recorded_at < reading.occurred_at:
        hint = "send when it was written down, which is not before it happened; check the offsets of both times"
        reading.refuse(Code.RECORDED_BEFORE_OCCURRED, at, "it was recorded before it occurred", hint)
    return recorded_at


def _time(value: Any, at: str, reading: Reading) -> int | None:
    if isinstance(value, str):
        try:
            return parse_time(value)
        except ValueError:
            pass
    reading.invalid(at, "not a time with an offset", f"send {_TIME_HINT}")
    return None


def _site(value: Any, at: str, reading: Reading) -> str | None:
    if isinstance(value, str) and value.isascii() and _SITE.fullmatch(site := value.lower()) is not None:
        return site
    reading.invalid(at, "not a host name", "send the host name of the site only, as example.nl")
    return None


def _text_row(name: str, pattern: str, hint: str, *, required: bool) -> Row:
    return Row(name, text(pattern, hint), hint, required=required)


def _word_row(name: str, words: tuple[str, ...], *, required: bool) -> Row:
    hint = "one of " + ", ".join(words)
    return Row(name, word(words, hint), hint, required=required)


def _flag_row(name: str, *, default: bool | None) -> Row:
    return Row(name, flag, "true or false", default)


def _taken(value: Any, at: str, reading: Reading) -> Any:  # noqa: ARG001 - a check like the others
    return value


_UUID_HINT = "a UUID, as 7b0e8a5c-3c1f-4a54-9d2e-0a1b2c3d4e5f"
_SOURCE_HINT = "the name of the source: lower-case letters, digits and ._-, at most 63, as avim-amsterdam"
_source = text(_SOURCE, _SOURCE_HINT)
_IDENTITY = (
    Row("type", _taken, "the type", required=True),
    Row("event_id", _event_id, _UUID_HINT, required=True),
    Row("source", _source, _SOURCE_HINT, required=True),
)
_OCCURRED_AT = Row("occurred_at", _occurred_at, _TIME_HINT, required=True)
_RECORDED_AT = Row("recorded_at", _recorded_at, _TIME_HINT, required=True)
_REVISION = Row("revision", whole(0, REVISION_MAX), f"a whole number from 0 to {REVISION_MAX}", default=0)
_WITHDRAWN = _flag_row("withdrawn", default=False)
_CONTROL = (
    _word_row("conducted_by", CONDUCTED_BY, required=True),
    _flag_row("licensed", default=None),
    _word_row("venue", VENUES, required=False),
)
_BVH_MUTATION = (
    _text_row("mutation", r"[A-Z0-9][A-Z0-9-]{2,39}", "the number in capitals, as PL1300-2026012345-1", required=True),
    _text_row("incident_class", r"[A-Z][0-9]{2,3}", "a letter and two or three digits, as F70", required=False),
)
_AD = (
    Row("site", _site, "the host name of the site, as example.nl", required=True),
    _text_row("ad", r"[A-Za-z0-9._-]{1,64}", "the ad's number at the site: letters, digits and ._-", required=True),
    _flag_row("police_involved", default=False),
    _flag_row("online", default=True),
)
_CAMERA = _text_row("camera", r"[A-Za-z0-9._-]{1,40}", "the camera's name: letters, digits and ._-", required=True)
_COUNTRY = Row("country", country, COUNTRY_HINT, required=True)
