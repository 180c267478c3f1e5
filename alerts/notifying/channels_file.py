"""Reads the channels from ``notify.toml``, and says of one that cannot be used what to write instead."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from alerts.console.places import Places, is_region
from alerts.notifying.channels import GROUP_SECONDS, GROUP_SECONDS_MAX, Channel, Channels, QuietHours, Relay, Way
from alerts.notifying.relays_file import MAILBOX, NOT_HERE, RELAY_KEYS, SENDER, Mail, ca_of, mail_of, relay_of
from alerts.notifying.tables import Table, listed
from processors.toml_lines import InvalidFile, parse

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_URL = re.compile(r"https?://[^\s/@]+(?::\d+)?(?:/\S*)?")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_COMMON = {"name", "way", "units", "language", "quiet", "group_seconds"}
_KEYS = {
    Way.WEBHOOK: _COMMON | {"url", "ca"},
    Way.EMAIL: _COMMON | {"to", "from"} | RELAY_KEYS,
}
_ELSEWHERE = NOT_HERE | {"user": "write it in [mail], with the server that it signs in to"}
_WITH_ITS_SERVER = RELAY_KEYS - {"server"}


def parse_channels(text: str, places: Places, mail_password: str = "") -> Channels:
    """The channels of a ``notify.toml``, for the units that ``places`` knows; mail is signed in with the password.

    Raises InvalidFile with every fault, its line and what to write instead.
    """
    given, lines = parse(text)
    top = Table(given, lines, [])
    reading = _Reading(top, places, mail_of(top, mail_password))
    channels = reading.channels(given.get("channel"))
    console = _console(top)
    for key in given.keys() - {"console", "mail", "channel"}:
        top.fault(key, "a key that is not known", "known are console, [mail] and [[channel]]")
    if top.faults:
        raise InvalidFile(top.faults)
    return Channels(tuple(channels), console.rstrip("/"))


def _console(top: Table) -> str:
    told = top.given.get("console")
    if not isinstance(told, str) or _URL.fullmatch(told) is None:
        top.fault("console", "console is missing or no URL", 'write console = "https://alerts.example"')
        return ""
    return told


class _Reading:
    """Reads the channels of one file."""

    def __init__(self, top: Table, places: Places, mail: Mail | None) -> None:
        self._top = top
        self._places = places
        self._mail = mail

    def channels(self, given: Any) -> list[Channel]:
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given) or not given:
            self._top.fault("channel", "there is no channel", "write a table [[channel]] for each")
            return []
        tables = [self._top.within(one, "channel", index) for index, one in enumerate(given)]
        found = [self._channel(table) for table in tables]
        names = [one.name for one in found]
        for index, table in enumerate(tables):
            if names[index] in names[:index]:
                table.fault("name", "another channel has this name", "give each a name of its own")
        return found

    def _channel(self, table: Table) -> Channel:
        way = table.given.get("way")
        if way not in tuple(Way):
            table.fault("way", "way is missing or not known", 'write "webhook" or "email"')
            return Channel("", Way.WEBHOOK)
        table.only(_KEYS[Way(way)], f"a channel of way {way}", _ELSEWHERE if way == Way.EMAIL else {})
        return Channel(
            name=table.text("name", _NAME, "small letters, digits and dashes, at most 40"),
            way=Way(way),
            **self._address(table, Way(way)),
            units=self._units(table),
            language=table.one_of("language", ("nl", "en"), "nl"),
            quiet=_quiet(table),
            group_s=_seconds(table),
        )

    def _address(self, table: Table, way: Way) -> Mapping[str, Any]:
        if way is Way.WEBHOOK:
            return {"url": table.text("url", _URL, "a URL without a password in it"), "ca": ca_of(table)}
        to = table.texts("to", 'a list of mailboxes, such as ["cemi@police.example"]')
        if not to or not all(MAILBOX.fullmatch(one) for one in to):
            table.fault("to", "to names no mailbox, or something else", "write a list of mailboxes")
        return {"to": tuple(to), "sender": self._sender(table), "relay": self._relay(table)}

    def _sender(self, table: Table) -> str:
        if self._mail is not None and self._mail.sender is not None and "from" not in table.given:
            return self._mail.sender
        return table.text("from", MAILBOX, SENDER)

    def _relay(self, table: Table) -> Relay:
        """The channel's own, else that of ``[mail]``: the password goes to that one only."""
        if self._mail is None or "server" in table.given:
            own = relay_of(table)
            if self._mail is not None and own.server == self._mail.relay.server:
                table.fault("server", "server is that of [mail]", "leave it out here, and mail is sent as [mail] says")
            return own
        for key in _WITH_ITS_SERVER & table.given.keys():
            table.fault(key, f"{key} belongs to a server, and none is named here", "write it in [mail], or name one")
        return self._mail.relay

    def _units(self, table: Table) -> frozenset[str]:
        """A unit that there is not would be told of nothing, and nobody would know."""
        told = frozenset(table.texts("units", 'a list of police units, such as ["amsterdam"]'))
        if not all(is_region(one, self._places) for one in told):
            known = f"known are {listed(self._places.regions)}, and countries such as BE"
            table.fault("units", "units names what is no police unit and no country", known)
        return told


def _quiet(table: Table) -> QuietHours | None:
    told = table.given.get("quiet")
    if told is None:
        return None
    ends = [_TIME.fullmatch(end) for end in told.split("-")] if isinstance(told, str) else []
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0][0] == ends[1][0]:
        table.fault("quiet", "quiet is no span of the day", 'write "22:00-07:00"')
        return None
    start, end = (time(int(found[1]), int(found[2])) for found in ends if found is not None)
    return QuietHours(start, end)


def _seconds(table: Table) -> int:
    told = table.given.get("group_seconds", GROUP_SECONDS)
    if isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= GROUP_SECONDS_MAX:
        return told
    table.fault("group_seconds", "group_seconds cannot be used", f"write a number from 0 to {GROUP_SECONDS_MAX}")
    return GROUP_SECONDS
