"""Acting on several cards at once: what was picked, what became of each, and the bar that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from alerts.acting import act_on_all
from alerts.console.acting import (
    Button,
    first_and_last_day,
    outcome_choices,
    refusal_of,
    request_of,
    undo_of,
)
from alerts.console.handling import meanwhile_of, person
from alerts.console.telling import Telling
from alerts.console.units import UnitGroup, known_units, unit_groups
from alerts.ports import Watching
from processors.alias import alias_of
from schemas.actions import Action, AlertAction, AlertState
from schemas.alerts import Alert
from schemas.views import Conflict, HandlingStep, Refused, Viewer

ALERTS_MAX = 200
"""Alerts acted on at once."""
SENTENCES_SHOWN = 8
Histories = Mapping[str, list[HandlingStep]]
"""How each alert that was acted on was handled, by its id: read once."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A card that was picked: its alerts, each with the version of its handling that the reader saw."""

    card_id: str
    alerts: tuple[tuple[str, int], ...]

    @property
    def told(self) -> str:
        """As a form sends it."""
        return " ".join([self.card_id, *(f"{alert_id}:{version}" for alert_id, version in self.alerts)])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request about many."""

    action: str = ""
    done: str = ""
    """In words; empty where nothing was done."""
    refused: tuple[str, ...] = ()
    """A sentence for each alert that was not changed, and why."""
    taken_over: tuple[str, ...] = ()
    """A sentence for each alert that a colleague had, and who that was: nobody takes over in silence."""
    done_cards: tuple[str, ...] = ()
    undo: str = ""
    """The action that brings all of it back; empty where none does."""
    undoing: tuple[Picked, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    """What was typed, where something was refused."""


@dataclass(frozen=True, slots=True)
class ActingOnMany:
    """What the bar shows."""

    buttons: tuple[Button, ...]
    units: tuple[UnitGroup, ...]
    others: tuple[UnitGroup, ...]
    """Those that can be asked: all but the viewer's own."""
    outcomes: tuple[tuple[str, str], ...]
    first_day: str
    last_day: str
    form_id: str
    outcome: Outcome


def acting_on_many(telling: Telling, viewer: Viewer, outcome: Outcome | None = None) -> ActingOnMany:
    """The bar, with what was just done where something was."""
    say = telling.words.say
    first_day, last_day = first_and_last_day(telling)
    return ActingOnMany(
        buttons=(
            Button(Action.TAKE, say("Ik pak dit op"), "t", primary=True),
            Button(Action.ACKNOWLEDGE, say("Gezien"), "g"),
            Button(Action.OFFER, say("Overdragen"), "o", asks="unit", fields=True),
            Button(Action.ASSIGN, say("Toewijzen"), "e", asks="unit", fields=True),
            Button(Action.SNOOZE, say("Sluimeren"), "s", asks="until", fields=True),
            Button(Action.CLOSE, say("Afsluiten"), "a", asks="outcome", fields=True),
        ),
        units=unit_groups(telling),
        others=unit_groups(telling, without={viewer.region}),
        outcomes=outcome_choices(telling),
        first_day=first_day,
        last_day=last_day,
        form_id=str(uuid4()),
        outcome=outcome or Outcome(),
    )


def picked_of(given: Sequence[str]) -> list[Picked]:
    """What a form says was picked, each alert once; what cannot be read is left out, and what is too much."""
    seen: set[str] = set()
    picked: list[Picked] = []
    for told in given:
        card_id, *alerts = told.split() or [""]
        pairs = {alert_id: version for each in alerts for alert_id, version in _pair(each) if alert_id not in seen}
        if pairs and len(seen) + len(pairs) <= ALERTS_MAX:
            seen |= set(pairs)
            picked.append(Picked(card_id, tuple(pairs.items())))
    return picked


def act_on(
    platform: Watching, picks: Sequence[str], given: Mapping[str, str], viewer: Viewer, telling: Telling
) -> Outcome:
    """Ask the same of every alert that was picked, each by the version that the reader saw; what became of it."""
    picked = picked_of(picks)
    action = given.get("action", "")
    fields = _fields_of(action, given)
    asked = [
        request_of(fields | {"expected": str(version)}, alert_id, viewer, telling.now)
        for each in picked
        for alert_id, version in each.alerts
    ]
    decided = act_on_all(platform, asked, viewer, known_units(telling.places))
    answers = {one.alert_id: answer for one, answer in zip(asked, decided, strict=True)}
    done = [each for each in picked if all(isinstance(answers[one], AlertState) for one, _ in each.alerts)]
    refused = [
        _refusal(platform, one, answer, viewer, telling)
        for one, answer in zip(asked, decided, strict=True)
        if not isinstance(answer, AlertState)
    ]
    told = [*_left_out(picks, picked, telling), *_first_of(refused, telling)]
    decisions = [answer for answer in decided if isinstance(answer, AlertState)]
    histories = {state.alert_id: platform.alert_handling(state.alert_id, viewer) for state in decisions}
    undo, undoing = _undoing(done, answers, histories, viewer)
    taken_over = _taken_over(platform, decisions, histories, viewer, telling) if action == Action.TAKE else []
    return Outcome(
        action=action,
        done=_done_words(action, len(done), telling),
        refused=tuple(told),
        taken_over=tuple(_first_of(taken_over, telling)),
        done_cards=tuple(each.card_id for each in done),
        undo=undo,
        undoing=undoing,
        kept=given if told else {},
    )


