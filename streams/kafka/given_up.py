"""What is told of a record at which a role failed in a way nobody thought of: that it was left out, and where."""

from collections.abc import Iterator, Sequence

from schemas.dead_letters import DeadLetter, Fault
from schemas.problems import Problem
from streams.kafka.headers import headers_for
from streams.kafka.records import Out, Record
from streams.kafka.wire import Wire
from streams.partitions import partition_of
from streams.topic import named
from streams.topics import DEAD_LETTERS


class GivenUp:
    """Makes the dead letters of one role; a letter written twice has the same key."""

    def __init__(self, role: str, wire: Wire, prefix: str, partitions: int) -> None:
        self._role, self._partitions = role, partitions
        self._topic = named(prefix, DEAD_LETTERS)
        self._encode = wire.encoder(DEAD_LETTERS)
        self._headers = headers_for(DEAD_LETTERS.kind, role)

    def failed(self, record: Record, now: int, type_: str | None = None) -> Iterator[Out]:
        """The role failed at it. ``type_``: of the event, where that is known; ``now``: UTC ms."""
        yield self.letter(record, now, Fault.FAILED, type_)

    def letter(
        self, record: Record, now: int, fault: Fault, type_: str | None = None, problems: Sequence[Problem] = ()
    ) -> Out:
        """One letter about a record."""
        told = DeadLetter(fault, self._role, now, type_, problems=tuple(problems), position=record.position)
        letter = told.redacted()
        key = "/".join(map(str, record.position))
        at, value = partition_of(key, self._partitions), self._encode(letter)
        return Out(self._topic, at, key.encode(), value, self._headers(letter), letter.known_at)
