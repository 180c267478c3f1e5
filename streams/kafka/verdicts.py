"""Hears what REGISTER says of the reports that were just written."""

from contextlib import ExitStack
from functools import partial

from schemas.receipts import Became, Receipt
from streams.kafka.cluster import Cluster
from streams.kafka.headers import CAUSE
from streams.kafka.hearing import Hearing
from streams.kafka.listening import hear_topics
from streams.kafka.records import Record
from streams.kafka.tail import Tail
from streams.topics import RECEIPTS


def hear_verdicts(stack: ExitStack, cluster: Cluster, patience_s: float) -> tuple[Hearing[Became], Tail]:
    """What brings them together with who waits so long for them, by where reports lie, and what must have caught up.

    From now on until ``stack`` ends it.
    """
    verdicts: Hearing[Became] = Hearing(patience_s)
    return verdicts, hear_topics(stack, cluster, {RECEIPTS: partial(_hear, verdicts)}, from_end=True)


def _hear(verdicts: Hearing[Became], record: Record, receipt: Receipt | None) -> None:
    cause = record.headers.get(CAUSE)
    if cause is not None and receipt is not None:
        verdicts.tell(cause.decode("ascii", "replace"), receipt.became)
