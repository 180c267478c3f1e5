"""Puts the notifier beside a platform: who is told of alerts elsewhere."""

import logging
from contextlib import ExitStack

from prometheus_client import CollectorRegistry

from alerts.notifying.channels import Channels
from alerts.notifying.channels_file import parse_channels
from alerts.notifying.notifier import Notifier, Surroundings
from alerts.notifying.outbox import Outbox
from alerts.ports import Watching
from relocation.clock import now_ms
from relocation.exits import UNUSABLE, Failure
from relocation.parts import gazetteer
from relocation.settings import Settings
from streams.embedded.folder import DataFolder

_LOG = logging.getLogger("relocation.notifying")


def channels_of(settings: Settings) -> Channels | None:
    """The channels that the settings name, if any. Raises Failure, with every fault of the file."""
    if settings.notify is None:
        return None
    password = "" if settings.mail_password is None else settings.mail_password.get_secret_value()
    try:
        return parse_channels(settings.notify.read_text("utf-8"), gazetteer(), password)
    except (OSError, UnicodeDecodeError):
        raise Failure(f"{settings.notify} cannot be read: name a text file", UNUSABLE) from None
    except ValueError as invalid:
        told = "\n".join(f"{settings.notify}: {line}" for line in str(invalid).splitlines())
        raise Failure(told, UNUSABLE) from None


def start_notifying(
    stack: ExitStack, channels: Channels, settings: Settings, platform: Watching, registry: CollectorRegistry
) -> None:
    """Tell the channels from now on; ``stack`` ends it before the platform."""
    outbox = Outbox(DataFolder(settings.data).outbox)
    around = Surroundings(platform, gazetteer(), now_ms, escalates_ms=settings.escalates_ms)
    for channel in channels.channels:
        if channel.is_in_the_clear:
            _LOG.warning("channel_in_the_clear", extra={"channel": channel.name})
    notifier = Notifier(channels, outbox, around, registry)
    stack.callback(notifier.close)
    notifier.start()
