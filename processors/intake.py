"""INTAKE: from the raw bytes of one event to what becomes of it. Gateway, intake and replay run this same code.

In this order (DESIGN section 3): form and place, legal gate, tokens, hit or no hit. Identifiers in the clear live only
while ``judge`` runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from processors.held import CAN_PASS, Held, Unreadable, unreadable_problem
from processors.packaged import json_of
from processors.places import Gazetteer, PlaceGiven, PlaceProblem
from processors.policy import Policy, Rule
from processors.reporting import Reporter, no_hit, refused, withdrawn
from processors.signals import Signals
from processors.tokens import Tokenised, Tokeniser
from schemas.dead_letters import DeadLetter, Fault
from schemas.events import Event, Passage, Withdrawal
from schemas.form import REVISION_MAX, EventForm, Misformed
from schemas.form_identifiers import IdentifierForms
from schemas.form_reading import Check, Reading
from schemas.identifiers import Placeholders
from schemas.positions import LogPosition
from schemas.problems import Code, Problem
from schemas.report_form import InvalidReport, report_as_json, report_from_json
from schemas.reports import EventType, Report
from schemas.strict_json import read_object
from schemas.views import Refused

IsFollowed = Callable[[str, int], bool]
"""Whether a passage of the vehicle with this token, known at this time (UTC ms), is a hit."""


SET_ASIDE = Problem(
    Code.MALFORMED,
    "the platform could not process this event and set it aside",
    hint="tell the operator; nothing of it was kept",
)
"""Of an event at which something failed that nobody thought of."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The report goes to the heart: it counts, or it is a withdrawal."""

    report: Report


@dataclass(frozen=True, slots=True)
class Refusal:
    """The event is refused, for all these problems. type, source and event_id only where they are valid."""

    problems: tuple[Problem, ...]
    type: str | None = None
    source: str | None = None
    event_id: str | None = None
    report: Report | None = None
    """What must go to the heart all the same: the tombstone of a revision that the legal gate refused."""
    held: str | None = None
    """What may be kept to try it again (``processors.held``), where the reason can pass; never of a vehicle."""

    def as_dead_letter(
        self, role: str, known_at: int, *, position: LogPosition | None = None, fault: Fault = Fault.REFUSED
    ) -> DeadLetter:
        """What is kept of it. ``position``: where it lies in a log; None of what came by HTTP."""
        named = (self.type, self.source, self.event_id)
        return DeadLetter(fault, role, known_at, *named, self.problems, position, self.held).redacted()

    def as_rejected_line(self, line: int) -> dict[str, Any]:
        """The line of REJ (DESIGN section 8), ``line`` counting from 1. Of a vehicle only what may stay of it."""
        if self.type == EventType.VEHICLE:
            told = [{"code": str(problem.code), "message": problem.message} for problem in self.problems]
            named = {} if self.source is None else {"source": self.source}
            return {"line": line, **named, **told[0], "errors": told}
        told_all = [problem.as_json() for problem in self.problems]
        identity = {} if self.event_id is None else {"event_id": self.event_id}
        return {"line": line, **identity, **told_all[0], "errors": told_all}


@dataclass(frozen=True, slots=True)
class NoHit:
    """A passage of a vehicle that nobody follows. To its publisher it is ``accepted``, like any other."""

    event_id: str
    report: Report | None
    """Of a corrected passage what takes back an earlier hit, else None."""


