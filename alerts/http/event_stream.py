"""Server-sent events to one listener: an answer that lasts until the listener leaves, stops reading, or we close."""

from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from alerts.http.face import Face
from alerts.http.problems import ApiProblem

MEDIA_TYPE = "text/event-stream"
HEARTBEAT = b": heartbeat\n\n"
RECONNECT_MS = 2_000


class Listener:
    """Who listens. ``sending`` stays true when something was not taken in time: then nothing more can be told."""

    def __init__(self, send: Send, stalled_s: float) -> None:
        self._send = send
        self._stalled_s = stalled_s
        self.sending = False

    async def tell(self, told: bytes) -> None:
        """Send some events, whole."""
        self.sending = True
        with anyio.move_on_after(self._stalled_s):
            await self._send({"type": "http.response.body", "body": told, "more_body": True})
            self.sending = False


class EventStream(Response):
    """A response for which ``tell`` tells a listener until it is cancelled, or until the listener is stuck."""

    def __init__(self, face: Face, tell: Callable[[Listener], Awaitable[None]]) -> None:
        super().__init__()
        self._face = face
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Serve the request. Raises ApiProblem (503) when too many listen already."""
        full = ApiProblem(503, "Too many streams are open. Try again later.", retry_after_s=10)
        with self._face.streams.one(full):
            headers = [(b"content-type", f"{MEDIA_TYPE}; charset=utf-8".encode()), (b"x-accel-buffering", b"no")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._serve(receive, send)

    async def _serve(self, receive: Receive, send: Send) -> None:
        listener = Listener(send, self._face.limits.stalled_s)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._leave_with_client, receive, tasks)
            with anyio.CancelScope() as telling:
                tasks.start_soon(self._stop_when_closing, telling)
                await self._tell(listener)
            if not listener.sending:  # else unfinished on purpose, so that the server drops the connection
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            tasks.cancel_scope.cancel()

    async def _leave_with_client(self, receive: Receive, tasks: TaskGroup) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        tasks.cancel_scope.cancel()

    async def _stop_when_closing(self, telling: anyio.CancelScope) -> None:
        await self._face.closing.wait()
        telling.cancel()
