"""The words of a notification: what the console says of an alert, under the subject's alias, with the way to it."""

from collections.abc import Callable, Sequence

from alerts.console.story import story_of
from alerts.console.telling import Telling
from alerts.console.words import words_of
from alerts.notifying.channels import Channel
from alerts.notifying.deciding import escalation_key_of, key_of
from schemas.alerts import Alert
from schemas.times import format_time

KEY_HEADER = "Idempotency-Key"
"""Of every message, however it goes."""
Item = dict[str, str]


def item_of(alert: Alert, channel: Channel, telling: Telling, *, console: str, moved_on: bool) -> Item:
    """One alert in the channel's words; ``moved_on`` says that its subject was seen elsewhere since."""
    story = story_of(alert, telling, moved_on=moved_on)
    certainty = f"{story.certainty.word} {story.because}".strip()
    said = [story.headline, story.why_withdrawn or f"{certainty[:1].upper()}{certainty[1:]}", story.who_acts]
    return {
        "key": key_of(alert.alert_id, alert.revision, channel.name),
        "alert_id": alert.alert_id,
        "revision": str(alert.revision),
        "status": str(alert.status),
        "known_at": format_time(alert.known_at),
        "headline": story.headline,
        "text": " ".join(part for part in said if part),
        "url": f"{console}/alerts/{alert.alert_id}",
    }


def escalated(item: Item, alert: Alert, since: int, channel: Channel, now: int) -> Item:
    """The item of an alert, beginning with how long nobody has had it."""
    words = words_of(channel.language)
    waits = words.say("Al %(span)s heeft niemand deze melding.", span=words.span(since, now))
    return item | {
        "key": escalation_key_of(alert.alert_id, alert.revision, channel.name, since),
        "headline": f"{waits} {item['headline']}",
        "text": f"{waits} {item['text']}",
    }


def subject_of(items: Sequence[Item], channel: Channel) -> str:
    """The subject line of a mail: the headline of one, the number of several; of none, that it is a trial."""
    if len(items) == 1:
        return items[0]["headline"]
    say: Callable[..., str] = words_of(channel.language).say
    return say("%(n)s meldingen", n=len(items)) if items else say("Proef: meldingen van verplaatsingen")


def body_of(items: Sequence[Item], channel: Channel) -> str:
    """The text of a mail."""
    say: Callable[..., str] = words_of(channel.language).say
    if not items:
        return say("Dit is een proef. Wie dit leest, krijgt hier de meldingen van verplaatsingen.") + "\n"
    told = [f"{item['text']}\n{item['url']}" for item in items]
    return "\n\n".join([*told, say("Verplaatsing alleen bewijst geen uitbuiting.")]) + "\n"
