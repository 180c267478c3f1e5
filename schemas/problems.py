"""What is wrong with an event, machine-readable, in words that never repeat what was sent (DESIGN section 4)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Every reason for which an event is refused."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    UNKNOWN_TYPE = "unknown_type"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    INVALID_VALUE = "invalid_value"
    INVALID_IDENTIFIER = "invalid_identifier"
    UNKNOWN_INDICATOR = "unknown_indicator"
    UNKNOWN_PLACE = "unknown_place"
    AMBIGUOUS_PLACE = "ambiguous_place"
    OCCURRED_IN_FUTURE = "occurred_in_future"
    RECORDED_BEFORE_OCCURRED = "recorded_before_occurred"
    TOO_OLD = "too_old"
    IDENTIFIERS_NOT_PERMITTED = "identifiers_not_permitted"
    NOT_AUTHORISED = "not_authorised"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: ``message`` says what, ``hint`` what to send instead, ``field`` where."""

    code: Code
    message: str
    field: str | None = None
    """As ``persons[0].role``."""
    hint: str | None = None
    candidates: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The JSON object of the API and of a rejected line; absent fields are left out."""
        told: dict[str, Any] = {"code": str(self.code)}
        if self.field is not None:
            told["field"] = self.field
        told["message"] = self.message
        if self.hint is not None:
            told["hint"] = self.hint
        if self.candidates:
            told["candidates"] = list(self.candidates)
        return told
