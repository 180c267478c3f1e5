"""What names the made-up: documents, BVH numbers, plates, phones, photos and names, all plainly made up."""

from dataclasses import dataclass
from random import Random

from relocation.simulation import tokens

LETTERS = "BDFGHJKLNPRSTVXZ"
NATIONALITIES = ("RO", "BG", "HU", "ES", "MD", "NL", "PL", "BR", "CO", "CN")


@dataclass(frozen=True, slots=True)
class Document:
    """A passport or identity card."""

    country: str
    number: str

    def token(self, key: bytes) -> str:
        """Its token as a person's identifier."""
        return tokens.of_document(key, self.country, self.number)


@dataclass(frozen=True, slots=True)
class Name:
    """A name with a birth date, as written on a form."""

    family: str
    given: str
    birth_date: str

    def token(self, key: bytes) -> str:
        """Its token as a person's identifier."""
        return tokens.of_name(key, self.family, self.given, self.birth_date)


@dataclass(frozen=True, slots=True)
class Plate:
    """A licence plate."""

    country: str
    text: str

    def token(self, key: bytes) -> str:
        """Its token."""
        return tokens.of_vehicle(key, self.country, self.text)


def document(number: int, nationality: str) -> Document:
    """``SIM`` and seven digits: no country issues these."""
    return Document(nationality, f"SIM{number:07d}")


def bvh_number(number: int) -> str:
    """``SIM-P-`` and a number."""
    return f"SIM-P-{number:06d}"


def name(number: int, rng: Random) -> Name:
    """A family name that says it is made up, with letters for a number (digits are no part of a name)."""
    birth_date = f"{rng.randrange(1975, 2006)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    return Name(f"Verzonnen{_spelled(number, 6).lower()}", "Fictieva", birth_date)


def _spelled(number: int, length: int) -> str:
    return "".join(LETTERS[number // 16**place % 16] for place in range(length))


def plate(number: int, rng: Random) -> Plate:
    """``SIM``, four digits and three letters, Dutch or foreign."""
    text = f"SIM-{number % 10_000:04d}-{_spelled(number // 10_000, 3)}"
    return Plate("NL" if rng.random() < 0.6 else rng.choice(("RO", "BG", "DE", "PL")), text)


def phone(number: int) -> str:
    """A mobile number of the range 06 0, which is not given out."""
    return f"06 0{number % 10_000_000:07d}"


def photo(number: int) -> str:
    """Sixteen hex digits that start with ``51a0`` (sim)."""
    return f"51a0{number:012x}"
