"""``relocation sink``: carries what the topics say into ClickHouse."""

import logging
import os
import signal
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import click

from alerts.addresses import Address
from relocation.clock import now_ms
from relocation.clusters import cluster_of
from relocation.exits import UNUSABLE, Failure
from relocation.garbage import expect_long_lives
from relocation.logs import log_to_stderr
from relocation.measuring import metrics_served
from relocation.settings import kafka_of, settings_of
from relocation.sinking.joining import history_of, server_of
from relocation.sinking.measures import SinkMeasures
from relocation.sinking.member import GROUP, Ends, KafkaMember, Letters, instance_of
from relocation.sinking.stored import STREAMS, StoredTopics
from sinks.history import OtherLog, StoredHistory
from sinks.migration import MigrationMismatch
from sinks.sink import Sink
from sinks.store import StoreFailed
from streams.kafka.cluster import Cluster
from streams.kafka.ending import STUCK, Unworkable, end
from streams.kafka.records import Partition
from streams.kafka.share import Share

_logger = logging.getLogger("relocation.sink")
_ASK_AGAIN_S = 2.0


class _Working(NamedTuple):
    """What was asked for."""

    cluster: Cluster
    instance: str | None
    stays: bool
    gives_up: bool
    metrics: str | None


@click.command()
@click.option("--kafka", metavar="SERVERS", help="Bootstrap servers (RELOCATION_KAFKA).")
@click.option("--clickhouse", metavar="URL", help="Where to store (RELOCATION_CLICKHOUSE).")
@click.option("--metrics", metavar="HOST:PORT", help="Where to serve metrics (RELOCATION_METRICS).")
@click.option("--policy", type=click.Path(path_type=Path), help="policy.toml to use (RELOCATION_POLICY).")
@click.option("--instance", metavar="NAME", help="A name of its own, kept over restarts: it soon has the same again.")
@click.option("--stay", is_flag=True, help="With a name: stay a member when stopped, for a restart within 15 s.")
@click.option("--give-up-unreadable", is_flag=True, help="Dead-letter what cannot be read, however much it is.")
def sink(*, instance: str | None, stay: bool, give_up_unreadable: bool, **flags: object) -> None:
    """Carry what the topics say into ClickHouse; start as many as you like.

    Prints `ready` on stdout once it works; SIGTERM or Ctrl-C ends it with exit 0, and others take over at
    once. While ClickHouse is away it waits, and loses nothing. When more than 5 % of a batch or 500 records
    in a row cannot be read it waits too, since that is a fault of a program and not of a record.
    """
    settings = settings_of(**flags)
    kafka_of(settings)
    log_to_stderr()
    ending = threading.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: ending.set())
    with ExitStack() as stack:
        store = stack.enter_context(closing(server_of(settings)))
        cluster = cluster_of(settings)
        history = history_of(settings, store)
        if _prepared(history, ending):
            working = _Working(cluster, instance, stay, give_up_unreadable, settings.metrics)
            _run(stack, working, history, ending)


def _prepared(history: StoredHistory, ending: threading.Event) -> bool:
    """Make the tables; wait while the server is away. False when it is told to end before. Raises Failure."""
    while not ending.is_set():
        try:
            history.require_kafka()
        except (OtherLog, MigrationMismatch) as unusable:
            raise Failure(str(unusable), UNUSABLE) from None
        except StoreFailed as failed:
            _logger.warning("sink_waits", extra={"why": str(failed)})
            ending.wait(_ASK_AGAIN_S)
        else:
            return True
    return False


def _run(stack: ExitStack, working: "_Working", history: StoredHistory, ending: threading.Event) -> None:
    cluster, lost = working.cluster, {"records": 0}
    share = _share(working, ending, lost)
    stack.callback(share.close)
    stored = StoredTopics(cluster.wire, cluster.prefix, now_ms)
    ends = stack.enter_context(closing(Ends(cluster.bootstrap, share, now_ms)))
    letters = Letters(cluster.bootstrap, cluster.wire, cluster.prefix, cluster.partitions)
    member = KafkaMember(share, stored, letters, ends)
    carrying = Sink(member, history, now=now_ms, gives_up=working.gives_up)
    if working.metrics is not None:
        lag, lost_count = (lambda: share.behind(ends.asked[1])), (lambda: lost["records"])
        measures = SinkMeasures(carrying.status, lag, lost_count, share.outside_s)
        stack.enter_context(metrics_served(measures.registry, Address.of(working.metrics)))
    try:
        _join(share, ending)
        expect_long_lives()
        if not ending.is_set():
            os.write(1, b"ready\n")
            carrying.run(ending)
    except Unworkable as why:
        end(STUCK, "the sink cannot go on", reason=str(why))


def _share(working: "_Working", ending: threading.Event, lost: dict[str, int]) -> Share:
    cluster = working.cluster

    def on_lost(partition: Partition, count: int) -> None:
        lost["records"] += count
        _logger.error("records_lost", extra={"topic": partition[0], "partition": partition[1], "count": count})

    return Share(
        cluster.bootstrap,
        cluster.group(GROUP),
        [cluster.named(topic) for topic, _ in STREAMS],
        instance=instance_of(working.instance),
        stays=working.stays,
        is_ending=ending.is_set,
        on_lost=on_lost,
    )


def _join(share: Share, ending: threading.Event) -> None:
    """One that is given nothing, since there are more members than partitions, is a member as well. Raises LeftOut."""
    while share.outside_s() and not ending.is_set():
        share.wait(0.2)
