"""What one run leaves for the next: how far all is proven, and what the roles had counted by then."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.times import DAY_MS
from sinks.shared_log import Partition
from sinks.store import Store

KEPT_MS = 400 * DAY_MS
"""Longer than any receipt or passage may be kept."""


@dataclass(frozen=True, slots=True)
class IntakeAt:
    """How far the passages or events of one partition of ``intake.<type>`` are proven."""

    offset: int
    no_hits: int = 0
    """How many no hits INTAKE had counted by then."""
    since: tuple[tuple[int, Mapping[str, int]], ...] = ()
    """Of the last runs, oldest first: how far INTAKE was, and where the logs of reports had ended shortly before."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """By partitions, written ``topic/number``."""

    proven: Mapping[str, int] = field(default_factory=dict)
    """Up to which offset: of stored topics and of reports."""
    intake: Mapping[str, IntakeAt] = field(default_factory=dict)
    accepted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By group and partition: what is known to be lost, and not to be told again."""

    def as_text(self) -> str:
        """To be kept."""
        intake = {
            where: {"offset": one.offset, "no_hits": one.no_hits, "since": [list(since) for since in one.since]}
            for where, one in self.intake.items()
        }
        told = {"v": 1, "proven": self.proven, "intake": intake, "accepted": self.accepted}
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def of_text(cls, text: str) -> "Snapshot":
        """What was kept; of another form: as if nothing were known."""
        try:
            told: dict[str, Any] = json.loads(text)
            intake = {
                where: IntakeAt(one["offset"], one["no_hits"], tuple((at, ends) for at, ends in one["since"]))
                for where, one in told["intake"].items()
            }
            return cls(told["proven"], intake, told["accepted"])
        except (ValueError, KeyError, TypeError):
            return cls()


def written(partition: Partition) -> str:
    """``topic/number``."""
    return f"{partition[0]}/{partition[1]}"


def load(store: Store) -> Snapshot:
    """The snapshot of the last run. Raises StoreFailed."""
    rows = store.query("SELECT snapshot FROM reconciled ORDER BY at DESC LIMIT 1")
    return Snapshot.of_text(str(rows[0][0])) if rows else Snapshot()


def save(store: Store, at: int, snapshot: Snapshot) -> None:
    """Keep the snapshot of a run at ``at`` (UTC ms). Raises StoreFailed."""
    row = (at, snapshot.as_text(), at + KEPT_MS)
    store.insert("reconciled", ("at", "snapshot", "kept_until"), [row])
