"""Look-up: "have we met her?", asked with one identifier and a purpose, answered with an alias or with not known."""

from collections.abc import Mapping
from typing import Any

from alerts.console.contacts import last_contacts_of
from alerts.console.subject import summary_of
from alerts.console.telling import Telling
from schemas.sightings import SubjectKind
from schemas.views import Timeline

KINDS: dict[str, tuple[str, ...]] = {
    "bvh_person": (),
    "document": ("country", "number"),
    "name": ("family", "given", "birth_date"),
    "phone": (),
    "vehicle": ("country", "plate"),
    "photo": (),
}
"""The kinds of identifiers, each with its parts; none where it is one value."""
OUTCOMES = ("unknown", "unreadable", "purpose", "no_history")
"""What is said where there is nobody to tell of."""


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
