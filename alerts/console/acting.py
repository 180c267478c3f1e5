"""The bar of actions: what can be done with an alert as it stands, and how the reader's choice becomes a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid4, uuid5

from alerts.console.handling import Deed, deeds_of, outcomes, standing_of, taken_from
from alerts.console.telling import Telling
from alerts.console.units import UnitGroup, unit_groups
from alerts.console.words import HERE
from alerts.handing_over import NOT_A_PARTY, NOT_ASKED, TO_ITSELF, may_accept, may_end
from processors.mistaken import is_mistaken
from schemas.actions import Action, AlertAction, AlertState, Handling, Outcome
from schemas.problems import Problem
from schemas.times import SECOND_MS
from schemas.views import HandlingStep, Viewer

SNOOZE_ENDS = time(8)
"""A snooze ends in the morning, when somebody is there to look."""
SNOOZE_DAYS_MAX = 89
"""DESK allows 90 days, to the hour."""

SHOWN_MAX = 4
"""Actions in the bar itself."""
_RARITY = (
    *(Action.TAKE, Action.ACKNOWLEDGE, Action.ACCEPT, Action.DECLINE, Action.REOPEN),
    *(Action.OFFER, Action.CLOSE, Action.COMMENT, Action.RELEASE, Action.ASSIGN, Action.SNOOZE),
)
"""What answers the alert as it stands first, then what ends or passes on, then the rest."""


@dataclass(frozen=True, slots=True)
class Button:
    """One action: its word, its key, what it asks for besides a comment (``unit``, ``outcome``, ``until``, or none)."""

    action: str
    word: str
    key: str
    asks: str = ""
    primary: bool = False
    fields: bool = False
    """Opens a form, for it needs or welcomes words."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a request, to be said beside the bar; ``kept`` is what was typed and must not be lost."""

    done: str | None = None
    meanwhile: tuple[str, ...] = ()
    refused: str | None = None
    action: str | None = None
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acting:
    """All that the bar and the history of handling show."""

    alert_id: str
    version: int
    standing: str
    buttons: tuple[Button, ...]
    more: tuple[Button, ...]
    """What is done more rarely, a step away: with it the bar would take two lines of a screen of 1280 pixels."""
    units: tuple[UnitGroup, ...]
    others: tuple[UnitGroup, ...]
    """Those that can be asked: without the viewer's own."""
    outcomes: tuple[tuple[str, str], ...]
    first_day: str
    last_day: str
    deeds: tuple[Deed, ...]
    reply: Reply
    undo: str | None
    form_id: str
    lost: str = ""
    """That it was the reader's and who has made it another's since; empty where nobody did."""
    wrongly_about: str = ""
    """The subject of an alert that was closed as being about another: what was seen is struck from it."""


def acting_of(  # noqa: PLR0913 - all that the bar shows
    state: AlertState, steps: list[HandlingStep], viewer: Viewer, telling: Telling, reply: Reply, *, subject: str = ""
) -> Acting:
    """The bar for who looks; ``steps`` end with ``state``, ``subject`` is the token that the alert is about."""
    first_day, last_day = first_and_last_day(telling)
    buttons = _buttons(state, steps, viewer, telling)
    shown = sorted(buttons, key=lambda button: _RARITY.index(button.action))[:SHOWN_MAX]
    return Acting(
        alert_id=state.alert_id,
        version=state.version,
        standing=standing_of(state, telling) or telling.words.say("nog van niemand"),
        buttons=tuple(button for button in buttons if button in shown),
        more=tuple(button for button in buttons if button not in shown),
        units=unit_groups(telling, without={state.unit}),
        others=unit_groups(telling, without={state.unit, viewer.region}),
        outcomes=outcome_choices(telling),
        first_day=first_day,
        last_day=last_day,
        deeds=tuple(deeds_of(steps, telling)),
        reply=_with_words_kept(_with_what_followed(reply, state, steps, telling), buttons),
        lost=taken_from(viewer, steps, telling),
        wrongly_about=subject if is_mistaken(state) else "",
        undo=undo_of(steps, viewer) if reply.done else None,
        form_id=str(uuid4()),
    )


