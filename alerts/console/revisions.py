"""The history of an alert: what was said when, and what each message changed, in words."""

from dataclasses import dataclass

from alerts.console.telling import Telling
from schemas.alerts import Alert, AlertStatus
from schemas.times import format_time


@dataclass(frozen=True, slots=True)
class Revision:
    """One message about the alert."""

    number: int
    status: str
    changes: tuple[str, ...]
    told_at: str
    told_iso: str


def revisions_of(messages: list[Alert], telling: Telling) -> list[Revision]:
    """Newest first; ``messages`` are oldest first, as the platform keeps them."""
    earlier: list[Alert | None] = [None, *messages[:-1]]
    moments = telling.words.moments([message.known_at for message in messages], telling.now)
    told = [_revision(*each, telling) for each in zip(messages, earlier, moments, strict=True)]
    return told[::-1]


def _revision(alert: Alert, before: Alert | None, told_at: str, telling: Telling) -> Revision:
    return Revision(
        number=alert.revision,
        status=_status(alert, before, telling),
        changes=tuple(changes_of(before, alert, telling)) if before is not None else (),
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


def changes_of(before: Alert, after: Alert, telling: Telling) -> list[str]:
    """What a message says otherwise than the one before it."""
    old, new, say = before.finding, after.finding, telling.words.say
    changes: list[str] = []
    if old.from_place != new.from_place:
        changes.append(
            say(
                "kwam uit %(new)s, niet uit %(old)s",
                new=telling.place(new.from_place),
                old=telling.place(old.from_place),
            )
        )
    if old.from_last_seen != new.from_last_seen:
        seen = telling.words.moment(new.from_last_seen, telling.now)
        changes.append(say("daar het laatst gezien %(seen)s", seen=seen))
    if old.arrived_at != new.arrived_at:
        changes.append(say("aangekomen %(seen)s", seen=telling.words.moment(new.arrived_at, telling.now)))
    if telling.certainty(before) != telling.certainty(after):
        changes.append(say("nu %(certainty)s", certainty=telling.certainty(after).word))
    if old.novelty != new.novelty:
        changes.append(say("eerste keer hier") if new.novelty == "first" else say("eerder hier geweest"))
    if old.attention != new.attention:
        changes.append(say("nu met signalen") if new.attention == "tell" else say("nu zonder signalen"))
    if old.implausible != new.implausible:
        changes.append(say("afstand en tijd gaan niet samen") if new.implausible else say("afstand en tijd kloppen nu"))
    if old.repeat != new.repeat:
        changes.append(say("nu een herhaling") if new.repeat else say("geen herhaling meer"))
    return changes
