"""The simulation's own tokens (DESIGN section 4), written apart from the platform's: the two check each other."""

import hashlib
import hmac
import unicodedata


def key_of(text: str) -> bytes:
    """The token key from its hexadecimal form. Raises ValueError when it is none, or shorter than 32 bytes."""
    key = bytes.fromhex(text)
    if len(key) < 32:
        raise ValueError("the token key has to be at least 32 bytes, as 64 hexadecimal digits")
    return key


def of_bvh(key: bytes, number: str) -> str:
    """The token of a BVH person number."""
    return _token(key, "person", "bvh:" + number.strip().upper())


def of_document(key: bytes, country: str, number: str) -> str:
    """The token of a document."""
    return _token(key, "person", f"doc:{country}:{_plain(number)}")


def of_name(key: bytes, family: str, given: str, birth_date: str) -> str:
    """The token of a name with a birth date (``YYYY-MM-DD``)."""
    return _token(key, "person", f"name:{_letters(family)}|{_letters(given)}|{birth_date}")


def of_vehicle(key: bytes, country: str, plate: str) -> str:
    """The token of a plate."""
    return _token(key, "vehicle", f"{country}:{_plain(plate)}")


def of_phone(key: bytes, number: str) -> str:
    """The token of a phone number: international with ``+``, or Dutch national."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return _token(key, "phone", "+" + digits if number.startswith("+") else "+31" + digits[1:])


def of_photo(key: bytes, digits: str) -> str:
    """The token of a photo's perceptual hash."""
    return _token(key, "photo", digits.lower())


def _token(key: bytes, kind: str, canonical: str) -> str:
    return hmac.digest(key, f"{kind}:{canonical}".encode(), hashlib.sha256).hex()[:32]


def _plain(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.upper())
    return "".join(sign for sign in folded if "A" <= sign <= "Z")
