"""The bar above the list: which filters are on, the form with all of them, and the way to keep them as a view."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.console.filters import EVERYTHING, Circumstances, Filter, filters_of
from alerts.console.outlook import Outlook
from alerts.console.saved_views import SavedView
from alerts.console.unread import Unread, unread_words


@dataclass(frozen=True, slots=True)
class Chip:
    """A link that puts a filter on or takes it off."""

    word: str
    href: str
    on: bool
    removes: str = ""
    """What a reader who does not see it hears of a chip that takes a filter off."""


@dataclass(frozen=True, slots=True)
class FilterBar:
    """What the bar shows."""

    quick: tuple[Chip, ...]
    """The filters that are wanted most; they stay where they are, whatever is on."""
    on: tuple[Chip, ...]
    """A chip for each filter that no quick one shows."""
    filters: tuple[Filter, ...]
    given: dict[str, str]
    view: str
    plain: str
    """The address without filters."""
    saved_as: str
    """The name under which this outlook is kept, or nothing."""
    can_be_saved: bool
    unread: tuple[Unread, ...]
    """What the address asks for and the list does not have."""


def filter_bar(
    outlook: Outlook, saved: Sequence[SavedView], around: Circumstances, unread: tuple[str, ...] = ()
) -> FilterBar:
    """The bar of an outlook; ``unread`` names what its address asked for in vain."""
    filters = filters_of(around)
    return FilterBar(
        quick=tuple(_quick(outlook, around)),
        on=tuple(_taken_off(outlook, filters, around)),
        filters=tuple(filters),
        given=outlook.given,
        view=str(outlook.view),
        plain=outlook.without_filters().home,
        saved_as=next((view.name for view in saved if view.outlook == outlook), ""),
        can_be_saved=bool(outlook.filters),
        unread=tuple(unread_words(unread, outlook, around)),
    )


def taken_off(outlook: Outlook, name: str) -> Outlook:
    """The outlook without a filter."""
    return outlook.with_filters(**{name: None})


def _quick(outlook: Outlook, around: Circumstances) -> list[Chip]:
    """The filters that are wanted most, a click each; what is on goes off again."""
    say = around.telling.words.say
    wishes: list[tuple[str, dict[str, str]]] = [
        (say("nieuw"), {"status": "new"}),
        (say("bevestigd"), {"certainty": "sure"}),
        (say("ook archief"), EVERYTHING),
    ]
    return [_toggle(word, wish, outlook) for word, wish in wishes]


def _toggle(word: str, wish: dict[str, str], outlook: Outlook) -> Chip:
    on = wish.items() <= outlook.given.items()
    toggled = outlook.with_filters(**dict.fromkeys(wish) if on else wish)
    return Chip(word, toggled.home, on)


def _taken_off(outlook: Outlook, filters: list[Filter], around: Circumstances) -> list[Chip]:
    """A chip for each filter that no quick one shows."""
    say, given = around.telling.words.say, outlook.given
    quick = [pair for wish in ({"status": "new"}, {"certainty": "sure"}, EVERYTHING) for pair in _whole(wish, given)]
    return [
        Chip(
            told,
            taken_off(outlook, each.name).home,
            on=True,
            removes=say("Filter weg: %(filter)s", filter=f"{each.word} {told}"),
        )
        for each in filters
        if each.name in given and (each.name, given[each.name]) not in quick
        for told in [each.told(given[each.name], around.telling)]
    ]


def _whole(wish: dict[str, str], given: dict[str, str]) -> list[tuple[str, str]]:
    return list(wish.items()) if wish.items() <= given.items() else []
