"""The tally: what became of every offset of a log since counting began, noted with each commit."""

import json
from collections.abc import Mapping
from typing import Any

VERSION = 1
APPLIED, TOMBSTONE, UNDECODABLE = "applied", "tombstone", "undecodable"
"""What a record of ours became at a role."""
ABSENT = "absent"
"""Offsets without a record: compacted away, or a marker of a transaction."""
LOST = "lost"
"""Offsets that retention took before they were read."""
FAILED = "failed"
"""Records at which a role failed in a way nobody thought of: a fault of the program, and they were left out."""
UNCOUNTED = "uncounted"
"""Offsets of which nobody said what became of them: a fault of the program."""


class Tally:
    """Counts by reason. The sum of all is how far the log was processed, so counts and offsets always agree."""

    __slots__ = ("counts", "first", "halted", "more")

    def __init__(
        self,
        first: int,
        counts: dict[str, int] | None = None,
        *,
        more: Mapping[str, Any] | None = None,
        halted: bool = False,
    ) -> None:
        """``first``: the offset at which counting began."""
        self.first = first
        self.counts = {} if counts is None else counts
        self.more: Mapping[str, Any] = {} if more is None else more
        """What a role notes besides."""
        self.halted = halted
        """An operator must say when it goes on."""

    @property
    def end(self) -> int:
        """The first offset that is not counted yet."""
        return self.first + sum(self.counts.values())

    def add(self, reason: str, count: int = 1) -> None:
        """So many offsets became this."""
        self.counts[reason] = self.counts.get(reason, 0) + count

    def reach(self, offset: int, reason: str) -> None:
        """Whatever is not counted below ``offset`` became this."""
        missing = offset - self.end
        if missing:
            self.add(reason, missing)

    def noted(self) -> str:
        """The metadata of a commit."""
        told: dict[str, object] = {"v": VERSION, "from": self.first, "n": self.counts, **self.more}
        if self.halted:
            told["halted"] = True
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def read(cls, noted: str, offset: int) -> "Tally":
        """The tally of a commit at ``offset``. Where nothing of ours was noted, counting begins there."""
        try:
            told = json.loads(noted)
            known = told.pop("v") == VERSION
            tally = cls(told.pop("from"), dict(told.pop("n")), halted=bool(told.pop("halted", False)), more=told)
            known = known and tally.end == offset
        except (ValueError, TypeError, KeyError, AttributeError):
            known = False
        return tally if known else cls(offset)