class Intake:
    """Judges events, one at a time. Holds nothing of what it judged; safe to use from many threads."""

    def __init__(self, gazetteer: Gazetteer, tokeniser: Tokeniser, policy: Policy, signals: Signals) -> None:
        placeholders = Placeholders.parse(json_of("placeholders.json"))
        self._gazetteer = gazetteer
        self._tokeniser = tokeniser
        self._reporter = Reporter(tokeniser)
        self._identifiers = IdentifierForms(placeholders)
        self._form = EventForm(resolve=self._resolve, indicators=signals, placeholders=placeholders)
        self._anywhere = EventForm(resolve=lambda _: _NOWHERE, indicators=signals, placeholders=placeholders)
        self._held = Held(gazetteer, tokeniser)
        self._again = Reporter(Tokenised.by(tokeniser))
        self.policy = policy
        """In force from the next event on; may be replaced while it runs."""

    def judge(
        self, raw: bytes, *, known_at: int | None, is_followed: IsFollowed, reports_taken: bool = False
    ) -> Admitted | Refusal | NoHit:
        """What becomes of one event (a line without its end).

        ``known_at`` (UTC ms) None means replay: it is the event's ``recorded_at``, and nothing is checked against the
        clock. ``reports_taken``: an exported report (it has ``rank`` and ``known_at``) is one; never over HTTP.
        """
        given = read_object(raw)
        if isinstance(given, Problem):
            return Refusal((given,))
        if reports_taken and "rank" in given and "known_at" in given:
            return self.read_report(given)
        event = self._form.read(given, known_at)
        match event:
            case Misformed(problems, type_, source, event_id):
                return Refusal(problems, type_, source, event_id, held=self._held_without_place(given, event, known_at))
            case Withdrawal():
                return Admitted(withdrawn(event, event.recorded_at if known_at is None else known_at))
        return self._gate(event, known_at, is_followed)

    def read_report(self, given: dict[str, Any]) -> Admitted | Refusal:
        """An exported report: judged before, so neither gated nor, if a passage, asked for a hit again."""
        try:
            report = report_from_json(given)
        except InvalidReport as invalid:
            return Refusal(invalid.problems, invalid.type, invalid.source, invalid.event_id)
        if report.place is None or self._gazetteer.knows(report.place):
            return Admitted(report)
        present = self._gazetteer.resolve(PlaceGiven(municipality=report.place))
        if isinstance(present, str):
            return Admitted(replace(report, place=present))
        return Refusal((_UNKNOWN_CODE,), report.type, report.source, report.event_id)

    def redrive(self, held: str, known_at: int) -> Admitted | Refusal:
        """Try again what was held, from place resolution on, with today's places and policy. Again: the same report.

        A revision that the gate refused took back what an earlier one gave; what is admitted now is the next revision.
        """
        try:
            event, was_refused, place = self._held.read(held)
        except Unreadable:
            return Refusal((unreadable_problem(),))
        if not isinstance(place, str):
            problem = Problem(place.code, place.message, "place", place.hint, place.candidates)
            return Refusal((problem,), event.type, event.source, event.event_id)
        revision = min(event.revision + was_refused, REVISION_MAX)
        event = replace(event, place=place, revision=revision)
        rule = self.policy.judge(event)
        if not isinstance(rule, Problem) and event.occurred_at + rule.term_ms <= known_at:
            rule = _TOO_OLD
        if isinstance(rule, Problem):
            return Refusal((rule,), event.type, event.source, event.event_id)
        return self._checked(self._again.report(event, rule, known_at))

    def _checked(self, report: Report) -> Admitted | Refusal:
        """What was held came from a log: no text of another form than a report's goes on from there."""
        try:
            return Admitted(report_from_json(report_as_json(report)))
        except (InvalidReport, TypeError, ValueError):
            return Refusal((unreadable_problem(),))

    def token_of(self, identifier: dict[str, Any]) -> tuple[str, str]:
        """(kind, token) of the one identifier in the clear, in the form it has in an event. Raises Refused.

        The kinds are ``bvh_person``, ``document``, ``name``, ``phone``, ``vehicle`` and ``photo``.
        """
        named = {kind: value for kind, value in identifier.items() if value is not None}
        checks = _lookup_checks(self._identifiers)
        if len(named) != 1 or not named.keys() <= checks.keys():
            raise Refused((_NOT_ONE_IDENTIFIER,))
        (kind, value), reading = *named.items(), Reading(known_at=None, is_vehicle=False)
        canonical = checks[kind](value, kind, reading)
        if reading.problems:
            raise Refused(reading.problems)
        return kind, self._tokeniser.token("person" if kind in _OF_PERSONS else kind, canonical)

    def _resolve(self, given: Mapping[str, Any]) -> str | PlaceProblem:
        return self._gazetteer.resolve(PlaceGiven(**given))

    def _held_without_place(self, given: dict[str, Any], misformed: Misformed, known_at: int | None) -> str | None:
        """Of an event that would be right but for its place."""
        if known_at is None or any(problem.code not in CAN_PASS for problem in misformed.problems):
            return None
        event = self._anywhere.read(given, known_at)
        if isinstance(event, Misformed | Withdrawal) or not self._may_be_held(event, known_at):
            return None
        return self._held.without_place(event, given["place"])

    def _may_be_held(self, event: Event, known_at: int | None) -> bool:
        """Whether the law lets it be kept with all it carries: its source may be switched off, and nothing more."""
        if known_at is None or isinstance(event, Passage):
            return False
        rule = self.policy.basis_of(event)
        return not isinstance(rule, Problem) and event.occurred_at + rule.term_ms > known_at

    def _gate(self, event: Event, known_at: int | None, is_followed: IsFollowed) -> Admitted | Refusal | NoHit:
        known = event.recorded_at if known_at is None else known_at
        rule = self.policy.judge(event)
        if isinstance(rule, Problem):
            held = self._held.refused(event) if self._may_be_held(event, known_at) else None
            return _refusal(
                event, rule, known, takes_back=event.type != EventType.VEHICLE or event.revision > 0, held=held
            )
        if known_at is not None and event.occurred_at + rule.term_ms <= known_at:
            return _refusal(event, _TOO_OLD, known, takes_back=event.revision > 0)
        if isinstance(event, Passage):
            return self._hit_or_not(event, rule, known, is_followed)
        return Admitted(self._reporter.report(event, rule, known))

    def _hit_or_not(self, passage: Passage, rule: Rule, known_at: int, is_followed: IsFollowed) -> Admitted | NoHit:
        token = self._tokeniser.token("vehicle", passage.vehicle)
        if is_followed(token, known_at):
            return Admitted(self._reporter.report(passage, rule, known_at))
        return NoHit(passage.event_id, no_hit(passage, known_at) if passage.revision > 0 else None)


def _refusal(event: Event, problem: Problem, known_at: int, *, takes_back: bool, held: str | None = None) -> Refusal:
    report = refused(event, known_at) if takes_back else None
    return Refusal((problem,), event.type, event.source, event.event_id, report, held)


def _lookup_checks(forms: IdentifierForms) -> dict[str, Check]:
    return {
        "bvh_person": forms.bvh_person,
        "document": forms.document,
        "name": forms.name,
        "phone": forms.phone,
        "vehicle": forms.vehicle,
        "photo": forms.photo,
    }


_NOWHERE = "nowhere"
_OF_PERSONS = ("bvh_person", "document", "name")
_TOO_OLD = Problem(
    Code.TOO_OLD,
    "it occurred longer ago than such an event may be kept",
    "occurred_at",
    "leave it out; its legal term is over",
)
_UNKNOWN_CODE = Problem(
    Code.UNKNOWN_PLACE,
    "no place has this code",
    "place",
    "send the code of a present municipality, a city or a country",
)
_NOT_ONE_IDENTIFIER = Problem(
    Code.INVALID_VALUE,
    "not exactly one identifier",
    "identifier",
    "send one of bvh_person, document, name, phone, vehicle, photo",
)