def _left_out(picks: Sequence[str], picked: Sequence[Picked], telling: Telling) -> list[str]:
    """That some cards were picked beyond what is acted on at once, if so."""
    left = len({told.split()[0] for told in picks if told.split()} - {each.card_id for each in picked})
    sentence = telling.words.say_n(
        "%(n)s gekozen melding was te veel voor één keer, en staat er nog: doe die hierna.",
        "%(n)s gekozen meldingen waren te veel voor één keer, en staan er nog: doe die hierna.",
        left,
    )
    return [sentence] if left else []


def _pair(told: str) -> list[tuple[str, int]]:
    alert_id, _, version = told.partition(":")
    return [(alert_id, int(version))] if version.isascii() and version.isdigit() and len(version) <= 9 else []


def _fields_of(action: str, given: Mapping[str, str]) -> dict[str, str]:
    """One form holds the fields of every action, each named for its own: ``close.comment``."""
    own = {name.removeprefix(f"{action}."): value for name, value in given.items() if name.startswith(f"{action}.")}
    return own | {"action": action, "form": given.get("form", "")}


def _refusal(
    platform: Watching, asked: AlertAction, answer: Conflict | Refused, viewer: Viewer, telling: Telling
) -> str:
    view = platform.alert(asked.alert_id, viewer)
    if view is None:
        return telling.words.say("Een melding bestaat niet.")
    if isinstance(answer, Conflict):
        steps = platform.alert_handling(asked.alert_id, viewer)
        why = " ".join(meanwhile_of(steps, asked.expected, telling))
    else:
        why = refusal_of(answer.problems, telling)
    return _about(view.alert, why, telling)


def _taken_over(
    platform: Watching, decisions: Sequence[AlertState], histories: Histories, viewer: Viewer, telling: Telling
) -> list[str]:
    """Of what was taken, that which a colleague had until then."""
    told: list[str] = []
    for state in decisions:
        before = [step.state for step in histories[state.alert_id]][: state.version - 1]
        if not before or before[-1].owner in (None, viewer.name):
            continue
        view = platform.alert(state.alert_id, viewer)
        if view is None:
            continue
        owner = person(before[-1].owner or "", telling)
        told.append(_about(view.alert, telling.words.say("was van %(owner)s.", owner=owner), telling))
    return told


def _first_of(sentences: Sequence[str], telling: Telling) -> list[str]:
    """As many as a bar has room for, and how many more there are."""
    more = len(sentences) - SENTENCES_SHOWN
    return [*sentences[:SENTENCES_SHOWN], *([telling.words.say("En nog %(n)s.", n=more)] if more > 0 else [])]


def _about(alert: Alert, what: str, telling: Telling) -> str:
    found = alert.finding
    return telling.words.say(
        "%(from_place)s → %(to_place)s, %(alias)s: %(why)s",
        from_place=telling.place(found.from_place),
        to_place=telling.place(found.to_place),
        alias=alias_of(alert.subject),
        why=what,
    )


def _undoing(
    done: Sequence[Picked],
    answers: Mapping[str, AlertState | Conflict | Refused],
    histories: Histories,
    viewer: Viewer,
) -> tuple[str, tuple[Picked, ...]]:
    """The action that brings back what was done, if there is one, and on what: what cannot be brought back, is not."""
    states = [[answer for one, _ in each.alerts if isinstance(answer := answers[one], AlertState)] for each in done]
    undos = [{undo_of(histories[state.alert_id], viewer) for state in of_card} for of_card in states]
    possible = {undo for of_card in undos for undo in of_card if undo is not None}
    if len(possible) != 1:
        return "", ()
    return min(possible), tuple(
        Picked(each.card_id, tuple((state.alert_id, state.version) for state in of_card))
        for each, of_card, undo in zip(done, states, undos, strict=True)
        if undo == possible
    )


def _done_words(action: str, n: int, telling: Telling) -> str:
    """What was just done with so many cards."""
    if not n:
        return ""
    say_n = telling.words.say_n
    words: dict[str, str] = {
        Action.TAKE: say_n("U hebt %(n)s melding opgepakt.", "U hebt %(n)s meldingen opgepakt.", n),
        Action.ACKNOWLEDGE: say_n("U hebt %(n)s melding gezien.", "U hebt %(n)s meldingen gezien.", n),
        Action.RELEASE: say_n("U hebt %(n)s melding losgelaten.", "U hebt %(n)s meldingen losgelaten.", n),
        Action.ASSIGN: say_n("U hebt %(n)s melding toegewezen.", "U hebt %(n)s meldingen toegewezen.", n),
        Action.OFFER: say_n("U hebt %(n)s melding aangeboden.", "U hebt %(n)s meldingen aangeboden.", n),
        Action.DECLINE: say_n("U hebt %(n)s overdracht beëindigd.", "U hebt %(n)s overdrachten beëindigd.", n),
        Action.SNOOZE: say_n("U laat %(n)s melding sluimeren.", "U laat %(n)s meldingen sluimeren.", n),
        Action.CLOSE: say_n("U hebt %(n)s melding afgesloten.", "U hebt %(n)s meldingen afgesloten.", n),
        Action.REOPEN: say_n("U hebt %(n)s melding heropend.", "U hebt %(n)s meldingen heropend.", n),
    }
    return words.get(action, "")