def outcome_choices(telling: Telling) -> tuple[tuple[str, str], ...]:
    """The outcomes that an alert can be closed with, with their words."""
    return tuple((code, word) for code, word in outcomes(telling).items() if code != Outcome.WITHDRAWN)


def first_and_last_day(telling: Telling) -> tuple[str, str]:
    """The days until which an alert can snooze."""
    today = datetime.fromtimestamp(telling.now / SECOND_MS, HERE).date()
    return (today + timedelta(days=1)).isoformat(), (today + timedelta(days=SNOOZE_DAYS_MAX)).isoformat()


def request_of(given: Mapping[str, str], alert_id: str, viewer: Viewer, now: int) -> AlertAction:
    """What was asked; DESK judges it. The same form sent twice has one id, another wording of it another."""
    action = given.get("action", "")
    comment = given.get("comment", "").strip()
    told = "|".join(f"{name}={given[name]}" for name in sorted(given))
    return AlertAction(
        action_id=str(uuid5(NAMESPACE_URL, f"{alert_id}|{viewer.name}|{told}")),
        alert_id=alert_id,
        action=action,
        expected=_number(given.get("expected", "")),
        by=viewer.name,
        at=now,
        unit=given.get("unit") or None if action in (Action.OFFER, Action.ASSIGN) else viewer.region,
        outcome=(given.get("outcome") or None) if action == Action.CLOSE else None,
        comment=comment or None,
        until=_morning_of(given.get("until", "")) if action == Action.SNOOZE else None,
    )


def refusal_of(problems: tuple[Problem, ...], telling: Telling) -> str:
    """Why nothing was changed, and what to do instead."""
    say = telling.words.say
    of_offers = {
        TO_ITSELF: say("Uw eigen eenheid kunt u niets aanbieden: pak de melding op, of wijs haar toe."),
        NOT_ASKED: say("Alleen de eenheid die gevraagd is, neemt de overdracht aan."),
        NOT_A_PARTY: say("Deze overdracht eindigt wie haar aanbood, wie de melding heeft, of de gevraagde eenheid."),
    }
    if problems and problems[0] in of_offers:
        return of_offers[problems[0]]
    match problems[0].field if problems else None:
        case "unit":
            return say("Dat kan niet met deze eenheid: kies een andere.")
        case "outcome":
            return say("Kies een uitkomst.")
        case "until":
            return say("Kies een dag binnen drie maanden.")
        case "comment":
            return say("Schrijf een opmerking van hoogstens 2000 tekens.")
    return say("Dat kan niet bij hoe de melding er nu voor staat.")


def done_word(action: str, telling: Telling) -> str | None:
    """What was just done, to who did it; None for what is no action."""
    say = telling.words.say
    words: dict[str, str] = {
        Action.TAKE: say("U hebt dit opgepakt."),
        Action.ACKNOWLEDGE: say("Genoteerd dat dit gezien is."),
        Action.RELEASE: say("U hebt dit losgelaten."),
        Action.ASSIGN: say("De melding is toegewezen."),
        Action.OFFER: say("De overdracht is aangeboden."),
        Action.ACCEPT: say("U hebt de overdracht aangenomen."),
        Action.DECLINE: say("De overdracht is beëindigd."),
        Action.SNOOZE: say("De melding sluimert."),
        Action.CLOSE: say("De melding is afgesloten."),
        Action.REOPEN: say("De melding is heropend."),
        Action.COMMENT: say("Uw opmerking staat erbij."),
    }
    return words.get(action)


