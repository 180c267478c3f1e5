"""Measures of a worker: words of ours and numbers of partitions, never anything of a record."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.kafka.watching import Watched


class WorkerMetrics:
    """One registry for one worker."""

    def __init__(self, role: str) -> None:
        self.registry = CollectorRegistry()
        self._role = role
        self._records = Counter(
            "relocation_worker_records", "Records that were processed.", ["role"], registry=self.registry
        ).labels(role)
        self._seconds = Histogram(
            "relocation_worker_batch_seconds",
            "Time for a batch, writing included.",
            ["role"],
            registry=self.registry,
        ).labels(role)

    def batch(self, records: int, seconds: float) -> None:
        """A batch was done."""
        self._records.inc(records)
        self._seconds.observe(seconds)

    def watch(self, watched: Watched) -> None:
        """Tell of this plane from now on."""
        restoring = Gauge(
            "relocation_worker_restoring",
            "Partition numbers that are not restored yet.",
            ["role"],
            registry=self.registry,
        )
        restoring.labels(self._role).set_function(lambda: watched.restoring)
        restored = Gauge(
            "relocation_worker_restored_records", "Records read to restore.", ["role"], registry=self.registry
        )
        restored.labels(self._role).set_function(lambda: watched.restored)
        self.registry.register(_Partitions(self._role, watched))

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(name, about, ["role"], registry=self.registry).labels(self._role)


class _Partitions(Collector):
    """What is so of each partition, worked out when it is asked for."""

    def __init__(self, role: str, watched: Watched) -> None:
        self._role, self._watched = role, watched

    def collect(self) -> Iterator[Metric]:
        lag = GaugeMetricFamily(
            "relocation_worker_lag", "Offsets not processed yet.", labels=["role", "topic", "partition"]
        )
        for (topic, number), position in self._watched.positions.items():
            end = self._watched.ends.get((topic, number), position)
            lag.add_metric([self._role, topic, str(number)], max(0, end - position))
        yield lag
        yield from self._of_tallies()

    def _of_tallies(self) -> Iterator[Metric]:
        halted = GaugeMetricFamily(
            "relocation_worker_halted", "1: too much of it is invalid.", labels=["role", "topic", "partition"]
        )
        offsets = CounterMetricFamily(
            "relocation_worker_offsets",
            "What became of offsets since counting began.",
            labels=["role", "topic", "partition", "became"],
        )
        for numbered in self._watched.numbers:
            for topic, tally in numbered.tallies.items():
                place = [self._role, topic, str(numbered.number)]
                halted.add_metric(place, int(tally.halted))
                for became, count in dict(tally.counts).items():
                    offsets.add_metric([*place, became], count)
        yield halted
        yield offsets
