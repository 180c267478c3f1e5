"""The place of an event: its form, and what it resolves to, in the words of whoever resolves it (DESIGN section 4)."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from schemas.form_reading import Check, Reading, Row, Table, country
from schemas.problems import Code

PLACE_HINT = "one of: municipality; name; postcode; lat and lon; country and city; country"
_WHOLE = (Code.UNKNOWN_PLACE, Code.AMBIGUOUS_PLACE)
"""Problems of the place as such, whichever of its fields tells it."""


class Unresolved(Protocol):
    """Why a place of the right form is none."""

    @property
    def code(self) -> Code:
        """``unknown_place``, ``ambiguous_place``, ``invalid_value`` or ``missing_field``."""

    @property
    def message(self) -> str:
        """What is wrong."""

    @property
    def hint(self) -> str:
        """What to send instead."""

    @property
    def candidates(self) -> tuple[str, ...]:
        """Of an ambiguous place: the codes it could be."""

    @property
    def field(self) -> str | None:
        """The field of the place that is meant, None for the place as a whole."""


Resolve = Callable[[Mapping[str, Any]], str | Unresolved]
"""From the fields that are given (``lat`` and ``lon`` numbers, the others texts) to the code of a place."""


class PlaceForm:
    """Checks the object ``place``."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    def __call__(self, value: Any, at: str, reading: Reading) -> str | None:
        """The code of the place."""
        if not isinstance(value, dict):
            reading.invalid(at, "not an object", f"send an object with {PLACE_HINT}")
            return None
        problems = len(reading.problems)
        known = {name: item for name, item in value.items() if item is not None and name in _FIELDS}
        for name in known if len(known) == 1 else [name for name in _FIELDS if name in known]:
            _FIELDS[name](known[name], f"{at}.{name}", reading)
        found = self._resolve(known) if len(reading.problems) == problems else None
        if found is not None and not isinstance(found, str):
            _refuse(found, at, reading)
        if len(known) != len(value):
            _NOTHING_ELSE.read({name: item for name, item in value.items() if name not in _FIELDS}, at + ".", reading)
        return found if isinstance(found, str) else None


def _refuse(problem: Unresolved, at: str, reading: Reading) -> None:
    whole = problem.field is None or problem.code in _WHOLE
    field = at if whole else f"{at}.{problem.field}"
    if reading.is_vehicle and whole:
        reading.refuse(problem.code, field, problem.message, f"send {PLACE_HINT}")
    else:
        reading.refuse(problem.code, field, problem.message, problem.hint, problem.candidates)


def _text(value: Any, at: str, reading: Reading) -> str | None:
    if isinstance(value, str):
        return value
    reading.invalid(at, "not a text", "send it in quotes")
    return None


def _degrees(most: int) -> Callable[[Any, str, Reading], float | None]:
    hint = f"send degrees, WGS84, from -{most} to {most}, without quotes"

    def check(value: Any, at: str, reading: Reading) -> float | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and -most <= value <= most:
            return value
        reading.invalid(at, "not a number of degrees", hint)
        return None

    return check


_FIELDS: dict[str, Check] = {
    "municipality": _text,
    "name": _text,
    "postcode": _text,
    "lat": _degrees(90),
    "lon": _degrees(180),
    "country": country,
    "city": _text,
}
"""In the order in which their problems are told."""
_NOTHING_ELSE = Table(Row(name, check, PLACE_HINT) for name, check in _FIELDS.items())
