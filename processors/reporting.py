"""Makes the report of an event: tokens for identifiers, and no more than its rule lets be kept."""

from typing import Any

from processors.policy import Rule
from processors.tokens import Tokeniser
from schemas.canonical import canonical_form
from schemas.events import Ad, BvhMutation, Control, Event, Passage, Person, Withdrawal
from schemas.reports import EventType, Rank, Report, ReportedPerson, Standing


class Reporter:
    """Turns admitted events into reports."""

    def __init__(self, tokeniser: Tokeniser) -> None:
        self._tokeniser = tokeniser

    def report(self, event: Event, rule: Rule, known_at: int) -> Report:
        """The report of an event that counts under this rule. ``known_at`` is UTC ms."""
        digest = self._tokeniser.digest(canonical_form(event))
        details = self._details(event, rule)
        return Report(
            type=event.type.value,
            event_id=event.event_id,
            source=event.source,
            rank=Rank(event.revision, Standing.COUNTS, digest),
            recorded_at=event.recorded_at,
            known_at=known_at,
            ground=rule.ground,
            occurred_at=event.occurred_at,
            place=event.place,
            **details,
        )

    def _details(self, event: Event, rule: Rule) -> dict[str, Any]:
        match event:
            case Control():
                details = self._contacts(event, rule)
                details["conducted_by"] = event.conducted_by
                details["licensed"] = event.licensed
                details["venue"] = event.venue
            case BvhMutation():
                details = self._contacts(event, rule)
                details["mutation"] = event.mutation
                details["incident_class"] = event.incident_class
            case Ad():
                details = self._ad(event)
            case Passage():
                details = {"vehicles": (self._tokeniser.token("vehicle", event.vehicle),), "camera": event.camera}
        if rule.keeps is None:
            return details
        return {name: value for name, value in details.items() if name in rule.keeps or name in _TOKENS}

    def _contacts(self, event: Control | BvhMutation, rule: Rule) -> dict[str, Any]:
        tokens = self._tokeniser
        return {
            "indicators": event.indicators,
            "persons": self._persons(event.persons, rule),
            "vehicles": tokens.tokens("vehicle", event.vehicles),
            "phones": tokens.tokens("phone", event.phones),
            "address": tokens.maybe("address", event.address),
        }

    def _persons(self, persons: tuple[Person, ...], rule: Rule) -> tuple[ReportedPerson, ...]:
        if not persons:
            return ()
        reported = [self._tokeniser.person(person) for person in persons]
        if rule.keeps is not None and "persons" not in rule.keeps:
            reported = [_only_named(person) for person in reported]
            if "persons_count" not in rule.keeps:
                reported = [person for person in reported if person != ReportedPerson()]
        return tuple(sorted(reported, key=_sorting)) if len(reported) > 1 else tuple(reported)

    def _ad(self, ad: Ad) -> dict[str, Any]:
        tokens = self._tokeniser
        return {
            "indicators": ad.indicators,
            "phones": tokens.tokens("phone", ad.phones),
            "photos": tokens.tokens("photo", ad.photos),
            "address": tokens.maybe("address", ad.address),
            "site": ad.site,
            "ad": tokens.ad(ad),
            "police_involved": ad.police_involved,
            "online": ad.online,
        }


_TOKENS = frozenset(("persons", "vehicles", "phones", "photos", "address"))
"""Identifiers were permitted, or there are none."""


def _only_named(person: ReportedPerson) -> ReportedPerson:
    return ReportedPerson(bvh_person=person.bvh_person, document=person.document, name=person.name)


def _sorting(person: ReportedPerson) -> tuple[str, ...]:
    return (
        person.bvh_person or "",
        person.document or "",
        person.name or "",
        person.role,
        person.nationality or "",
        person.age_band,
    )


def withdrawn(withdrawal: Withdrawal, known_at: int) -> Report:
    """The report of a withdrawal."""
    rank = Rank(withdrawal.revision, Standing.WITHDRAWN, "")
    return Report(withdrawal.type.value, withdrawal.event_id, withdrawal.source, rank, withdrawal.recorded_at, known_at)


def refused(event: Event, known_at: int) -> Report:
    """The tombstone of a revision that the legal gate refused: nothing but that it happened."""
    rank = Rank(event.revision, Standing.REFUSED, "")
    recorded_at = known_at if event.type == EventType.VEHICLE else event.recorded_at
    return Report(event.type.value, event.event_id, event.source, rank, recorded_at, known_at)


def no_hit(passage: Passage, known_at: int) -> Report:
    """The tombstone of a corrected passage that is no hit: not even when it was recorded."""
    rank = Rank(passage.revision, Standing.WITHDRAWN, "")
    return Report(passage.type.value, passage.event_id, passage.source, rank, known_at, known_at)
