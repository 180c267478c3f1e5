"""The heart: REGISTER and RELOCATION together, over the whole of their state (DESIGN sections 3 to 6).

It decides and remembers; it never fetches, logs or asks the time. A runtime hands it one message after the other,
makes what ``Step`` says durable, and can rebuild it at any time from what it kept (``restore``).
"""

from collections.abc import Callable, Iterable

from processors.changes import (
    Change,
    Entry,
    EntryDropped,
    EntryPut,
    Follow,
    FollowDropped,
    FollowedEnded,
    FollowPut,
    SightingGiven,
    SightingTaken,
    Step,
    Strike,
    StrikeDropped,
    StrikePut,
    Verdict,
)
from processors.company import Company, company_of
from processors.following import Following
from processors.geography import Geography
from processors.identity import BelongsTo, Document, Seen, documents_of, links_only, sightings_of, subject_of
from processors.register import judge
from processors.rules import Rules
from processors.subject_requests import (
    not_followed,
    not_seen,
    not_struck,
    require_action,
    require_event,
    require_follow,
)
from processors.subjects import Moved, Subjects
from schemas.actions import SubjectAction
from schemas.alerts import Alert, WithdrawnReason
from schemas.reports import EventKey, EventType, Report, ReportedPerson
from schemas.sightings import Evidence, Sighting, SubjectKind
from schemas.times import HOUR_MS

TOMBSTONE_MS = 72 * HOUR_MS
"""How long REGISTER remembers a passage that gives nothing (DESIGN section 5, no hit)."""


