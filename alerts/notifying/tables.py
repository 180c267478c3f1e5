"""One table of a file of settings: what it holds, and what is wrong with it, with the line."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from processors.toml_lines import Fault, Lines

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What stands at ``at``; all tables of a file share ``faults``. No fault repeats a value."""

    given: Mapping[str, Any]
    lines: Lines
    faults: list[Fault]
    at: Path = ()

    def within(self, given: Mapping[str, Any], *at: str | int) -> "Table":
        """A table in this one."""
        return Table(given, self.lines, self.faults, (*self.at, *at))

    def fault(self, key: str, message: str, instead: str) -> None:
        """Something is wrong with this key, or with its absence."""
        self.faults.append(Fault(self.lines.of(*self.at, key), message, instead))

    def only(self, known: Iterable[str], what: str, elsewhere: Mapping[str, str]) -> None:
        """There is no key but these; of some it is known where they belong."""
        for key in self.given.keys() - set(known):
            usual = f"known are {listed(known)}"
            self.fault(key, f"{key} is no key of {what}", elsewhere.get(key, usual))

    def text(self, key: str, form: re.Pattern[str], instead: str) -> str:
        """A text of this form."""
        told = self.given.get(key)
        if isinstance(told, str) and form.fullmatch(told):
            return told
        self.fault(key, f"{key} is missing or not as it must be", f"write {instead}")
        return ""

    def texts(self, key: str, instead: str) -> list[str]:
        """A list of texts; empty where it is not said."""
        told = self.given.get(key, [])
        if isinstance(told, list) and all(isinstance(one, str) for one in told):
            return told
        self.fault(key, f"{key} is no list of texts", f"write {instead}")
        return []

    def one_of(self, key: str, known: Iterable[str], usual: str) -> str:
        """One of these words; ``usual`` where it is not said."""
        told = self.given.get(key, usual)
        if told in tuple(known):
            return str(told)
        self.fault(key, f"{key} is not known", f"write one of {listed(known)}")
        return usual


def listed(words: Iterable[str]) -> str:
    """The words as a sentence lists them."""
    return ", ".join(sorted(words))
