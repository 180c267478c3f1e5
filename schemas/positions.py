"""Where a message lies in a log."""

from typing import Any, NamedTuple


class LogPosition(NamedTuple):
    """A place in a log; ``offset`` counts the messages of one partition from 0."""

    topic: str
    partition: int
    offset: int

    def as_json(self) -> dict[str, Any]:
        """The JSON form."""
        return self._asdict()
