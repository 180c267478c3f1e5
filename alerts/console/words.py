"""How the console speaks: texts written in Dutch, their translation; times, spans and numbers as people say them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol
from babel.support import Translations

from schemas.times import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

SOURCE_LANGUAGE = "nl"
LANGUAGES = ("nl", "en")
HERE = ZoneInfo("Europe/Amsterdam")
"""The coordinators' clock; what the platform keeps is UTC."""

DASH = "\N{EN DASH}"
WEEKS_FROM_DAYS = 28
"""From so many days on people speak of weeks."""

TRANSLATIONS = Path(__file__).parent / "translations"


class Words:
    """One language: ``say`` translates a Dutch text, the rest tells times (UTC ms) and amounts in words."""

    def __init__(self, language: str) -> None:
        """``language`` is one of LANGUAGES."""
        self.language = language
        self._locale = Locale(language)
        self._catalogue = _catalogue(language)

    def say(self, text: str, **values: object) -> str:
        """The text in this language, with ``%(name)s`` filled in from ``values``."""
        return self._catalogue.gettext(text) % values

    def say_n(self, one: str, many: str, n: int) -> str:
        """``one`` for a single thing, else ``many``; ``%(n)s`` becomes the number as ``count`` tells it."""
        return self._catalogue.ngettext(one, many, n) % {"n": self.count(n)}

    def count(self, n: int) -> str:
        """Up to twelve in letters, beyond in figures."""
        return self._small_numbers()[n] if 0 <= n <= 12 else str(n)

    def span(self, start: int, end: int) -> str:
        """How long from start to end, as people count: ``negen dagen`` by the calendar, ``één uur``, ``zes weken``."""
        hours = (end - start) // HOUR_MS
        if end - start >= DAY_MS:
            days = (_local(end).date() - _local(start).date()).days
            if days >= WEEKS_FROM_DAYS:
                return self.say_n("%(n)s week", "%(n)s weken", days // 7)
            return self.say_n("%(n)s dag", "%(n)s dagen", days)
        if hours:
            return self.say_n("%(n)s uur", "%(n)s uur", hours)
        return self.say("minder dan een uur")

    def ago(self, at: int, now: int) -> str:
        """How long ago, short: ``nu``, ``3 min``, ``2 u``, ``5 d``."""
        passed_ms = max(0, now - at)
        if passed_ms < MINUTE_MS:
            return self.say("nu")
        if passed_ms < HOUR_MS:
            return self.say("%(n)s min", n=passed_ms // MINUTE_MS)
        if passed_ms < DAY_MS:
            return self.say("%(n)s u", n=passed_ms // HOUR_MS)
        return self.say("%(n)s d", n=passed_ms // DAY_MS)

    def day(self, at: int, now: int) -> str:
        """The day, with its year only where that is not this year: ``9 maart``."""
        return format_date(_local(at), self._day_form("MMMM", at, now), locale=self._locale)

    def short_day(self, at: int, now: int) -> str:
        """The day for a map or an axis: ``9 mrt``."""
        return format_date(_local(at), self._day_form("MMM", at, now), locale=self._locale).replace(".", "")

    def short_days(self, first: int, last: int, now: int) -> str:
        """The days from first to last: ``25 feb``, ``18-25 feb`` or ``27 feb-3 mrt``, with a proper dash."""
        start, end = _local(first), _local(last)
        if start.date() == end.date():
            return self.short_day(last, now)
        if (start.year, start.month) == (end.year, end.month):
            return f"{start.day}{DASH}{self.short_day(last, now)}"
        return f"{self.short_day(first, now)}{DASH}{self.short_day(last, now)}"

    def moment(self, at: int, now: int) -> str:
        """Day and time: ``9 mrt 20:15``."""
        return f"{self.short_day(at, now)} {self.hour(at)}"

    def moments(self, ats: Sequence[int], now: int) -> list[str]:
        """Each as ``moment``, but told apart: to the second where two fall in one minute, to the millisecond beyond."""
        told = {at: self.moment(at, now) for at in ats}
        for exact in (self._to_the_second, self._to_the_millisecond):
            shared = {words for words, n in Counter(told.values()).items() if n > 1}
            told |= {at: f"{self.short_day(at, now)} {exact(at)}" for at, words in told.items() if words in shared}
        return [told[at] for at in ats]

    def _to_the_second(self, at: int) -> str:
        return format_time(_local(at), "HH:mm:ss", locale=self._locale)

    def _to_the_millisecond(self, at: int) -> str:
        return f"{self._to_the_second(at)}{get_decimal_symbol(self._locale)}{at % SECOND_MS:03}"

    def hour(self, at: int) -> str:
        """The time of day: ``20:15``."""
        return format_time(_local(at), "HH:mm", locale=self._locale)

    def month(self, at: int) -> str:
        """The month for an axis: ``mrt``."""
        return format_date(_local(at), "MMM", locale=self._locale).replace(".", "")

    def in_full(self, at: int) -> str:
        """Date and time to the second, for a tooltip."""
        return format_datetime(_local(at), "d MMMM y HH:mm:ss", locale=self._locale)

    def territory(self, country: str) -> str:
        """The name of an ISO 3166-1 alpha-2 country, or its code where it has none."""
        return str(self._locale.territories.get(country, country))

    def _day_form(self, month: str, at: int, now: int) -> str:
        return f"d {month}" if _local(at).year == _local(now).year else f"d {month} y"

    def _small_numbers(self) -> list[str]:
        return self.say("nul één twee drie vier vijf zes zeven acht negen tien elf twaalf").split()


def same_day(first: int, second: int) -> bool:
    """Whether both fall on one day of the coordinators' clock."""
    return _local(first).date() == _local(second).date()


def month_starts(first: int, last: int) -> list[int]:
    """The beginnings of the months after ``first`` up to ``last``, by the coordinators' clock."""
    start = _local(first)
    year, month = start.year, start.month
    starts: list[int] = []
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        at = int(datetime(year, month, 1, tzinfo=HERE).timestamp()) * SECOND_MS
        if at > last:
            return starts
        starts.append(at)


@lru_cache
def words_of(language: str) -> Words:
    """The Words of one of LANGUAGES, made once."""
    return Words(language)


def language_of(asked: str | None, remembered: str | None, accept_language: str | None) -> str:
    """The language to answer in: what the address asks, else the cookie, else the browser's wish, else Dutch."""
    for wish in (asked, remembered, *_wishes(accept_language or "")):
        if wish in LANGUAGES:
            return wish
    return SOURCE_LANGUAGE


def _wishes(accept_language: str) -> Iterable[str]:
    weighted: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((float(weight or "1"), tag.split("-")[0].lower()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted, key=lambda wish: -wish[0]) if weight > 0]


def _catalogue(language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    with (TRANSLATIONS / language / "LC_MESSAGES" / "console.po").open("rb") as file:
        texts = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, texts)
    compiled.seek(0)
    return Translations(compiled)


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / SECOND_MS, HERE)
