"""The way from the event loop to the platform, whose calls block: bounded threads, apart by what they do."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread

from alerts.http.options import Limits

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """Runs calls of the platform. A call that has begun is waited for: nothing is half done when a client leaves."""

    def __init__(self, limits: Limits) -> None:
        self._publishing = anyio.CapacityLimiter(limits.publish_threads)
        self._acting = anyio.CapacityLimiter(limits.act_threads)
        self._reading = anyio.CapacityLimiter(limits.read_threads)
        self._watching = anyio.CapacityLimiter(1)

    async def publish(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call returns or raises; it stores events."""
        return await anyio.to_thread.run_sync(partial(call, *args, **kwargs), limiter=self._publishing)

    async def act(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call returns or raises; it does what a coordinator asked for."""
        return await anyio.to_thread.run_sync(partial(call, *args, **kwargs), limiter=self._acting)

    async def read(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call returns or raises; it only looks."""
        return await anyio.to_thread.run_sync(partial(call, *args, **kwargs), limiter=self._reading)

    async def watch(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the one call returns that waits for news."""
        return await anyio.to_thread.run_sync(partial(call, *args, **kwargs), limiter=self._watching)
