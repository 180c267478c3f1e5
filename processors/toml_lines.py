"""Finds the lines of a TOML file to which a complaint belongs, since the parser does not keep them."""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:\.[^=]*)?=")
_AT_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a configuration file, and what to write instead. Lines count from 1."""

    line: int
    message: str
    instead: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}; {self.instead}"


class InvalidFile(ValueError):
    """The file cannot be used; ``faults`` are all that is wrong with it, by line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(map(str, self.faults)))


class Lines:
    """Where tables and keys stand in the text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, ...], int] = {}
        counts: dict[str, int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.fullmatch(line):
                table = self._table_of(header, counts)
                self._lines.setdefault(table, number)
            elif key := _KEY.match(line):
                self._lines.setdefault((*table, key[1] or key[2] or key[3]), number)

    @staticmethod
    def _table_of(header: re.Match[str], counts: dict[str, int]) -> tuple[str, ...]:
        first, *rest = header[2].split(".")
        if header[1] == "[[" and not rest:
            counts[first] = counts.get(first, -1) + 1
        return (first, str(counts[first]), *rest) if first in counts else (first, *rest)

    def of(self, *path: str | int) -> int:
        """The line of the key at this path (``"rule", 2, "term_days"``), else of what it lies in, else 1."""
        parts = tuple(map(str, path))
        while parts:
            if parts in self._lines:
                return self._lines[parts]
            parts = parts[:-1]
        return 1


def parse(text: str) -> tuple[dict[str, Any], Lines]:
    """The file's content and lines. Raises InvalidFile for what is no TOML."""
    try:
        return tomllib.loads(text), Lines(text)
    except tomllib.TOMLDecodeError as error:
        line = _AT_LINE.search(str(error))
        number = int(line[1]) if line else max(1, len(text.splitlines()))
        raise InvalidFile([Fault(number, f"not TOML: {error}", "mend the line as toml.io describes")]) from None
