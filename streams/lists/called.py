"""Who is called so: subjects by what was heard of their alias."""

import sqlite3

from processors.alias import NOUNS, RANKED, Spoken
from processors.scope import Scope
from schemas.views import Called
from streams.lists import bodies, scoping

SHOWN_MAX = 50
"""Two words leave one in a million subjects, a number one in a hundred thousand."""

_ADJECTIVE, _NOUN, _NUMBER = f"alias / {NOUNS * RANKED}", f"alias / {RANKED} % {NOUNS}", f"alias % {RANKED}"


def called(connection: sqlite3.Connection, spoken: Spoken, scope: Scope = None) -> list[Called]:
    """Those with an alert that the scope shows, who had the newest alert first; at most SHOWN_MAX."""
    conditions, values = _heard(spoken)
    found = connection.execute(
        "SELECT a.body FROM (SELECT position, max(known_at) AS newest FROM alert_heads"  # noqa: S608 - names of ours
        f" WHERE {' AND '.join(conditions)} AND {scoping.condition(scope)} GROUP BY subject"
        " ORDER BY newest DESC, position DESC LIMIT ?) shown JOIN alerts a ON a.position = shown.position"
        " ORDER BY shown.newest DESC, shown.position DESC",
        (*values, *scoping.values(scope), SHOWN_MAX),
    )
    alerts = [bodies.alert_of(body) for (body,) in found]
    return [Called(alert.subject, alert.subject_kind, alert) for alert in alerts]


def _heard(spoken: Spoken) -> tuple[list[str], list[int]]:
    """As conditions on ``alert_heads``: one that an index serves, and what else was heard."""
    if spoken.adjective is not None and spoken.noun is not None:
        first = (spoken.adjective * NOUNS + spoken.noun) * RANKED
        if spoken.number is not None:
            return ["alias = ?"], [first + spoken.number]
        return ["alias BETWEEN ? AND ?"], [first, first + RANKED - 1]
    heard = {_NUMBER: spoken.number, _ADJECTIVE: spoken.adjective, _NOUN: spoken.noun}
    asked = {part: value for part, value in heard.items() if value is not None}
    return [f"{part} = ?" for part in asked], list(asked.values())
