"""The channels: to whom what is told and when, as frozen data, and how they are read from ``notify.toml``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from alerts.console.places import Places, is_region
from processors.toml_lines import Fault, InvalidFile, Lines, parse

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_URL = re.compile(r"https?://[^\s/@]+(?::\d+)?(?:/\S*)?")
_MAILBOX = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
_SERVER = re.compile(r"[A-Za-z0-9._-]+:[0-9]{1,5}")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
GROUP_SECONDS = 60
GROUP_SECONDS_MAX = 3_600


class Way(StrEnum):
    """How a channel is reached."""

    WEBHOOK = "webhook"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` to ``end`` by the coordinators' clock nothing is sent; over midnight where start is later."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to tell somebody."""

    name: str
    way: Way
    url: str = ""
    """Of a webhook."""
    to: tuple[str, ...] = ()
    """Mailboxes."""
    sender: str = ""
    server: str = ""
    """``host:port`` of the mail server."""
    units: frozenset[str] = frozenset()
    """Police units and country codes of either end; empty: the whole country."""
    language: str = "nl"
    quiet: QuietHours | None = None
    group_s: int = GROUP_SECONDS
    """What comes within so many seconds of the first goes in one message."""


@dataclass(frozen=True, slots=True)
class Channels:
    """All channels, and where the console is that messages link to."""

    channels: tuple[Channel, ...]
    console: str
    """Its URL, without a slash at the end."""


_KEYS = {
    Way.WEBHOOK: {"url"},
    Way.EMAIL: {"to", "from", "server"},
}
_COMMON = {"name", "way", "units", "language", "quiet", "group_seconds"}


def parse_channels(text: str, places: Places) -> Channels:
    """The channels of a ``notify.toml``, for the units that ``places`` knows.

    Raises InvalidFile with every fault, its line and what to write instead.
    """
    given, lines = parse(text)
    reading = _Reading(lines, places)
    console = reading.console(given)
    channels = reading.channels(given.get("channel"))
    for key in given.keys() - {"console", "channel"}:
        reading.fault((key,), "a key that is not known", "known are console and [[channel]]")
    if reading.faults:
        raise InvalidFile(reading.faults)
    return Channels(tuple(channels), console.rstrip("/"))


class _Reading:
    """Reads one file and collects all that is wrong with it."""

    def __init__(self, lines: Lines, places: Places) -> None:
        self._lines = lines
        self._places = places
        self.faults: list[Fault] = []

    def fault(self, path: tuple[str | int, ...], message: str, instead: str) -> None:
        self.faults.append(Fault(self._lines.of(*path), message, instead))

    def console(self, given: Mapping[str, Any]) -> str:
        told = given.get("console")
        if not isinstance(told, str) or _URL.fullmatch(told) is None:
            self.fault(("console",), "console is missing or no URL", 'write console = "https://alerts.example"')
            return ""
        return told

    def channels(self, given: Any) -> list[Channel]:
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given) or not given:
            self.fault(("channel",), "there is no channel", "write a table [[channel]] for each")
            return []
        found = [self._channel(index, one) for index, one in enumerate(given)]
        names = [one.name for one in found]
        for index, name in enumerate(names):
            if name in names[:index]:
                self.fault(("channel", index, "name"), "another channel has this name", "give each a name of its own")
        return found

    def _channel(self, index: int, given: Mapping[str, Any]) -> Channel:
        at = ("channel", index)
        way = given.get("way")
        if way not in tuple(Way):
            self.fault((*at, "way"), "way is missing or not known", 'write "webhook" or "email"')
            return Channel("", Way.WEBHOOK)
        for key in given.keys() - _COMMON - _KEYS[Way(way)]:
            self.fault((*at, key), f"{key} is no key of a {way}", f"known are {_listed(_COMMON | _KEYS[Way(way)])}")
        return Channel(
            name=self._text(at, given, "name", _NAME, "small letters, digits and dashes, at most 40"),
            way=Way(way),
            **self._address(at, Way(way), given),
            units=self._units(at, given),
            language=self._one_of(at, given, "language", ("nl", "en")),
            quiet=self._quiet(at, given),
            group_s=self._seconds(at, given),
        )

    def _units(self, at: tuple[str | int, ...], given: Mapping[str, Any]) -> frozenset[str]:
        """A unit that there is not would be told of nothing, and nobody would know."""
        told = frozenset(self._texts(at, given, "units", 'a list of police units, such as ["amsterdam"]'))
        if not all(is_region(one, self._places) for one in told):
            known = f"known are {_listed(self._places.regions)}, and countries such as BE"
            self.fault((*at, "units"), "units names what is no police unit and no country", known)
        return told

    def _address(self, at: tuple[str | int, ...], way: Way, given: Mapping[str, Any]) -> dict[str, Any]:
        if way is Way.WEBHOOK:
            return {"url": self._text(at, given, "url", _URL, "a URL without a password in it")}
        to = self._texts(at, given, "to", 'a list of mailboxes, such as ["cemi@police.example"]')
        if not to or not all(_MAILBOX.fullmatch(one) for one in to):
            self.fault((*at, "to"), "to names no mailbox, or something else", "write a list of mailboxes")
        return {
            "to": tuple(to),
            "sender": self._text(at, given, "from", _MAILBOX, "the mailbox that it is sent from"),
            "server": self._text(at, given, "server", _SERVER, "host:port of the mail server"),
        }

    def _text(
        self, at: tuple[str | int, ...], given: Mapping[str, Any], key: str, form: re.Pattern[str], instead: str
    ) -> str:
        told = given.get(key)
        if isinstance(told, str) and form.fullmatch(told):
            return told
        self.fault((*at, key), f"{key} is missing or not as it must be", f"write {instead}")
        return ""

    def _texts(self, at: tuple[str | int, ...], given: Mapping[str, Any], key: str, instead: str) -> list[str]:
        told = given.get(key, [])
        if isinstance(told, list) and all(isinstance(one, str) for one in told):
            return told
        self.fault((*at, key), f"{key} is no list of texts", f"write {instead}")
        return []

    def _one_of(self, at: tuple[str | int, ...], given: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str:
        told = given.get(key, known[0])
        if told in known:
            return str(told)
        self.fault((*at, key), f"{key} is not known", f"write one of {_listed(known)}")
        return known[0]

    def _quiet(self, at: tuple[str | int, ...], given: Mapping[str, Any]) -> QuietHours | None:
        told = given.get("quiet")
        if told is None:
            return None
        ends = [_TIME.fullmatch(end) for end in told.split("-")] if isinstance(told, str) else []
        if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0][0] == ends[1][0]:
            self.fault((*at, "quiet"), "quiet is no span of the day", 'write "22:00-07:00"')
            return None
        start, end = (time(int(found[1]), int(found[2])) for found in ends if found is not None)
        return QuietHours(start, end)

    def _seconds(self, at: tuple[str | int, ...], given: Mapping[str, Any]) -> int:
        told = given.get("group_seconds", GROUP_SECONDS)
        if isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= GROUP_SECONDS_MAX:
            return told
        self.fault(
            (*at, "group_seconds"), "group_seconds cannot be used", f"write a number from 0 to {GROUP_SECONDS_MAX}"
        )
        return GROUP_SECONDS


def _listed(words: Any) -> str:
    return ", ".join(sorted(words))
