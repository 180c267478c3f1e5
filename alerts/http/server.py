"""Serves the app with uvicorn: silent about itself, no access log, streams that end when the process is to stop."""

from collections.abc import Callable
from socket import socket
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from alerts.http.wire import Wire

if TYPE_CHECKING:
    from alerts.http.face import Face


class Server(uvicorn.Server):
    """``run()`` or ``await serve()`` until SIGTERM or SIGINT; then it returns, and the exit status is the caller's."""

    def __init__(self, app: FastAPI, *, host: str, port: int, on_ready: Callable[[str], None] | None = None) -> None:
        self._face: Face = app.state.face
        self._on_ready = on_ready
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http=Wire,
                ws="none",
                access_log=False,
                server_header=False,
                log_config=None,
                proxy_headers=False,
                timeout_graceful_shutdown=self._face.limits.graceful_s,
            )
        )

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Bind, then tell the address, with the port that was chosen where 0 was asked for."""
        await super().startup(sockets)
        if self.started and self._on_ready is not None:
            self._on_ready(self.url)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End streams and bodies at their next durable line, then wait for the rest."""
        self._face.closing.set()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as uvicorn calls it
        """Stop; a second SIGINT does not wait. Unlike uvicorn's, the signal is not raised again afterwards."""
        self.force_exit = self.should_exit and sig == 2
        self.should_exit = True
