"""Aliases: what people call a subject, two Dutch words and a number, worked out from its token and never renumbered."""

import hashlib
from collections.abc import Iterable, Sequence

from alerts.alias_words import ADJECTIVES, CREATURES, LANDSCAPES

NUMBERS = 99_999
COMBINATIONS = len(ADJECTIVES) * len(LANDSCAPES) * len(CREATURES) * NUMBERS
"""256 · 64 · 64 · 99,999 ≈ 1.05e11, more than 2^36: half a million subjects share about one alias."""

_CHECK_LETTERS = "BCDFGHJKLMNPRSTVWXZ"
"""No vowels, so that letters never make a word; no Q, which nobody hears right."""
_CHECK_LENGTH = 8


def alias_of(token: str) -> str:
    """``Stille Beekotter 41207``: always the same for a token, and it tells nothing about whom it stands for."""
    number = int.from_bytes(_digest("alias", token))
    number, creature = divmod(number, len(CREATURES))
    number, landscape = divmod(number, len(LANDSCAPES))
    number, adjective = divmod(number, len(ADJECTIVES))
    return f"{ADJECTIVES[adjective]} {LANDSCAPES[landscape]}{CREATURES[creature]} {number % NUMBERS + 1}"


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


def _digest(purpose: str, token: str) -> bytes:
    return hashlib.sha256(f"{purpose}:{token}".encode()).digest()
