"""``relocation channels``: who is told of alerts elsewhere, checked and tried before an alert has to reach them."""

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from relocation.clock import now_ms
from relocation.exits import FAILED, UNUSABLE, Failure
from relocation.logs import log_to_stderr
from relocation.settings import settings_of

if TYPE_CHECKING:
    from alerts.notifying.channels import Channel


@click.group()
def channels() -> None:
    """Check a notify.toml before it is used, and try whether its channels take what they are told."""


@channels.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check(file: Path | None) -> None:
    """List the channels of FILE, or what is wrong with it.

    Without FILE it is that of RELOCATION_NOTIFY. Nothing is sent. Every fault is told with its line and what to write
    instead; then it ends with 2.
    """
    found = _channels_of(file)
    for channel in found:
        units = ", ".join(sorted(channel.units)) or "the whole country"
        click.echo(f"{channel.name:20} {channel.way:8} {_how(channel):24} {units}")
    click.echo(f"{len(found)} channels, no faults")


@channels.command(name="try")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--channel", "name", metavar="NAME", help="Only this one.")
def try_(file: Path | None, name: str | None) -> None:
    """Send each channel of FILE a trial, and say if it was taken.

    Without FILE it is that of RELOCATION_NOTIFY. A trial tells of no alert: a mail says that it is one, a webhook gets
    an empty list of alerts. Quiet hours do not hold for it. Ends with 1 where a channel did not take it, and says why,
    in the words of docs/notifications.md.
    """
    log_to_stderr()
    chosen = [channel for channel in _channels_of(file) if name in (None, channel.name)]
    if not chosen:
        raise Failure("no channel has this name; relocation channels check lists them", UNUSABLE)
    refused = [channel for channel in chosen if not _took(channel)]
    if refused:
        raise Failure(f"{len(refused)} of {len(chosen)} channels did not take it", FAILED)


def _channels_of(file: Path | None) -> "tuple[Channel, ...]":
    # Heavy imports wait until a command is called.
    from relocation.notifying import channels_of

    found = channels_of(settings_of(notify=file))
    if found is None:
        raise Failure("name a notify.toml, or set RELOCATION_NOTIFY to one", UNUSABLE)
    return found.channels


def _how(channel: "Channel") -> str:
    """Not where: the address of a webhook may be a secret."""
    if channel.relay is None:
        return "in the clear" if channel.is_in_the_clear else ""
    told = "in the clear" if channel.is_in_the_clear else f"security {channel.relay.security}"
    return f"{told}, signed in" if channel.relay.user else told


def _took(channel: "Channel") -> bool:
    from alerts.notifying.not_sent import NotSent
    from alerts.notifying.outbox import Delivery
    from alerts.notifying.senders import send

    trial = Delivery(0, channel.name, f"trial:{uuid4()}:{channel.name}", items=(), attempts=0, formed_at=now_ms())
    try:
        send(channel, trial)
    except NotSent as why:
        click.echo(f"{channel.name}: not taken: {why}")
        return False
    click.echo(f"{channel.name}: taken")
    return True
