"""A card of the live list: one arrival event with its subjects in it, told short."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.console.chance import TimeToAct, time_to_act
from alerts.console.company import Company, company_of, in_order
from alerts.console.handling import standing_of
from alerts.console.telling import Certainty, Telling
from alerts.console.why import why_of
from processors.alias import aliases_on_a_page
from processors.escalation import waits_since
from schemas.actions import Handling
from schemas.alerts import Alert, AlertStatus
from schemas.times import DAY_MS, format_time
from schemas.views import AlertView, CardMember, CardView

NEWS_MS = DAY_MS
"""For how long a first message is called new."""
REASONS_SHOWN = 2
PLACES_NAMED = 2


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
class Waits:
    """How long nobody has it by the time that this is too long, or now if it is."""

    words: str
    too_long_at: int
    """UTC ms."""
    is_too_long: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows; every text is ready to read, in one language."""

    card_id: str
    alert_id: str
    """Of the alert that opens."""
    kind: str
    from_name: str
    to_name: str
    badges: tuple[Badge, ...]
    company: Company
    certainty: Certainty
    evidence: str
    repeated: str
    """How often it was repeated since; empty for never."""
    at: int
    at_iso: str
    at_full: str
    ago: str
    why: tuple[str, ...]
    holder: str
    owners: tuple[str, ...]
    """The names of those who have an alert on it."""
    resting: bool
    """Put aside: snoozed or closed."""
    withdrawn: bool
    successor: Successor | None
    chance: TimeToAct | None
    """None where it is not known, or nothing is to be done."""
    waits: Waits | None
    pick: str
    """The alerts that can be acted on, with the versions that the reader sees: ``id:version id:version``."""
    alerts: str
    """Every alert on it, as ``id:revision:version``, and after it ``:withdrawn`` where it is so."""
    told: int
    """Grows with every message of an alert on it."""
    handled: int
    """Grows with every change of how one is handled, and with repeats."""


def cards_of(views: Sequence[CardView], telling: Telling) -> list[Card]:
    """The cards of one page; subjects whose aliases are equal there are told apart."""
    aliases = aliases_on_a_page(member.view.alert.subject for view in views for member in view.members)
    return [_card(view, aliases, telling) for view in views if view.members]


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


def _card(card: CardView, aliases: dict[str, str], telling: Telling) -> Card:
    members = in_order(card.members)
    live = [member for member in members if member.view.alert.status is not AlertStatus.WITHDRAWN]
    shown = live or members
    lead = shown[0].view
    return Card(
        card_id=card.card_id,
        alert_id=lead.alert.alert_id,
        kind=lead.alert.subject_kind,
        from_name=_origins(shown, telling),
        to_name=telling.place(lead.alert.finding.to_place),
        badges=tuple(_badges(members, shown, telling)),
        company=company_of(shown, aliases, telling),
        certainty=telling.certainty(lead.alert),
        evidence=telling.event_type(lead.alert.arrival_type),
        repeated=_repeated(card.repeats, telling),
        at=card.at,
        at_iso=format_time(card.at),
        at_full=telling.words.in_full(card.at),
        ago=telling.words.ago(card.at, telling.now),
        why=tuple(_reasons(members, aliases, telling)),
        holder=_holder(live, telling),
        owners=tuple(dict.fromkeys(filter(None, (member.view.state.owner for member in live)))),
        resting=bool(live) and all(_rests(member) for member in live),
        withdrawn=not live,
        successor=None if live else _successor(members, telling),
        chance=_chance(live, telling),
        waits=_waits(live, telling),
        pick=" ".join(
            f"{member.view.alert.alert_id}:{member.view.state.version}"
            for member in live
            if member.view.state.handling is not Handling.CLOSED
        ),
        alerts=" ".join(_as_it_stands(member.view) for member in members),
        told=sum(member.view.alert.revision for member in members),
        handled=card.repeats + sum(member.view.state.version for member in members),
    )


def _as_it_stands(view: AlertView) -> str:
    told = f"{view.alert.alert_id}:{view.alert.revision}:{view.state.version}"
    return f"{told}:withdrawn" if view.alert.status is AlertStatus.WITHDRAWN else told


