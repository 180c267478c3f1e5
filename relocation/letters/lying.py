"""Dead letters as they lie in a log, for people and machines: never with what is held of them."""

from typing import Any, NamedTuple

from processors.letters import codes_of, topic_of
from schemas.dead_letters import DeadLetter, Remedy
from schemas.times import format_time

COLUMNS = ("letter", "known_at", "codes", "field", "type", "source", "came_by", "remedy")


class Lying(NamedTuple):
    """A letter and what it is called in its log."""

    name: str
    """The position of the embedded log; of the topic partition and offset, as ``3/17``."""
    letter: DeadLetter

    def as_json(self, now: int) -> dict[str, Any]:
        """The letter without what is held of it, and what can be done about it at ``now`` (UTC ms)."""
        remedy = self.letter.remedy(now)
        told = {"letter": self.name, **self.letter.as_json(), "remedy": str(remedy)}
        told.pop("held", None)
        if remedy is Remedy.REDRIVE:
            told["held_until"] = format_time(self.letter.held_until)
        return told

    def as_row(self, now: int) -> dict[str, Any]:
        """The row of a table, with COLUMNS."""
        letter = self.letter
        fields = [problem.field for problem in letter.problems if problem.field is not None]
        return {
            "letter": self.name,
            "known_at": format_time(letter.known_at),
            "codes": ", ".join(sorted(codes_of(letter))),
            "field": ", ".join(dict.fromkeys(fields)),
            "type": letter.type,
            "source": letter.source,
            "came_by": topic_of(letter),
            "remedy": str(letter.remedy(now)),
        }
