"""The end of the alert stream, watched once for all who listen: who waits costs no thread, who reads reads together."""

import json
import logging
from collections import OrderedDict
from typing import NamedTuple

import anyio

from alerts.http.views import message_json
from alerts.http.workers import Workers
from alerts.ports import Platform
from schemas.actions import AlertState
from schemas.views import Viewer

BATCH = 200
_WATCH_S = 0.2
"""How long a look-out may block, and so how long the process may take to stop."""
_PAUSE_S = 0.01
"""A platform that is being closed answers at once; asking on and on would keep it from closing."""
_RETRY_S = 1.0
_REMEMBERED = 16

_LOG = logging.getLogger("relocation.http")


class Batch(NamedTuple):
    """The next messages of a stream, as they go over the wire."""

    frames: bytes
    position: int
    """Of the last message; where the reader now stands."""
    looked_to: int
    """The newest position there was before this was read: nothing up to it is missing."""
    complete: bool
    """Whether there may be more right away."""
    oldest: int
    """The oldest position held after this was read."""


class Told(NamedTuple):
    """What DESK decided since, as it goes over the wire; read like a Batch."""

    frames: bytes
    position: int
    complete: bool


class Tail:
    """Watches the platform's alert stream, and what DESK decides, while ``watch`` runs."""

    def __init__(self, platform: Platform, workers: Workers) -> None:
        self._platform = platform
        self._workers = workers
        self._newest = 0
        self._newest_state = 0
        self._moved = anyio.Event()
        self._reading = anyio.Lock()
        self._recent: OrderedDict[tuple[int, Viewer], Batch] = OrderedDict()

    async def watch(self) -> None:
        """Look out for new messages until cancelled; a platform that cannot answer is asked again."""
        while True:
            try:
                if not await self._workers.watch(self._platform.wait_for_alerts, self._newest, _WATCH_S):
                    await anyio.sleep(_PAUSE_S)
                newest, newest_state = await self._workers.watch(self._look)
            except Exception as error:  # noqa: BLE001 - it is asked again, whatever it was
                _LOG.warning("%s", json.dumps({"event": "watch_failure", "error": type(error).__name__}))
                await anyio.sleep(_RETRY_S)
                continue
            if (newest, newest_state) != (self._newest, self._newest_state):
                self._newest, self._newest_state = newest, newest_state
                self._moved.set()
                self._moved = anyio.Event()

    def _look(self) -> tuple[int, int]:
        return self._platform.stream_bounds()[1], self._platform.newest_state()

    async def wait(self, after: int, timeout_s: float, *, states_after: int | None = None) -> bool:
        """True as soon as there is a message (or a decision of DESK) after the position, False when time is over."""
        with anyio.move_on_after(timeout_s):
            while self._newest <= after and (states_after is None or self._newest_state <= states_after):
                await self._moved.wait()
            return True
        return False

    async def bounds(self) -> tuple[int, int]:
        """(oldest position still held, newest position)."""
        return await self._workers.read(self._platform.stream_bounds)

    async def after(self, position: int, viewer: Viewer) -> Batch:
        """What comes after the position, read once for all who stand there."""
        async with self._reading:
            recent = self._recent.get((position, viewer))
            if recent is not None and recent.position > position:
                return recent
            batch = await self._workers.read(self._read, position, viewer)
            self._recent[position, viewer] = batch
            while len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
            return batch

    async def states(self, position: int, viewer: Viewer) -> Told:
        """What DESK decided after the position. These events have no id: resuming is by alerts alone."""
        found = await self._workers.read(self._platform.states_after, position, BATCH, viewer)
        frames = b"".join(_state_frame(at, state) for at, state in found)
        return Told(frames, found[-1][0] if found else position, len(found) < BATCH)

    def _read(self, position: int, viewer: Viewer) -> Batch:
        newest = self._platform.stream_bounds()[1]
        messages = self._platform.alerts_after(position, BATCH, viewer)
        frames = b"".join(frame(at, "alert", message_json(at, alert)) for at, alert in messages)
        reached = messages[-1][0] if messages else position
        oldest = self._platform.stream_bounds()[0]
        return Batch(frames, reached, max(newest, reached), len(messages) < BATCH, oldest)


def _state_frame(position: int, state: AlertState) -> bytes:
    told = {"position": position, "alert_id": state.alert_id, "version": state.version, "handling": state.handling}
    return f"event: state\ndata: {json.dumps(told, separators=(',', ':'))}\n\n".encode()


def frame(position: int, event: str, told: dict[str, object]) -> bytes:
    """One server-sent event."""
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return f"id: {position}\nevent: {event}\ndata: {data}\n\n".encode()
