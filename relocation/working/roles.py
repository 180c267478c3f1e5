"""The roles that a worker can play, put together from the settings."""

from collections.abc import Callable, Mapping

from relocation.clusters import cluster_of
from relocation.parts import gazetteer, intake_of, policy_of, rules_of
from relocation.settings import Settings
from streams.kafka.cluster import Cluster
from streams.kafka.desk_task import DeskParts, DeskRole
from streams.kafka.intake_task import IntakeParts, IntakeRole
from streams.kafka.register_task import RegisterParts, RegisterRole
from streams.kafka.relocation_task import RelocationParts, RelocationRole
from streams.kafka.task import Role


def role_of(name: str, settings: Settings) -> tuple[Role, Cluster]:
    """A role, and the cluster that it works on. Raises Failure."""
    cluster = cluster_of(settings)
    return _ROLES[name](settings, cluster), cluster


def _intake(settings: Settings, cluster: Cluster) -> Role:
    return IntakeRole(IntakeParts(intake_of(settings), cluster))


def _register(settings: Settings, cluster: Cluster) -> Role:
    term_of = policy_of(settings).term_ms
    parts = RegisterParts(term_of, _term_min_ms(settings), cluster.wire, cluster.partitions, cluster.prefix)
    return RegisterRole(parts)


def _relocation(settings: Settings, cluster: Cluster) -> Role:
    wire, partitions, prefix = cluster.wire, cluster.partitions, cluster.prefix
    return RelocationRole(
        RelocationParts(rules_of(settings), gazetteer(), _term_min_ms(settings), wire, partitions, prefix)
    )


def _desk(_settings: Settings, cluster: Cluster) -> Role:
    return DeskRole(DeskParts(cluster.wire, cluster.partitions, cluster.prefix))


def _term_min_ms(settings: Settings) -> int:
    return min(rule.term_ms for rule in policy_of(settings).rules)


_ROLES: Mapping[str, Callable[[Settings, Cluster], Role]] = {
    "intake": _intake,
    "register": _register,
    "relocation": _relocation,
    "desk": _desk,
}
ROLES = tuple(_ROLES)
"""Their names, in the order of an event's way."""
