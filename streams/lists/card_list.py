"""The list of cards: what one arrival event brought about lies on one, with the count of what only repeated it."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from processors.scope import Scope
from schemas.alerts import Alert
from schemas.views import AlertQuery, AlertView, CardMember, CardPage, CardView, ListChoices
from streams.lists import bodies, scoping
from streams.lists.filters import IDS_MAX, Filters, no_cursor
from streams.lists.records import chances_of

LIMIT_MAX = 200
COUNTED_MAX = 1_000
"""A badge that says more than this helps nobody, and counting on takes time."""
CHOICES_MAX = 200

_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9a-f-]{36})", re.ASCII)


def page_of(connection: sqlite3.Connection, query: AlertQuery, scope: Scope = None) -> CardPage:
    """One page, freshest first. Raises Refused for no cursor of ours."""
    limit = max(1, min(query.limit, LIMIT_MAX))
    found = _found(connection, query, limit + 1, scope)
    shown = found[:limit]
    more = f"{shown[-1][0]}.{shown[-1][1]}" if len(found) > limit else None
    return CardPage(tuple(_cards(connection, [card for _, card in shown], scope)), more)


def fitting(connection: sqlite3.Connection, query: AlertQuery, scope: Scope = None) -> list[str]:
    """The ids of the cards that the query finds, freshest first."""
    return [card for _, card in _found(connection, query, max(1, min(query.limit, LIMIT_MAX)), scope)]


def count_of(connection: sqlite3.Connection, query: AlertQuery, scope: Scope = None) -> int:
    """How many cards the query finds, up to COUNTED_MAX."""
    filters = Filters(query, scope)
    # The longest waiting first: whether few wait or all do, little is read. By itself it takes the list's order.
    using = "" if query.waiting_since is None else " INDEXED BY heads_by_waiting"
    [counted] = connection.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT card_at, card FROM alert_heads{using}{filters.where} LIMIT ?)",  # noqa: S608 - names of ours
        (*filters.values, COUNTED_MAX),
    ).fetchone()
    return int(counted)


def cards_with(connection: sqlite3.Connection, alert_ids: Sequence[str], scope: Scope = None) -> list[CardView]:
    """The cards that these alerts lie on, each once; ids that lead nowhere in the scope are left out."""
    among = list(alert_ids)[:IDS_MAX]
    found = connection.execute(
        f"SELECT DISTINCT card FROM alert_heads WHERE alert_id IN ({_marks(among)})"  # noqa: S608 - marks
        f" AND {scoping.condition(scope)}",
        (*among, *scoping.values(scope)),
    )
    return _cards(connection, [card for (card,) in found], scope)


def choices(connection: sqlite3.Connection, scope: Scope = None) -> ListChoices:
    """The owners and the arrivals' sources that occur in the scope."""
    values = _values if scope is None else partial(_values_in, scope=scope)
    return ListChoices(values(connection, "owner"), values(connection, "source"))


def _found(connection: sqlite3.Connection, query: AlertQuery, limit: int, scope: Scope) -> list[tuple[int, str]]:
    filters = Filters(query, scope)
    if query.cursor is not None:
        at, card = _place_of(query.cursor)
        filters.add("card_at<=? AND (card_at<? OR card<?)", at, at, card)
    return connection.execute(
        f"SELECT DISTINCT card_at, card FROM alert_heads{filters.where}"  # noqa: S608 - names of ours
        " ORDER BY card_at DESC, card DESC LIMIT ?",
        (*filters.values, limit),
    ).fetchall()


def _cards(connection: sqlite3.Connection, cards: Sequence[str], scope: Scope) -> list[CardView]:
    """These cards, in this order, with what the scope shows of them."""
    members = _members(connection, cards, scope)
    repeats = dict(
        connection.execute(
            "SELECT card, count(DISTINCT event) FROM alert_heads"  # noqa: S608 - marks
            f" WHERE card IN ({_marks(cards)}) AND event<>card AND {scoping.condition(scope)} GROUP BY card",
            (*cards, *scoping.values(scope)),
        )
    )
    return [
        CardView(card, members[card][0][0], tuple(member for _, member in members[card]), repeats.get(card, 0))
        for card in cards
        if card in members
    ]


def _members(
    connection: sqlite3.Connection, cards: Sequence[str], scope: Scope
) -> dict[str, list[tuple[int, CardMember]]]:
    found = connection.execute(
        "SELECT h.card, h.card_at, a.body, h.raised_at, h.position, h.state, h.active, b.body"  # noqa: S608 - marks
        " FROM alert_heads h JOIN alerts a ON a.position = h.position"
        " LEFT JOIN alerts b ON b.alert_id = h.alert_id AND b.revision = a.revision - 1"
        f" WHERE h.card IN ({_marks(cards)}) AND h.event = h.card AND {scoping.condition(scope, 'h.')}"
        " ORDER BY h.raised_at, h.alert_id",
        (*cards, *scoping.values(scope)),
    ).fetchall()
    views = [
        AlertView(bodies.alert_of(body), raised_at, position, bodies.state_of(state), bool(active))
        for _, _, body, raised_at, position, state, active, _ in found
    ]
    superseding = [view.alert.superseded_by for view in views if view.alert.superseded_by]
    successors = _last_messages(connection, superseding, scope)
    chances = chances_of(connection, [view.alert for view in views])
    members: dict[str, list[tuple[int, CardMember]]] = defaultdict(list)
    for (card, at, *_, before), view in zip(found, views, strict=True):
        successor = successors.get(view.alert.superseded_by or "")
        told_before = bodies.alert_of(before) if before else None
        members[card].append((at, CardMember(view, told_before, successor, chances[view.alert.alert_id])))
    return members


def _last_messages(connection: sqlite3.Connection, alert_ids: Sequence[str], scope: Scope) -> dict[str, Alert]:
    found = connection.execute(
        "SELECT h.alert_id, a.body FROM alert_heads h JOIN alerts a ON a.position = h.position"  # noqa: S608 - marks
        f" WHERE h.alert_id IN ({_marks(alert_ids)}) AND {scoping.condition(scope, 'h.')}",
        (*alert_ids, *scoping.values(scope)),
    )
    return {alert_id: bodies.alert_of(body) for alert_id, body in found}


def _values(connection: sqlite3.Connection, column: str) -> tuple[str, ...]:
    """The distinct values of an indexed column, each found by a step in the index, however many rows there are."""
    found = connection.execute(
        f"WITH RECURSIVE told(value) AS (SELECT min({column}) FROM alert_heads WHERE {column}>''"  # noqa: S608 - ours
        f" UNION ALL SELECT (SELECT min({column}) FROM alert_heads WHERE {column}>told.value) FROM told"
        " WHERE told.value IS NOT NULL LIMIT ?) SELECT value FROM told WHERE value IS NOT NULL",
        (CHOICES_MAX,),
    )
    return tuple(value for (value,) in found)


def _values_in(connection: sqlite3.Connection, column: str, scope: Scope) -> tuple[str, ...]:
    """The same within a scope, which reads an index from end to end: who sees part of the country has time for it."""
    found = connection.execute(
        f"SELECT DISTINCT {column} FROM alert_heads WHERE {column}>'' AND {scoping.condition(scope)}"  # noqa: S608 - ours
        f" ORDER BY {column} LIMIT ?",
        (*scoping.values(scope), CHOICES_MAX),
    )
    return tuple(value for (value,) in found)


def _marks(values: Iterable[Any]) -> str:
    return ",".join("?" for _ in values)


def _place_of(cursor: str) -> tuple[int, str]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise no_cursor()
    return int(match[1]), match[2]
