"""Why a list is empty: filters, nothing yet, nothing that asks for attention; and which sources are silent."""

from dataclasses import dataclass

from alerts.console.blind_spots import not_known
from alerts.console.filter_bar import taken_off
from alerts.console.filters import EVERYTHING, Circumstances, filters_of
from alerts.console.first_publish import first_publish
from alerts.console.outlook import Outlook, query_of
from alerts.console.rail import count_word
from alerts.console.telling import Telling
from alerts.ports import Watching
from processors.scope import scope_of
from schemas.views import AlertQuery, NoHistory, Viewer

SOURCES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class WayOut:
    """Something that would show alerts, and how many."""

    words: str
    href: str
    count: str


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why nothing is shown; ``kind`` is ``nothing`` (no alert at all), ``filters`` or ``calm``."""

    kind: str
    ways_out: tuple[WayOut, ...]
    first_publish: str


def emptiness_of(platform: Watching, outlook: Outlook, around: Circumstances, base_url: str) -> Emptiness:
    """What to say of an outlook that shows nothing."""
    if not platform.fitting_cards(AlertQuery(limit=1), around.viewer):
        return Emptiness("nothing", (), first_publish(base_url, around.telling.now))
    kind = "filters" if outlook.filters else "calm"
    return Emptiness(kind, tuple(_ways_out(platform, outlook, around)), "")


def silences_of(platform: Watching, telling: Telling, viewer: Viewer) -> list[str]:
    """A sentence for each source that is silent now, the latest to fall silent first; or that nobody can tell."""
    say = telling.words.say
    try:
        found = platform.silent_sources(telling.now, viewer)
    except NoHistory:
        return [not_known(telling)]
    return [
        say(
            "%(source)s zwijgt sinds %(moment)s. Niet gezien is daar niet: niet geweest.",
            source=silent.source,
            moment=telling.words.moment(silent.last_heard_at, telling.now),
        )
        for silent in found[:SOURCES_SHOWN]
    ]


def _everything(around: Circumstances) -> str:
    say = around.telling.words.say
    return say("Heel Nederland, alles") if scope_of(around.viewer) is None else say("Alles van mijn eenheid")


def _ways_out(platform: Watching, outlook: Outlook, around: Circumstances) -> list[WayOut]:
    """Each filter that is on, taken off; then all of them; then what is put aside or asks for no attention."""
    say, given = around.telling.words.say, outlook.given
    less = [
        (
            say("Zonder het filter \u201c%(filter)s\u201d", filter=each.told(given[each.name], around.telling)),
            taken_off(outlook, each.name),
        )
        for each in filters_of(around)
        if each.name in given
    ]
    ways = [
        *less,
        *([(say("Zonder filters"), outlook.without_filters())] if len(less) > 1 else []),
        (say("Ook wat geen aandacht vraagt of is afgesloten"), outlook.with_filters(**EVERYTHING)),
        (_everything(around), Outlook().with_filters(**EVERYTHING)),
    ]
    queries = [query_of(there, around.viewer, around.telling.now, around.telling.escalates_ms) for _, there in ways]
    counted = zip(ways, platform.card_counts(queries, around.viewer), strict=True)
    return [WayOut(words, there.home, count_word(count)) for (words, there), count in counted if count]
