"""Look-up: "have we met her?", asked with an identifier and a purpose; and "who is called so?", with an alias heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.console.contacts import last_contacts_of
from alerts.console.subject import summary_of
from alerts.console.telling import Telling
from processors.alias import Spoken, aliases_on_a_page
from schemas.alerts import AlertStatus
from schemas.sightings import SubjectKind
from schemas.views import Called, Timeline

KINDS: dict[str, tuple[str, ...]] = {
    "bvh_person": (),
    "document": ("country", "number"),
    "name": ("family", "given", "birth_date"),
    "phone": (),
    "vehicle": ("country", "plate"),
    "photo": (),
}
"""The kinds of identifiers, each with its parts; none where it is one value."""
OUTCOMES = ("unknown", "unreadable", "purpose", "no_history", "no_alias")
"""What is said where there is nobody to tell of."""


@dataclass(frozen=True, slots=True)
class CalledSo:
    """A subject of that alias, and its newest alert as a line that leads to it."""

    subject: str
    kind: str
    alias: str
    alert_id: str
    from_name: str
    to_name: str
    day: str
    withdrawn: bool

    @classmethod
    def of(cls, found: Called, alias: str, telling: Telling) -> "CalledSo":
        """With the check letters that tell it apart on this page."""
        finding = found.alert.finding
        return cls(
            found.subject,
            found.subject_kind,
            alias,
            found.alert.alert_id,
            telling.place(finding.from_place),
            telling.place(finding.to_place),
            telling.words.day(finding.arrived_at, telling.now),
            found.alert.status is AlertStatus.WITHDRAWN,
        )


def identifier_in(form: Mapping[str, str]) -> dict[str, Any] | None:
    """The identifier of the kind chosen, as the platform takes it; None where the form is not filled in.

    Fields of other kinds are ignored, so that something left in one goes nowhere.
    """
    kind = form.get("kind", "")
    if kind not in KINDS:
        return None
    if not KINDS[kind]:
        value = form.get(kind, "").strip()
        return {kind: value} if value else None
    parts = {part: form.get(f"{kind}.{part}", "").strip() for part in KINDS[kind]}
    return {kind: parts} if all(parts.values()) else None


def lookup_context(telling: Telling, *, outcome: str = "", known: Timeline | None = None) -> dict[str, Any]:
    """For ``parts/lookup.html``: the empty form, under it what the last question was answered."""
    context: dict[str, Any] = {
        "detail": "parts/lookup.html",
        "focused": True,
        "title": telling.words.say("Kennen wij haar?"),
        "outcome": outcome,
        "answer": None,
        "heard": None,
    }
    if known is not None:
        context["answer"] = {
            "subject": known.subject,
            "kind": known.subject_kind or SubjectKind.PERSON,
            "name": telling.subject(known.subject_kind or SubjectKind.PERSON, known.subject),
            "summary": summary_of(known, telling),
            "contacts": last_contacts_of(known, telling),
        }
    return context


def called_context(telling: Telling, spoken: Spoken, found: Sequence[Called]) -> dict[str, Any]:
    """For ``parts/lookup.html``: who is called so, in words of ours and not as it was typed."""
    aliases = aliases_on_a_page(each.subject for each in found)
    people = [CalledSo.of(each, aliases[each.subject], telling) for each in found]
    return lookup_context(telling) | {"heard": {"alias": spoken.text, "people": people}}
