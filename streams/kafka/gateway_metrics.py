"""Counters and gauges of a gateway: words of the decisions, never anything of an event."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge

from schemas.views import Answer


class GatewayMetrics:
    """Named as those of the embedded runtime where they say the same."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._events = Counter(
            "relocation_events",
            "Events judged by type and by what was said of them before the register was asked.",
            ["type", "answer"],
            registry=self.registry,
        )
        self._problems = Counter(
            "relocation_event_problems", "Problems of rejected events by code.", ["code"], registry=self.registry
        )

    def count(self, type_: str, answer: Answer) -> None:
        """An event was judged."""
        self._events.labels(type_, answer.status).inc()
        for problem in answer.problems:
            self._problems.labels(str(problem.code)).inc()

    def watch_followed(self, behind_s: Callable[[], float]) -> None:
        """For how long something may be missing of ``followed``."""
        told = "For how long this process may have missed who is followed."
        Gauge("relocation_followed_behind_seconds", told, registry=self.registry).set_function(behind_s)
