"""What the alerts there are say about one of them: how long its subject stays, and what came of others like it."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from processors.chance import Move, chance_of
from processors.outcomes import NOT_ACTED_ON
from schemas.alerts import Alert
from schemas.views import Chance, Track

_SUBJECTS_AT_ONCE = 500
_CLOSED = "outcome IS NOT NULL AND alert_id<>?"
_TRAITS = {"rule": "kind=? AND evidence=?", "source": "source=?", "unit": "to_unit=?"}


def chances_of(connection: sqlite3.Connection, alerts: Sequence[Alert]) -> dict[str, Chance]:
    """The chance of each, by its id, from all relocations of its subject.

    Whoever sees the alert may know how long earlier stays lasted: contacts tell the days of other units as well, and
    who has to act needs it most.
    """
    subjects = sorted({alert.subject for alert in alerts})
    moves: dict[str, list[Move]] = {}
    for begin in range(0, len(subjects), _SUBJECTS_AT_ONCE):
        moves |= _moves(connection, subjects[begin : begin + _SUBJECTS_AT_ONCE])
    return {
        alert.alert_id: chance_of(moves.get(alert.subject, ()), alert.finding.arrived_at, alert.finding.to_place)
        for alert in alerts
    }


def tracks_of(connection: sqlite3.Connection, alert: Alert, to_unit: str) -> list[Track]:
    """What came of others like it, of the whole country: by kind and evidence, by source, by unit."""
    values: dict[str, tuple[Any, ...]] = {
        "rule": (alert.kind, int(alert.finding.evidence)),
        "source": (alert.arrival_source,),
        "unit": (to_unit,),
    }
    nothing_done = ",".join(f"'{outcome}'" for outcome in NOT_ACTED_ON)
    tracks: list[Track] = []
    for trait, condition in _TRAITS.items():
        closed, acted_on = connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE outcome NOT IN ({nothing_done})) FROM alert_heads"  # noqa: S608
            f" WHERE {_CLOSED} AND {condition}",
            (alert.alert_id, *values[trait]),
        ).fetchone()
        tracks.append(Track(trait, closed, acted_on))
    return tracks


def _moves(connection: sqlite3.Connection, subjects: Sequence[str]) -> dict[str, list[Move]]:
    found = connection.execute(
        "SELECT subject, arrived_at, from_place, to_place FROM alert_heads"  # noqa: S608 - marks
        f" WHERE subject IN ({','.join('?' * len(subjects))}) AND status<>'withdrawn'",
        subjects,
    )
    moves: dict[str, list[Move]] = {}
    for subject, *move in found:
        moves.setdefault(subject, []).append(Move(*move))
    return moves
