"""``relocation reconcile``: proves that what lies in the topics is in the history."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import click
from prometheus_client import CollectorRegistry, Gauge

from alerts.addresses import Address
from relocation.clock import now_ms
from relocation.clusters import cluster_of
from relocation.exits import FAILED, UNREACHABLE, UNUSABLE, Failure
from relocation.historian import writing_of
from relocation.logs import log_to_stderr
from relocation.measuring import metrics_served
from relocation.progress import progress_bar
from relocation.reconciling.log import TOPICS, KafkaLog
from relocation.reconciling.showing import as_json, show
from relocation.settings import Settings, kafka_of, settings_of
from relocation.sinking.joining import history_of, server_of
from relocation.sinking.stored import StoredTopics
from schemas.times import DAY_MS, SECOND_MS
from sinks.conservation import snapshot
from sinks.conservation.reconciling import Outcome, Reconciler, Tell
from sinks.history import OtherLog
from sinks.migration import MigrationMismatch
from sinks.shared_log import LogFailed
from sinks.store import Store, StoreFailed

_logger = logging.getLogger("relocation.reconcile")
_ALL_EVERY_S = DAY_MS / SECOND_MS


@click.command()
@click.option("--since-last", is_flag=True, help="Read only what came since the last run; without it: all there is.")
@click.option("--partitions", "by_partition", is_flag=True, help="A line a partition instead of one a topic.")
@click.option("--json", "in_json", is_flag=True, help="The answer as one line of JSON.")
@click.option("--accept", is_flag=True, help="What is missing is known from now on: --since-last tells only of more.")
@click.option("--every", type=click.FloatRange(min=1), metavar="SECONDS", help="Go on, and prove what is new so often.")
@click.option("--kafka", metavar="SERVERS", help="Bootstrap servers (RELOCATION_KAFKA).")
@click.option("--clickhouse", metavar="URL", help="Where the history is (RELOCATION_CLICKHOUSE).")
@click.option("--metrics", metavar="HOST:PORT", help="With --every: where to serve metrics (RELOCATION_METRICS).")
@click.option("--policy", type=click.Path(path_type=Path), help="policy.toml to use (RELOCATION_POLICY).")
def reconcile(
    *, since_last: bool, by_partition: bool, in_json: bool, accept: bool, every: float | None, **flags: object
) -> None:
    """Prove that every record of the topics is in the history, or name what is missing.

    \b
    per partition   what the sink has passed = stored + dead-lettered + not to be stored, for a reason
    intake.<type>   everything became a report, a dead letter, or a passage counted as no hit
    reports.<type>  every report has a receipt (of passages there are none)
    every role      nothing was lost to retention before it was read

    Ends with 0 when nothing is missing, with 1 when something is, and names it by topic, partition and offset.
    What is not stored yet is waiting, and no loss. With --every it goes on until SIGTERM, reads all once a day,
    and tells in its metrics what is missing.
    """
    settings = settings_of(**flags)
    kafka_of(settings)
    with ExitStack() as stack, _failures_told():
        store = stack.enter_context(closing(server_of(settings)))
        prover = _Prover(stack, settings, store)
        if every is not None:
            _go_on(stack, prover, settings, every)
            return
        began = time.monotonic()
        with progress_bar() as tell:
            outcome = prover.prove(only_new=since_last, accept=accept, tell=tell)
        if in_json:
            click.echo(as_json(outcome, time.monotonic() - began))
        else:
            show(outcome, by_partition=by_partition)
    if outcome.findings and not accept:
        sys.exit(FAILED)


class _Prover:
    """Proves again and again, each time from what the last run left."""

    def __init__(self, stack: ExitStack, settings: Settings, store: Store) -> None:
        self._store = store
        history_of(settings, store).require_kafka()
        cluster = cluster_of(settings)
        log = stack.enter_context(closing(KafkaLog(cluster, StoredTopics(cluster.wire, cluster.prefix, now_ms))))
        self._reconciler = Reconciler(log, store, writing_of(settings), TOPICS, now_ms)

    def prove(self, *, only_new: bool, accept: bool = False, tell: Tell | None = None) -> Outcome:
        """One run. Raises StoreFailed, LogFailed."""
        before, at = snapshot.load(self._store), now_ms()
        more = {} if tell is None else {"tell": tell}
        outcome = self._reconciler.run(before, only_new=only_new, accept=accept, **more)
        snapshot.save(self._store, at, outcome.snapshot)
        return outcome


def _go_on(stack: ExitStack, prover: _Prover, settings: Settings, every_s: float) -> None:
    ending, measures = threading.Event(), _Measures()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: ending.set())
    log_to_stderr()
    if settings.metrics is not None:
        stack.enter_context(metrics_served(measures.registry, Address.of(settings.metrics)))
    os.write(1, b"ready\n")
    all_at = 0.0
    while not ending.is_set():
        began = time.monotonic()
        is_new_only = all_at > 0 and began - all_at < _ALL_EVERY_S
        try:
            measures.take(prover.prove(only_new=is_new_only), time.monotonic() - began)
            all_at = all_at if is_new_only else began
        except (StoreFailed, LogFailed) as failed:
            measures.failing.set(1)
            _logger.warning("not_reconciled", extra={"why": str(failed)})
        ending.wait(max(0.0, every_s - (time.monotonic() - began)))


class _Measures:
    """What runs found, for those who watch."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._missing = Gauge(
            "relocation_reconcile_missing",
            "Records that are missing, by what of them.",
            ["missing", "topic"],
            registry=self.registry,
        )
        self._at = Gauge("relocation_reconcile_at_seconds", "When the last run ended.", registry=self.registry)
        self._took = Gauge("relocation_reconcile_seconds", "How long the last run took.", registry=self.registry)
        self._waiting = Gauge("relocation_reconcile_waiting", "Records not stored yet.", registry=self.registry)
        self.failing = Gauge("relocation_reconcile_failing", "1 while runs cannot be made.", registry=self.registry)

    def take(self, outcome: Outcome, took_s: float) -> None:
        """A run has ended."""
        self._missing.clear()
        for finding in outcome.findings:
            self._missing.labels(str(finding.missing), finding.topic).inc(finding.records)
            _logger.error("missing", extra={"told": finding.told()})
        self._at.set_to_current_time()
        self._took.set(took_s)
        self._waiting.set(sum(one.waiting for one in outcome.proven))
        self.failing.set(0)


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
    except (OtherLog, MigrationMismatch) as unusable:
        raise Failure(str(unusable), UNUSABLE) from None
    except StoreFailed as failed:
        raise Failure(f"the history cannot be asked now: {failed}", UNREACHABLE) from None
    except LogFailed as failed:
        raise Failure(str(failed), UNREACHABLE) from None
