"""What one message about an alert says otherwise than another, in words."""

from alerts.console.telling import Telling
from schemas.alerts import Alert


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
