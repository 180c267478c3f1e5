"""Why an alert changed or went, as a sentence that names the event behind it."""

from alerts.console.differences import changes_of
from alerts.console.telling import Telling
from processors.mistaken import is_mistaken
from schemas.actions import AlertState
from schemas.alerts import Alert, AlertStatus, WithdrawnReason
from schemas.reports import EventType
from schemas.sightings import Sighting, SubjectKind


def why_of(
    alert: Alert,
    telling: Telling,
    *,
    before: Alert | None = None,
    successor: Alert | None = None,
    state: AlertState | None = None,
) -> str:
    """Why the alert was withdrawn or revised; empty for one that was said once and stands.

    ``before`` is the message before its last one, ``successor`` the last message of what superseded it, ``state`` says
    how it is handled; each where known.
    """
    if alert.status is AlertStatus.WITHDRAWN:
        if state is not None and is_mistaken(state):
            return telling.words.say("Afgesloten als verkeerde persoon of wagen; de waarneming is doorgehaald.")
        return _why_withdrawn(alert, telling, successor)
    if alert.revision == 1:
        return ""
    if before is None:
        return telling.words.say("Het bewijs is sinds de eerste melding veranderd.")
    return _why_revised(before, alert, telling)


def _why_withdrawn(  # noqa: PLR0911 - a return per reason
    alert: Alert, telling: Telling, successor: Alert | None
) -> str:
    say = telling.words.say
    match alert.reason:
        case WithdrawnReason.NOT_FOLLOWED:
            return say("Deze wagen wordt niet meer gevolgd; de passages zijn vernietigd.")
        case WithdrawnReason.CORRECTED if successor is not None and _is_same_arrival(alert, successor):
            return say(
                "De bron heeft de plaats verbeterd: niet %(old)s maar %(new)s.",
                old=telling.place(alert.finding.to_place),
                new=telling.place(successor.finding.to_place),
            )
        case WithdrawnReason.CORRECTED:
            return say(
                "Iets waarop dit rustte is door de bron verbeterd of ingetrokken, of door een coördinator doorgehaald."
            )
        case WithdrawnReason.IDENTITY:
            return say("Papieren bleken bij iemand anders te horen, of bij dezelfde persoon.")
        case WithdrawnReason.ERASED:
            return say("De gegevens waarop dit rustte zijn gewist.")
    news = _newcomer(alert, successor, alert.known_at) if successor is not None else None
    if news is None:
        return say("Uit wat later bekend werd, volgt deze verplaatsing niet meer.")
    return _no_longer_follows(alert, news, telling)


def _is_same_arrival(alert: Alert, successor: Alert) -> bool:
    old, new = alert.finding, successor.finding
    return old.arrival_event_id == new.arrival_event_id and old.to_place != new.to_place


def _why_revised(before: Alert, after: Alert, telling: Telling) -> str:
    say, old, new = telling.words.say, before.finding, after.finding
    if before.status is AlertStatus.WITHDRAWN:
        return say("Opnieuw gemeld: het bewijs is er weer.")
    if old.from_place != new.from_place:
        news = _newcomer(before, after, after.known_at)
        if news is not None:
            return _no_longer_follows(before, news, telling)
        return say(
            "Wat eerder op %(old)s wees, is verbeterd, ingetrokken of doorgehaald; het was %(new)s.",
            old=telling.place(old.from_place),
            new=telling.place(new.from_place),
        )
    if (old.certainty, new.certainty) == ("provisional", "confirmed"):
        return say(
            "Niet langer voorlopig: uit %(from_place)s kwam niets meer.", from_place=telling.place(new.from_place)
        )
    changes = "; ".join(changes_of(before, after, telling))
    return f"{changes[:1].upper()}{changes[1:]}." if changes else say("Het bewijs eronder is aangevuld.")


def _no_longer_follows(alert: Alert, news: Sighting, telling: Telling) -> str:
    say, words = telling.words.say, telling.words
    return say(
        "%(event)s laat %(whom)s op %(day)s in %(place)s zien; %(from_place)s → %(to_place)s volgt niet meer.",
        event=_event(news, telling),
        whom=_whom(alert, telling),
        day=words.day(news.occurred_at, telling.now),
        place=telling.place(news.place),
        from_place=telling.place(alert.finding.from_place),
        to_place=telling.place(alert.finding.to_place),
    )


def _event(news: Sighting, telling: Telling) -> str:
    """The event with the day on which it was written down, which says why it comes only now."""
    say, recorded = telling.words.say, telling.words.day(news.recorded_at, telling.now)
    match news.type:
        case EventType.CONTROL:
            return say("Een controle vastgelegd op %(recorded)s", recorded=recorded)
        case EventType.BVH_MUTATION:
            return say("Een mutatie vastgelegd op %(recorded)s", recorded=recorded)
        case EventType.AD:
            return say("Een advertentie vastgelegd op %(recorded)s", recorded=recorded)
    return say("Een passage vastgelegd op %(recorded)s", recorded=recorded)


def _whom(alert: Alert, telling: Telling) -> str:
    say = telling.words.say
    match alert.subject_kind:
        case SubjectKind.VEHICLE:
            return say("deze wagen")
        case SubjectKind.PHONE:
            return say("deze telefoon")
        case SubjectKind.PHOTO:
            return say("deze foto")
    return say("haar")


def _newcomer(old: Alert, new: Alert, said_at: int) -> Sighting | None:
    """The sighting that the new message rests on and the old one did not, known when the change was said."""
    fresh = [seen for seen in new.based_on if seen.known_at == said_at and seen not in old.based_on]
    there = [seen for seen in fresh if seen.place == new.finding.from_place]
    return next(reversed(there or fresh), None)
