"""How an alert is handled, in words: whose it is, who did what when, and what happened meanwhile."""

from dataclasses import dataclass
from itertools import pairwise

from alerts.console.telling import Telling
from alerts.console.units import unit_word
from schemas.actions import Action, AlertState, Handling, Outcome
from schemas.times import DAY_MS, format_time
from schemas.views import HandlingStep, Viewer


@dataclass(frozen=True, slots=True)
class Deed:
    """One change of the handling; ``who`` is empty for what the platform did by itself."""

    who: str
    what: str
    comments: tuple[str, ...]
    at: str
    iso: str


def deeds_of(steps: list[HandlingStep], telling: Telling) -> list[Deed]:
    """Newest first; how every alert begins is left out."""
    pairs = zip([None, *steps], steps, strict=False)
    told = [_deed(before.state if before else None, step, telling) for before, step in pairs if _tells(before, step)]
    return told[::-1]


def meanwhile_of(steps: list[HandlingStep], seen: int, telling: Telling) -> list[str]:
    """A sentence for each thing that happened after the version that was seen."""
    pairs = zip([None, *steps], steps, strict=False)
    deeds = [
        _deed(before.state if before else None, step, telling) for before, step in pairs if step.state.version > seen
    ]
    say = telling.words.say
    return [
        say("%(who)s %(what)s (%(at)s).", who=deed.who, what=deed.what, at=deed.at)
        if deed.who
        else f"{deed.what} ({deed.at})."
        for deed in deeds
    ]


def taken_from(viewer: Viewer, steps: list[HandlingStep], telling: Telling) -> str:
    """Who made the viewer's somebody else's in the last day; empty where nobody did since she last did anything."""
    for before, step in reversed(list(pairwise(steps))):
        if step.action is None:
            continue
        if step.action.by == viewer.name or telling.now - step.state.changed_at > DAY_MS:
            return ""
        if before.state.owner == viewer.name != step.state.owner:
            deed = _deed(before.state, step, telling)
            told = {"who": deed.who, "what": deed.what, "at": deed.at}
            return telling.words.say("Dit was van u: %(who)s %(what)s (%(at)s).", **told)
    return ""


def standing_of(state: AlertState, telling: Telling) -> str:  # noqa: PLR0911 - a return per state
    """Whose it is and how it stands, short enough for a card; empty for what nobody has seen yet."""
    say = telling.words.say
    owner = person(state.owner, telling) if state.owner else ""
    match state.handling:
        case Handling.CLOSED if state.outcome is None:
            return say("afgesloten")
        case Handling.CLOSED:
            return say("afgesloten: %(outcome)s", outcome=outcome_word(state.outcome or "", telling))
        case Handling.SNOOZED:
            return say("sluimert tot %(moment)s", moment=_until(state, telling))
        case Handling.OFFERED:
            return say("aangeboden aan %(unit)s", unit=unit_word(state.offered_to or "", telling))
        case Handling.ACKNOWLEDGED if state.unit:
            return say("toegewezen aan %(unit)s, nog van niemand", unit=unit_word(state.unit, telling))
        case Handling.ACKNOWLEDGED:
            return say("gezien, nog van niemand")
    if owner and state.unit:
        return f"{owner} \N{MIDDLE DOT} {unit_word(state.unit, telling)}"
    return owner


def person(name: str, telling: Telling) -> str:
    """The name of who acts; the local user without a name is called so."""
    return telling.words.say("lokale gebruiker") if name == "local" else name


def outcome_word(outcome: str, telling: Telling) -> str:
    """An outcome as people say it."""
    return outcomes(telling).get(outcome, outcome)


def outcomes(telling: Telling) -> dict[str, str]:
    """Every outcome that an alert can be closed with, in the order of choice, and DESK's own last."""
    say = telling.words.say
    return {
        Outcome.FOUND: say("gevonden"),
        Outcome.NOT_FOUND: say("niet gevonden"),
        Outcome.HELP_OFFERED: say("hulp aangeboden"),
        Outcome.INVESTIGATION_OPENED: say("onderzoek gestart"),
        Outcome.INTERVENTION: say("interventie"),
        Outcome.PREMISES_CLOSED: say("pand gesloten"),
        Outcome.PENALTY_ORDER: say("last onder dwangsom"),
        Outcome.TAX: say("fiscaal"),
        Outcome.RESIDENCE_FILE: say("verblijfsdossier"),
        Outcome.RIEC_CASE: say("RIEC-casus"),
        Outcome.TRANSFERRED_REGION: say("overgedragen aan een andere eenheid"),
        Outcome.TRANSFERRED_ABROAD: say("overgedragen aan het buitenland"),
        Outcome.NO_GROUND: say("geen grond"),
        Outcome.WRONG_SUBJECT: say("verkeerde persoon of wagen"),
        Outcome.WITHDRAWN: say("ingetrokken"),
    }


def _tells(before: HandlingStep | None, step: HandlingStep) -> bool:
    return before is not None or step.action is not None


def _deed(before: AlertState | None, step: HandlingStep, telling: Telling) -> Deed:
    state, action = step.state, step.action
    known = set(before.comments) if before else set()
    return Deed(
        who="" if action is None else person(action.by, telling),
        what=_by_itself(state, telling) if action is None else _asked(before, step, telling),
        comments=tuple(said[2] for said in state.comments if said not in known),
        at=telling.words.moment(state.changed_at, telling.now),
        iso=format_time(state.changed_at),
    )


def _by_itself(state: AlertState, telling: Telling) -> str:
    say = telling.words.say
    if state.handling is Handling.NEW:
        return say("Vraagt opnieuw aandacht")
    if state.handling is Handling.CLOSED:
        return say("Afgesloten, want ingetrokken")
    return say("Eigenaar en opmerkingen van een ingetrokken melding zijn overgenomen")


def _asked(  # noqa: C901, PLR0911 - a return per action
    before: AlertState | None, step: HandlingStep, telling: Telling
) -> str:
    state, action, say = step.state, step.action, telling.words.say
    asked = Action(action.action) if action is not None else Action.COMMENT
    match asked:
        case Action.TAKE if before is not None and before.owner is not None:
            return say("nam dit over van %(owner)s", owner=person(before.owner, telling))
        case Action.TAKE:
            return say("pakte dit op")
        case Action.ACKNOWLEDGE:
            return say("heeft dit gezien")
        case Action.RELEASE:
            return say("liet dit los")
        case Action.ASSIGN:
            return say("wees dit toe aan %(unit)s", unit=unit_word(state.unit or "", telling))
        case Action.OFFER:
            return say("bood dit aan %(unit)s aan", unit=unit_word(state.offered_to or "", telling))
        case Action.ACCEPT:
            return say("nam de overdracht aan voor %(unit)s", unit=unit_word(state.unit or "", telling))
        case Action.DECLINE:
            return say("beëindigde de overdracht zonder aanname")
        case Action.SNOOZE:
            return say("liet dit sluimeren tot %(moment)s", moment=_until(state, telling))
        case Action.CLOSE:
            return say("sloot dit af: %(outcome)s", outcome=outcome_word(state.outcome or "", telling))
        case Action.REOPEN:
            return say("heropende dit")
        case Action.COMMENT:
            return say("merkte op")


def _until(state: AlertState, telling: Telling) -> str:
    return telling.words.moment(state.snoozed_until or state.changed_at, telling.now)
