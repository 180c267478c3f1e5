"""A card of the live list: one alert as it stands, told short."""

from dataclasses import dataclass

from alerts.alias import alias_of
from alerts.console.handling import standing_of
from alerts.console.telling import Certainty, Telling
from schemas.actions import Handling
from schemas.alerts import Alert, AlertStatus
from schemas.times import DAY_MS, format_time
from schemas.views import AlertView

NEWS_MS = DAY_MS
"""For how long a first message is called new."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What happened to the alert last, as a word; ``tone`` is ``new``, ``revised``, ``withdrawn`` or ``quiet``."""

    tone: str
    word: str


@dataclass(frozen=True, slots=True)
class Successor:
    """The alert that replaced a withdrawn one."""

    alert_id: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows; every text is ready to read, in one language."""

    alert_id: str
    position: int
    subject_kind: str
    alias: str
    from_name: str
    to_name: str
    badges: tuple[Badge, ...]
    certainty: Certainty
    evidence: str
    known_at: int
    known_iso: str
    known_full: str
    ago: str
    holder: str
    version: int
    """Of the handling; grows with every change of it."""
    resting: bool
    """Put aside: snoozed or closed."""
    fits: bool
    """Whether it belongs in the view that is being looked at."""
    withdrawn: bool
    successor: Successor | None


def card_of(
    view: AlertView, telling: Telling, *, alias: str | None = None, successor: Alert | None = None, fits: bool = True
) -> Card:
    """The card of an alert; ``alias`` where it must differ from another, ``successor`` what superseded it."""
    alert = view.alert
    return Card(
        alert_id=alert.alert_id,
        position=view.position,
        subject_kind=alert.subject_kind,
        alias=alias or alias_of(alert.subject),
        from_name=telling.place(alert.finding.from_place),
        to_name=telling.place(alert.finding.to_place),
        badges=tuple(_badges(view, telling)),
        certainty=telling.certainty(alert),
        evidence=telling.event_type(alert.arrival_type),
        known_at=alert.known_at,
        known_iso=format_time(alert.known_at),
        known_full=telling.words.in_full(alert.known_at),
        ago=telling.words.ago(alert.known_at, telling.now),
        version=view.state.version,
        resting=view.state.handling in (Handling.SNOOZED, Handling.CLOSED),
        fits=fits,
        holder="" if alert.status is AlertStatus.WITHDRAWN else standing_of(view.state, telling),
        withdrawn=alert.status is AlertStatus.WITHDRAWN,
        successor=None if successor is None else successor_of(successor, telling),
    )


def successor_of(alert: Alert, telling: Telling) -> Successor:
    """How to point to the alert that replaced another."""
    return Successor(
        alert.alert_id,
        telling.words.say(
            "Vervangen door %(from_place)s naar %(to_place)s",
            from_place=telling.place(alert.finding.from_place),
            to_place=telling.place(alert.finding.to_place),
        ),
    )


def _badges(view: AlertView, telling: Telling) -> list[Badge]:
    alert, say = view.alert, telling.words.say
    badges: list[Badge] = []
    if alert.status is AlertStatus.WITHDRAWN:
        badges.append(Badge("withdrawn", say("ingetrokken")))
    elif alert.revision > 1:
        badges.append(Badge("revised", say("herzien")))
    elif view.state.handling is Handling.NEW and telling.now - alert.known_at < NEWS_MS:
        badges.append(Badge("new", say("nieuw")))
    if alert.historical:
        badges.append(Badge("quiet", say("oud nieuws")))
    elif alert.finding.repeat:
        badges.append(Badge("quiet", say("herhaling")))
    elif not alert.pushed:
        badges.append(Badge("quiet", say("archief")))
    return badges
