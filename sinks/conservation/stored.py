"""Proves of one partition of a stored topic that every record is in the history, or why not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sinks.conservation import rows
from sinks.conservation.finding import Proven
from sinks.conservation.port import Extent, Log, Scanned
from sinks.conservation.ranges import Ranges
from sinks.erasure import destroyed_among, known_at_of
from sinks.messages import Recorded, Stream
from sinks.rows import Writing, kept_until
from sinks.shared_log import DEAD_LETTERED, TOMBSTONE, Partition
from sinks.store import Store

CHUNK = 100_000
"""Records that are looked for in one question."""
UNTOLD_MAX = 100_000
"""So many missing records at most are looked for among tombstones; more than that are no matter of tombstones."""

ABSENT = "absent"
"""No record has the offset: compacted away, or past its term."""
DESTROYED = "destroyed"
PAST_TERM = "past_term"
TAKEN_AWAY = "taken_away"
"""A later tombstone took it away."""

Visit = Callable[[Scanned], None]


class _Untold(NamedTuple):
    offset: int
    key: bytes


class StoredProof:
    """Reads a partition once, in constant memory. ``now``: UTC ms."""

    def __init__(self, log: Log, store: Store, writing: Writing, now: Callable[[], int]) -> None:
        self._log, self._store, self._writing, self._now = log, store, writing, now

    def prove(
        self, stream: Stream, partition: Partition, passed: Extent, log_end: int, visit: Visit | None = None
    ) -> Proven:
        """Of the offsets that the sink has ``passed``. ``visit`` sees every record up to ``log_end``."""
        proven = Proven(*partition, passed.first, passed.end, log_end)
        untold: list[_Untold] = []
        tombstones: dict[bytes, int] = {}
        present = 0
        for chunk in self._chunks(partition, passed.first, log_end if visit else passed.end, visit):
            mine = [one for one in chunk if one.offset < passed.end]
            present += len(mine)
            tombstones.update((one.key, one.offset) for one in mine if one.is_tombstone)
            self._judge(stream, partition, mine, proven, untold)
        proven.became[ABSENT] += passed.end - passed.first - present
        self._end(partition, proven, untold, tombstones)
        proven.became = +proven.became
        return proven

    def _chunks(self, partition: Partition, first: int, end: int, visit: Visit | None) -> Iterator[Sequence[Scanned]]:
        chunk: list[Scanned] = []
        for piece in self._log.read(partition, first, end):
            chunk += piece
            if visit is not None:
                for one in piece:
                    visit(one)
            if len(chunk) >= CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _judge(
        self, stream: Stream, partition: Partition, chunk: Sequence[Scanned], proven: Proven, untold: list[_Untold]
    ) -> None:
        if not chunk:
            return
        stored = rows.positions(self._store, stream, partition, chunk[0].offset, chunk[-1].offset + 1)
        others = [one for one in chunk if one.offset not in stored]
        proven.stored += len(chunk) - len(others)
        missing = self._unexplained(stream, others, proven)
        for one in missing:
            if len(untold) < UNTOLD_MAX:
                untold.append(_Untold(one.offset, one.key))
            else:
                proven.missing.add(one.offset)

    def _unexplained(self, stream: Stream, others: Sequence[Scanned], proven: Proven) -> list[Scanned]:
        """Those that are not in the history, and no reason is known for."""
        records: dict[int, Recorded] = {}
        proven.became[TOMBSTONE] += sum(one.is_tombstone for one in others)
        others = [one for one in others if not one.is_tombstone]
        for one in others:
            taken = one.taken()
            if taken.dropped:
                proven.became[taken.dropped] += 1
            elif taken.recorded is not None:
                records[one.offset] = taken.recorded
        pending = [one for one in others if one.offset in records or one.taken().letter is not None]
        if not pending:
            return []
        told = rows.told_otherwise(self._store, stream, list(records.values()))
        proven.stored += len(told)
        pending = [one for one in pending if one.offset not in told]
        reasons = self._reasons(stream, pending, records, proven)
        proven.became.update(reasons.values())
        return [one for one in pending if one.offset not in reasons]

    def _reasons(
        self, stream: Stream, pending: Sequence[Scanned], records: Mapping[int, Recorded], proven: Proven
    ) -> dict[int, str]:
        if not pending:
            return {}
        origins = {one.offset: f"{proven.topic}/{proven.partition}/{one.offset}" for one in pending}
        letters = rows.letters_about(self._store, origins.values())
        reasons = {offset: DEAD_LETTERED for offset, origin in origins.items() if origin in letters}
        left = [records[one.offset] for one in pending if one.offset in records and one.offset not in reasons]
        destroyed = destroyed_among(self._store, {stream: left})
        ends = {one.event: one.at for one in destroyed}
        now = self._now()
        for recorded in left:
            key, known_at = known_at_of(recorded.message)
            if key is not None and known_at <= ends.get(key, -1):
                reasons[recorded.position] = DESTROYED
            elif kept_until(recorded, self._writing) <= now:
                reasons[recorded.position] = PAST_TERM
        return reasons

    def _end(
        self, partition: Partition, proven: Proven, untold: Sequence[_Untold], tombstones: dict[bytes, int]
    ) -> None:
        """What is still not told of may have been taken away by a tombstone that came later."""
        if untold and proven.log_end > proven.end:
            for piece in self._log.read(partition, proven.end, proven.log_end):
                tombstones.update((one.key, one.offset) for one in piece if one.is_tombstone)
        missing = Ranges()
        for one in untold:
            if tombstones.get(one.key, -1) > one.offset:
                proven.became[TAKEN_AWAY] += 1
            else:
                missing.add(one.offset)
        for more in proven.missing:
            missing.add(*more)
        proven.missing = missing
