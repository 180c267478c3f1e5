"""The sink as a member of its group on Kafka (``sinks.shared_log.SharedLog``)."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from relocation.sinking.stored import StoredTopics
from schemas.avro import Kind
from schemas.dead_letters import DeadLetter
from schemas.positions import LogPosition
from sinks.shared_log import Done, LogFailed, Partition, Taken
from streams.kafka.access import Bootstrap
from streams.kafka.clients import LOG, Brokers, Unreachable
from streams.kafka.headers import ORIGIN, headers_for
from streams.kafka.records import Out, Record
from streams.kafka.share import Share
from streams.kafka.wire import Unresolved, Wire
from streams.kafka.writer import NotWritten, Writer
from streams.partitions import partition_of
from streams.topic import named
from streams.topics import DEAD_LETTERS

GROUP = "relocation-sink"
ROLE = "sink"
ASK_EVERY_S = 5.0
PATIENCE_S = 10.0
"""A dead letter that is not acknowledged for so long is tried again."""


class KafkaMember:
    """One member. For one thread, but for ``close``."""

    def __init__(self, share: Share, stored: StoredTopics, letters: "Letters", ends: "Ends") -> None:
        self._share, self._stored, self._letters, self._ends = share, stored, letters, ends
        self._unread: list[tuple[Record, int]] = []

    def take(self, wait_s: float, count_max: int) -> Sequence[Taken]:
        """See SharedLog. A record whose schema only a registry knows that is away is waited for."""
        waiting, self._unread = self._unread, []
        if not waiting:
            records = self._share.take(wait_s, count_max)
            waiting = [(record, self._share.epoch_of((record.topic, record.partition)) or 0) for record in records]
        taken: list[Taken] = []
        for at, (record, epoch) in enumerate(waiting):
            try:
                taken.append(self._stored.taken(record, epoch))
            except Unresolved as why:
                LOG.warning("a schema is not known yet", extra={"reason": str(why)})
                self._unread = waiting[at:]
                break
        if self._unread and not taken:
            self._share.wait(wait_s)
        return taken

    def wait(self, wait_s: float) -> None:
        """See SharedLog."""
        self._share.wait(wait_s)

    def is_mine(self, taken: Taken) -> bool:
        """See SharedLog."""
        return self._share.epoch_of(self._known(taken.partition)) == taken.epoch

    def give_up(self, letters: Iterable[tuple[LogPosition, DeadLetter]]) -> None:
        """See SharedLog."""
        self._letters.write(letters)

    def commit(self, done: Sequence[Done]) -> bool:
        """See SharedLog."""
        by_partition: dict[Partition, list[tuple[int, str]]] = defaultdict(list)
        for (topic, partition, offset), reason in done:
            by_partition[self._known((topic, partition))].append((offset, reason))
        return self._share.commit(by_partition)

    def complete(self) -> Mapping[Partition, tuple[int, int]]:
        """See SharedLog."""
        at, ends = self._ends.asked
        return {
            (self._stored.by_name[topic].topic.name, partition): (owned.next, at)
            for (topic, partition), owned in self._share.owned.items()
            if owned.next >= ends.get((topic, partition), owned.next + 1)
        }

    def _known(self, partition: Partition) -> Partition:
        """As brokers know it."""
        return named(self._stored.prefix, self._stored.topics[partition[0]]), partition[1]


class Letters:
    """Writes dead letters of the sink; a producer that failed is made anew."""

    def __init__(self, bootstrap: Bootstrap, wire: Wire, prefix: str, partitions: int) -> None:
        self._bootstrap, self._prefix, self._partitions = bootstrap, prefix, partitions
        self._encode = wire.encoder(DEAD_LETTERS)
        self._headers = headers_for(Kind.DEAD_LETTER, ROLE)
        self._writer: Writer | None = None

    def write(self, letters: Iterable[tuple[LogPosition, DeadLetter]]) -> None:
        """They are acknowledged when it returns. Raises LogFailed."""
        outs = [self._out(position, letter) for position, letter in letters]
        if not outs:
            return
        if self._writer is None:
            self._writer = Writer(self._bootstrap, patience_s=PATIENCE_S)
        try:
            self._writer.write(outs)
        except NotWritten as why:
            self._writer = None
            raise LogFailed(f"dead letters cannot be written now ({why})") from None

    def _out(self, position: LogPosition, letter: DeadLetter) -> Out:
        origin = "/".join(map(str, position))
        return Out(
            named(self._prefix, DEAD_LETTERS),
            partition_of(origin, self._partitions),
            origin.encode(),
            self._encode(letter),
            [*self._headers(letter), (ORIGIN, origin.encode())],
            letter.known_at,
        )


class Ends:
    """Asks now and then, in a thread of its own, where the logs of a share end: for how complete the history is."""

    def __init__(self, bootstrap: Bootstrap, share: Share, now: Callable[[], int]) -> None:
        self._brokers = Brokers(bootstrap)
        self._share, self._now = share, now
        self.asked: tuple[int, Mapping[Partition, int]] = (0, {})
        """When (UTC ms), and the offset that the next record of each partition would have had."""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relocation-sink-ends", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask no more."""
        self._ending.set()
        self._thread.join(ASK_EVERY_S)

    def _run(self) -> None:
        while not self._ending.wait(ASK_EVERY_S if self.asked[1] else 0.2):
            at, partitions = self._now(), list(self._share.owned)
            try:
                self.asked = (at, self._brokers.ends(partitions))
            except Unreachable:
                LOG.warning("the ends of topics are not known for a moment")


def instance_of(name: str | None) -> str | None:
    """By which the group knows this member again."""
    return None if name is None else f"{GROUP}-{name}"
