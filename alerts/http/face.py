"""What the paths of the API share: the service behind them, the threads that reach it, who looks."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
from fastapi import Request
from prometheus_client import CollectorRegistry, Gauge

from alerts.http.measures import Measures
from alerts.http.options import HttpOptions
from alerts.http.problems import ApiProblem
from alerts.http.workers import Workers
from alerts.ports import Service
from schemas.problems import Code, Problem
from schemas.times import SECOND_MS, parse_time
from schemas.views import Viewer


class Places:
    """How many may be in a room at once."""

    def __init__(self, room: int, gauge: Gauge) -> None:
        self._room = room
        self._taken = 0
        self._gauge = gauge

    @contextmanager
    def one(self, refusal: ApiProblem) -> Iterator[None]:
        """Take a place while the block lasts. Raises the refusal when there is none."""
        if self._taken >= self._room:
            raise refusal
        self._taken += 1
        self._gauge.set(self._taken)
        try:
            yield
        finally:
            self._taken -= 1
            self._gauge.set(self._taken)


class Face:
    """Made once per app."""

    def __init__(self, service: Service, options: HttpOptions) -> None:
        self.service = service
        self.options = options
        self.limits = options.limits
        self.workers = Workers(options.limits)
        self.measures = Measures(options.registry or CollectorRegistry())
        self.bodies = Places(options.limits.bodies, self.measures.bodies)
        self.streams = Places(options.limits.streams, self.measures.streams)
        self.closing = anyio.Event()
        """Set when the process is told to stop: long answers end."""

    def viewer(self, request: Request) -> Viewer:
        """Who looks."""
        return self.options.viewer(request)


def now_ms() -> int:
    """The clock, UTC milliseconds."""
    return time.time_ns() * SECOND_MS // 1_000_000_000


def moment(field: str, given: str | None) -> int | None:
    """UTC milliseconds of an optional RFC 3339 time. Raises ApiProblem naming the field."""
    if given is None:
        return None
    try:
        return parse_time(given)
    except ValueError:
        hint = "an RFC 3339 time with an offset, such as 2026-03-01T00:00:00Z"
        problem = Problem(Code.INVALID_VALUE, "This is not a time.", field=field, hint=hint)
        raise ApiProblem(422, "A time cannot be read. `errors` says which.", problems=[problem]) from None


def require_json(request: Request) -> None:
    """Raises ApiProblem (415) unless the body is announced as JSON, as it is."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ApiProblem(415, "Send one JSON object as application/json, without Content-Encoding.")
