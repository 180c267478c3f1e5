"""Serving HTTP from a command: the address taken first, nobody let in unawares, one `ready` line, SIGTERM ends it."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from alerts.addresses import Address
from relocation.exits import DONE, UNREACHABLE, UNUSABLE, Failure
from relocation.garbage import expect_long_lives
from relocation.logs import log_to_stderr
from relocation.parts import tokeniser_of
from relocation.settings import Settings, kafka_of
from schemas.views import Unavailable

if TYPE_CHECKING:
    from fastapi import FastAPI


def require_protection(settings: Settings) -> None:
    """Until there is sign-in nobody else may reach it unawares (DESIGN section 8). Raises Failure."""
    if settings.unprotected:
        return
    for name, told in (("RELOCATION_HTTP (--http)", settings.http), ("RELOCATION_METRICS", settings.metrics)):
        if told is not None and not Address.of(told).is_loopback:
            raise Failure(
                f"{name} names an address that others can reach, and there is no sign-in yet: "
                "use 127.0.0.1, or add --unprotected and protect it otherwise",
                UNUSABLE,
            )


@contextmanager
def bound(address: Address) -> Iterator[socket.socket]:
    """The address, taken before anything else is touched; nobody is let in yet. Raises Failure."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise Failure("RELOCATION_HTTP (--http) names a host that is not known: use 127.0.0.1", UNUSABLE) from None
    with socket.socket(family, kind, protocol) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(where)
        except OSError as error:
            raise Failure(
                f"port {address.port} cannot be served ({error.strerror}): choose another --http, or 0 for any",
                UNREACHABLE,
            ) from None
        yield taken


def end_on_sigterm() -> None:
    """From now on, until it serves: told to stop, let go of everything and exit with 0."""
    signal.signal(signal.SIGTERM, _end)


def _end(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # told again, it is ending already
    raise SystemExit(DONE)


def serve(app: "FastAPI", listening: socket.socket, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C. ``on_ready`` hears the address before anybody else does."""
    from alerts.http.server import Server  # heavy: imported when the arguments are known to be usable

    def say_ready(url: str) -> None:
        if on_ready is not None:
            on_ready(url)
        os.write(1, f"ready {url}\n".encode())

    host, port = listening.getsockname()[:2]
    Server(app, host=host, port=port, on_ready=say_ready).run(sockets=[listening])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is ending already


def face_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a face on Kafka."""
    for option in reversed(_FACE_OPTIONS):
        command = option(command)
    return command


_FILE = click.Path(path_type=Path)
_FACE_OPTIONS = (
    click.option("--kafka", metavar="SERVERS", help="Bootstrap servers (RELOCATION_KAFKA)."),
    click.option("--http", metavar="HOST:PORT", help="Where to serve (RELOCATION_HTTP); port 0: any."),
    click.option("--rules", type=_FILE, help="rules.toml to use (RELOCATION_RULES)."),
    click.option("--policy", type=_FILE, help="policy.toml to use (RELOCATION_POLICY)."),
    click.option("--signals", type=_FILE, help="signals.toml to use (RELOCATION_SIGNALS)."),
    click.option("--unit", help="Unit of the console's local identity (RELOCATION_UNIT)."),
    click.option("--unprotected", is_flag=True, default=None, help="Serve others too, without sign-in."),
)


def serve_face(stack: ExitStack, settings: Settings, opened: Callable[[], "FastAPI"]) -> None:
    """Serve a face on Kafka, which ``opened`` makes once its settings are known to be usable. Raises Failure."""
    kafka_of(settings)
    tokeniser_of(settings)
    require_protection(settings)
    log_to_stderr()
    listening = stack.enter_context(bound(settings.http_address))
    end_on_sigterm()
    expect_long_lives()
    try:
        app = opened()
    except Unavailable as why:
        raise Failure(str(why), UNREACHABLE) from None
    expect_long_lives()
    if settings.metrics is not None:
        from relocation.measuring import metrics_served

        stack.enter_context(metrics_served(app.state.face.measures.registry, Address.of(settings.metrics)))
    serve(app, listening)
