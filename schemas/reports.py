"""The report: an event with tokens for identifiers and its place resolved. Nothing in it names anybody in the clear."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple


class EventType(StrEnum):
    """The four kinds of events (DESIGN section 2)."""

    CONTROL = "control"
    BVH_MUTATION = "bvh_mutation"
    AD = "ad"
    VEHICLE = "vehicle"


class Standing(IntEnum):
    """What a revision is worth; at equal revision number the greater standing wins (DESIGN section 4, Identity)."""

    COUNTS = 0
    REFUSED = 1
    """Refused by the legal gate: it takes away what an earlier revision gave, and gives nothing."""
    WITHDRAWN = 2


class EventKey(NamedTuple):
    """The identity of an event: the same ``event_id`` from another source is another event."""

    source: str
    type: str
    event_id: str


class Rank(NamedTuple):
    """Which revision of an event wins: the greatest rank, whatever the order of arrival."""

    revision: int
    standing: int
    digest: str
    """HMAC-SHA-256 (hex) of the canonical form; empty unless the standing is COUNTS."""


@dataclass(frozen=True, slots=True)
class ReportedPerson:
    """One person of an event: tokens of *all* identifiers that were given."""

    role: str = "unknown"
    bvh_person: str | None = None
    document: str | None = None
    name: str | None = None
    nationality: str | None = None
    age_band: str = "unknown"


@dataclass(frozen=True, slots=True)
class Report:
    """One revision of one event as it goes through the platform: durable, tokens only. Times are UTC milliseconds.

    A withdrawn or refused revision carries only identity, rank and its times; the rest is None or empty.
    """

    type: str
    event_id: str
    source: str
    rank: Rank
    recorded_at: int
    known_at: int
    """When it reached the platform: set once (in replay: ``recorded_at``) and carried along."""
    ground: str = ""
    """The name of the policy rule that admitted it (``policy.toml``), the verdict at acceptance."""
    occurred_at: int | None = None
    place: str | None = None
    """Present CBS code, ``CC:City`` or a country code."""
    indicators: tuple[str, ...] = ()
    persons: tuple[ReportedPerson, ...] = ()
    vehicles: tuple[str, ...] = ()
    """Tokens. A vehicle passage carries exactly one."""
    phones: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    address: str | None = None
    conducted_by: str | None = None
    licensed: bool | None = None
    venue: str | None = None
    mutation: str | None = None
    incident_class: str | None = None
    site: str | None = None
    ad: str | None = None
    """Token of (site, ad)."""
    police_involved: bool = False
    online: bool = True
    camera: str | None = None
    admitted: bool = False
    """A passage read back from an exported report: it was judged a hit before and is not judged again."""

    @property
    def key(self) -> EventKey:
        """The event that this is a revision of."""
        return EventKey(self.source, self.type, self.event_id)

    @property
    def counts(self) -> bool:
        """Whether this revision gives anything (neither withdrawn nor refused)."""
        return self.rank.standing == Standing.COUNTS
