"""What the HTTP face counts of itself, for ``/metrics``. No label ever holds what somebody sent."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Measures:
    """The measures, registered with one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._requests = Counter(
            "relocation_http_requests",
            "Requests by route and status.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "relocation_http_request_seconds",
            "How long requests took, streams included.",
            ("route",),
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
            registry=registry,
        )
        self._events = Counter(
            "relocation_http_events", "Events answered, by what became of them.", ("status",), registry=registry
        )
        self.bodies = Gauge("relocation_http_publish_bodies", "Publish bodies open now.", registry=registry)
        self.streams = Gauge("relocation_http_alert_streams", "Alert streams open now.", registry=registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request is done; ``route`` is its template. Status 499: the client left before the answer began."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def event(self, status: str) -> None:
        """An event was answered."""
        self._events.labels(status).inc()
