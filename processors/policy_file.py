"""Reads a ``policy.toml`` and says, by line, what is wrong with it and what to write instead."""

import re
from importlib import resources
from typing import Any

from processors.policy import DETAILS, IDENTIFIERS, Condition, Pattern, Policy, Rule, SourceSwitch
from processors.toml_lines import Fault, InvalidFile, Lines, parse
from schemas.form import CONDUCTED_BY
from schemas.reports import EventType
from schemas.times import DAY_MS

_RULE_KEYS = (
    "ground",
    "basis",
    "type",
    "sources",
    "when",
    "identifiers",
    "keeps",
    "term_days",
    "targeted_after_days",
)
_CONDITIONS = {
    EventType.CONTROL: ("conducted_by", "licensed", "indicators_other_than"),
    EventType.BVH_MUTATION: ("indicators_other_than",),
    EventType.AD: ("police_involved", "indicators_other_than"),
    EventType.VEHICLE: (),
}
_GROUND = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_PATTERN = re.compile(r"[a-z0-9._*-]{1,63}", re.ASCII)
_TERM_DAYS_MAX = 36_500

_At = tuple[str | int, ...]


class InvalidPolicy(InvalidFile):
    """The policy cannot be used; nothing of it is in force."""


def default_policy_text() -> str:
    """The text of the packaged ``policy.toml``."""
    return resources.files("processors").joinpath("defaults/policy.toml").read_text("utf-8")


def parse_policy(text: str, *, window_ms: int) -> Policy:
    """The policy of this text. ``window_ms`` is W of the rules: no term is shorter than twice that.

    Raises InvalidPolicy with every fault and its line.
    """
    try:
        told, lines = parse(text)
    except InvalidFile as invalid:
        raise InvalidPolicy(list(invalid.faults)) from None
    return _PolicyReader(told, lines, window_ms).read()


