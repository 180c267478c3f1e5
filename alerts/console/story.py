"""What an alert says, in sentences that can be read aloud: what happened, how sure that is, why it changed."""

from dataclasses import dataclass

from alerts.console.telling import Certainty, Telling
from alerts.console.why import why_of
from schemas.actions import AlertState
from schemas.alerts import Alert, AlertStatus
from schemas.sightings import Evidence, SubjectKind
from schemas.times import DAY_MS

NOW_MS = 30 * DAY_MS
"""For how long after its arrival a relocation without a later one is told in the present tense."""


@dataclass(frozen=True, slots=True)
class Story:
    """The words at the head of an alert."""

    headline: str
    certainty: Certainty
    because: str
    """Continues the word of the certainty: ``door een controle op 9 maart``."""
    remarks: tuple[str, ...]
    who_acts: str
    """Empty for what was withdrawn."""
    why_withdrawn: str | None


def story_of(
    alert: Alert,
    telling: Telling,
    *,
    moved_on: bool,
    successor: Alert | None = None,
    state: AlertState | None = None,
) -> Story:
    """The story of an alert, handled so; ``moved_on`` says that the subject was seen elsewhere since."""
    withdrawn = alert.status is AlertStatus.WITHDRAWN
    return Story(
        headline=headline(alert, telling, moved_on=moved_on),
        certainty=telling.certainty(alert),
        because=_because(alert, telling),
        remarks=tuple(_remarks(alert, telling)),
        who_acts="" if withdrawn else _who_acts(alert, telling),
        why_withdrawn=why_of(alert, telling, successor=successor, state=state) if withdrawn else None,
    )


def headline(alert: Alert, telling: Telling, *, moved_on: bool) -> str:
    """The sentence first: who is (or was) where, and how long after being seen elsewhere."""
    found, say = alert.finding, telling.words.say
    values = {
        "who": telling.subject(alert.subject_kind, alert.subject),
        "to_place": telling.place(found.to_place),
        "day": telling.words.day(found.arrived_at, telling.now),
        "after": _after(alert, telling),
    }
    if alert.status is AlertStatus.WITHDRAWN:
        return say("Ingetrokken: %(who)s in %(to_place)s, %(after)s.", **values)
    if moved_on or telling.now - found.arrived_at > NOW_MS:
        return say("%(who)s was op %(day)s in %(to_place)s, %(after)s.", **values)
    if found.certainty == "provisional":
        return say("%(who)s lijkt nu in %(to_place)s te zijn, %(after)s.", **values)
    return say("%(who)s is nu in %(to_place)s, %(after)s.", **values)


def _after(alert: Alert, telling: Telling) -> str:
    found, say = alert.finding, telling.words.say
    values = {
        "span": telling.words.span(found.from_last_seen, found.arrived_at),
        "from_place": telling.place(found.from_place),
    }
    match alert.subject_kind:
        case SubjectKind.VEHICLE:
            return say("%(span)s nadat deze wagen in %(from_place)s is gezien", **values)
        case SubjectKind.PHONE:
            return say("%(span)s nadat deze telefoon in %(from_place)s is gezien", **values)
        case SubjectKind.PHOTO:
            return say("%(span)s nadat deze foto in %(from_place)s is gezien", **values)
    return say("%(span)s nadat zij in %(from_place)s is gezien", **values)


def _because(alert: Alert, telling: Telling) -> str:
    found, say = alert.finding, telling.words.say
    values = {
        "what": telling.event_type(alert.arrival_type),
        "source": alert.arrival_source,
        "day": telling.words.day(found.arrived_at, telling.now),
        "from_place": telling.place(found.from_place),
    }
    if found.certainty == "provisional":
        return say(
            "door een advertentie (%(source)s) op %(day)s, terwijl %(from_place)s nog maar kort geleden is. "
            "Blijft het daar stil, dan wordt dit waarschijnlijk.",
            **values,
        )
    if found.evidence == Evidence.OFFER:
        return say(
            "door een advertentie (%(source)s) op %(day)s, en sindsdien niets meer uit %(from_place)s.", **values
        )
    if found.evidence == Evidence.PASSAGE:
        return say("door passages langs camera's (%(source)s) vanaf %(day)s, lang genoeg voor een verblijf.", **values)
    if alert.arrival_type == "bvh_mutation":
        return say("door een BVH-mutatie (%(source)s) op %(day)s.", **values)
    return say("door een controle (%(source)s) op %(day)s.", **values)


def _remarks(alert: Alert, telling: Telling) -> list[str]:
    found, say = alert.finding, telling.words.say
    to_place = telling.place(found.to_place)
    remarks = [
        say("Eerder al in %(to_place)s geweest.", to_place=to_place)
        if found.novelty == "return"
        else say("Eerste keer in %(to_place)s.", to_place=to_place)
    ]
    if found.cross_border:
        remarks.append(say("Over de grens."))
    if found.implausible:
        remarks.append(
            say(
                "Afstand en tijd gaan niet samen: zo snel kan niemand over de weg. "
                "Denk aan geleende papieren of een verkeerd vastgelegde tijd of plaats."
            )
        )
    if found.repeat:
        remarks.append(say("Heen en weer tussen dezelfde plaatsen binnen twee weken: een herhaling."))
    if alert.historical:
        remarks.append(say("Oud nieuws: het gebeurde lang voor wij het wisten."))
    elif found.attention == "file":
        remarks.append(say("Zonder signalen: alleen voor het archief."))
    return remarks


def _who_acts(alert: Alert, telling: Telling) -> str:
    found, say = alert.finding, telling.words.say
    to_unit, from_unit = telling.unit(found.to_place), telling.unit(found.from_place)
    if found.cross_region:
        before = (
            say("Kent haar van eerder: %(from_unit)s.", from_unit=from_unit)
            if alert.subject_kind == SubjectKind.PERSON
            else say("Zag dit eerder: %(from_unit)s.", from_unit=from_unit)
        )
        return f"{say('Aan zet: %(to_unit)s.', to_unit=to_unit)} {before}"
    return say("Aan zet: %(to_unit)s.", to_unit=to_unit)
