"""The rules of DESIGN section 6 as frozen data, and how they are read from ``rules.toml``."""

import math
import tomllib
from dataclasses import dataclass
from importlib import resources

from schemas.times import DAY_MS, HOUR_MS


class InvalidRules(ValueError):
    """The rules cannot be used; the message names the key and says what to write instead."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The parameters. Spans are milliseconds, speeds km/h, distances km."""

    window_ms: int = 180 * DAY_MS
    dwell_ms: int = 4 * HOUR_MS
    gap_ms: int = 7 * DAY_MS
    implausible_kmh: float = 200.0
    implausible_min_km: float = 50.0
    repeat_ms: int = 14 * DAY_MS
    fresh_ms: int = 30 * DAY_MS

    @property
    def kept_ms(self) -> int:
        """How far back from its newest sighting a subject's window reaches: 2W."""
        return 2 * self.window_ms


_SPANS = {
    "window_days": ("window_ms", DAY_MS),
    "dwell_hours": ("dwell_ms", HOUR_MS),
    "gap_days": ("gap_ms", DAY_MS),
    "repeat_days": ("repeat_ms", DAY_MS),
    "fresh_days": ("fresh_ms", DAY_MS),
}
_NUMBERS = ("implausible_kmh", "implausible_min_km")
KEYS = (*_SPANS, *_NUMBERS)


def default_rules_text() -> str:
    """The text of the packaged ``rules.toml``."""
    return resources.files("processors").joinpath("defaults/rules.toml").read_text("utf-8")


def parse_rules(text: str) -> Rules:
    """Rules from the text of a ``rules.toml``. Raises InvalidRules for unknown keys and what is not positive."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRules(f"not TOML: {error}") from error
    unknown = sorted(set(given) - set(KEYS))
    if unknown:
        raise InvalidRules(f"unknown key {unknown[0]!r}: the keys are {', '.join(KEYS)}")
    spans = {field: _span(key, given[key], unit) for key, (field, unit) in _SPANS.items() if key in given}
    numbers = {key: _positive(key, given[key]) for key in _NUMBERS if key in given}
    return Rules(**spans, **numbers)  # type: ignore[arg-type]


def _span(key: str, value: object, unit_ms: int) -> int:
    span_ms = round(_positive(key, value) * unit_ms)
    if span_ms < 1:
        raise InvalidRules(f"{key} must be at least a millisecond")
    return span_ms


def _positive(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise InvalidRules(f"{key} must be a number greater than 0")
    if value > 1_000_000:
        raise InvalidRules(f"{key} must be at most 1000000")
    return float(value)