def _chance(live: Sequence[CardMember], telling: Telling) -> TimeToAct | None:
    """Of who leads the card, as long as there is something to do."""
    if not live or all(_rests(member) for member in live):
        return None
    lead = live[0]
    told = time_to_act(lead.chance, lead.view.alert.finding.arrived_at, telling)
    return told if told.is_known else None


def _waits(live: Sequence[CardMember], telling: Telling) -> Waits | None:
    """Of who on it waits longest for somebody."""
    waiting = [waits_since(member.view.alert, member.view.state) for member in live]
    since = min((at for at in waiting if at is not None), default=None)
    if since is None:
        return None
    too_long_at = since + telling.escalates_ms
    span = telling.words.span(since, max(telling.now, too_long_at))
    return Waits(telling.words.say("al %(span)s van niemand", span=span), too_long_at, telling.now >= too_long_at)


def _origins(shown: Sequence[CardMember], telling: Telling) -> str:
    """Where they came from, by name up to two."""
    names = list(dict.fromkeys(telling.place(member.view.alert.finding.from_place) for member in shown))
    if len(names) == 1:
        return names[0]
    if len(names) == PLACES_NAMED:
        return telling.words.say("%(one)s en %(other)s", one=names[0], other=names[1])
    others = telling.words.count(len(names) - 1)
    return telling.words.say("%(one)s en %(n)s andere plaatsen", one=names[0], n=others)


def _badges(members: Sequence[CardMember], shown: Sequence[CardMember], telling: Telling) -> list[Badge]:
    say, lead = telling.words.say, shown[0].view
    badges: list[Badge] = []
    if lead.alert.status is AlertStatus.WITHDRAWN:
        badges.append(Badge("withdrawn", say("ingetrokken")))
    elif any(member.view.alert.revision > 1 for member in members):
        badges.append(Badge("revised", say("herzien")))
    elif lead.state.handling is Handling.NEW and telling.now - lead.alert.known_at < NEWS_MS:
        badges.append(Badge("new", say("nieuw")))
    if lead.alert.historical:
        badges.append(Badge("quiet", say("oud nieuws")))
    elif lead.alert.finding.repeat:
        badges.append(Badge("quiet", say("herhaling")))
    elif not lead.alert.pushed:
        badges.append(Badge("quiet", say("archief")))
    return badges


def _reasons(members: Sequence[CardMember], aliases: dict[str, str], telling: Telling) -> list[str]:
    """Why what is on the card changed, as long as nobody did anything with it since, and for whom where not for all."""
    told: dict[str, list[str]] = {}
    for member in members:
        alert = member.view.alert
        if alert.known_at >= member.view.state.changed_at:
            why = why_of(alert, telling, before=member.before, successor=member.successor, state=member.view.state)
            if why:
                told.setdefault(why, []).append(alert.subject)
    everybody = {member.view.alert.subject for member in members}
    sentences = [
        why if everybody == set(whose) else f"{', '.join(dict.fromkeys(aliases[one] for one in whose))}: {why}"
        for why, whose in told.items()
    ]
    return sentences[:REASONS_SHOWN]


def _repeated(repeats: int, telling: Telling) -> str:
    if not repeats:
        return ""
    return telling.words.say_n("sindsdien %(n)s keer herhaald", "sindsdien %(n)s keer herhaald", repeats)


def _holder(live: Sequence[CardMember], telling: Telling) -> str:
    """Whose it is and how it stands; where that differs from subject to subject, all of it."""
    standings = dict.fromkeys(standing_of(member.view.state, telling) for member in live)
    return (
        ", ".join(standing or telling.words.say("deels van niemand") for standing in standings)
        if any(standings)
        else ""
    )


def _rests(member: CardMember) -> bool:
    return member.view.state.handling in (Handling.SNOOZED, Handling.CLOSED)


def _successor(members: Sequence[CardMember], telling: Telling) -> Successor | None:
    alert = next((member.successor for member in members if member.successor is not None), None)
    return None if alert is None else successor_of(alert, telling)
