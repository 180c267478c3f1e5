"""Who works on which partition number: as even as can be, the same whenever the same instances are there."""

import hashlib
from collections.abc import Iterable, Mapping

from aiokafka.cluster import ClusterMetadata
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata
from faust.assignor.partition_assignor import PartitionAssignor
from faust.types import TP

from streams.kafka.ending import UNUSABLE, end

VERSION = 1


def numbers_of(instances: Iterable[str], count: int) -> dict[str, list[int]]:
    """Which of ``count`` numbers each instance has.

    Nobody has two more than another. Highest random weight: when an instance comes or goes, the others keep most of
    what they have, without knowing what that was. What is restored takes time; what stays does not.
    """
    names = sorted(set(instances))
    given: dict[str, list[int]] = {name: [] for name in names}
    quota, more = divmod(count, len(names))
    left = set(range(count))
    for _, name, number in sorted((_weight(name, number), name, number) for name in names for number in range(count)):
        has = len(given[name])
        if number not in left or has > quota or (has == quota and more == 0):
            continue
        more -= has == quota
        given[name].append(number)
        left.discard(number)
    return {name: sorted(numbers) for name, numbers in given.items()}


def _weight(name: str, number: int) -> bytes:
    return hashlib.blake2b(f"{number}/{name}".encode(), digest_size=8).digest()


class NumberAssignor(PartitionAssignor):
    """Gives an instance partition number n of all its topics, or of none.

    A member tells its instance and no more: the broker lets a static member that comes back go on with what it had,
    without a rebalance, if it tells the same as before.
    """

    @property
    def name(self) -> str:
        """How members agree on it."""
        return "relocation-numbers"

    def metadata(self, topics: set[str]) -> ConsumerProtocolMemberMetadata:
        """What this member tells."""
        instance: str = self.app.conf.consumer_group_instance_id
        return ConsumerProtocolMemberMetadata(VERSION, sorted(topics), instance.encode())

    def assign(
        self, cluster: ClusterMetadata, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Done by one member for all. Ends the process where topics differ in their number of partitions."""
        topics = {topic for member in members.values() for topic in member.subscription}
        counts = {topic: len(cluster.partitions_for_topic(topic) or ()) for topic in topics}
        if len(set(counts.values())) > 1:
            end(UNUSABLE, "topics of a role have different numbers of partitions", partitions=counts)
        instances = {member_id: member.user_data.decode() for member_id, member in members.items()}
        given = numbers_of(instances.values(), min(counts.values(), default=0))
        return {
            member_id: ConsumerProtocolMemberAssignment(
                VERSION, [(topic, given[instances[member_id]]) for topic in sorted(member.subscription)], b""
            )
            for member_id, member in members.items()
        }

    def on_assignment(self, assignment: ConsumerProtocolMemberAssignment) -> None:
        """What this member has now."""
        self._active_tps = {TP(topic, number) for topic, numbers in assignment.assignment for number in numbers}

    def assigned_standbys(self) -> set[TP]:
        """There are none: no tables."""
        return set()

    def assigned_actives(self) -> set[TP]:
        """All it has."""
        return self._active_tps