def undo_of(steps: list[HandlingStep], viewer: Viewer) -> str | None:
    """The action that brings back how it was before the last one; None where none does."""
    if len(steps) < 2 or steps[-1].action is None or steps[-1].action.by != viewer.name:
        return None
    before = steps[-2].state
    match steps[-1].action.action:
        case Action.TAKE if before.owner is None and before.handling in (Handling.NEW, Handling.ACKNOWLEDGED):
            return Action.RELEASE
        case Action.OFFER:
            return Action.DECLINE
        case Action.SNOOZE | Action.CLOSE if before.handling is not Handling.OFFERED:
            return Action.REOPEN
        case Action.RELEASE if before.handling is Handling.TAKEN and before.owner == steps[-1].action.by:
            return Action.TAKE
    return None


def _with_what_followed(reply: Reply, state: AlertState, steps: list[HandlingStep], telling: Telling) -> Reply:
    """Opening one that was about the wrong subject brings back what was seen, and the alert only where it follows."""
    last = steps[-1].action if steps else None
    if reply.done is None or state.outcome != Outcome.WITHDRAWN or last is None or last.action != Action.REOPEN:
        return reply
    return replace(
        reply,
        done=telling.words.say(
            "De waarneming telt weer mee. De melding blijft ingetrokken, tot zij er weer uit volgt; zie de andere."
        ),
    )


def _with_words_kept(reply: Reply, buttons: list[Button]) -> Reply:
    """What was typed for an action that cannot be done any more stands where a comment is written."""
    is_offered = reply.action in {button.action for button in buttons}
    return reply if is_offered or not reply.kept.get("comment") else replace(reply, action=Action.COMMENT)


def _buttons(state: AlertState, steps: list[HandlingStep], viewer: Viewer, telling: Telling) -> list[Button]:
    say = telling.words.say
    comment = Button(Action.COMMENT, say("Opmerking"), "m", fields=True)
    if state.handling is Handling.CLOSED:
        reopens = [] if state.outcome == Outcome.WITHDRAWN else [Button(Action.REOPEN, say("Heropenen"), "h")]
        return [*reopens, comment]
    close = Button(Action.CLOSE, say("Afsluiten"), "a", asks="outcome", fields=True)
    if state.handling is Handling.OFFERED:
        return [*_answers(state, steps, viewer, telling), comment, close]
    buttons: list[Button] = []
    if state.owner != viewer.name or state.handling is not Handling.TAKEN:
        buttons.append(Button(Action.TAKE, say("Ik pak dit op"), "t", primary=True))
    if state.handling is Handling.NEW:
        buttons.append(Button(Action.ACKNOWLEDGE, say("Gezien"), "g"))
    if state.handling is Handling.SNOOZED:
        buttons.append(Button(Action.REOPEN, say("Wakker maken"), "h"))
    buttons += [
        Button(Action.OFFER, say("Overdragen"), "o", asks="unit", fields=True),
        Button(Action.ASSIGN, say("Toewijzen"), "e", asks="unit", fields=True),
        comment,
        Button(Action.SNOOZE, say("Sluimeren"), "s", asks="until", fields=True),
        close,
    ]
    if state.owner is not None:
        buttons.append(Button(Action.RELEASE, say("Loslaten"), "l"))
    return buttons


def _answers(state: AlertState, steps: list[HandlingStep], viewer: Viewer, telling: Telling) -> list[Button]:
    """The unit that is asked accepts or declines; who sees the whole country may for all; whose it is takes it back."""
    say = telling.words.say
    if may_accept(state, viewer):
        accept = Button(Action.ACCEPT, say("Overdracht aannemen"), "t", primary=True)
        return [accept, Button(Action.DECLINE, say("Afwijzen"), "w", fields=True)]
    return [Button(Action.DECLINE, say("Overdracht intrekken"), "w")] if not steps or may_end(steps, viewer) else []


def _morning_of(day: str) -> int | None:
    try:
        chosen = date.fromisoformat(day)
        return int(datetime.combine(chosen, SNOOZE_ENDS, HERE).timestamp()) * SECOND_MS
    except (ValueError, OverflowError):
        return None


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 15 else 0
