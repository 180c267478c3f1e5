"""Aliases: what people call a subject, two Dutch words and a number, worked out from its token and never renumbered."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from processors.alias_words import ADJECTIVES, CREATURES, LANDSCAPES

NUMBERS = 99_999
NOUNS = len(LANDSCAPES) * len(CREATURES)
RANKED = NUMBERS + 1
"""Of how many numbers a pair of words has room for in a rank."""
COMBINATIONS = len(ADJECTIVES) * len(LANDSCAPES) * len(CREATURES) * NUMBERS
"""256 · 64 · 64 · 99,999 ≈ 1.05e11, more than 2^36: half a million subjects share about one alias."""

_CHECK_LETTERS = "BCDFGHJKLMNPRSTVWXZ"
"""No vowels, so that letters never make a word; no Q, which nobody hears right."""
_CHECK_LENGTH = 8
_SPOKEN = re.compile(r"([a-z ]*?)(?: ?([0-9]{1,5})(?: [a-z]{1,8})?)?")
"""Words, a number, and check letters, which are not needed to find it."""
_HEARD_WELL = 75.0
"""Of 100 (rapidfuzz ratio): one wrong letter in four, as in ``Stile`` for ``Stille``; words are short."""


class Spoken(NamedTuple):
    """What was heard of an alias: both of its words, or its number and maybe words; None is what was not heard."""

    adjective: int | None
    noun: int | None
    number: int | None

    @property
    def text(self) -> str:
        """It in our own words."""
        adjective = None if self.adjective is None else ADJECTIVES[self.adjective]
        noun = None if self.noun is None else _NOUNS[self.noun]
        return " ".join(str(part) for part in (adjective, noun, self.number) if part is not None)


def alias_of(token: str) -> str:
    """``Stille Beekotter 41207``: always the same for a token, and it tells nothing about whom it stands for."""
    return _parts_of(token).text


def rank_of(token: str) -> int:
    """The place of a token's alias among all: ``adjective``, ``noun`` and ``number`` as digits of a number.

    ``(adjective * NOUNS + noun) * RANKED + number``, so that those of the same words lie together.
    """
    adjective, noun, number = _parts_of(token)
    return ((adjective or 0) * NOUNS + (noun or 0)) * RANKED + (number or 0)


def spoken_in(text: str) -> Spoken | None:
    """What somebody wrote down who heard an alias, a wrong letter forgiven; None where it is not enough of one."""
    match = _SPOKEN.fullmatch(_folded(text))
    if match is None:
        return None
    words, number = match[1].split(), match[2]
    spoken = _of_words(words, None if number is None else int(number))
    if words and spoken.adjective is None and spoken.noun is None:
        return None
    is_enough = spoken.number is not None or None not in (spoken.adjective, spoken.noun)
    return spoken if is_enough else None


def _of_words(words: Sequence[str], number: int | None) -> Spoken:
    """The first word and the rest as adjective and noun, or all as a noun (heard as two words), what is nearer."""
    adjective, noun = _nearest(words[:1], _FOLDED_ADJECTIVES), _nearest(words[1:], _FOLDED_NOUNS)
    whole = _nearest(words, _FOLDED_NOUNS)
    if whole.score > min(adjective.score, noun.score):
        return Spoken(None, whole.at, number)
    return Spoken(adjective.at, noun.at, number)


class _Nearest(NamedTuple):
    score: float
    at: int | None


def _nearest(words: Sequence[str], among: Sequence[str]) -> _Nearest:
    found = process.extractOne("".join(words), among, scorer=fuzz.ratio, score_cutoff=_HEARD_WELL) if words else None
    return _Nearest(0, None) if found is None else _Nearest(found[1], int(found[2]))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def check_letters(token: str) -> str:
    """Letters that tell apart two subjects of the same alias; the first will nearly always do."""
    return "".join(_CHECK_LETTERS[byte % len(_CHECK_LETTERS)] for byte in _digest("check", token)[:_CHECK_LENGTH])


def aliases_on_a_page(tokens: Iterable[str]) -> dict[str, str]:
    """The alias of every token; those that are equal get as many check letters as tell them apart."""
    sharing: dict[str, list[str]] = {}
    for token in dict.fromkeys(tokens):
        sharing.setdefault(alias_of(token), []).append(token)
    return {
        token: alias if len(alike) == 1 else f"{alias} {check_letters(token)[: _letters_needed(alike)]}"
        for alias, alike in sharing.items()
        for token in alike
    }


def _letters_needed(tokens: Sequence[str]) -> int:
    for length in range(1, _CHECK_LENGTH):
        if len({check_letters(token)[:length] for token in tokens}) == len(tokens):
            return length
    return _CHECK_LENGTH


def _parts_of(token: str) -> Spoken:
    number = int.from_bytes(_digest("alias", token))
    number, creature = divmod(number, len(CREATURES))
    number, landscape = divmod(number, len(LANDSCAPES))
    number, adjective = divmod(number, len(ADJECTIVES))
    return Spoken(adjective, landscape * len(CREATURES) + creature, number % NUMBERS + 1)


def _digest(purpose: str, token: str) -> bytes:
    return hashlib.sha256(f"{purpose}:{token}".encode()).digest()


_NOUNS = tuple(f"{landscape}{creature}" for landscape in LANDSCAPES for creature in CREATURES)
_FOLDED_NOUNS = tuple(map(_folded, _NOUNS))
_FOLDED_ADJECTIVES = tuple(map(_folded, ADJECTIVES))
