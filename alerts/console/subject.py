"""The page of one subject, under its alias: where it was, who met it, with what, how it is followed, what goes when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alerts.console.contacts import contacts_of
from alerts.console.flows import journey_of_stays
from alerts.console.handling import person
from alerts.console.lanes import in_lanes, lane_of, together_of
from alerts.console.stays import Scale, axis_of, rows_of
from alerts.console.telling import Telling
from processors.alias import alias_of
from processors.transit import in_transit
from schemas.alerts import AlertStatus
from schemas.dossiers import Companion, Dossier, FollowedUntil, Retained, Unfollowed
from schemas.sightings import SubjectKind
from schemas.views import AlertView, Timeline

FOLLOW_DAYS = (7, 30, 60, 90)
"""How long a coordinator can have a car followed; the law's most is 90 days."""


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """All that the page of one subject tells from."""

    timeline: Timeline
    dossier: Dossier
    companions: tuple[Companion, ...]
    alerts: tuple[AlertView, ...]


@dataclass(frozen=True, slots=True)
class SubjectLink:
    """An alert of the subject: where it leads, what it says, how it stands."""

    alert_id: str
    from_name: str
    to_name: str
    day: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Term:
    """When the records of one kind go, in words."""

    kind: str
    records: str
    goes: str
    targeted: str
    """Empty where the policy knows no such limit."""


def subject_context(
    facts: SubjectFacts, telling: Telling, *, new_id: Callable[[], str], refused: bool = False
) -> dict[str, Any]:
    """For ``parts/subject.html``. ``refused``: what was asked could not be done."""
    timeline = facts.timeline
    laned = in_lanes(facts.companions)
    transit = in_transit(timeline.sightings, timeline.stays)
    theirs = (stay for companion in laned for stay in (*companion.stays, *companion.transit))
    shown = (*timeline.stays, *transit, *theirs)
    scale = Scale.over(shown, telling.now) if shown else None
    title = headline_of(timeline, telling)
    return {
        "detail": "parts/subject.html",
        "focused": True,
        "title": title,
        "headline": title,
        "subject": timeline.subject,
        "alias": alias_of(timeline.subject),
        "subject_kind": timeline.subject_kind or SubjectKind.PERSON,
        "summary": summary_of(timeline, telling),
        "refused": refused,
        "rows": rows_of(timeline.stays, timeline.sightings, scale, telling, transit=transit) if scale else [],
        "lanes": [lane_of(companion, scale, telling) for companion in laned] if scale else [],
        "in_transit": bool(transit or any(companion.transit for companion in laned)),
        "ticks": axis_of(scale, telling) if scale else [],
        "contacts": contacts_of(timeline, facts.dossier.struck, telling),
        "together": together_of(facts.companions, telling),
        "links": [_link(view, telling) for view in facts.alerts],
        "terms": [_term(retained, telling) for retained in facts.dossier.retained],
        "followable": timeline.subject_kind == SubjectKind.VEHICLE,
        "followed": timeline.followed,
        "asked_for": _is_asked_for(facts.dossier.follow, telling),
        "follow": _follow_words(facts.dossier.follow, telling) if timeline.followed else "",
        "unfollowed": _end_words(facts.dossier.follow, telling),
        "follow_days": FOLLOW_DAYS,
        "new_id": new_id,
        "drawing": journey_of_stays(timeline.stays, telling),
    }


def subject_missing_context(telling: Telling) -> dict[str, Any]:
    """For ``parts/subject_missing.html``: nothing is known under this address."""
    return {"detail": "parts/subject_missing.html", "focused": True, "title": telling.words.say("Niet bekend")}


def no_history_context(telling: Telling) -> dict[str, Any]:
    """For ``parts/no_history.html``: only the history knows, and there is none or it cannot be asked."""
    return {"detail": "parts/no_history.html", "focused": True, "title": telling.words.say("Geen historie")}


