"""``relocation up``: all of it in one process."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import click

from relocation.exits import DONE, UNREACHABLE, UNUSABLE, Failure
from relocation.logs import log_to_stderr
from relocation.opening import damage_told
from relocation.settings import Address, Settings, load_settings
from streams.embedded.folder import DataFolder


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of log and history (RELOCATION_DATA).")
@click.option("--http", metavar="HOST:PORT", help="Where to serve (RELOCATION_HTTP); port 0 lets the system choose.")
@click.option("--rules", type=click.Path(path_type=Path), help="rules.toml to use (RELOCATION_RULES).")
@click.option("--policy", type=click.Path(path_type=Path), help="policy.toml to use (RELOCATION_POLICY).")
@click.option("--signals", type=click.Path(path_type=Path), help="signals.toml to use (RELOCATION_SIGNALS).")
@click.option("--unprotected", is_flag=True, default=None, help="Serve an address that others reach, without sign-in.")
def up(**flags: object) -> None:
    """Serve gateway, heart, history and console in one process, over one data folder.

    Prints one line `ready http://...` on stdout once it serves; SIGTERM or Ctrl-C ends it with exit 0,
    nothing half done. The first run makes a token key and keeps it in the folder: keep a copy of it.
    """
    with damage_told():
        settings = load_settings(**flags)
        _require_embedded(settings)
        _require_protection(settings)
        log_to_stderr()
        with ExitStack() as stack:
            listening = stack.enter_context(_bound(settings.http_address))
            _serve(stack, settings, listening)


def _require_embedded(settings: Settings) -> None:
    if settings.kafka is not None:
        raise Failure("RELOCATION_KAFKA is set, and `up` is the embedded platform: unset it", UNUSABLE)


def _require_protection(settings: Settings) -> None:
    """Until there is sign-in nobody else may reach it unawares (DESIGN section 8)."""
    if settings.unprotected:
        return
    for name, told in (("RELOCATION_HTTP (--http)", settings.http), ("RELOCATION_METRICS", settings.metrics)):
        if told is not None and not Address(told).is_loopback:
            raise Failure(
                f"{name} names an address that others can reach, and there is no sign-in yet: "
                "use 127.0.0.1, or add --unprotected and protect it otherwise",
                UNUSABLE,
            )


@contextmanager
def _bound(address: Address) -> Iterator[socket.socket]:
    """The address, taken before anything else is touched; nobody is let in yet."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise Failure("RELOCATION_HTTP (--http) names a host that is not known: use 127.0.0.1", UNUSABLE) from None
    with socket.socket(family, kind, protocol) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(where)
        except OSError as error:
            raise Failure(
                f"port {address.port} cannot be served ({error.strerror}): choose another --http, or 0 for any",
                UNREACHABLE,
            ) from None
        yield bound


def _serve(stack: ExitStack, settings: Settings, listening: socket.socket) -> None:
    # Heavy imports wait until the arguments are known to be usable.
    from alerts.http.server import Server
    from relocation.building import app_over, metrics_served, open_history, open_platform
    from relocation.garbage import expect_long_lives
    from relocation.progress import progress_bar

    signal.signal(signal.SIGTERM, _end)
    expect_long_lives()
    with progress_bar() as tell:
        platform = open_platform(stack, settings, tell)
    if settings.metrics is not None:
        stack.enter_context(metrics_served(platform, Address(settings.metrics)))
    app = app_over(platform, settings, open_history(stack, settings, platform))
    expect_long_lives()
    host, port = listening.getsockname()[:2]
    server = Server(app, host=host, port=port, on_ready=lambda url: _say_ready(settings, url))
    server.run(sockets=[listening])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is ending already


def _end(signum: int, frame: FrameType | None) -> None:
    """Told to stop before it serves: let go of everything."""
    del signum, frame
    raise SystemExit(DONE)


def _say_ready(settings: Settings, url: str) -> None:
    DataFolder(settings.data).announce(url)
    os.write(1, f"ready {url}\n".encode())