class _PolicyReader:
    """Reads a policy, collecting faults."""

    def __init__(self, told: dict[str, Any], lines: Lines, window_ms: int) -> None:
        self._told = told
        self._lines = lines
        self._window_ms = window_ms
        self._faults: list[Fault] = []

    def read(self) -> Policy:
        self._refuse_unknown((), self._told, ("unlisted_sources", "source", "rule"))
        admit_unlisted = self._choice(
            ("unlisted_sources",), self._told.get("unlisted_sources", "admit"), ("admit", "refuse")
        )
        switches = [self._switch(("source", index), told) for index, told in enumerate(self._tables("source"))]
        rules = [self._rule(("rule", index), told) for index, told in enumerate(self._tables("rule"))]
        if not rules and not self._faults:
            self._fault(("rule",), "there is no [[rule]]", "write at least one; without a rule nothing is lawful")
        if self._faults:
            raise InvalidPolicy(self._faults)
        return Policy(tuple(rules), tuple(switches), admit_unlisted=admit_unlisted == "admit")

    def _tables(self, name: str) -> list[dict[str, Any]]:
        tables = self._told.get(name, [])
        if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
            return tables
        self._fault((name,), f"{name} is not a list of tables", f"begin each with [[{name}]]")
        return []

    def _switch(self, at: _At, told: dict[str, Any]) -> SourceSwitch:
        self._refuse_unknown(at, told, ("pattern", "admit"))
        return SourceSwitch(self._pattern((*at, "pattern"), told.get("pattern")), self._flag((*at, "admit"), told))

    def _rule(self, at: _At, told: dict[str, Any]) -> Rule:
        self._refuse_unknown(at, told, _RULE_KEYS)
        type_ = self._choice((*at, "type"), told.get("type"), tuple(map(str, EventType)))
        return Rule(
            ground=self._ground(at, told.get("ground")),
            basis=self._text((*at, "basis"), told.get("basis"), "the law in words, as Wpg art. 8"),
            type=type_,
            sources=self._sources((*at, "sources"), told.get("sources")),
            when=self._condition((*at, "when"), told.get("when", {}), type_),
            identifiers=self._some((*at, "identifiers"), told.get("identifiers"), IDENTIFIERS) or frozenset(),
            keeps=self._keeps((*at, "keeps"), told.get("keeps", "all")),
            term_ms=self._term((*at, "term_days"), told.get("term_days")),
            targeted_after_ms=self._targeted((*at, "targeted_after_days"), told.get("targeted_after_days")),
        )

    def _ground(self, at: _At, value: Any) -> str:
        if not isinstance(value, str) or _GROUND.fullmatch(value) is None:
            self._fault((*at, "ground"), "not the name of a ground", "write lower-case letters, digits and -")
            return ""
        named = [told.get("ground") for told in self._tables("rule")]
        if value in named[: int(at[1])]:
            self._fault((*at, "ground"), "an earlier rule has this ground", "give every rule a name of its own")
        return value

    def _sources(self, at: _At, value: Any) -> tuple[Pattern, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or not value:
            self._fault(at, "not a list of patterns", 'write sources = ["crawler-*"], or leave it out for all')
            return ()
        return () if "*" in value else tuple(self._pattern(at, pattern) for pattern in value)

    def _pattern(self, at: _At, value: Any) -> Pattern:
        if isinstance(value, str) and _PATTERN.fullmatch(value) is not None:
            return Pattern(value)
        self._fault(at, "not a pattern of sources", "write the source's name, * for any part of it")
        return Pattern("")

    def _condition(self, at: _At, told: Any, type_: str) -> Condition:
        if not isinstance(told, dict):
            self._fault(at, "not a table of conditions", "write when = { police_involved = true }")
            return Condition()
        known = _CONDITIONS.get(EventType(type_), ()) if type_ else tuple(told)
        self._refuse_unknown(at, told, known)
        return Condition(
            conducted_by=self._listed((*at, "conducted_by"), told.get("conducted_by"), CONDUCTED_BY),
            licensed=self._flag((*at, "licensed"), told, None),
            police_involved=self._flag((*at, "police_involved"), told, None),
            indicators_other_than=self._listed((*at, "indicators_other_than"), told.get("indicators_other_than"), None),
        )

    def _keeps(self, at: _At, value: Any) -> frozenset[str] | None:
        return None if value == "all" else self._some(at, value, DETAILS)

    def _some(self, at: _At, value: Any, known: tuple[str, ...]) -> frozenset[str] | None:
        if value == "all":
            return frozenset(known)
        if value is None:
            self._fault(at, f"a rule needs {at[-1]}", f'write {at[-1]} = "all", or a list of {", ".join(known)}')
            return None
        return self._listed(at, value, known)

    def _listed(self, at: _At, value: Any, known: tuple[str, ...] | None) -> frozenset[str] | None:
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._fault(at, "not a list of texts", f'write {at[-1]} = ["..."]')
            return None
        if known is not None and not set(value) <= set(known):
            self._fault(at, "something in this list is not known", "write any of " + ", ".join(known))
        return frozenset(value)

    def _term(self, at: _At, value: Any) -> int:
        least = -(-2 * self._window_ms // DAY_MS)
        instead = f"write a whole number of days from {least} (twice window_days of the rules) to {_TERM_DAYS_MAX}"
        if not isinstance(value, int) or isinstance(value, bool):
            self._fault(at, "not a term", instead)
            return 0
        if not 2 * self._window_ms <= value * DAY_MS <= _TERM_DAYS_MAX * DAY_MS:
            self._fault(at, "the term is too short or too long", instead)
        return value * DAY_MS

    def _targeted(self, at: _At, value: Any) -> int | None:
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _TERM_DAYS_MAX:
            return value * DAY_MS
        self._fault(at, "not a number of days", f"write a whole number from 1 to {_TERM_DAYS_MAX}, or leave it out")
        return None

    def _flag(self, at: _At, told: dict[str, Any], default: bool | None = False) -> Any:  # noqa: FBT001, FBT002
        value = told.get(str(at[-1]))
        if isinstance(value, bool):
            return value
        if value is not None or default is not None:
            self._fault(at, f"{at[-1]} is neither true nor false", f"write {at[-1]} = true or false")
        return default

    def _choice(self, at: _At, value: Any, words: tuple[str, ...]) -> str:
        if isinstance(value, str) and value in words:
            return value
        self._fault(at, f"{at[-1]} is none of its words", "write one of " + ", ".join(words))
        return ""

    def _text(self, at: _At, value: Any, what: str) -> str:
        if isinstance(value, str) and value.strip():
            return value
        self._fault(at, f"a rule needs {at[-1]}", f"write {what}")
        return ""

    def _refuse_unknown(self, at: _At, told: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in told.keys() - set(known):
            instead = "write one of " + ", ".join(known) if known else "leave it out"
            self._fault((*at, key), "no key that belongs here", instead)

    def _fault(self, at: _At, message: str, instead: str) -> None:
        self._faults.append(Fault(self._lines.of(*at), message, instead))
