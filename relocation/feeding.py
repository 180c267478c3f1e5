"""The embedded log as the history's feeder reads it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sinks.messages import Message, Recorded, SightingMove, Stream
from streams.embedded.reading import LogReader


class EmbeddedLogView:
    """One moment of the log (``sinks.messages.LogView``)."""

    def __init__(self, reader: LogReader, taken_at: int) -> None:
        self._reader = reader
        self.taken_at = taken_at
        self._reads: Mapping[Stream, Callable[[int, int], Sequence[tuple[int, Message]]]] = {
            Stream.DESTROYED: reader.destroyed_after,
            Stream.REPORTS: reader.reports_after,
            Stream.SIGHTINGS: self._sightings,
            Stream.ALERTS: reader.alerts_after,
            Stream.ALERT_STATES: reader.states_after,
            Stream.ACTIONS: reader.actions_after,
            Stream.RECEIPTS: reader.receipts_after,
            Stream.DEAD_LETTERS: reader.dead_letters_after,
        }

    def newest(self) -> Mapping[Stream, int]:
        """The highest position ever given in each stream; 0 where there is none yet."""
        return {Stream(name): position for name, position in self._reader.newest_positions().items()}

    def read(self, stream: Stream, after: int, limit: int) -> list[Recorded]:
        """The next messages after a position, in order. What was destroyed is not among them."""
        return [Recorded(at, message) for at, message in self._reads[stream](after, limit)]

    def _sightings(self, after: int, limit: int) -> list[tuple[int, Message]]:
        return [
            (at, SightingMove(given, subject, kind, sighting, changed_at))
            for at, given, subject, kind, sighting, changed_at in self._reader.sightings_after(after, limit)
        ]


class EmbeddedLogReader:
    """The log of a data folder, beside whoever writes it (``sinks.messages.LogReader``).

    ``complete_until`` tells up to when (UTC ms) everything that reached the platform is in the log; without it, since
    ``known_at`` only grows, that is the newest ``known_at`` in the log.
    """

    def __init__(self, log: Path, complete_until: Callable[[], int] | None = None) -> None:
        self._log = log
        self._complete_until = complete_until

    @contextmanager
    def view(self) -> Iterator[EmbeddedLogView]:
        """A moment of the log, which does not change while it is open. Raises sqlite3.Error."""
        with closing(LogReader(self._log)) as reader:
            # Asked before the snapshot is taken: what is known before is then certainly in it.
            complete_until = None if self._complete_until is None else self._complete_until()
            reader.snapshot()
            newest = reader.newest_known_at()  # the snapshot begins with the first read
            yield EmbeddedLogView(reader, newest if complete_until is None else complete_until)
