"""Puts a gateway together on a cluster: what it hears of its topics, and how it writes to it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from processors.intake import Intake
from schemas.receipts import Became, Receipt
from streams.kafka.cluster import Cluster
from streams.kafka.followed import hear_followed
from streams.kafka.gateway import ACKNOWLEDGED_S, Gateway, GatewayParts
from streams.kafka.gateway_metrics import GatewayMetrics
from streams.kafka.headers import CAUSE
from streams.kafka.hearing import Hearing
from streams.kafka.listening import hear_topics, wait_for
from streams.kafka.outbox import Outbox
from streams.kafka.records import Record
from streams.kafka.sending import Sender
from streams.topics import RECEIPTS

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
    receipts: Hearing[Became] = Hearing(RECEIPTS_S)
    told = hear_topics(stack, cluster, {RECEIPTS: partial(_hear_receipt, receipts)}, from_end=True)
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


def _hear_receipt(receipts: Hearing[Became], record: Record, receipt: Receipt | None) -> None:
    cause = record.headers.get(CAUSE)
    if cause is not None and receipt is not None:
        receipts.tell(cause.decode("ascii", "replace"), receipt.became)
