"""What the sink tells of itself to those who watch it."""

import time
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from sinks.sink import SinkStatus


class SinkMeasures:
    """Reads the sink's status when it is asked for."""

    def __init__(
        self, status: SinkStatus, lag: Callable[[], int], lost: Callable[[], int], outside_s: Callable[[], float]
    ) -> None:
        """``lost``: how many records retention took before they were stored. ``outside_s``: see ``Share``."""
        self._status, self._lag, self._lost, self._outside_s = status, lag, lost, outside_s
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """The measures as they are now."""
        became = CounterMetricFamily(
            "relocation_sink_records", "Records by stream and by what became of them.", labels=["stream", "became"]
        )
        for (stream, reason), count in list(self._status.became.items()):
            became.add_metric([stream, reason], count)
        yield became
        since = self._status.failing_since
        waiting = 0.0 if since is None else time.monotonic() - since
        yield GaugeMetricFamily("relocation_sink_waiting_seconds", "Since when it waits for something.", value=waiting)
        yield GaugeMetricFamily("relocation_sink_lag", "Offsets of its own that are not stored yet.", value=self._lag())
        yield GaugeMetricFamily(
            "relocation_sink_outside_seconds", "Since when its group has taken it for gone.", value=self._outside_s()
        )
        yield CounterMetricFamily("relocation_sink_batches", "Batches stored.", value=self._status.batches)
        yield CounterMetricFamily("relocation_sink_storing_seconds", "Spent storing.", value=self._status.stored_s)
        yield CounterMetricFamily("relocation_sink_lost", "Records that retention took unread.", value=self._lost())
