"""How an object of an event is read: field by field in a fixed order, collecting every problem on the way."""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from schemas.countries import COUNTRIES
from schemas.problems import Code, Problem

PROBLEMS_MAX = 1_000
"""Problems told of one event at most, so that 64 KiB of nonsense do not become megabytes of answer."""


class Reading:
    """What is found while one event is read."""

    __slots__ = ("is_vehicle", "known_at", "occurred_at", "problems")

    def __init__(self, *, known_at: int | None, is_vehicle: bool) -> None:
        self.problems: list[Problem] = []
        self.known_at = known_at
        """UTC ms; None: no checks against the clock."""
        self.is_vehicle = is_vehicle
        """Of a vehicle less is told."""
        self.occurred_at: int | None = None

    def refuse(self, code: Code, at: str, message: str, hint: str, candidates: tuple[str, ...] = ()) -> None:
        """There is this problem with the field ``at``."""
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(Problem(code, message, at, hint, candidates))

    def invalid(self, at: str, message: str, hint: str) -> None:
        """The value of the field ``at`` cannot be used."""
        self.refuse(Code.INVALID_VALUE, at, message, hint)


Check = Callable[[Any, str, Reading], Any]
"""(value, field path, reading) to the value in canonical form; after a refusal what it gives is not used."""


class Row(NamedTuple):
    """A field of an object, as a row of the table of DESIGN section 4."""

    name: str
    check: Check
    hint: str
    """What to send."""
    default: Any = None
    required: bool = False


class Table:
    """The fields of an object, in the order in which their problems are told."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        self._names = frozenset(row.name for row in self.rows)
        self._hint = "the fields here are " + ", ".join(row.name for row in self.rows)

    def read(self, given: dict[str, Any], prefix: str, reading: Reading, *, known: bool = False) -> dict[str, Any]:
        """The values by their names, defaults filled in. ``prefix`` is ``""`` or ends in a dot. Null is absent.

        ``known``: fields that are not ours are no problem.
        """
        values = {}
        for name, check, hint, default, required in self.rows:
            value = given.get(name)
            if value is not None:
                values[name] = check(value, prefix + name, reading)
            else:
                values[name] = default
                if required:
                    reading.refuse(Code.MISSING_FIELD, prefix + name, "a required field is missing", f"send {hint}")
        if not known and not given.keys() <= self._names:
            self._refuse_unknown(given, prefix, reading)
        return values

    def _refuse_unknown(self, given: dict[str, Any], prefix: str, reading: Reading) -> None:
        """One problem for all of them: told apart they would have to be named, and a name can carry anything."""
        unknown = sum(name not in self._names and value is not None for name, value in given.items())
        if unknown:
            count = "a field" if unknown == 1 else f"{unknown} fields"
            reading.refuse(Code.UNKNOWN_FIELD, prefix + "*", f"{count} that nobody knows here", self._hint)


# Checks


def object_of(table: Table, hint: str) -> Check:
    """An object with these fields."""

    def check(value: Any, at: str, reading: Reading) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            reading.invalid(at, "not an object", f"send {hint}")
            return None
        return table.read(value, at + ".", reading)

    return check


def list_of(item: Check, hint: str) -> Check:
    """A list, each item checked, in the order sent."""

    def check(value: Any, at: str, reading: Reading) -> list[Any]:
        if not isinstance(value, list):
            reading.invalid(at, "not a list", f"send {hint}")
            return []
        return [item(given, f"{at}[{index}]", reading) for index, given in enumerate(value)]

    return check


def set_of(item: Check, hint: str) -> Check:
    """A list whose order and repetitions mean nothing: sorted, each once."""
    items = list_of(item, hint)

    def check(value: Any, at: str, reading: Reading) -> tuple[Any, ...]:
        if value == []:
            return ()
        return tuple(sorted({read for read in items(value, at, reading) if read is not None}))

    return check


def text(pattern: str, hint: str) -> Check:
    """A text that matches the whole pattern (ASCII)."""
    matches = re.compile(pattern, re.ASCII).fullmatch

    def check(value: Any, at: str, reading: Reading) -> str | None:
        if isinstance(value, str) and matches(value) is not None:
            return value
        reading.invalid(at, _not_text(value, "not in the form of this field"), f"send {hint}")
        return None

    return check


def word(words: Iterable[str], hint: str) -> Check:
    """One of a few words."""
    known = frozenset(words)

    def check(value: Any, at: str, reading: Reading) -> str | None:
        if isinstance(value, str) and value in known:
            return value
        reading.invalid(at, _not_text(value, "not one of the words of this field"), f"send {hint}")
        return None

    return check


def flag(value: Any, at: str, reading: Reading) -> bool | None:
    """True or false."""
    if isinstance(value, bool):
        return value
    reading.invalid(at, "neither true nor false", "send true or false, without quotes")
    return None


def whole(least: int, most: int) -> Check:
    """A whole number, both ends included."""

    def check(value: Any, at: str, reading: Reading) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        reading.invalid(at, "not a whole number of this field", f"send a whole number from {least} to {most}")
        return None

    return check


COUNTRY_HINT = "two capital letters of ISO 3166-1 alpha-2, as RO"


def country(value: Any, at: str, reading: Reading) -> str | None:
    """ISO 3166-1 alpha-2, in capitals."""
    if isinstance(value, str) and value in COUNTRIES:
        return value
    reading.invalid(at, _not_text(value, "not a country"), f"send {COUNTRY_HINT}")
    return None


def _not_text(value: Any, otherwise: str) -> str:
    return otherwise if isinstance(value, str) else "not a text"
