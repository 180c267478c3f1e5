"""Names of places as people write them, and the municipalities they can mean (DESIGN section 4, Place)."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

NAME_LENGTH_MAX = 200
"""Characters; no place has a longer name, and folding a longer text would be work for nothing."""

_PROVINCE_SUFFIXES = frozenset(
    {"l", "lb", "nb", "nh", "zh", "gld", "gn", "ut", "dr", "fr", "ov", "o", "fl", "z", "zld"}
)
_BRACKETED = re.compile(r"\([^)]*\)")
_OTHER = re.compile(r"[^a-z0-9]+")
_SIMILAR_ENOUGH = 80.0
"""Of 100 (rapidfuzz ratio): one wrong letter in five, as in ``Utrcht`` for ``Utrecht``."""
_SUGGESTIONS_MAX = 3


def fold(name: str) -> str:
    """The form by which names are compared: NFKD, marks dropped, lower case, runs of other characters to one space.

    ``'s-Hertogenbosch`` is ``s hertogenbosch``. May be empty.
    """
    letters = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.category(c).startswith("M"))
    return _OTHER.sub(" ", letters.lower()).strip()


class PlaceNames:
    """Which municipality a name means: an official name first, else all that any other name of a place could mean."""

    def __init__(self, official: Iterable[tuple[str, str]], others: Iterable[tuple[str, str]]) -> None:
        """Both are pairs of a name and a present code. What is no official name counts also in its shorter forms."""
        self._official = {fold(name): code for name, code in official}
        self._others: dict[str, set[str]] = defaultdict(set)
        self._written: dict[str, str] = {}
        for name, code in others:
            for form in _forms(name):
                self._others[form].add(code)
                self._written.setdefault(form, name)

    def codes_of(self, name: str) -> tuple[str, ...]:
        """The present codes that the name can mean, sorted; none for a name we do not know."""
        if len(name) > NAME_LENGTH_MAX:
            return ()
        folded = fold(name)
        official = self._official.get(folded)
        if official is not None:
            return (official,)
        return tuple(sorted(self._others.get(folded, ())))

    def __iter__(self) -> Iterator[str]:
        """Every name that means something, folded, each once."""
        yield from dict.fromkeys((*self._official, *self._others))

    def similar_to(self, name: str) -> tuple[str, ...]:
        """Names of ours that are written much like the given one, likest first."""
        return similar(name, self._written)


def similar(name: str, written: dict[str, str]) -> tuple[str, ...]:
    """Those of ``written`` (folded form to name as written) that look much like the name, likest first, each once."""
    if len(name) > NAME_LENGTH_MAX:
        return ()
    found = process.extract(fold(name), written.keys(), scorer=fuzz.ratio, score_cutoff=_SIMILAR_ENOUGH, limit=10)
    names = dict.fromkeys(written[form] for form, _, _ in found)
    return tuple(names)[:_SUGGESTIONS_MAX]


def _forms(name: str) -> Iterator[str]:
    """The name, also without a bracketed part, also without a province suffix; nothing that is empty."""
    folded = fold(name)
    yield from filter(None, (folded, fold(_BRACKETED.sub(" ", name))))
    stem, _, last = folded.rpartition(" ")
    if stem and last in _PROVINCE_SUFFIXES:
        yield stem
