"""The history of an alert: what was said when, what each message changed, and why it was withdrawn, in words."""

from dataclasses import dataclass, replace

from alerts.console.differences import changes_of
from alerts.console.telling import Telling
from alerts.console.why import why_of
from schemas.actions import AlertState
from schemas.alerts import Alert, AlertStatus
from schemas.times import format_time


@dataclass(frozen=True, slots=True)
class Revision:
    """One message about the alert."""

    number: int
    status: str
    changes: tuple[str, ...]
    why: str
    """A sentence for a withdrawal; empty for what is no withdrawal."""
    told_at: str
    told_iso: str


def revisions_of(
    messages: list[Alert], telling: Telling, *, successor: Alert | None = None, state: AlertState | None = None
) -> list[Revision]:
    """Newest first; ``messages`` are oldest first, as the platform keeps them.

    ``successor`` superseded the last of them and ``state`` says how that is handled; each where known.
    """
    earlier: list[Alert | None] = [None, *messages[:-1]]
    moments = telling.words.moments([message.known_at for message in messages], telling.now)
    told = [_revision(*each, telling) for each in zip(messages, earlier, moments, strict=True)]
    if messages and messages[-1].status is AlertStatus.WITHDRAWN:
        told[-1] = replace(told[-1], why=why_of(messages[-1], telling, successor=successor, state=state))
    return told[::-1]


def _revision(alert: Alert, before: Alert | None, told_at: str, telling: Telling) -> Revision:
    return Revision(
        number=alert.revision,
        status=_status(alert, before, telling),
        changes=tuple(changes_of(before, alert, telling)) if before is not None else (),
        why=why_of(alert, telling) if alert.status is AlertStatus.WITHDRAWN else "",
        told_at=told_at,
        told_iso=format_time(alert.known_at),
    )


def _status(alert: Alert, before: Alert | None, telling: Telling) -> str:
    say = telling.words.say
    match alert.status:
        case AlertStatus.WITHDRAWN:
            return say("ingetrokken")
        case AlertStatus.REVISED:
            return say("herzien")
    return say("gemeld") if before is None else say("opnieuw gemeld")
