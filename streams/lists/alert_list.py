"""The alert list: filters and keyset paging over the alerts as they stand."""

import base64
import binascii
import re
import sqlite3
from typing import Any

from processors.scope import Scope
from schemas.views import AlertPage, AlertQuery, AlertView
from streams.lists import bodies, scoping
from streams.lists.filters import Filters, no_cursor

LIMIT_MAX = 500

_COLUMNS = "a.body, h.raised_at, h.position, h.state, h.active, h.known_at"
_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})", re.ASCII)


def page_of(connection: sqlite3.Connection, query: AlertQuery, scope: Scope = None) -> AlertPage:
    """One page of what the scope shows, newest ``known_at`` first, then the later position.

    Raises Refused for no cursor of ours.
    """
    limit = max(1, min(query.limit, LIMIT_MAX))
    filters = Filters(query, scope)
    if query.cursor is not None:
        known_at, position = _place_of(query.cursor)
        filters.add("known_at<=? AND (known_at<? OR position<?)", known_at, known_at, position)
    # Offers are few: found by themselves and then put in order. In the list's order all alerts would be looked at.
    order = "+known_at DESC, +position DESC" if query.offered else "known_at DESC, position DESC"
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM (SELECT alert_id FROM alert_heads{filters.where}"  # noqa: S608 - names of ours
        f" ORDER BY {order} LIMIT ?) shown"
        " JOIN alert_heads h ON h.alert_id = shown.alert_id JOIN alerts a ON a.position = h.position"
        " ORDER BY h.known_at DESC, h.position DESC",
        (*filters.values, limit + 1),
    ).fetchall()
    shown = found[:limit]
    more = len(found) > limit
    return AlertPage(tuple(_view(row) for row in shown), _cursor(shown[-1]) if more else None)


def view_of(connection: sqlite3.Connection, alert_id: str, scope: Scope = None) -> AlertView | None:
    """One alert as it stands, or None; what the scope does not show is not there."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM alert_heads h"  # noqa: S608 - names of ours
        f" JOIN alerts a ON a.position = h.position WHERE h.alert_id=? AND {scoping.condition(scope, 'h.')}",
        (alert_id, *scoping.values(scope)),
    ).fetchone()
    return None if row is None else _view(row)


def _view(row: tuple[Any, ...]) -> AlertView:
    body, raised_at, position, state, active, _ = row
    return AlertView(bodies.alert_of(body), raised_at, position, bodies.state_of(state), bool(active))


def _cursor(row: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(f"{row[5]}.{row[2]}".encode()).decode().rstrip("=")


def _place_of(cursor: str) -> list[int]:
    try:
        decoded = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        match = _CURSOR.fullmatch(decoded)
    except (ValueError, binascii.Error):
        match = None
    if match is None:
        raise no_cursor()
    return [int(match[1]), int(match[2])]
