"""Whether, what and when a channel is told. Pure: the time is an argument, nothing is sent or kept here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.console.words import HERE
from alerts.notifying.channels import Channel, QuietHours
from schemas.alerts import Alert, AlertStatus
from schemas.times import SECOND_MS

ITEMS_MAX = 50
"""Alerts in one message; what is more goes in the next."""
RETRY_FIRST_MS = 5 * SECOND_MS
RETRY_MAX_MS = 15 * 60 * SECOND_MS


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was last told of an alert, or is about to be told."""

    revision: int
    status: str
    from_place: str
    to_place: str
    certainty: str


def told_of(alert: Alert) -> Told:
    """What a message about the alert says."""
    found = alert.finding
    return Told(alert.revision, str(alert.status), found.from_place, found.to_place, found.certainty)


def is_news(alert: Alert, before: Told | None) -> bool:
    """Whether a channel that was told ``before`` of this alert is to be told of this message.

    Never of what is a repeat, ``file`` or historical, unless the channel was told of it and it is withdrawn now or says
    something else: who was told is not left with what no longer holds.
    """
    if before is not None and alert.revision <= before.revision:
        return False
    withdrawn = alert.status is AlertStatus.WITHDRAWN
    if before is None or before.status == AlertStatus.WITHDRAWN:
        return alert.pushed and not withdrawn
    found = alert.finding
    says = (found.from_place, found.to_place, found.certainty)
    return withdrawn or says != (before.from_place, before.to_place, before.certainty)


def concerns(channel: Channel, alert: Alert, unit_of: Callable[[str], str]) -> bool:
    """Whether either end lies in a unit (or country) that the channel is for."""
    if not channel.units:
        return True
    return bool(channel.units & {unit_of(alert.finding.from_place), unit_of(alert.finding.to_place)})


def due_at(channel: Channel, first_queued_at: int) -> int:
    """When what waits since then is to be sent (UTC ms): with what comes soon after, and not in quiet hours."""
    at = first_queued_at + channel.group_s * SECOND_MS
    return at if channel.quiet is None else after_quiet(channel.quiet, at)


def is_quiet(channel: Channel, now: int) -> bool:
    """Whether nothing is sent now: not what is due since before either, nor what has to be tried again."""
    return channel.quiet is not None and after_quiet(channel.quiet, now) > now


def after_quiet(quiet: QuietHours, at: int) -> int:
    """The time itself (UTC ms), or the end of the quiet hours that it lies in, by the coordinators' clock."""
    local = datetime.fromtimestamp(at / SECOND_MS, HERE)
    over_midnight = quiet.start > quiet.end
    clock = local.time()
    within = clock >= quiet.start or clock < quiet.end if over_midnight else quiet.start <= clock < quiet.end
    if not within:
        return at
    day = local.date() + timedelta(days=1 if over_midnight and clock >= quiet.start else 0)
    return int(datetime.combine(day, quiet.end, HERE).timestamp() * SECOND_MS)


def retry_at(attempts: int, now: int) -> int:
    """When to try again after so many attempts failed (UTC ms)."""
    return now + min(RETRY_FIRST_MS << min(attempts - 1, 16), RETRY_MAX_MS)


def key_of(alert_id: str, revision: int, channel: str) -> str:
    """By which a receiver tells that it was told the same twice."""
    return f"{alert_id}:{revision}:{channel}"


def escalation_key_of(alert_id: str, revision: int, channel: str, since: int) -> str:
    """The same of word that nobody has had it since then (UTC ms): other words, so another key."""
    return f"{key_of(alert_id, revision, channel)}:{since}"
