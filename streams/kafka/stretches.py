"""A stretch of a log, read once: from its first record to where it ended when it was asked for."""

import time
from collections.abc import Iterator

from streams.kafka.clients import Brokers, Extent, Unreachable
from streams.kafka.reader import OutOfRange, Reader
from streams.kafka.records import Partition, Record

NOTHING_FOR_S = 60.0
"""Nothing was read for so long: the brokers are away."""
_WAIT_S = 0.2


def read_stretch(
    reader: Reader, brokers: Brokers, partition: Partition, extent: Extent, *, patience_s: float = NOTHING_FOR_S
) -> Iterator[Record]:
    """What is left of it; ``reader`` reads nothing else meanwhile. Raises Unreachable if nothing comes for so long."""
    if extent.first >= extent.end:
        return
    reader.add({partition: extent.first})
    try:
        yield from _read(reader, brokers, partition, extent.end, patience_s)
    finally:
        reader.drop([partition])


def _read(reader: Reader, brokers: Brokers, partition: Partition, end: int, patience_s: float) -> Iterator[Record]:
    heard = time.monotonic()
    while reader.ends.get(partition, 0) < end:
        for record in _taken(reader, brokers, partition):
            heard = time.monotonic()
            if record.offset < end:
                yield record
            if record.offset >= end - 1:
                return
        if time.monotonic() - heard > patience_s:
            raise Unreachable(f"{partition[0]}/{partition[1]} cannot be read to its end")


def _taken(reader: Reader, brokers: Brokers, partition: Partition) -> list[Record]:
    try:
        return reader.take(_WAIT_S)
    except (
        OutOfRange
    ):  # its beginning was taken while it was read, or a broker that comes back could not say where it is
        reader.drop([partition])
        reader.add({partition: brokers.extents([partition])[partition].first})
        return []
