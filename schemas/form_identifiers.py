"""The part of an event's form that names people and things: persons, vehicles, phones, photos, address."""

from collections.abc import Callable
from typing import Any

from schemas import identifiers
from schemas.events import Person
from schemas.form_reading import (
    COUNTRY_HINT,
    Check,
    Reading,
    Row,
    Table,
    country,
    list_of,
    object_of,
    set_of,
    word,
)
from schemas.identifiers import Placeholders, Unusable
from schemas.problems import Code

_ROLES = ("sex_worker", "companion", "facilitator", "unknown")
_AGE_BANDS = ("minor", "adult", "unknown")
_DATE_HINT = "a day of the calendar, as 1998-04-23; if only a part is known, leave the name out"
_POSTCODE_HINT = "a whole postcode, as 3511AB"
_HOUSE_NUMBER_HINT = "a whole number from 1, as 12; letters and additions belong in suffix"


def identifier(canonical: Callable[[str], str | Unusable]) -> Check:
    """A text that is an identifier; too little to tell people apart is ``invalid_identifier``."""

    def check(value: Any, at: str, reading: Reading) -> str | None:
        if not isinstance(value, str):
            reading.invalid(at, "not a text", "send it in quotes")
            return None
        found = canonical(value)
        if isinstance(found, str):
            return found
        reading.refuse(Code.INVALID_IDENTIFIER, at, found.message, found.hint)
        return None

    return check


class IdentifierForms:
    """The checks of everything that is or holds an identifier, given what counts as a placeholder."""

    def __init__(self, placeholders: Placeholders) -> None:
        self.plate = identifier(lambda text: identifiers.plate(text, placeholders.plate))
        self.phone = identifier(identifiers.phone)
        self.photo = identifier(identifiers.photo)
        self.bvh_person = identifier(lambda text: identifiers.bvh_person(text, placeholders.bvh_person))
        number = identifier(lambda text: identifiers.document_number(text, placeholders.document))
        part = identifier(lambda text: identifiers.name_part(text, placeholders.name))
        self._document = Table(
            (
                Row("country", country, COUNTRY_HINT, required=True),
                Row("number", number, "the document's number as text", required=True),
            )
        )
        self._name = Table(
            (
                Row("family", part, "the family name, or leave the name out", required=True),
                Row("given", part, "the given name, or leave the name out", required=True),
                Row("birth_date", _birth_date, _DATE_HINT, required=True),
            )
        )
        self._vehicle = Table(
            (
                Row("country", country, COUNTRY_HINT, required=True),
                Row("plate", self.plate, "the plate as text", required=True),
            )
        )
        self._address = Table(
            (
                Row("postcode", _postcode, _POSTCODE_HINT, required=True),
                Row("number", _house_number, _HOUSE_NUMBER_HINT, required=True),
                Row("suffix", _suffix, "the addition to the house number as text", default=""),
            )
        )
        named = Table(
            (
                Row("bvh_person", self.bvh_person, "the BVH number as text"),
                Row("document", self.document, "an object with country and number"),
                Row("name", self.name, "an object with family, given and birth_date"),
            )
        )
        self._person = Table(
            (
                Row("role", word(_ROLES, "one of " + ", ".join(_ROLES)), "the role", default="unknown"),
                Row("identifiers", object_of(named, "an object"), "an object", default={}),
                Row("nationality", country, COUNTRY_HINT),
                Row("age_band", word(_AGE_BANDS, "one of " + ", ".join(_AGE_BANDS)), "the band", default="unknown"),
            )
        )
        self._persons = list_of(self._one_person, "a list of objects, one a person")
        self.vehicles = set_of(self.vehicle, "a list of objects with country and plate")
        self.phones = set_of(self.phone, "a list of texts, as +31612345678")
        self.photos = set_of(self.photo, "a list of texts of 16 hexadecimal digits")

    def document(self, value: Any, at: str, reading: Reading) -> str | None:
        """``doc:<CC>:<NUMBER>``."""
        read = _object(self._document, value, at, reading)
        return None if read is None else f"doc:{read['country']}:{read['number']}"

    def name(self, value: Any, at: str, reading: Reading) -> str | None:
        """``name:<family>|<given>|<YYYY-MM-DD>``."""
        read = _object(self._name, value, at, reading)
        return None if read is None else f"name:{read['family']}|{read['given']}|{read['birth_date']}"

    def vehicle(self, value: Any, at: str, reading: Reading) -> str | None:
        """``<CC>:<plate>``."""
        read = _object(self._vehicle, value, at, reading)
        return None if read is None else f"{read['country']}:{read['plate']}"

    def address(self, value: Any, at: str, reading: Reading) -> str | None:
        """``<PC6>:<number>:<SUFFIX>``."""
        read = _object(self._address, value, at, reading)
        return None if read is None else f"{read['postcode']}:{read['number']}:{read['suffix']}"

    def persons(self, value: Any, at: str, reading: Reading) -> tuple[Person, ...]:
        """Everybody, in one order. Nobody is left out: two of whom nothing is known are two."""
        read = [person for person in self._persons(value, at, reading) if person is not None]
        if len(read) > 1:
            read.sort(key=lambda person: person.sorting)
        return tuple(read)

    def _one_person(self, value: Any, at: str, reading: Reading) -> Person | None:
        read = _object(self._person, value, at, reading)
        if read is None:
            return None
        named = read["identifiers"] or {}
        return Person(
            read["role"],
            named.get("bvh_person"),
            named.get("document"),
            named.get("name"),
            read["nationality"],
            read["age_band"],
        )


def _object(table: Table, value: Any, at: str, reading: Reading) -> dict[str, Any] | None:
    """The fields of the object; None if there is a problem with any of them."""
    problems = len(reading.problems)
    if not isinstance(value, dict):
        reading.invalid(at, "not an object", "send an object with " + ", ".join(row.name for row in table.rows))
        return None
    read = table.read(value, at + ".", reading)
    return read if len(reading.problems) == problems else None


def _birth_date(value: Any, at: str, reading: Reading) -> str | None:
    found = identifiers.birth_date(value) if isinstance(value, str) else None
    if found is None:
        reading.invalid(at, "not a date", f"send {_DATE_HINT}")
    return found


def _postcode(value: Any, at: str, reading: Reading) -> str | None:
    found = identifiers.postcode(value) if isinstance(value, str) else None
    if found is None:
        reading.invalid(at, "not a whole Dutch postcode", f"send {_POSTCODE_HINT}")
    return found


def _house_number(value: Any, at: str, reading: Reading) -> str | None:
    found = identifiers.house_number(value)
    if found is None:
        reading.invalid(at, "not a house number", f"send {_HOUSE_NUMBER_HINT}")
    return found


def _suffix(value: Any, at: str, reading: Reading) -> str | None:
    if isinstance(value, str):
        return identifiers.suffix(value)
    reading.invalid(at, "not a text", "send it in quotes, or leave it out")
    return None