def headline_of(timeline: Timeline, telling: Telling) -> str:
    """The sentence first: who was last seen where and when."""
    say = telling.words.say
    who = telling.subject(timeline.subject_kind or SubjectKind.PERSON, timeline.subject)
    if not timeline.sightings and timeline.contacts:
        return say("%(who)s is bekend bij een andere eenheid.", who=who)
    if not timeline.sightings:
        return say("%(who)s: geen waarnemingen die tellen.", who=who)
    last = max(timeline.sightings)
    if timeline.contacts and (elsewhere := max(timeline.contacts)).day > last.occurred_at:
        return say(
            "%(who)s is op %(day)s door een andere eenheid gezien.",
            who=who,
            day=telling.words.day(elsewhere.day, telling.now),
        )
    return say(
        "%(who)s is het laatst gezien in %(place)s, op %(day)s.",
        who=who,
        place=telling.place(last.place),
        day=telling.words.day(last.occurred_at, telling.now),
    )


def summary_of(timeline: Timeline, telling: Telling) -> str:
    """How much is known, in one sentence."""
    words, contacts = telling.words, len(timeline.sightings)
    places = len({sighting.place for sighting in timeline.sightings})
    if not contacts:
        return ""
    return words.say(
        "%(contacts)s in %(places)s, sinds %(day)s.",
        contacts=words.say_n("%(n)s waarneming", "%(n)s waarnemingen", contacts),
        places=words.say_n("%(n)s plaats", "%(n)s plaatsen", places),
        day=words.day(min(timeline.sightings).occurred_at, telling.now),
    )


def _link(view: AlertView, telling: Telling) -> SubjectLink:
    found = view.alert.finding
    return SubjectLink(
        view.alert.alert_id,
        telling.place(found.from_place),
        telling.place(found.to_place),
        telling.words.day(found.arrived_at, telling.now),
        view.alert.status is AlertStatus.WITHDRAWN,
    )


def _term(retained: Retained, telling: Telling) -> Term:
    words = telling.words
    first, last = (words.day(at, telling.now) for at in (retained.first_goes_at, retained.last_goes_at))
    goes = (
        words.say("wordt vernietigd op %(day)s", day=first)
        if first == last
        else words.say("de eerste wordt vernietigd op %(first)s, de laatste op %(last)s", first=first, last=last)
    )
    return Term(
        telling.event_type(retained.type),
        words.say_n("%(n)s gegeven", "%(n)s gegevens", retained.records),
        goes,
        _targeted(retained, telling),
    )


def _targeted(retained: Retained, telling: Telling) -> str:
    if retained.targeted_from is None:
        return ""
    day = telling.words.day(retained.targeted_from, telling.now)
    if retained.targeted_from <= telling.now:
        return telling.words.say("de oudste sinds %(day)s alleen na een gerichte vraag", day=day)
    return telling.words.say("vanaf %(day)s alleen na een gerichte vraag", day=day)


def _is_asked_for(follow: FollowedUntil | Unfollowed | None, telling: Telling) -> bool:
    return isinstance(follow, FollowedUntil) and follow.until > telling.now


def _follow_words(follow: FollowedUntil | Unfollowed | None, telling: Telling) -> str:
    words = telling.words
    if not isinstance(follow, FollowedUntil) or not _is_asked_for(follow, telling):
        return words.say("Een controle of BVH-mutatie noemt deze wagen; daarom wordt hij gevolgd.")
    return words.say(
        "Tot en met %(day)s, op verzoek van %(by)s: %(reason)s",
        day=words.day(follow.until, telling.now),
        by=person(follow.by, telling),
        reason=follow.reason,
    )


def _end_words(follow: FollowedUntil | Unfollowed | None, telling: Telling) -> str:
    """Who ended it, for whoever had asked for it."""
    if not isinstance(follow, Unfollowed):
        return ""
    return telling.words.say(
        "Volgen op verzoek is op %(day)s beëindigd door %(by)s: %(reason)s",
        day=telling.words.day(follow.at, telling.now),
        by=person(follow.by, telling),
        reason=follow.reason,
    )
