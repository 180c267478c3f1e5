"""Time to act, in words and as a length: how long she usually stays, and what came of alerts like this one."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.console.telling import Telling
from processors.outcomes import is_told
from schemas.times import DAY_MS
from schemas.views import Chance, Track

STAYS_TOLD = 5
"""Of the earlier stays, the latest."""


@dataclass(frozen=True, slots=True)
class TimeToAct:
    """What is left of the usual stay."""

    words: str
    left_percent: int | None
    """Of the usual stay; None where that is not known or it is over."""
    earlier: str
    """The earlier stays in a sentence; empty where there is none."""

    @property
    def is_known(self) -> bool:
        """Whether there is a length to show."""
        return self.left_percent is not None


def time_to_act(chance: Chance, arrived_at: int, telling: Telling) -> TimeToAct:
    """How much of the usual stay is left now."""
    say = telling.words.say
    earlier = _earlier(chance, telling)
    if chance.is_over:
        return TimeToAct(say("voorbij: sindsdien elders gezien"), None, earlier)
    if chance.typical_ms is None:
        return TimeToAct(say("onbekend: te weinig eerdere verblijven om het aan af te meten"), None, earlier)
    left_ms = chance.typical_ms - (telling.now - arrived_at)
    if left_ms <= 0:
        return TimeToAct(say("al langer dan meestal: de kans kan voorbij zijn"), 0, earlier)
    percent = max(1, min(100, round(100 * left_ms / chance.typical_ms)))
    if left_ms < DAY_MS:
        return TimeToAct(say("nog minder dan een dag"), percent, earlier)
    span = telling.words.span(telling.now, telling.now + left_ms)
    return TimeToAct(say("nog ongeveer %(span)s", span=span), percent, earlier)


def tracks_told(tracks: Sequence[Track], telling: Telling) -> list[str]:
    """A sentence for each trait of which enough is known; small counts are not told."""
    return [_track(track, telling) for track in tracks if is_told(track)]


def _track(track: Track, telling: Telling) -> str:
    say, counts = telling.words.say, {"closed": track.closed, "acted": track.acted_on}
    match track.trait:
        case "rule":
            return say("Van %(closed)s meldingen met zulk bewijs zijn er %(acted)s opgevolgd.", **counts)
        case "source":
            return say("Van %(closed)s meldingen van deze bron zijn er %(acted)s opgevolgd.", **counts)
    return say("Van %(closed)s meldingen naar deze eenheid zijn er %(acted)s opgevolgd.", **counts)


def _earlier(chance: Chance, telling: Telling) -> str:
    """As ``Eerdere verblijven: 11, 9 en 10 dagen``, a sentence."""
    days = [str(max(1, round(stay / DAY_MS))) for stay in chance.earlier_ms[-STAYS_TOLD:]]
    say = telling.words.say
    if not days:
        return ""
    if len(days) == 1:
        return say("Eén eerder verblijf: %(days)s.", days=telling.words.say_n("%(n)s dag", "%(n)s dagen", int(days[0])))
    listed = say("%(one)s en %(other)s", one=", ".join(days[:-1]), other=days[-1])
    return say("Eerdere verblijven, van aankomst tot de volgende plaats: %(days)s dagen.", days=listed)
