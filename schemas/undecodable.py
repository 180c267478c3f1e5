"""That bytes are no message: the one error that reading them can end in."""

from enum import StrEnum


class Reason(StrEnum):
    """Why bytes are no message."""

    TOO_LARGE = "too_large"
    NOT_FRAMED = "not_framed"
    """They do not begin with the magic byte and the id of a schema."""
    UNKNOWN_SCHEMA = "unknown_schema"
    """They begin with an id that nobody gave to a schema."""
    CUT_OFF = "cut_off"
    """They end, or a length or count points, beyond their end."""
    TRAILING = "trailing"
    """The message ends before they do."""
    BAD_NUMBER = "bad_number"
    """A number of more bytes than it needs, or beyond its type."""
    BAD_LENGTH = "bad_length"
    """A negative length, or a block that is not as long as it says."""
    BAD_BRANCH = "bad_branch"
    """A union or enum index that the schema does not have."""
    BAD_BOOLEAN = "bad_boolean"
    BAD_TEXT = "bad_text"
    """Not UTF-8."""
    INCOMPATIBLE = "incompatible"
    """Well formed, but of a schema that cannot be read as this message."""
    INVALID = "invalid"
    """Well formed, but a value that the message cannot have."""
    FAILED = "failed"
    """Reading it went wrong in a way nobody thought of."""


class Undecodable(Exception):
    """Bytes that are no message. Says why and at which field of the schema, and nothing of what they hold."""

    def __init__(self, reason: Reason, field: str | None = None) -> None:
        super().__init__(str(reason) if field is None else f"{reason} at {field}")
        self.reason = reason
        self.field = field

    def within(self, outer: str) -> "Undecodable":
        """The same, seen from the record or array that holds it: ``persons`` + ``[0].role``."""
        if self.field is None:
            return Undecodable(self.reason, outer)
        joint = "" if self.field.startswith("[") else "."
        return Undecodable(self.reason, f"{outer}{joint}{self.field}")
