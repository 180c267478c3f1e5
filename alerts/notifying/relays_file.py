"""Reads from ``notify.toml`` the mail servers, and how they are spoken with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from alerts.addresses import Address
from alerts.notifying.channels import Relay, Security, usual_security
from alerts.notifying.tables import Table
from alerts.notifying.tls import trusting

MAILBOX = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
SENDER = "the mailbox that it is sent from"
RELAY_KEYS = {"server", "security", "ca"}
_MAIL_KEYS = RELAY_KEYS | {"user", "from"}
_USER = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")
_PASSWORD = "RELOCATION_MAIL_PASSWORD"  # noqa: S105 - where it is, not what it is
NOT_HERE = {"password": f"a password does not stand in this file: set {_PASSWORD}_FILE (or {_PASSWORD})"}
_NO_SERVER = Address("localhost", 25)


@dataclass(frozen=True, slots=True)
class Mail:
    """What holds for every e-mail channel that does not say otherwise."""

    relay: Relay
    sender: str | None


def mail_of(top: Table, password: str) -> Mail | None:
    """The table ``[mail]``, if there is one."""
    told = top.given.get("mail", {})
    if not isinstance(told, Mapping):
        top.fault("mail", "mail is no table", "write [mail] on a line of its own, and its keys below")
        return Mail(Relay(_NO_SERVER, Security.NONE), "")
    table = top.within(told, "mail")
    user = table.text("user", _USER, "who the mail server is told to be spoken to by") if "user" in told else ""
    if password and not user:
        table.fault("user", f"{_PASSWORD} is set, and nobody signs in with it", "write user in [mail], or unset it")
    if "mail" not in top.given:
        return None
    table.only(_MAIL_KEYS, "[mail]", NOT_HERE)
    relay = replace(relay_of(table), user=user, password=password)
    if user and not password:
        table.fault("user", "user signs in, and there is no password", f"set {_PASSWORD}_FILE (or {_PASSWORD})")
    if user and relay.is_in_the_clear:
        instead = 'write security = "starttls" or security = "tls", or leave user out'
        table.fault("security", "the password would cross the network in the clear", instead)
    return Mail(relay, table.text("from", MAILBOX, SENDER) if "from" in told else None)


def relay_of(table: Table) -> Relay:
    """The mail server that a table names."""
    server = _server(table)
    security = Security(table.one_of("security", tuple(Security), usual_security(server)))
    if "ca" in table.given and security is Security.NONE and table.given.get("security", security) == security:
        table.fault("ca", "ca is of no use without TLS", 'write security = "starttls" or "tls", or leave ca out')
    return Relay(server, security, ca_of(table))


def ca_of(table: Table) -> str:
    """The file with the certificates of who vouches for the other side; empty where it is not said."""
    told = table.given.get("ca")
    if told is not None and not _is_ca(told):
        table.fault("ca", "ca names no file of certificates that can be read", "write the path of a PEM file")
    return str(told or "")


def _server(table: Table) -> Address:
    told = table.given.get("server")
    try:
        server = Address.of(told if isinstance(told, str) else "")
    except ValueError:
        server = _NO_SERVER
        told = None
    if told is None or server.port == 0:
        instead = 'write host:port of the mail server, such as "mail.example:587"'
        table.fault("server", "server is missing or not as it must be", instead)
    return server


def _is_ca(told: object) -> bool:
    if not isinstance(told, str) or not told:
        return False
    try:
        trusting(told)
    except (OSError, ValueError):
        return False
    return True
