"""The catalogue of signals: which indicators there are, what they mean and what they weigh (DESIGN section 7)."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from rapidfuzz import fuzz, process

from processors.toml_lines import Fault, InvalidFile, Lines, parse

_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}", re.ASCII)
_SIMILAR_ENOUGH = 70.0
"""Of 100 (rapidfuzz ratio)."""
_SUGGESTIONS_MAX = 3
_WEIGHT_MAX = 1_000
_MOVEMENTS = ("relocation", "return", "cross_region", "cross_border", "movement_max")


class InvalidSignals(InvalidFile):
    """The catalogue cannot be used."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the prosecution guideline."""

    id: str
    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One indicator: its group, its weight (the user's own choice, >= 0) and what it is called."""

    code: str
    group: str
    weight: float
    nl: str
    en: str


class Signals:
    """The catalogue in force. Immutable."""

    def __init__(self, groups: Iterable[Group], signals: Iterable[Signal], movement: Mapping[str, float]) -> None:
        self.groups = {group.id: group for group in groups}
        self.signals = {signal.code: signal for signal in signals}
        self.movement = dict(movement)
        """What movements add to a score, by their names; at most ``movement_max`` together."""

    def knows(self, code: str) -> bool:
        """Whether this is a code of the catalogue."""
        return code in self.signals

    def similar_to(self, code: str) -> tuple[str, ...]:
        """Codes of the catalogue that are written much like it, likest first."""
        if len(code) > 2 * 40:
            return ()
        found = process.extract(
            code.lower(), self.signals.keys(), scorer=fuzz.ratio, score_cutoff=_SIMILAR_ENOUGH, limit=_SUGGESTIONS_MAX
        )
        return tuple(known for known, _, _ in found)

    def label(self, code: str, language: str = "nl") -> str:
        """What a code is called, ``nl`` or ``en``; the code itself where the catalogue no longer has it."""
        signal = self.signals.get(code)
        if signal is None:
            return code
        return signal.en if language == "en" else signal.nl

    def score(self, codes: Iterable[str]) -> float:
        """The sum of the weights of the distinct codes; codes the catalogue no longer has weigh nothing."""
        return math.fsum(self.signals[code].weight for code in set(codes) if code in self.signals)


def default_signals_text() -> str:
    """The text of the packaged ``signals.toml``."""
    return resources.files("processors").joinpath("defaults/signals.toml").read_text("utf-8")


def parse_signals(text: str) -> Signals:
    """The catalogue from the text of a ``signals.toml``. Raises InvalidSignals with every fault and its line."""
    try:
        told, lines = parse(text)
    except InvalidFile as invalid:
        raise InvalidSignals(list(invalid.faults)) from None
    return _Catalogue(told, lines).read()


class _Catalogue:
    """Reads the catalogue, collecting faults."""

    def __init__(self, told: dict[str, Any], lines: Lines) -> None:
        self._told = told
        self._lines = lines
        self._faults: list[Fault] = []

    def read(self) -> Signals:
        for key in self._told.keys() - {"group", "signal", "movement"}:
            self._fault((key,), "no key of this file", "write [[group]], [[signal]] or [movement]")
        told_groups = self._tables("group")
        groups = [group for index, told in told_groups if (group := self._group(index, told))]
        known = {id_ for _, told in told_groups if isinstance(id_ := told.get("id"), str)}
        signals = [signal for index, told in self._tables("signal") if (signal := self._signal(index, told, known))]
        self._refuse_twice("group", [group.id for group in groups])
        self._refuse_twice("signal", [signal.code for signal in signals])
        movement = self._movement()
        if not signals and not self._faults:
            self._fault((), "there is no [[signal]]", "list at least one")
        if self._faults:
            raise InvalidSignals(self._faults)
        return Signals(groups, signals, movement)

    def _tables(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        tables = self._told.get(name, [])
        if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
            return list(enumerate(tables))
        self._fault((name,), f"{name} is not a list of tables", f"begin each with [[{name}]]")
        return []

    def _group(self, index: int, told: dict[str, Any]) -> Group | None:
        texts = self._texts(("group", index), told, ("id", "nl", "en"), ())
        return None if texts is None else Group(texts["id"], texts["nl"], texts["en"])

    def _signal(self, index: int, told: dict[str, Any], groups: set[str]) -> Signal | None:
        at = ("signal", index)
        texts = self._texts(at, told, ("code", "group", "nl", "en"), ("weight",))
        weight = self._weight((*at, "weight"), told.get("weight"))
        if texts is None or weight is None:
            return None
        if _CODE.fullmatch(texts["code"]) is None:
            self._fault((*at, "code"), "not a code", "write 2 to 40 of a-z, 0-9 and _, a letter first")
        if texts["group"] not in groups:
            self._fault((*at, "group"), "no such group", "write the id of a [[group]] of this file")
        return Signal(texts["code"], texts["group"], weight, texts["nl"], texts["en"])

    def _texts(
        self, at: tuple[str | int, ...], told: dict[str, Any], names: tuple[str, ...], others: tuple[str, ...]
    ) -> dict[str, str] | None:
        faults = len(self._faults)
        for key in told.keys() - {*names, *others}:
            self._fault((*at, key), f"no key of a {at[0]}", "write " + ", ".join((*names, *others)))
        for name in names:
            if not isinstance(told.get(name), str) or not told[name].strip():
                self._fault((*at, name), f"a {at[0]} needs {name}", f'write {name} = "..."')
        return {name: told[name] for name in names} if len(self._faults) == faults else None

    def _weight(self, at: tuple[str | int, ...], value: Any) -> float | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _WEIGHT_MAX:
            return float(value)
        self._fault(at, "not a weight", f"write a number from 0 to {_WEIGHT_MAX}")
        return None

    def _refuse_twice(self, name: str, ids: list[str]) -> None:
        for index, id_ in enumerate(ids):
            if id_ in ids[:index]:
                self._fault((name, index), f"this {name} is there twice", "keep one of them")

    def _movement(self) -> dict[str, float]:
        told = self._told.get("movement", {})
        if not isinstance(told, dict):
            self._fault(("movement",), "movement is not a table", "write [movement] and its weights below it")
            return {}
        for key in told.keys() - set(_MOVEMENTS):
            self._fault(("movement", key), "no movement", "write " + ", ".join(_MOVEMENTS))
        weights = {key: self._weight(("movement", key), told.get(key, 0)) for key in _MOVEMENTS}
        return {key: weight for key, weight in weights.items() if weight is not None}

    def _fault(self, at: tuple[str | int, ...], message: str, instead: str) -> None:
        self._faults.append(Fault(self._lines.of(*at), message, instead))
