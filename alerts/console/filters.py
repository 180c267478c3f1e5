"""The filters of the list: what an address may ask for, in which words, and the query that it makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from alerts.console.handling import person
from alerts.console.telling import Telling
from alerts.console.words import HERE
from schemas.actions import Handling
from schemas.sightings import Evidence, SubjectKind
from schemas.times import DAY_MS, SECOND_MS
from schemas.views import AlertQuery, ListChoices, Viewer

LENGTH_MAX = 80
"""Characters of a value."""
WITHDRAWN_SHOWN_MS = 7 * DAY_MS
"""For how long what was withdrawn stays in the list, struck through, for who saw it before."""
NOBODY, ME = "-", "."
"""Owners that are no names."""
YEARS = range(1970, 3000)
"""Of days: what is being typed into a field of a date passes through the year 2 or 20."""
PERIODS_MS = {"day": DAY_MS, "week": 7 * DAY_MS, "month": 30 * DAY_MS}
EVERYTHING = {"what": "all", "status": "all"}
"""The values that also list what asks for no attention and what was put aside."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What filters are read by: the words and the time, who looks, and what occurs in the alerts there are."""

    telling: Telling
    viewer: Viewer
    choices: ListChoices


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its name in addresses, its word, its values with their words (in the order of choice)."""

    name: str
    word: str
    values: Mapping[str, str]
    default: str = ""
    """The word for no value at all."""
    is_day: bool = False
    """Its values are days as ``2026-03-09``."""

    def told(self, value: str, telling: Telling) -> str:
        """A value as a reader of the list says it."""
        if not self.is_day:
            return self.values.get(value, value)
        day = telling.words.short_day(_midnight(value) or telling.now, telling.now)
        return f"{self.word} {day}"


def given_filters(asked: Mapping[str, str]) -> dict[str, str]:
    """The filters that an address gives, in the order of addresses of ours; what is none is left out."""
    return {name: asked[name][:LENGTH_MAX] for name, fits in _FITS.items() if asked.get(name) and fits(asked[name])}


def narrowed(query: AlertQuery, given: Mapping[str, str], viewer: Viewer, now: int) -> AlertQuery:
    """The query with the filters on it, and with what no filter says: what asks for attention and is not put aside."""
    wanted: dict[str, Any] = {name: given[name] for name in ("unit", "novelty", "source") if name in given}
    if "kind" in given:
        wanted["subject_kind"] = given["kind"]
    wanted |= _what(given.get("what", "")) | _status(given.get("status", ""), now)
    wanted |= _certainty(given.get("certainty", ""), given.get("evidence", ""))
    wanted |= _border(given.get("border", "")) | _owner(given.get("owner", ""), viewer) | _period(given, now)
    return replace(query, **wanted)


def _what(value: str) -> dict[str, Any]:
    match value:
        case "file":
            return {"attention": "file"}
        case "historical":
            return {"historical": True}
        case "repeats":
            return {"repeat": True}
        case "all":
            return {}
    return {"pushed": True}


def _status(value: str, now: int) -> dict[str, Any]:
    match value:
        case "all":
            return {}
        case "closed":
            return {"status": "closed", "put_aside": True}
        case "":
            return {"put_aside": False, "withdrawn_since": now - WITHDRAWN_SHOWN_MS}
    return {"status": value}


def _certainty(certainty: str, evidence: str) -> dict[str, Any]:
    """Three words are shown of the certainty, out of the two that it has and the class of the evidence."""
    classes = {Evidence[evidence.upper()]} if evidence else set(Evidence)
    if certainty == "sure":
        classes &= {Evidence.PRESENCE}
    elif certainty == "likely":
        classes -= {Evidence.PRESENCE}
    wanted: dict[str, Any] = (
        {"certainty": "provisional" if certainty == "provisional" else "confirmed"} if certainty else {}
    )
    return wanted | ({"evidence": tuple(sorted(classes))} if classes != set(Evidence) else {})


def _border(value: str) -> dict[str, Any]:
    match value:
        case "country":
            return {"cross_border": True}
        case "unit":
            return {"cross_region": True}
        case "none":
            return {"cross_region": False}
    return {}


def _owner(value: str, viewer: Viewer) -> dict[str, Any]:
    match value:
        case "":
            return {}
        case "-":
            return {"unowned": True}
        case ".":
            return {"owner": viewer.name}
    return {"owner": value}


def _period(given: Mapping[str, str], now: int) -> dict[str, Any]:
    recent = now - PERIODS_MS[given["period"]] if "period" in given else None
    begins = [at for at in (recent, _midnight(given.get("since", ""))) if at is not None]
    last = _midnight(given.get("until", ""), days_later=1)
    return {name: at for name, at in (("since", max(begins, default=None)), ("until", last)) if at is not None}


def _midnight(day: str, *, days_later: int = 0) -> int | None:
    try:
        chosen = date.fromisoformat(day)
    except ValueError:
        return None
    if chosen.year not in YEARS:
        return None
    begins = datetime.combine(chosen + timedelta(days=days_later), time(), HERE)
    return int(begins.timestamp()) * SECOND_MS


_HANDLINGS = {str(handling) for handling in Handling}
_FITS: dict[str, Callable[[str], bool]] = {
    "what": {"file", "historical", "repeats", "all"}.__contains__,
    "status": ({"withdrawn", "all"} | _HANDLINGS).__contains__,
    "unit": lambda _: True,
    "kind": {str(kind) for kind in SubjectKind}.__contains__,
    "evidence": {evidence.word for evidence in Evidence}.__contains__,
    "certainty": {"sure", "likely", "provisional"}.__contains__,
    "novelty": {"first", "return"}.__contains__,
    "border": {"country", "unit", "none"}.__contains__,
    "owner": lambda _: True,
    "source": lambda _: True,
    "period": PERIODS_MS.__contains__,
    "since": lambda day: _midnight(day) is not None,
    "until": lambda day: _midnight(day) is not None,
}
FILTERS = frozenset(_FITS)
"""The names that a filter has in an address."""


def filters_of(around: Circumstances) -> list[Filter]:
    """All filters, in the order of the form."""
    say = around.telling.words.say
    return [
        Filter(
            "what",
            say("Aandacht"),
            {
                "file": say("zonder signalen"),
                "historical": say("oud nieuws"),
                "repeats": say("herhalingen"),
                "all": say("met en zonder aandacht"),
            },
            default=say("vraagt aandacht"),
        ),
        Filter("status", say("Stand"), _status_words(around.telling), default=say("open")),
        Filter("unit", say("Eenheid"), around.telling.places.regions, default=say("alle eenheden")),
        Filter("kind", say("Wie of wat"), _kind_words(around.telling), default=say("alles")),
        Filter(
            "evidence",
            say("Bewijs"),
            {"presence": say("aanwezig"), "offer": say("advertentie"), "passage": say("passages")},
            default=say("alle bewijs"),
        ),
        Filter(
            "certainty",
            say("Zekerheid"),
            {"sure": say("bevestigd"), "likely": say("waarschijnlijk"), "provisional": say("voorlopig")},
            default=say("hoe zeker ook"),
        ),
        Filter(
            "novelty",
            say("Eerder hier"),
            {"first": say("eerste keer"), "return": say("eerder geweest")},
            default=say("eerste keer of niet"),
        ),
        Filter(
            "border",
            say("Grens"),
            {"country": say("over de landsgrens"), "unit": say("tussen eenheden"), "none": say("binnen een eenheid")},
            default=say("welke grens ook"),
        ),
        Filter("owner", say("Van wie"), _owner_words(around), default=say("van iedereen")),
        Filter("source", say("Bron"), {name: name for name in around.choices.sources}, default=say("alle bronnen")),
        Filter(
            "period",
            say("Bij ons sinds"),
            {"day": say("24 uur"), "week": say("zeven dagen"), "month": say("dertig dagen")},
            default=say("altijd"),
        ),
        Filter("since", say("vanaf"), {}, is_day=True),
        Filter("until", say("tot en met"), {}, is_day=True),
    ]


def _status_words(telling: Telling) -> dict[str, str]:
    say = telling.words.say
    return {
        Handling.NEW: say("nieuw"),
        Handling.ACKNOWLEDGED: say("gezien, van niemand"),
        Handling.TAKEN: say("opgepakt"),
        Handling.OFFERED: say("aangeboden"),
        Handling.SNOOZED: say("sluimert"),
        Handling.CLOSED: say("afgesloten"),
        "withdrawn": say("ingetrokken"),
        "all": say("open en afgesloten"),
    }


def _kind_words(telling: Telling) -> dict[str, str]:
    say = telling.words.say
    return {
        SubjectKind.PERSON: say("personen"),
        SubjectKind.VEHICLE: say("wagens"),
        SubjectKind.PHONE: say("telefoons"),
        SubjectKind.PHOTO: say("foto's"),
    }


def _owner_words(around: Circumstances) -> dict[str, str]:
    say = around.telling.words.say
    named = {name: person(name, around.telling) for name in around.choices.owners if name != around.viewer.name}
    return {NOBODY: say("van niemand"), ME: say("van mij"), **named}
