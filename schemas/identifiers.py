"""Identifiers in canonical form, which their tokens are made of, and when one says too little (DESIGN section 4)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple


class Unusable(NamedTuple):
    """Why an identifier cannot tell people apart, in words that never repeat it."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What people type when they know no identifier, on its A-Z0-9 form."""

    document: frozenset[str] = frozenset()
    bvh_person: frozenset[str] = frozenset()
    plate: frozenset[str] = frozenset()
    name: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, told: dict[str, list[str]]) -> "Placeholders":
        """From the lists of ``placeholders.json``."""
        return cls(**{kind: frozenset(texts) for kind, texts in told.items()})


_NOT_PLAIN = re.compile(r"[^A-Z0-9]+")
_NOT_LETTER = re.compile(r"[^A-Z]+")
_BIRTH_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PHONE_FILLING = re.compile(r"[\s().\-/\u2010\u2013\u2014]+")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_INTERNATIONAL = re.compile(r"[1-9]\d{6,14}", re.ASCII)
_DUTCH = re.compile(r"[1-9]\d{8}|97\d{9}", re.ASCII)
"""The national number without its trunk zero: nine digits, eleven for data SIMs (097)."""
_PHOTO = re.compile(r"[0-9A-F]{16}")
_POSTCODE = re.compile(r"([1-9]\d{3}) ?([A-Z]{2})", re.ASCII)
_HOUSE_NUMBER = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_HOUSE_NUMBER_MAX = 99_999


def upper(text: str) -> str:
    """NFKC, then upper case: the first step of every canonical form."""
    return text.upper() if text.isascii() else unicodedata.normalize("NFKC", text).upper()


def plain(text: str) -> str:
    """The A-Z0-9 form."""
    return _NOT_PLAIN.sub("", upper(text))


def bvh_person(number: str, placeholders: frozenset[str]) -> str | Unusable:
    """``bvh:<ID, trimmed>``."""
    trimmed = upper(number).strip()
    if len(trimmed) < 4:
        return BVH_TOO_SHORT
    if _all_same(trimmed):
        return ALL_SAME
    if _NOT_PLAIN.sub("", trimmed) in placeholders:
        return PLACEHOLDER
    return "bvh:" + trimmed


def document_number(number: str, placeholders: frozenset[str]) -> str | Unusable:
    """``<NUMBER, A-Z0-9 only>``."""
    return _told_apart(plain(number), 4, placeholders, DOCUMENT_TOO_SHORT)


def plate(text: str, placeholders: frozenset[str]) -> str | Unusable:
    """``<plate, A-Z0-9 only>``."""
    return _told_apart(plain(text), 3, placeholders, PLATE_TOO_SHORT)


def name_part(text: str, placeholders: frozenset[str]) -> str | Unusable:
    """``<family>`` or ``<given>``: NFKD, A-Z only."""
    folded = upper(text)
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
    return _told_apart(_NOT_LETTER.sub("", folded), 2, placeholders, NAME_TOO_SHORT)


def _told_apart(text: str, length_min: int, placeholders: frozenset[str], too_short: Unusable) -> str | Unusable:
    if len(text) < length_min:
        return too_short
    if _all_same(text):
        return ALL_SAME
    return PLACEHOLDER if text in placeholders else text


def _all_same(text: str) -> bool:
    return text == text[0] * len(text)


def birth_date(text: str) -> str | None:
    """``YYYY-MM-DD``, or None for what is no day of the calendar."""
    if _BIRTH_DATE.fullmatch(text) is None:
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return text


def phone(number: str) -> str | Unusable:
    """E.164 with ``+``. Accepts Dutch national numbers, ``00`` for ``+``, and what people put between digits."""
    digits = _PHONE_FILLING.sub("", _TRUNK_ZERO.sub("", upper(number)))
    if digits.startswith("+"):
        digits = digits[1:]
    elif digits.startswith("00"):
        digits = digits[2:]
    elif digits.startswith("0"):
        digits = "31" + digits[1:]
    else:
        return NOT_A_PHONE
    if digits.startswith("31"):
        return _dutch(digits[2:].removeprefix("0"))
    if _INTERNATIONAL.fullmatch(digits) is None:
        return NOT_A_PHONE
    return ALL_SAME if _all_same(digits) else "+" + digits


def _dutch(national: str) -> str | Unusable:
    return NOT_A_PHONE if _DUTCH.fullmatch(national) is None else "+31" + national


def photo(digits: str) -> str | Unusable:
    """16 hex digits in lower case: a perceptual hash."""
    folded = upper(digits)
    if _PHOTO.fullmatch(folded) is None:
        return NOT_A_PHOTO
    return ALL_SAME if _all_same(folded) else folded.lower()


def postcode(text: str) -> str | None:
    """``<PC6>`` as in ``3511AB``, or None."""
    match = _POSTCODE.fullmatch(upper(text))
    return None if match is None else match[1] + match[2]


def house_number(value: Any) -> str | None:
    """A whole number from 1, as number or text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 1 <= value <= _HOUSE_NUMBER_MAX else None
    if not isinstance(value, str):
        return None
    text = upper(value)
    return text if _HOUSE_NUMBER.fullmatch(text) is not None else None


def suffix(text: str) -> str:
    """``<SUFFIX>``, trimmed."""
    return upper(text).strip()


BVH_TOO_SHORT = Unusable("a BVH number has at least 4 characters", "send the whole number, or leave bvh_person out")
DOCUMENT_TOO_SHORT = Unusable(
    "a document number has at least 4 letters or digits", "send the whole number, or leave the document out"
)
PLATE_TOO_SHORT = Unusable("a plate has at least 3 letters or digits", "send the whole plate, or leave the vehicle out")
NAME_TOO_SHORT = Unusable(
    "this part of the name has fewer than 2 letters A-Z",
    "send the spelling in the machine-readable zone, or leave the name out",
)
ALL_SAME = Unusable("all characters are the same", "send what is really written there, or leave it out")
PLACEHOLDER = Unusable("a placeholder is no identifier", "leave out what is not known")
NOT_A_PHONE = Unusable(
    "not a phone number", "send it as +, country code and number, as +31612345678; Dutch ones also as 06 12345678"
)
NOT_A_PHOTO = Unusable("not a perceptual hash", "send 16 hexadecimal digits, as c3d1f0e2a4b59687")
