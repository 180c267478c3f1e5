"""The legal gate: which rule of the policy an event falls under, and what that permits (DESIGN section 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from schemas.events import Ad, BvhMutation, Control, Event, Passage
from schemas.problems import Code, Problem
from schemas.reports import Report

IDENTIFIERS = ("bvh_person", "document", "name", "vehicle", "phone", "photo", "address")
"""Every kind of identifier that an event can carry."""
_ALL_IDENTIFIERS = frozenset(IDENTIFIERS)
DETAILS = (
    "conducted_by",
    "licensed",
    "venue",
    "indicators",
    "persons",
    "persons_count",
    "mutation",
    "incident_class",
    "site",
    "ad",
    "police_involved",
    "online",
    "camera",
)
"""What a rule can let be kept besides identity, times, place and permitted identifiers."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be so of an event; None asks nothing."""

    conducted_by: frozenset[str] | None = None
    licensed: bool | None = None
    police_involved: bool | None = None
    indicators_other_than: frozenset[str] | None = None

    def is_met_by(self, event: Event) -> bool:
        """Whether all of it is so. What the event's type does not have is not so."""
        return (
            (self.conducted_by is None or getattr(event, "conducted_by", None) in self.conducted_by)
            and (self.licensed is None or getattr(event, "licensed", None) is self.licensed)
            and (self.police_involved is None or getattr(event, "police_involved", None) is self.police_involved)
            and (
                self.indicators_other_than is None
                or not self.indicators_other_than.issuperset(getattr(event, "indicators", ()))
            )
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of sources; ``*`` stands for anything."""

    text: str

    def fits(self, source: str) -> bool:
        """Whether the source is meant."""
        return fnmatchcase(source, self.text)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one ground permits. Spans are milliseconds."""

    ground: str
    basis: str
    type: str
    sources: tuple[Pattern, ...]
    """Empty: every source."""
    when: Condition
    identifiers: frozenset[str]
    keeps: frozenset[str] | None
    """None: everything."""
    term_ms: int
    """After it occurred."""
    targeted_after_ms: int | None = None

    def covers(self, event: Event) -> bool:
        """Whether the event falls under it."""
        return (
            not self.sources or any(pattern.fits(event.source) for pattern in self.sources)
        ) and self.when.is_met_by(event)


@dataclass(frozen=True, slots=True)
class SourceSwitch:
    """Whether the sources that a pattern fits are admitted."""

    pattern: Pattern
    admit: bool


class Policy:
    """The rules in force. Immutable: a switch is a new policy."""

    def __init__(self, rules: tuple[Rule, ...], switches: tuple[SourceSwitch, ...], *, admit_unlisted: bool) -> None:
        self.rules = rules
        self._switches = switches
        self._admit_unlisted = admit_unlisted
        self._by_type: dict[str, tuple[Rule, ...]] = {}
        for rule in rules:
            self._by_type[rule.type] = (*self._by_type.get(rule.type, ()), rule)
        self._by_ground = {rule.ground: rule for rule in rules}

    def judge(self, event: Event) -> Rule | Problem:
        """The rule that admits the event, or ``not_authorised`` or ``identifiers_not_permitted``."""
        return self.basis_of(event) if self._admits(event.source) else _SOURCE_OFF

    def basis_of(self, event: Event) -> Rule | Problem:
        """As ``judge``, whether or not its source is switched off: a legal basis is there, or it is missing."""
        rule = next((rule for rule in self._by_type.get(event.type, ()) if rule.covers(event)), None)
        if rule is None:
            return _NO_RULE
        if rule.identifiers == _ALL_IDENTIFIERS:
            return rule
        carried = {kind for kind, _ in _carried(event)} - rule.identifiers
        return _not_permitted(event, carried) if carried else rule

    def term_ms(self, report: Report) -> int | None:
        """How long after it occurred a report may be kept; None where nothing of it ends by that.

        A ground that the policy no longer has falls under the shortest term of its type, else of all.
        """
        if report.occurred_at is None:
            return None
        rule = self._by_ground.get(report.ground)
        if rule is not None:
            return rule.term_ms
        return min(rule.term_ms for rule in self._by_type.get(report.type, self.rules))

    def targeted_after_ms(self, report: Report) -> int | None:
        """How long after it occurred only a targeted query shows it; None: for as long as it is kept, any may."""
        rule = self._by_ground.get(report.ground)
        return None if rule is None else rule.targeted_after_ms

    def _admits(self, source: str) -> bool:
        for switch in self._switches:
            if switch.pattern.fits(source):
                return switch.admit
        return self._admit_unlisted


def _carried(event: Event) -> Iterator[tuple[str, str]]:
    """The kinds of identifiers that the event carries, each with the field it lies in."""
    if isinstance(event, Control | BvhMutation):
        for person in event.persons:
            for kind in ("bvh_person", "document", "name"):
                if getattr(person, kind) is not None:
                    yield kind, "persons"
        yield from (("vehicle", "vehicles") for _ in event.vehicles[:1])
    if isinstance(event, Ad):
        yield from (("photo", "photos") for _ in event.photos[:1])
    if isinstance(event, Passage):
        yield "vehicle", "plate"
        return
    yield from (("phone", "phones") for _ in event.phones[:1])
    if event.address is not None:
        yield "address", "address"


_SOURCE_OFF = Problem(
    Code.NOT_AUTHORISED,
    "this source is not admitted by the policy in force",
    "source",
    "ask the operator to admit the source in policy.toml",
)
_NO_RULE = Problem(
    Code.NOT_AUTHORISED,
    "no rule of the policy in force admits such an event of this source",
    "source",
    "ask the privacy officer for a rule in policy.toml",
)


def _not_permitted(event: Event, kinds: set[str]) -> Problem:
    fields = ", ".join(sorted({field for kind, field in _carried(event) if kind in kinds}))
    return Problem(
        Code.IDENTIFIERS_NOT_PERMITTED,
        "the law does not let such an event carry these identifiers",
        hint=f"leave out the identifiers in {fields}; {_WHEN_PERMITTED.get(event.type, 'none are permitted')}",
    )


_WHEN_PERMITTED = {
    Control.type: "a municipal control may carry them with licensed false and an indicator other than unlicensed",
    Ad.type: "an ad may carry phones, photos and an address with police_involved true",
}
