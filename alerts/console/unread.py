"""What an address asks of the list that the list does not have: it is said, with what there is instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from alerts.console.filters import Circumstances, Filter, filters_of
from alerts.console.outlook import Outlook, View
from alerts.console.places import Places, is_region

VIEW = "view"
OF_THE_LIST = {VIEW, "cursor", "lang", "done", "at", "step"}
"""What else an address of the list can say, besides its filters."""
NO_FILTER = ""
"""Stands for all names that are none of these."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be asked for: its word, and the address that does."""

    word: str
    href: str


@dataclass(frozen=True, slots=True)
class Unread:
    """One thing that was asked for and is not there, in words that repeat nothing of it; and what is."""

    words: str
    choices: tuple[Choice, ...] = ()


def without_strange_unit(outlook: Outlook, places: Places) -> Outlook:
    """The outlook without the filter of a unit that there is not: nothing at all would fit it."""
    return outlook if is_region(outlook.given.get("unit", ""), places) else outlook.with_filters(unit=None)


def unread_names(asked: Mapping[str, str], outlook: Outlook, filters: frozenset[str]) -> tuple[str, ...]:
    """What the address of a list asks that its outlook leaves out, by name and in the order of the address."""
    strange = [name for name in asked if asked[name] and name in filters and name not in outlook.given]
    view = [VIEW] if asked.get(VIEW) and asked[VIEW] not in set(View) else []
    other = [NO_FILTER] if any(asked[name] and name not in filters | OF_THE_LIST for name in asked) else []
    return (*view, *strange, *other)


def unread_words(names: tuple[str, ...], outlook: Outlook, around: Circumstances) -> list[Unread]:
    """A sentence for each, and what can be asked for."""
    by_name = {each.name: each for each in filters_of(around)} if names else {}
    return [_told(name, by_name, outlook, around) for name in names]


def _told(name: str, by_name: Mapping[str, Filter], outlook: Outlook, around: Circumstances) -> Unread:
    say = around.telling.words.say
    if name == VIEW:
        return Unread(say("Het adres vraagt om een weergave die er niet is: kies een van de weergaven."))
    if name == NO_FILTER:
        return Unread(say("Het adres vraagt om een filter dat er niet is; onder “Filter…” staan ze alle."))
    each = by_name[name]
    if each.is_day:
        words = say("Bij “%(filter)s” noemt het adres geen dag, dus daar is niet op gefilterd.", filter=each.word)
        return Unread(words + " " + say("Een dag ziet er zo uit: 2026-03-09."))
    words = say(
        "Bij “%(filter)s” noemt het adres iets wat er niet is, dus daar is niet op gefilterd.", filter=each.word
    )
    choices = [Choice(word, outlook.with_filters(**{name: value}).home) for value, word in each.values.items()]
    return Unread(words + " " + say("Wel te kiezen:"), tuple(choices))
