"""Inputs that wait: until an operator says so, or for a while."""

import logging
import time
from collections.abc import Container, Iterable, Mapping

from streams.kafka.numbered import Numbered
from streams.kafka.reader import Reader
from streams.kafka.records import Partition
from streams.kafka.task import Halt

LOG = logging.getLogger("relocation.worker")


class Halts:
    """Belongs to the thread of the reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._again_at: dict[Partition, float] = {}
        self._told: dict[Partition, int] = {}
        """The offset of which it was last said that it waits."""

    def add(self, halted: Iterable[tuple[Partition, Halt]]) -> None:
        """Read these no more; some are tried again later, from where they are."""
        for partition, halt in halted:
            self._reader.drop([partition])
            told = {"topic": partition[0], "partition": partition[1], "offset": halt.at}
            if halt.again_s is None:
                LOG.error("halted: too much of it is invalid", extra=told)
            else:
                if self._told.get(partition) != halt.at:
                    self._told[partition] = halt.at
                    LOG.warning("waits", extra=told)
                self._again_at[partition] = time.monotonic() + halt.again_s

    @property
    def waiting(self) -> Container[Partition]:
        """What is tried again later."""
        return self._again_at

    def try_again(self, live: Mapping[int, Numbered]) -> None:
        """Read on what has waited for long enough, if it is still ours."""
        if not self._again_at:
            return
        due = [partition for partition, at in self._again_at.items() if at <= time.monotonic()]
        for partition in due:
            del self._again_at[partition]
            topic, number = partition
            if number in live:
                self._reader.add({partition: live[number].positions[topic]})