class Heart:
    """All state of REGISTER and RELOCATION of one partition, here of everything."""

    def __init__(self, rules: Rules, geography: Geography) -> None:
        self._subjects = Subjects(rules, geography)
        self._entries: dict[EventKey, Entry] = {}
        self._documents: dict[str, Document] = {}
        self._following = Following()
        self._struck: dict[str, dict[EventKey, Strike]] = {}
        self._struck_sightings: dict[str, dict[EventKey, Sighting]] = {}

    # Messages

    def apply(self, report: Report) -> Step:
        """One report: a new event, a revision, a withdrawal, or what was seen before."""
        before = self._entries.get(report.key)
        verdict, entry = judge(before, report)
        if verdict is Verdict.DUPLICATE:
            return Step(verdict)
        self._entries[report.key] = entry
        changes: list[Change] = [EntryPut(report.key, entry)]
        if verdict is Verdict.OUTRANKED:
            return Step(verdict, (), tuple(changes))
        old = None if before is None else before.report
        moved: dict[str, Moved] = {}
        self._reassign(report.key, old, entry.report, moved)
        self._forget_unseen(documents_of(old), changes)
        for token in self._following.name(report.key, old, entry.report):
            self._end_if_not_followed(token, report.known_at, moved, changes)
        return self._conclude(moved, report.known_at, changes, verdict)

    def act(self, action: SubjectAction) -> Step:
        """A coordinator follows or unfollows a vehicle, strikes a sighting or takes that back. Raises InvalidAction."""
        acts = {
            "follow": self._follow,
            "unfollow": self._unfollow,
            "strike": self._strike,
            "unstrike": self._unstrike,
        }
        require_action(action)
        moved: dict[str, Moved] = {}
        changes: list[Change] = []
        acts[action.action](action, moved, changes)
        return self._conclude(moved, action.at, changes, Verdict.APPLIED)

    def tick(self, now: int, terms: Callable[[Report], int | None]) -> Step:
        """Time has passed: follows run out, and what is past its legal term (ms after it occurred) is forgotten.

        Forgetting emits nothing; a follow that runs out withdraws what rested on it.
        """
        changes: list[Change] = []
        moved: dict[str, Moved] = {}
        for token in self._following.run_out(now):
            self._following.release(token)
            changes.append(FollowDropped(token))
            self._end_if_not_followed(token, now, moved, changes)
        for key in self._past_term(now, terms):
            self._forget(key, now, moved, changes)
        return self._conclude(moved, now, changes, Verdict.APPLIED)

    def restore(
        self,
        *,
        entries: Iterable[tuple[EventKey, Entry]],
        said: Iterable[Alert],
        follows: Iterable[Follow],
        ended: Iterable[tuple[str, int]],
        strikes: Iterable[Strike],
    ) -> None:
        """Take in what a runtime kept: the state is then what it was. Only for a new heart."""
        for strike in strikes:
            self._struck.setdefault(strike.subject, {})[strike.event] = strike
        for follow in follows:
            self._following.ask(follow)
        for token, at in ended:
            self._following.end(token, at)
        for key, entry in entries:
            self._entries[key] = entry
            self._following.name(key, None, entry.report)
            for document, owners in documents_of(entry.report).items():
                self._documents.setdefault(document, Document()).put(key, owners)
        for alert in said:
            self._subjects.restore_said(alert)
        self._restore_windows()

    def _restore_windows(self) -> None:
        given: dict[str, tuple[str, list[Sighting]]] = {}
        for key, entry in self._entries.items():
            for subject, seen in sightings_of(entry.report, self._belongs_to).items():
                if key in self._struck.get(subject, {}):
                    self._struck_sightings.setdefault(subject, {})[key] = seen.sighting
                else:
                    given.setdefault(subject, (seen.kind, []))[1].append(seen.sighting)
        for subject, (kind, sightings) in given.items():
            self._subjects.restore_window(subject, kind, sightings)

    # Questions

    def is_followed(self, token: str, known_at: int) -> bool:
        """Whether a passage of this vehicle that became known at ``known_at`` (UTC ms) is a hit."""
        return self._following.is_followed(token, known_at)

    def sightings_of(self, subject: str) -> list[Sighting]:
        """Every counting sighting of the subject, in order."""
        window = self._subjects.window(subject)
        return [] if window is None else window.all_sightings

    def struck_of(self, subject: str) -> list[Sighting]:
        """The sightings that were struck from the subject, in order."""
        return sorted(self._struck_sightings.get(subject, {}).values())

    def stays_of(self, subject: str) -> list[tuple[str, int, int]]:
        """(place, first_seen, last_seen) of every stay, oldest first; UTC ms."""
        window = self._subjects.window(subject)
        return [] if window is None else window.stays()

    def kind_of(self, subject: str) -> str | None:
        """The kind of a subject that has or had sightings."""
        window = self._subjects.window(subject)
        return None if window is None else window.kind

    def reports_of(self, subject: str) -> list[Report]:
        """The winning reports that the subject's sightings come from, counting and struck, in that order."""
        return self._reports([*self.sightings_of(subject), *self.struck_of(subject)])

    def company_of(self, subject: str, among: frozenset[EventKey] | None = None) -> list[Company]:
        """Who and what shares a counting event (``among`` these) with the subject, one hop, most shared first."""
        sightings = [seen for seen in self.sightings_of(subject) if among is None or seen.event in among]
        return company_of(subject, self._reports(sightings), self._belongs_to, self._is_struck)

    def strikes_of(self, subject: str) -> list[Strike]:
        """The strikes on the subject's sightings."""
        return list(self._struck.get(subject, {}).values())

    def follow_of(self, token: str) -> Follow | None:
        """The coordinator's follow of this vehicle, running or run out."""
        return self._following.follow_of(token)

    def is_active(self, alert_id: str, subject: str) -> bool:
        """Whether what was last said of the alert is active: neither withdrawn nor settled."""
        return self._subjects.is_active(alert_id, subject)

    def subject_of_person(self, bvh_person: str | None, document: str | None, name: str | None) -> str | None:
        """The subject of a person by the tokens of its identifiers."""
        return subject_of(ReportedPerson(bvh_person=bvh_person, document=document, name=name), self._belongs_to)

    def _reports(self, sightings: Iterable[Sighting]) -> list[Report]:
        entries = (self._entries.get(sighting.event) for sighting in sightings)
        return [entry.report for entry in entries if entry is not None and entry.report is not None]

    def _is_struck(self, subject: str, event: EventKey) -> bool:
        return event in self._struck.get(subject, {})

    # Who is who

    def _belongs_to(self, document: str) -> str | None:
        known = self._documents.get(document)
        return None if known is None else known.belongs_to

    def _reassign(self, key: EventKey, old: Report | None, new: Report | None, moved: dict[str, Moved]) -> None:
        """The event says something else now: its sightings move, and those of documents that joined or parted."""
        old_documents, new_documents = documents_of(old), documents_of(new)
        if not old_documents and not new_documents:
            self._move(key, sightings_of(old, _nobody), sightings_of(new, _nobody), moved, WithdrawnReason.CORRECTED)
            return
        before = {document: self._belongs_to(document) for document in (*old_documents, *new_documents)}
        for document in old_documents.keys() - new_documents.keys():
            self._documents[document].drop(key)
        for document, owners in new_documents.items():
            self._documents.setdefault(document, Document()).put(key, owners)
        belonged: BelongsTo = lambda document: (  # noqa: E731 - the state before this step, for a moment
            before[document] if document in before else self._belongs_to(document)
        )
        self._move(
            key, sightings_of(old, belonged), sightings_of(new, self._belongs_to), moved, WithdrawnReason.CORRECTED
        )
        turned = [document for document in before if before[document] != self._belongs_to(document)]
        self._move_documents(turned, key, belonged, moved)
        for document in old_documents:
            if not self._documents[document].events:
                del self._documents[document]

    def _move_documents(self, turned: list[str], but: EventKey, belonged: BelongsTo, moved: dict[str, Moved]) -> None:
        """Documents belong to somebody else now: so do the sightings of the events that name them."""
        events = {event for document in turned for event in self._documents[document].events} - {but}
        for event in sorted(events):
            report = self._entries[event].report
            self._move(
                event,
                sightings_of(report, belonged),
                sightings_of(report, self._belongs_to),
                moved,
                WithdrawnReason.IDENTITY,
            )

    def _move(
        self,
        event: EventKey,
        old: dict[str, Seen],
        new: dict[str, Seen],
        moved: dict[str, Moved],
        reason: WithdrawnReason,
    ) -> None:
        for subject, seen in old.items():
            if reason is WithdrawnReason.CORRECTED:
                moved.setdefault(subject, Moved(seen.kind)).reasons.add(reason)
            if new.get(subject) != seen:
                step = moved.setdefault(subject, Moved(seen.kind))
                step.reasons.add(reason)
                step.taken[event] = seen.sighting
        for subject, seen in new.items():
            if old.get(subject) != seen:
                step = moved.setdefault(subject, Moved(seen.kind))
                step.given[event] = seen.sighting
                if reason is WithdrawnReason.IDENTITY:
                    step.reasons.add(reason)

    # Following

    def _end_if_not_followed(self, token: str, at: int, moved: dict[str, Moved], changes: list[Change]) -> None:
        """Nothing follows the vehicle any more: its passages are destroyed, with what REGISTER knew of them."""
        if self._following.lasts(token, at):
            return
        self._following.end(token, at)
        changes.append(FollowedEnded(token, at))
        held = [*self.sightings_of(token), *self.struck_of(token)]
        for sighting in held:
            entry = self._entries.get(sighting.event)
            if sighting.evidence != Evidence.PASSAGE or entry is None or entry.report is None:
                continue
            if entry.report.admitted:
                continue
            step = moved.setdefault(token, Moved(SubjectKind.VEHICLE))
            step.taken[sighting.event] = sighting
            step.given.pop(sighting.event, None)
            step.reasons.add(WithdrawnReason.NOT_FOLLOWED)
            del self._entries[sighting.event]
            changes.append(EntryDropped(sighting.event))

    def _follow(self, action: SubjectAction, _moved: dict[str, Moved], changes: list[Change]) -> None:
        until = require_follow(action, self.kind_of(action.subject))
        follow = Follow(action.subject, action.at, until, action.reason, action.by)
        self._following.ask(follow)
        changes.append(FollowPut(follow))

    def _unfollow(self, action: SubjectAction, moved: dict[str, Moved], changes: list[Change]) -> None:
        if self._following.follow_of(action.subject) is None:
            raise not_followed()
        self._following.release(action.subject)
        changes.append(FollowDropped(action.subject))
        self._end_if_not_followed(action.subject, action.at, moved, changes)

    # Striking

    def _strike(self, action: SubjectAction, moved: dict[str, Moved], changes: list[Change]) -> None:
        event = require_event(action)
        if event in self._struck.get(action.subject, {}):
            return
        window = self._subjects.window(action.subject)
        sighting = None if window is None else window.sighting_of(event)
        if window is None or sighting is None:
            raise not_seen()
        strike = Strike(action.subject, event, action.reason, action.by, action.at)
        step = moved.setdefault(action.subject, Moved(window.kind))
        step.taken[event] = sighting
        step.reasons.add(WithdrawnReason.CORRECTED)
        self._struck.setdefault(action.subject, {})[event] = strike
        self._struck_sightings.setdefault(action.subject, {})[event] = sighting
        changes.append(StrikePut(strike))

    def _unstrike(self, action: SubjectAction, moved: dict[str, Moved], changes: list[Change]) -> None:
        event = require_event(action)
        if self._struck.get(action.subject, {}).pop(event, None) is None:
            raise not_struck()
        changes.append(StrikeDropped(action.subject, event))
        sighting = self._struck_sightings.get(action.subject, {}).pop(event, None)
        if sighting is not None:
            moved.setdefault(action.subject, Moved(self.kind_of(action.subject) or SubjectKind.PERSON)).given[event] = (
                sighting
            )

    # Forgetting

    def _past_term(self, now: int, terms: Callable[[Report], int | None]) -> list[EventKey]:
        """In an order of their own; passages first, since the end of their vehicle's following may destroy them."""
        past = [key for key, entry in self._entries.items() if _is_past_term(key, entry, now, terms)]
        return sorted(past, key=lambda key: (key.type != EventType.VEHICLE, key))

    def _forget(self, key: EventKey, now: int, moved: dict[str, Moved], changes: list[Change]) -> None:
        """The event is past its term: its sightings go without a word, and what was said of them stays said."""
        report = self._entries.pop(key).report
        for subject, seen in sightings_of(report, self._belongs_to).items():
            self._forget_sighting(subject, seen.sighting, changes)
        for token in self._following.name(key, report, None):
            self._end_if_not_followed(token, now, moved, changes)
        self._keep_links(key, report, changes)
        self._forget_unseen(documents_of(report), changes)

    def _forget_unseen(self, documents: Iterable[str], changes: list[Change]) -> None:
        """Where the last sighting of a document is gone, what linked it goes too."""
        for document in documents:
            known = self._documents.get(document)
            if known is not None and not self._is_seen(document):
                for event in sorted(known.events):
                    self._keep_links(event, self._entries.pop(event).report, changes)

    def _keep_links(self, key: EventKey, report: Report | None, changes: list[Change]) -> None:
        """Of an event past its term, what links documents that are still seen stays known; nothing else does."""
        changes.append(EntryDropped(key))
        learnt = links_only(report, self._is_seen)
        if learnt is not None:
            entry = Entry(learnt.rank, (learnt.rank,), learnt.known_at, learnt)
            self._entries[key] = entry
            changes.append(EntryPut(key, entry))
        for document in documents_of(report).keys() - documents_of(learnt).keys():
            self._documents[document].drop(key)
            if not self._documents[document].events:
                del self._documents[document]

    def _is_seen(self, document: str) -> bool:
        return any(self._has_sighting(event) for event in self._documents[document].events)

    def _has_sighting(self, event: EventKey) -> bool:
        entry = self._entries.get(event)
        return entry is not None and entry.report is not None and entry.report.occurred_at is not None

    def _forget_sighting(self, subject: str, sighting: Sighting, changes: list[Change]) -> None:
        window = self._subjects.window(subject)
        if window is None:
            return
        if self._struck_sightings.get(subject, {}).pop(sighting.event, None) is None:
            self._subjects.forget(subject, sighting)
            changes.append(SightingTaken(subject, window.kind, sighting))

    # Conclusions

    def _conclude(self, moved: dict[str, Moved], known_at: int, changes: list[Change], verdict: Verdict) -> Step:
        """Change the windows; what they lose and gain, and what is told of it."""
        for subject in [*moved]:
            if subject in self._struck:
                self._set_aside_struck(subject, moved[subject])
            step = moved[subject]
            if not step.taken and not step.given:
                del moved[subject]
        for subject in sorted(moved):
            step = moved[subject]
            changes.extend(SightingTaken(subject, step.kind, sighting) for sighting in step.taken.values())
            changes.extend(SightingGiven(subject, step.kind, sighting) for sighting in step.given.values())
        return Step(verdict, tuple(self._subjects.change(moved, known_at)), tuple(changes))

    def _set_aside_struck(self, subject: str, step: Moved) -> None:
        """Struck sightings come and go beside the window."""
        aside = self._struck_sightings.setdefault(subject, {})
        window = self._subjects.window(subject)
        for event in self._struck[subject]:
            if event in step.taken and (window is None or window.sighting_of(event) is None):
                del step.taken[event]
                aside.pop(event, None)
            if event in step.given:
                aside[event] = step.given.pop(event)


def _is_past_term(key: EventKey, entry: Entry, now: int, terms: Callable[[Report], int | None]) -> bool:
    report = entry.report
    if report is None:
        return key.type == EventType.VEHICLE and entry.known_at + TOMBSTONE_MS <= now
    term_ms = terms(report)
    return term_ms is not None and report.occurred_at is not None and report.occurred_at + term_ms <= now


def _nobody(_document: str) -> None:
    return None
