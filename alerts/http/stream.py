"""The alert stream: server-sent events that lose and repeat nothing across reconnects, on any replica."""

from typing import NamedTuple

from alerts.http.event_stream import HEARTBEAT, RECONNECT_MS, Listener
from alerts.http.options import Limits
from alerts.http.positions import wire_of
from alerts.http.tail import Tail, frame
from schemas.views import CannotResume, Position, Viewer

_RESET_DETAILS = {
    "too_old": "Alerts after this position are no longer held here.",
    "unknown": "This position is not one of this stream.",
}


class Since(NamedTuple):
    """Where a listener goes on. ``alerts`` None: from now; ``states`` None: they are not asked for."""

    alerts: Position | None
    states: Position | None


class AlertStream:
    """What one listener is told, from its first position on."""

    def __init__(self, tail: Tail, limits: Limits, *, viewer: Viewer, since: Since, now: Position) -> None:
        """``now`` is the end of the stream: who does not say otherwise goes on from there."""
        self._tail = tail
        self._limits = limits
        self._viewer = viewer
        self._start = since.alerts
        self._now = now
        self._states = since.states
        """How far this listener was told what DESK decided; None for who did not ask for that."""

    async def tell(self, listener: Listener) -> None:
        """Tell until cancelled, or until the listener does not read for too long."""
        self._listener = listener
        position = self._now if self._start is None else await self._resume(self._start)
        await self._open(position)
        while not self._listener.sending:
            try:
                batch = await self._tail.after(position, self._viewer)
            except CannotResume as lost:
                position = await self._reset(lost.reason)
                continue
            if batch.frames:
                await self._listener.tell(batch.frames)
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
            await self._listener.tell(told.frames)
        self._states = told.position
        return told.complete

    async def _resume(self, start: Position) -> Position:
        try:
            await self._tail.require(start, self._limits.catch_up_s)
        except CannotResume as lost:
            return await self._reset(lost.reason)
        return start

    async def _open(self, position: Position) -> None:
        # An id without data makes a browser remember the position without showing an event: a listener that is cut
        # off before its first alert resumes from here and not from "now".
        await self._listener.tell(f"retry: {RECONNECT_MS}\nid: {wire_of(position)}\n\n".encode())

    async def _reset(self, reason: str) -> Position:
        """Tell that alerts may have been missed, and go on from now."""
        now = await self._tail.end()
        detail = f"{_RESET_DETAILS[reason]} Read /api/v1/alerts again; the stream goes on from now."
        await self._listener.tell(frame(now, "reset", {"reason": reason, "position": wire_of(now), "detail": detail}))
        return now

    async def _rest(self, news: int) -> None:
        while not self._listener.sending and not await self._tail.wait(news, self._limits.heartbeat_s):
            await self._listener.tell(HEARTBEAT)
