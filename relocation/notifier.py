"""``relocation notifier``: tells people elsewhere of alerts, on Kafka."""

import threading
from contextlib import ExitStack
from pathlib import Path

import click

from alerts.addresses import Address
from relocation.exits import UNREACHABLE, UNUSABLE, Failure
from relocation.logs import log_to_stderr
from relocation.opening import damage_told
from relocation.parts import tokeniser_of
from relocation.serving import end_on_sigterm
from relocation.settings import Settings, kafka_of, settings_of
from schemas.views import Unavailable


@click.command()
@click.option("--kafka", metavar="SERVERS", help="Bootstrap servers (RELOCATION_KAFKA).")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of what is to be told (RELOCATION_DATA).")
@click.option("--notify", type=click.Path(path_type=Path), help="notify.toml to use (RELOCATION_NOTIFY).")
def notifier(**flags: object) -> None:
    """Tell the channels of notify.toml of alerts, by webhook and e-mail, from Kafka; start one.

    What is to be told and what was lies in the data folder, which nobody else may hold: keep it, and nothing is
    forgotten or told anew. Prints one line `ready` on stdout once it works; SIGTERM or Ctrl-C ends it with exit 0.
    """
    settings = settings_of(**flags)
    kafka_of(settings)
    tokeniser_of(settings)
    if settings.notify is None:
        raise Failure("RELOCATION_NOTIFY (--notify) is not set: name the notify.toml that says who is told", UNUSABLE)
    log_to_stderr()
    with damage_told(), ExitStack() as stack:
        _notify(stack, settings)


def _notify(stack: ExitStack, settings: Settings) -> None:
    # Heavy imports wait until the arguments are known to be usable.
    from prometheus_client import CollectorRegistry

    from relocation.faces import watching_console
    from relocation.measuring import metrics_served
    from relocation.notifying import channels_of, start_notifying
    from streams.embedded.folder import DataFolder

    end_on_sigterm()
    channels, registry = channels_of(settings), CollectorRegistry()
    stack.enter_context(DataFolder(settings.data).held())
    try:
        platform = watching_console(stack, settings)
    except Unavailable as why:
        raise Failure(str(why), UNREACHABLE) from None
    if settings.metrics is not None:
        stack.enter_context(metrics_served(registry, Address.of(settings.metrics)))
    if channels is not None:
        start_notifying(stack, channels, settings, platform, registry)
    click.echo("ready")
    threading.Event().wait()
