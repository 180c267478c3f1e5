"""Puts a gateway together on a cluster: what it hears of its topics, and how it writes to it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from processors.intake import Intake
from streams.kafka.cluster import Cluster
from streams.kafka.followed import hear_followed
from streams.kafka.gateway import ACKNOWLEDGED_S, Gateway, GatewayParts
from streams.kafka.gateway_metrics import GatewayMetrics
from streams.kafka.listening import wait_for
from streams.kafka.outbox import Outbox
from streams.kafka.sending import Sender
from streams.kafka.verdicts import hear_verdicts

RECEIPTS_S = 1.0
"""How long an answer waits for REGISTER to say that it is a duplicate."""


@dataclass(frozen=True, slots=True)
class FaceParts:
    """What both are given."""

    intake: Intake
    now: Callable[[], int]
    """UTC milliseconds."""
    hashes: dict[str, str]
    """Name the rules, policy and signals in force."""


def open_gateway(stack: ExitStack, cluster: Cluster, parts: FaceParts, metrics: GatewayMetrics) -> Gateway:
    """A gateway that has read ``followed`` to its end; ``stack`` ends it. Raises Unavailable."""
    sender = Sender(cluster.bootstrap, patience_s=ACKNOWLEDGED_S)
    stack.callback(sender.close)
    receipts, told = hear_verdicts(stack, cluster, RECEIPTS_S)
    followed, tail = hear_followed(stack, cluster)
    wait_for(told, "receipts")
    wait_for(tail, "followed")
    metrics.watch_followed(tail.behind_s)
    gateway = Gateway(
        GatewayParts(
            intake=parts.intake,
            outbox=Outbox(cluster.wire, role="gateway", partitions=cluster.partitions, prefix=cluster.prefix),
            sender=sender,
            followed=followed,
            behind_s=tail.behind_s,
            receipts=receipts,
            now=parts.now,
            hashes=parts.hashes,
            count=metrics.count,
        )
    )
    stack.callback(gateway.close)
    return gateway
