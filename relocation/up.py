"""``relocation up``: all of it in one process."""

import socket
from contextlib import ExitStack
from pathlib import Path

import click

from alerts.addresses import Address
from relocation.exits import UNUSABLE, Failure
from relocation.logs import log_to_stderr
from relocation.opening import damage_told
from relocation.serving import bound, end_on_sigterm, require_protection, serve
from relocation.settings import Settings, load_settings
from streams.embedded.folder import DataFolder


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of log and history (RELOCATION_DATA).")
@click.option("--http", metavar="HOST:PORT", help="Where to serve (RELOCATION_HTTP); port 0 lets the system choose.")
@click.option("--rules", type=click.Path(path_type=Path), help="rules.toml to use (RELOCATION_RULES).")
@click.option("--policy", type=click.Path(path_type=Path), help="policy.toml to use (RELOCATION_POLICY).")
@click.option("--signals", type=click.Path(path_type=Path), help="signals.toml to use (RELOCATION_SIGNALS).")
@click.option("--notify", type=click.Path(path_type=Path), help="notify.toml to use (RELOCATION_NOTIFY).")
@click.option("--unit", help="Unit of the console's local identity (RELOCATION_UNIT).")
@click.option("--unprotected", is_flag=True, default=None, help="Serve an address that others reach, without sign-in.")
def up(**flags: object) -> None:
    """Serve gateway, heart, history and console in one process, over one data folder.

    Prints one line `ready http://...` on stdout once it serves; SIGTERM or Ctrl-C ends it with exit 0,
    nothing half done. The first run makes a token key and keeps it in the folder: keep a copy of it.
    """
    with damage_told():
        settings = load_settings(**flags)
        _require_embedded(settings)
        require_protection(settings)
        log_to_stderr()
        with ExitStack() as stack:
            listening = stack.enter_context(bound(settings.http_address))
            _serve(stack, settings, listening)


def _require_embedded(settings: Settings) -> None:
    if settings.kafka is not None:
        raise Failure("RELOCATION_KAFKA is set, and `up` is the embedded platform: unset it", UNUSABLE)


def _serve(stack: ExitStack, settings: Settings, listening: socket.socket) -> None:
    # Heavy imports wait until the arguments are known to be usable.
    from relocation.building import app_over, open_history, open_platform
    from relocation.garbage import expect_long_lives
    from relocation.measuring import metrics_served
    from relocation.notifying import channels_of, start_notifying
    from relocation.progress import progress_bar

    end_on_sigterm()
    expect_long_lives()
    channels = channels_of(settings)
    with progress_bar() as tell:
        platform = open_platform(stack, settings, tell)
    if settings.metrics is not None:
        stack.enter_context(metrics_served(platform.metrics.registry, Address.of(settings.metrics)))
    app = app_over(platform, settings, open_history(stack, settings, platform))
    if channels is not None:
        start_notifying(stack, channels, settings, platform, platform.metrics.registry)
    expect_long_lives()
    serve(app, listening, DataFolder(settings.data).announce)
