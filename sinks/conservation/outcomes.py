"""Proves that what publishers wrote became something, and that every report has its receipt.

What is seen is kept as a byte an offset: of what lies in ``intake.*`` now, and of reports since the last proof.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from schemas.positions import LogPosition
from sinks.conservation import rows
from sinks.conservation.finding import Finding, Missing
from sinks.conservation.port import Extent, Log, Scanned
from sinks.conservation.ranges import Ranges
from sinks.shared_log import Partition
from sinks.store import Store

NO_HIT = "no_hit"
"""A passage of a vehicle that nobody follows: of it nothing is kept but that it was counted."""
PIECE = 100_000
"""Offsets that are looked for in one question."""


class Seen:
    """Which offsets of a partition were told of, of those from ``first`` up to ``end``."""

    def __init__(self, extent: Extent) -> None:
        self.extent = extent
        self._told = bytearray(max(0, extent.end - extent.first))

    def add(self, offset: int) -> None:
        """It was told of; others than those asked for do not matter."""
        at = offset - self.extent.first
        if 0 <= at < len(self._told):
            self._told[at] = 1

    def unseen(self) -> Ranges:
        """Those that were not."""
        found, at = Ranges(), self._told.find(0)
        while at >= 0:
            end = self._told.find(1, at)
            end = len(self._told) if end < 0 else end
            found.add(self.extent.first + at, self.extent.first + end - 1)
            at = self._told.find(0, end)
        return found


@dataclass(slots=True)
class Told:
    """Of which records others tell that they follow from them: reports, dead letters and receipts."""

    seen: dict[Partition, Seen] = field(default_factory=dict)

    def ask(self, partition: Partition, extent: Extent) -> None:
        """Whether these offsets are told of is to be known."""
        self.seen[partition] = Seen(extent)

    def note(self, position: LogPosition | None) -> None:
        """One is."""
        if position is not None:
            seen = self.seen.get((position.topic, position.partition))
            if seen is not None:
                seen.add(position.offset)

    def report(self, scanned: Scanned) -> None:
        """A report tells of its origin."""
        self.note(scanned.origin())

    def receipt(self, scanned: Scanned) -> None:
        """A receipt tells of the report that it is about."""
        self.note(scanned.cause())

    def dead_letter(self, scanned: Scanned) -> None:
        """A dead letter tells of what was given up."""
        self.note(scanned.origin())


def outcomes_missing(told: Told, partition: Partition) -> Iterator[Finding]:
    """What was written and became nothing."""
    unseen = told.seen[partition].unseen()
    if unseen:
        yield Finding(Missing.OUTCOME, *partition, unseen)


def passages_missing(told: Told, partition: Partition, no_hits: int, gone: int) -> Iterator[Finding]:
    """Passages that became nothing and were not counted as no hits either.

    Which of them are no hits is told nowhere: so many of those unseen are missing. ``gone``: so many reports of hits
    were destroyed since, and do not tell of their origin any more.
    """
    unseen = told.seen[partition].unseen()
    missing = len(unseen) - no_hits - gone
    if missing > 0:
        yield Finding(Missing.OUTCOME, *partition, unseen, count=missing)


def receipts_missing(log: Log, store: Store, told: Told, partition: Partition) -> Iterator[Finding]:
    """Reports without a receipt: in the topic, which keeps them for weeks, or in the history, which does for years."""
    missing = Ranges()
    for one in told.seen[partition].unseen():
        for first in range(one.first, one.last + 1, PIECE):
            end = min(first + PIECE, one.last + 1)
            known = rows.receipts_about(store, partition, first, end)
            for offset in _there(log, partition, Extent(first, end), known):
                missing.add(offset)
    if missing:
        yield Finding(Missing.RECEIPT, *partition, missing)


def _there(log: Log, partition: Partition, extent: Extent, known: set[int]) -> Iterator[int]:
    """Those that are not known, and in the log."""
    unknown = [offset for offset in range(*extent) if offset not in known]
    if not unknown:
        return
    asked = set(unknown)
    for piece in log.read(partition, unknown[0], unknown[-1] + 1):
        yield from (one.offset for one in piece if one.offset in asked and not one.is_tombstone)


def unread(partition: Partition, committed: int | None, extent: Extent, who: str) -> Iterator[Finding]:
    """What retention took before it was read: the log begins beyond what was committed."""
    first = 0 if committed is None else committed
    if extent.first > first:
        lost = Ranges()
        lost.add(first, extent.first - 1)
        yield Finding(Missing.UNREAD, *partition, lost, who)


def counted_wrong(
    partition: Partition, counts: Mapping[str, int], accepted: Mapping[str, int], who: str
) -> Iterator[Finding]:
    """What a role itself counted as lost, or did not say what became of; but for what is known and accepted."""
    for reason, missing in COUNTED.items():
        count = counts.get(reason, 0) - accepted.get(reason, 0)
        if count > 0:
            yield Finding(missing, *partition, Ranges(), who, count)


COUNTED: Mapping[str, Missing] = {"lost": Missing.UNREAD, "uncounted": Missing.UNCOUNTED}
"""The words of a tally that are no good ones."""
