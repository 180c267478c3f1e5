"""Who and what is on a card: people by name, the rest with what it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.console.telling import Telling
from schemas.sightings import SubjectKind
from schemas.views import CardMember

NAMED_MAX = 3
"""Subjects that a card names; more is a crowd, and told as numbers."""
_KINDS = [SubjectKind.PERSON, SubjectKind.VEHICLE, SubjectKind.PHONE, SubjectKind.PHOTO]


@dataclass(frozen=True, slots=True)
class Named:
    """One subject of a card."""

    alert_id: str
    words: str


@dataclass(frozen=True, slots=True)
class Company:
    """The subjects of a card: some by name, the lead first, and the others as numbers."""

    named: tuple[Named, ...]
    others: str
    """Goes on after the names: ``, één wagen en twee telefoons``; empty where all are named."""


def in_order(members: Sequence[CardMember]) -> list[CardMember]:
    """What asks for attention first, then people before things; otherwise as they were told."""
    return sorted(members, key=lambda member: (not member.view.alert.pushed, _rank(member)))


def company_of(members: Sequence[CardMember], aliases: dict[str, str], telling: Telling) -> Company:
    """The subjects of some alerts, in this order; each once, though it may have several."""
    firsts: dict[str, CardMember] = {}
    for member in members:
        firsts.setdefault(member.view.alert.subject, member)
    once = list(firsts.values())
    named, others = once[:NAMED_MAX], once[NAMED_MAX:]
    return Company(
        tuple(_named(member, aliases, telling) for member in named),
        _numbered(others, telling) if others else "",
    )


def _named(member: CardMember, aliases: dict[str, str], telling: Telling) -> Named:
    say, alert = telling.words.say, member.view.alert
    alias = aliases[alert.subject]
    match alert.subject_kind:
        case SubjectKind.VEHICLE:
            return Named(alert.alert_id, say("wagen %(alias)s", alias=alias))
        case SubjectKind.PHONE:
            return Named(alert.alert_id, say("telefoon %(alias)s", alias=alias))
        case SubjectKind.PHOTO:
            return Named(alert.alert_id, say("foto %(alias)s", alias=alias))
    return Named(alert.alert_id, alias)


def _numbered(members: Sequence[CardMember], telling: Telling) -> str:
    say_n = telling.words.say_n
    counts = {kind: sum(member.view.alert.subject_kind == kind for member in members) for kind in _KINDS}
    told = {
        SubjectKind.PERSON: say_n("%(n)s persoon", "%(n)s personen", counts[SubjectKind.PERSON]),
        SubjectKind.VEHICLE: say_n("%(n)s wagen", "%(n)s wagens", counts[SubjectKind.VEHICLE]),
        SubjectKind.PHONE: say_n("%(n)s telefoon", "%(n)s telefoons", counts[SubjectKind.PHONE]),
        SubjectKind.PHOTO: say_n("%(n)s foto", "%(n)s foto's", counts[SubjectKind.PHOTO]),
    }
    parts = [told[kind] for kind in _KINDS if counts[kind]]
    if len(parts) == 1:
        return telling.words.say(" en %(others)s", others=parts[0])
    return ", " + telling.words.say("%(one)s en %(other)s", one=", ".join(parts[:-1]), other=parts[-1])


def _rank(member: CardMember) -> int:
    kind = member.view.alert.subject_kind
    return _KINDS.index(SubjectKind(kind)) if kind in set(_KINDS) else len(_KINDS)
