"""The topics as lines of JSON, as ``relocation export`` writes them: the same streams as the embedded log has.

What lies there twice is told once: an alert's revision, a state's version, a revision of an event. What tombstones
destroyed is not told, whether or not compaction has been there. Memory holds what tells repeats apart of one partition.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.report_form import report_as_json
from schemas.sightings import Evidence, SubjectSighting
from schemas.times import format_time
from schemas.undecodable import Undecodable
from streams.kafka.cluster import Cluster
from streams.kafka.headers import CAUSE, ORIGIN
from streams.kafka.records import Partition, Record
from streams.kafka.snapshot import Snapshot
from streams.lists.bodies import compact
from streams.topic import Topic
from streams.topics import ALERT_STATES, ALERTS, DEAD_LETTERS, EVENTS, RECEIPTS, REPORTS, SIGHTINGS

if TYPE_CHECKING:
    from schemas.reports import EventKey, Rank

Told = Iterator[Any]
Fold = Callable[["Export", Partition], Told]


class Export:
    """One stream of the log. For one thread; raises Unreachable, and Unresolved where a registry is needed and away."""

    def __init__(self, cluster: Cluster, what: str) -> None:
        """``what`` is one of STREAMS. The moment is now."""
        self._topics, self._fold = STREAMS[what].topics, STREAMS[what].fold
        self._cluster = cluster
        self.snapshot = Snapshot(cluster, *self._topics)
        self.unreadable: list[str] = []
        """Where records lie that are no messages."""

    def lines(self) -> Iterator[str]:
        """The lines, topic by topic, by partition and offset."""
        for topic in self._topics:
            self._topic, self._decode = topic, self._cluster.wire.decoder(topic)
            for partition in self.snapshot.partitions(topic):
                for told in self._fold(self, partition):
                    yield compact(told)

    def messages(self, partition: Partition) -> Iterator[tuple[Record, Any]]:
        """The records of one partition with what they say; tombstones say None."""
        for record in self.snapshot.records(partition):
            try:
                yield record, None if record.value is None else self._decode(record.value)
            except Undecodable:
                self.unreadable.append("/".join(map(str, record.position)))

    def standing(self, partition: Partition) -> Iterator[tuple[Record, Any]]:
        """The messages that no later tombstone destroyed."""
        destroyed = self._destroyed(partition)
        for record, message in self.messages(partition):
            if message is not None and destroyed.get(record.key, -1) < record.offset:
                yield record, message

    def _destroyed(self, partition: Partition) -> dict[bytes | None, int]:
        if not self._topic.has_tombstones:
            return {}
        return {record.key: record.offset for record in self.snapshot.records(partition) if record.value is None}


def _each_once(identity: Callable[[Record, Any], Any], as_json: Callable[[Any], Any]) -> Fold:
    """Every message, but those that say again what an earlier one said."""

    def fold(export: Export, partition: Partition) -> Told:
        seen = set()
        for record, message in export.standing(partition):
            known = identity(record, message)
            if known is not None and known not in seen:
                seen.add(known)
                yield as_json(message)

    return fold


def _winning(export: Export, partition: Partition) -> Told:
    """Of each event the revision that wins, if it counts: where it lies."""
    won: dict[EventKey, tuple[Rank, int, bool]] = {}
    for record, report in export.standing(partition):
        best = won.get(report.key)
        if best is None or report.rank > best[0]:
            won[report.key] = report.rank, record.offset, report.counts
    wanted = {offset for _, offset, counts in won.values() if counts}
    for record, report in export.messages(partition):
        if record.offset in wanted:
            yield report_as_json(report)


def _sighting_json(told: SubjectSighting) -> Mapping[str, Any]:
    seen = told.sighting
    line = {
        "change": "taken" if told.taken else "given",
        "subject": told.subject,
        "subject_kind": told.subject_kind,
        "event_id": seen.event_id,
        "source": seen.source,
        "type": seen.type,
        "evidence": Evidence(seen.evidence).word,
        "place": seen.place,
        "flagged": seen.flagged,
        "occurred_at": format_time(seen.occurred_at),
        "recorded_at": format_time(seen.recorded_at),
        "known_at": format_time(seen.known_at),
        "version": told.version,
    }
    return line if told.via is None else {**line, "via": told.via}


def _fact(_record: Record, told: SubjectSighting) -> Any:
    """None for what is told to the keeper of a document: it says to the subject what follows."""
    return None if told.is_document else (told.subject, told.sighting.event, told.via, told.version)


def _own_json(message: Any) -> Any:
    return message.as_json()


def _cause(record: Record, _message: Any) -> Any:
    """What a receipt or a dead letter is about; of what came by HTTP each is its own."""
    headers = record.headers
    return headers.get(CAUSE) or headers.get(ORIGIN) or record.offset


class _Stream(NamedTuple):
    topics: tuple[Topic, ...]
    fold: Fold


STREAMS = {
    "alerts": _Stream((ALERTS,), _each_once(lambda _, alert: (alert.alert_id, alert.revision), _own_json)),
    "states": _Stream((ALERT_STATES,), _each_once(lambda _, state: (state.alert_id, state.version), _own_json)),
    "events": _Stream(tuple(EVENTS.values()), _winning),
    "reports": _Stream(tuple(REPORTS.values()), _each_once(lambda _, told: (told.key, told.rank), report_as_json)),
    "sightings": _Stream(tuple(SIGHTINGS.values()), _each_once(_fact, _sighting_json)),
    "dead-letters": _Stream((DEAD_LETTERS,), _each_once(_cause, _own_json)),
    "receipts": _Stream((RECEIPTS,), _each_once(_cause, _own_json)),
}
"""By what is asked for."""
