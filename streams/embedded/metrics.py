"""Counters and gauges of the embedded runtime: words of the decisions, never anything of an event."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One registry per platform, so that two in a process (tests) do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter(
            "relocation_events",
            "Published events by type and by what was answered.",
            ["type", "answer"],
            registry=self.registry,
        )
        self.problems = Counter(
            "relocation_event_problems", "Problems of rejected events by code.", ["code"], registry=self.registry
        )
        self.alerts = Counter(
            "relocation_alert_messages", "Alert messages by what they say.", ["status"], registry=self.registry
        )
        self.commits = Counter("relocation_log_commits", "Transactions made durable.", registry=self.registry)
        self.rebuilds = Counter(
            "relocation_heart_rebuilds",
            "Times the heart was rebuilt from disk after a failure.",
            registry=self.registry,
        )
        self.commit_seconds = Histogram(
            "relocation_log_commit_seconds", "Time to make a transaction durable.", registry=self.registry
        )

    def watch(self, name: str, told: str, read: Callable[[], float]) -> None:
        """A gauge that is read when it is asked for."""
        Gauge(name, told, registry=self.registry).set_function(read)

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
