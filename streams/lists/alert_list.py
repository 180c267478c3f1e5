"""The alert list: filters and keyset paging over the alerts as they stand."""

import base64
import binascii
import re
import sqlite3
from dataclasses import replace
from typing import Any

from schemas.actions import Handling
from schemas.problems import Code, Problem
from schemas.views import AlertPage, AlertQuery, AlertView, Refused
from streams.lists import bodies

LIMIT_MAX = 500
COUNTED_MAX = 1_000
"""A badge that says more than this helps nobody, and counting on takes time."""
IDS_MAX = 200

_COLUMNS = "a.body, h.raised_at, h.position, h.state, h.active, h.known_at"
_HANDLINGS = {str(handling) for handling in Handling}
_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})", re.ASCII)
_STATUSES = {"raised", "revised", "withdrawn"}


def page_of(connection: sqlite3.Connection, query: AlertQuery) -> AlertPage:
    """One page, newest ``known_at`` first, then the later position. Raises Refused for no cursor of ours."""
    limit = max(1, min(query.limit, LIMIT_MAX))
    wheres, values = _filters(query)
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM (SELECT alert_id FROM alert_heads{_where(wheres)}"  # noqa: S608 - names of ours
        " ORDER BY known_at DESC, position DESC LIMIT ?) shown"
        " JOIN alert_heads h ON h.alert_id = shown.alert_id JOIN alerts a ON a.position = h.position"
        " ORDER BY h.known_at DESC, h.position DESC",
        (*values, limit + 1),
    ).fetchall()
    shown = found[:limit]
    more = len(found) > limit
    return AlertPage(tuple(_view(row) for row in shown), _cursor(shown[-1]) if more else None)


def count_of(connection: sqlite3.Connection, query: AlertQuery) -> int:
    """How many alerts the query finds, up to COUNTED_MAX."""
    wheres, values = _filters(replace(query, cursor=None))
    [counted] = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM alert_heads{_where(wheres)} LIMIT ?)",  # noqa: S608 - names of ours
        (*values, COUNTED_MAX),
    ).fetchone()
    return int(counted)


def view_of(connection: sqlite3.Connection, alert_id: str) -> AlertView | None:
    """One alert as it stands, or None."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM alert_heads h"  # noqa: S608 - names of ours
        " JOIN alerts a ON a.position = h.position WHERE h.alert_id=?",
        (alert_id,),
    ).fetchone()
    return None if row is None else _view(row)


def _view(row: tuple[Any, ...]) -> AlertView:
    body, raised_at, position, state, active, _ = row
    return AlertView(bodies.alert_of(body), raised_at, position, bodies.state_of(state), bool(active))


def _where(wheres: list[str]) -> str:
    return " WHERE " + " AND ".join(wheres) if wheres else ""


def _filters(query: AlertQuery) -> tuple[list[str], list[Any]]:
    wheres: list[str] = []
    values: list[Any] = []
    if query.status is not None:
        column = _status_column(query.status)
        wheres.append(f"{column}=?")
        values.append(1 if column == "active" else query.status)
    for column in ("kind", "to_place", "subject", "attention"):
        wanted = getattr(query, "to" if column == "to_place" else column)
        if wanted is not None:
            wheres.append(f"{column}=?")
            values.append(wanted)
    if query.unit is not None:
        wheres.append("(from_unit=? OR to_unit=?)")
        values += [query.unit, query.unit]
    _filter_by_handling(query, wheres, values)
    if query.since is not None:
        wheres.append("known_at>=?")
        values.append(query.since)
    if query.cursor is not None:
        known_at, position = _place_of(query.cursor)
        wheres.append("known_at<=? AND (known_at<? OR position<?)")
        values += [known_at, known_at, position]
    return wheres, values


def _filter_by_handling(query: AlertQuery, wheres: list[str], values: list[Any]) -> None:
    for column, wanted in (("owner", query.owner), ("offered_to", query.offered_to), ("pushed", query.pushed)):
        if wanted is not None:
            wheres.append(f"{column}=?")
            values.append(wanted)
    for condition, wished in (
        ("owner IS NULL", query.unowned),
        ("(from_unit GLOB '[A-Z][A-Z]' OR to_unit GLOB '[A-Z][A-Z]')", query.cross_border),
        ("(status<>'withdrawn' AND handling IN ('snoozed', 'closed'))", query.put_aside),
        ("handling='closed'", query.closed),
    ):
        if wished is not None:
            wheres.append(condition if wished else f"NOT {condition}")
    if query.involving is not None:
        wheres.append("? IN (from_unit, to_unit, held_by, offered_to)")
        values.append(query.involving)
    if query.ids is not None:
        ids = query.ids[:IDS_MAX]
        wheres.append(f"alert_id IN ({','.join('?' * len(ids))})")
        values += ids


def _status_column(status: str) -> str:
    if status == "active":
        return "active"
    if status in _STATUSES:
        return "status"
    if status in _HANDLINGS:
        return "handling"
    words = ", ".join(["active", *sorted(_STATUSES), *sorted(_HANDLINGS)])
    raise Refused([Problem(Code.INVALID_VALUE, "this is no status of an alert", "status", f"use one of: {words}")])


def _cursor(row: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(f"{row[5]}.{row[2]}".encode()).decode().rstrip("=")


def _place_of(cursor: str) -> list[int]:
    try:
        decoded = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        match = _CURSOR.fullmatch(decoded)
    except (ValueError, binascii.Error):
        match = None
    if match is None:
        hint = "send `next` of the page before, unchanged"
        raise Refused([Problem(Code.INVALID_VALUE, "this is no cursor of ours", "cursor", hint)])
    return [int(match[1]), int(match[2])]
