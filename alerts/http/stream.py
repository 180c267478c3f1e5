"""The alert stream: server-sent events that lose and repeat nothing across reconnects, on any replica."""

from typing import NamedTuple

import anyio
from anyio.abc import TaskGroup
from starlette.types import Receive, Scope, Send

from alerts.http.options import Limits
from alerts.http.positions import wire_of
from alerts.http.tail import Tail, frame
from schemas.views import CannotResume, Position, Viewer

MEDIA_TYPE = "text/event-stream"
_RECONNECT_MS = 2_000
_RESET_DETAILS = {
    "too_old": "Alerts after this position are no longer held here.",
    "unknown": "This position is not one of this stream.",
}


class Since(NamedTuple):
    """Where a listener goes on. ``alerts`` None: from now; ``states`` None: they are not asked for."""

    alerts: Position | None
    states: Position | None


class AlertStream:
    """An ASGI application for one listener. It ends when the listener leaves or stops reading, and when we close."""

    def __init__(self, tail: Tail, closing: anyio.Event, limits: Limits, *, viewer: Viewer, since: Since) -> None:
        self._tail = tail
        self._closing = closing
        self._limits = limits
        self._viewer = viewer
        self._since = since

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Serve the request."""
        now = await self._tail.end()
        headers = [(b"content-type", f"{MEDIA_TYPE}; charset=utf-8".encode()), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        told = _Telling(self._tail, self._limits, self._viewer, send, self._since.states)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._leave_with_client, receive, tasks)
            with anyio.CancelScope() as telling:
                tasks.start_soon(self._stop_when_closing, telling)
                await told.run(self._since.alerts, now)
            if not told.sending:  # else it is stuck: unfinished on purpose, so that the server drops the connection
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            tasks.cancel_scope.cancel()

    async def _leave_with_client(self, receive: Receive, tasks: TaskGroup) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        tasks.cancel_scope.cancel()

    async def _stop_when_closing(self, telling: anyio.CancelScope) -> None:
        await self._closing.wait()
        telling.cancel()


class _Telling:
    """What one listener is told, from its first position on."""

    def __init__(self, tail: Tail, limits: Limits, viewer: Viewer, send: Send, states: Position | None) -> None:
        self._tail = tail
        self._limits = limits
        self._viewer = viewer
        self._to_client = send
        self._states = states
        """How far this listener was told what DESK decided; None for who did not ask for that."""
        self.sending = False

    async def run(self, start: Position | None, now: Position) -> None:
        """Tell until cancelled, or until the listener does not read for too long."""
        position = now
        if start is not None:
            position = await self._resume(start)
        await self._open(position)
        while not self.sending:
            try:
                batch = await self._tail.after(position, self._viewer)
            except CannotResume as lost:
                position = await self._reset(lost.reason)
                continue
            if batch.frames:
                await self._send(batch.frames)
            position = batch.position
            if await self._tell_states() and batch.complete:
                await self._rest(batch.news)

    async def _tell_states(self) -> bool:
        """What DESK decided since; whether that was all."""
        if self._states is None:
            return True
        try:
            told = await self._tail.states(self._states, self._viewer)
        except CannotResume:  # who was told all of it reads the list again for the alerts' sake, and with it these
            self._states = await self._tail.states_end()
            return True
        if told.frames:
            await self._send(told.frames)
        self._states = told.position
        return told.complete

    async def _resume(self, start: Position) -> Position:
        try:
            held = await self._tail.has_come_to(start) or await self._catches_up(start)
        except CannotResume as lost:
            return await self._reset(lost.reason)
        return start if held else await self._reset("unknown")

    async def _catches_up(self, start: Position) -> bool:
        """Whether this replica soon is as far as the one that the listener comes from."""
        with anyio.move_on_after(self._limits.catch_up_s):
            news = self._tail.news
            while not await self._tail.has_come_to(start):
                await self._tail.wait(news, self._limits.catch_up_s)
                news = self._tail.news
            return True
        return False

    async def _open(self, position: Position) -> None:
        # An id without data makes a browser remember the position without showing an event: a listener that is cut
        # off before its first alert resumes from here and not from "now".
        await self._send(f"retry: {_RECONNECT_MS}\nid: {wire_of(position)}\n\n".encode())

    async def _reset(self, reason: str) -> Position:
        """Tell that alerts may have been missed, and go on from now."""
        now = await self._tail.end()
        detail = f"{_RESET_DETAILS[reason]} Read /api/v1/alerts again; the stream goes on from now."
        await self._send(frame(now, "reset", {"reason": reason, "position": wire_of(now), "detail": detail}))
        return now

    async def _rest(self, news: int) -> None:
        while not self.sending and not await self._tail.wait(news, self._limits.heartbeat_s):
            await self._send(b": heartbeat\n\n")

    async def _send(self, told: bytes) -> None:
        self.sending = True
        with anyio.move_on_after(self._limits.stalled_s):
            await self._to_client({"type": "http.response.body", "body": told, "more_body": True})
            self.sending = False
