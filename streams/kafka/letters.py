"""The dead letters that lie in their topic, partition by partition."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.dead_letters import DeadLetter
from schemas.undecodable import Undecodable
from streams.kafka.cluster import Cluster
from streams.kafka.records import Record
from streams.kafka.snapshot import Snapshot
from streams.topics import DEAD_LETTERS


def letters_in(cluster: Cluster) -> Iterator[tuple[Record, DeadLetter]]:
    """Each once, also where a batch was done twice; records that are no letters are left out.

    Topics are named without the prefix of the cluster. Raises Unreachable, and Unresolved where a registry is needed
    and away.
    """
    decode = cluster.wire.decoder(DEAD_LETTERS)
    with Snapshot(cluster, DEAD_LETTERS) as snapshot:
        for partition in snapshot.partitions(DEAD_LETTERS):
            seen: set[bytes | None] = set()
            for record in snapshot.records(partition):
                if record.value is None or record.key in seen:
                    continue
                seen.add(record.key)
                try:
                    letter = decode(record.value)
                except Undecodable:
                    continue
                yield record, _without_prefix(letter, cluster.prefix)


def _without_prefix(letter: DeadLetter, prefix: str) -> DeadLetter:
    if letter.position is None:
        return letter
    return replace(letter, position=letter.position._replace(topic=letter.position.topic.removeprefix(prefix)))
