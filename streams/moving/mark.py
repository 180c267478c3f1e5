"""Whose data topics hold: the mark of a move in ``control``, so that it is finished and never mixed with another."""

import hashlib
import json
from typing import NamedTuple

from streams.embedded.reading import LogReader

NAME = "moved_from"
"""Of the setting in ``control``."""
_BEGUN, _DONE = "begun", "done"


class Mark(NamedTuple):
    """A move that was begun."""

    source: str
    """Tells the log apart, as it was at that moment."""
    moved_at: int
    """When it was begun (UTC ms): what has no time of its own is told to be so since then."""
    is_done: bool = False

    @property
    def value(self) -> str:
        """As it lies in ``control``."""
        return f"{self.source} {self.moved_at} {_DONE if self.is_done else _BEGUN}"

    @classmethod
    def read(cls, value: str) -> "Mark":
        """The mark of a value."""
        source, moved_at, stage = value.split(" ")
        return cls(source, int(moved_at), stage == _DONE)


def source_of(reader: LogReader) -> str:
    """Tells this log, as it is now, from every other and from itself once anything has changed."""
    told = {
        "key": reader.meta("token_key_check"),
        "newest": reader.newest_positions(),
        "counts": {table: reader.count(table) for table in _TABLES},
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


_TABLES = ("reports", "entries", "sightings", "alerts", "alert_heads", "follows", "ended", "strikes", "dead_letters")
