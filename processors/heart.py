"""The heart: REGISTER and RELOCATION together, over the whole of their state (DESIGN sections 3 to 6).

It decides and remembers; it never fetches, logs or asks the time. A runtime hands it one message after the other,
makes what ``Step`` says durable, and can rebuild it at any time from what it kept (``restore``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

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
from processors.following import Following
from processors.geography import Distances, Geography
from processors.identity import BelongsTo, Document, Seen, documents_of, links_only, sightings_of, subject_of
from processors.register import judge
from processors.rules import Rules
from processors.telling import Before, Difference, differences, raised, revised, withdrawn
from processors.windows import Relocation, Window
from schemas.actions import SubjectAction
from schemas.alerts import Alert, AlertStatus, WithdrawnReason
from schemas.problems import Code, Problem
from schemas.reports import EventKey, EventType, Report, ReportedPerson
from schemas.sightings import Evidence, Sighting, SubjectKind
from schemas.times import DAY_MS, HOUR_MS

FOLLOW_MAX_MS = 90 * DAY_MS
"""The longest a coordinator's follow may run (DESIGN section 5)."""
TOMBSTONE_MS = 72 * HOUR_MS
"""How long REGISTER remembers a passage that gives nothing (DESIGN section 5, no hit)."""


class InvalidAction(Exception):
    """The action cannot be done; nothing was changed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class Moved:
    """What one step takes from a subject and gives to it."""

    kind: str
    taken: dict[EventKey, Sighting] = field(default_factory=dict)
    given: dict[EventKey, Sighting] = field(default_factory=dict)
    reasons: set[WithdrawnReason] = field(default_factory=set)


class Heart:
    """All state of REGISTER and RELOCATION of one partition, here of everything."""

    def __init__(self, rules: Rules, geography: Geography) -> None:
        self.rules = rules
        self._distances = Distances(geography)
        self._entries: dict[EventKey, Entry] = {}
        self._documents: dict[str, Document] = {}
        self._following = Following()
        self._windows: dict[str, Window] = {}
        self._struck: dict[str, dict[EventKey, Strike]] = {}
        self._struck_sightings: dict[str, dict[EventKey, Sighting]] = {}
        self._said: dict[str, dict[str, Alert]] = {}
        self._frozen: dict[str, set[str]] = {}
        """Alerts that rested on what was forgotten: settled as they stand."""

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
        if action.action not in acts:
            raise _invalid("action", "there is no such action", f"one of {', '.join(acts)}")
        if not action.reason.strip():
            raise _invalid("reason", "a reason is required", "say in a sentence why")
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
            self._said.setdefault(alert.subject, {})[alert.alert_id] = alert
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
            self._window(subject, kind).change((), sorted(sightings))
            self._freeze_stale(subject)

    # Questions

    def is_followed(self, token: str, known_at: int) -> bool:
        """Whether a passage of this vehicle that became known at ``known_at`` (UTC ms) is a hit."""
        return self._following.is_followed(token, known_at)

    def sightings_of(self, subject: str) -> list[Sighting]:
        """Every counting sighting of the subject, in order."""
        window = self._windows.get(subject)
        return [] if window is None else window.all_sightings

    def struck_of(self, subject: str) -> list[Sighting]:
        """The sightings that were struck from the subject, in order."""
        return sorted(self._struck_sightings.get(subject, {}).values())

    def stays_of(self, subject: str) -> list[tuple[str, int, int]]:
        """(place, first_seen, last_seen) of every stay, oldest first; UTC ms."""
        window = self._windows.get(subject)
        return [] if window is None else window.stays()

    def kind_of(self, subject: str) -> str | None:
        """The kind of a subject that has or had sightings."""
        window = self._windows.get(subject)
        return None if window is None else window.kind

    def is_active(self, alert_id: str, subject: str) -> bool:
        """Whether what was last said of the alert is active: neither withdrawn nor settled."""
        alert, window = self._said.get(subject, {}).get(alert_id), self._windows.get(subject)
        if alert is None or alert.status == AlertStatus.WITHDRAWN or window is None or window.newest is None:
            return False
        return alert.finding.arrived_at > window.newest - self.rules.window_ms

    def subject_of_person(self, bvh_person: str | None, document: str | None, name: str | None) -> str | None:
        """The subject of a person by the tokens of its identifiers."""
        return subject_of(ReportedPerson(bvh_person=bvh_person, document=document, name=name), self._belongs_to)

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
        for event in events:
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

    def _follow(self, action: SubjectAction, moved: dict[str, Moved], changes: list[Change]) -> None:
        if action.until is None or not action.at < action.until <= action.at + FOLLOW_MAX_MS:
            raise _invalid("until", "a follow must end within 90 days", "a time after now and at most 90 days ahead")
        if self.kind_of(action.subject) not in (None, SubjectKind.VEHICLE):
            raise _invalid("subject", "only vehicles are followed", "the token of a vehicle")
        follow = Follow(action.subject, action.at, action.until, action.reason, action.by)
        self._following.ask(follow)
        changes.append(FollowPut(follow))

    def _unfollow(self, action: SubjectAction, moved: dict[str, Moved], changes: list[Change]) -> None:
        if self._following.follow_of(action.subject) is None:
            raise _invalid("subject", "nobody follows this vehicle by request", "the token of a followed vehicle")
        self._following.release(action.subject)
        changes.append(FollowDropped(action.subject))
        self._end_if_not_followed(action.subject, action.at, moved, changes)

    # Striking

    def _strike(self, action: SubjectAction, moved: dict[str, Moved], changes: list[Change]) -> None:
        event = _event_of(action)
        if event in self._struck.get(action.subject, {}):
            return
        window = self._windows.get(action.subject)
        sighting = None if window is None else window.sighting_of(event)
        if window is None or sighting is None:
            raise _invalid("event", "this subject has no sighting from that event", "an event of its timeline")
        strike = Strike(action.subject, event, action.reason, action.by, action.at)
        step = moved.setdefault(action.subject, Moved(window.kind))
        step.taken[event] = sighting
        step.reasons.add(WithdrawnReason.CORRECTED)
        self._struck.setdefault(action.subject, {})[event] = strike
        self._struck_sightings.setdefault(action.subject, {})[event] = sighting
        changes.append(StrikePut(strike))

    def _unstrike(self, action: SubjectAction, moved: dict[str, Moved], changes: list[Change]) -> None:
        event = _event_of(action)
        if self._struck.get(action.subject, {}).pop(event, None) is None:
            raise _invalid("event", "that sighting is not struck", "an event whose sighting was struck")
        changes.append(StrikeDropped(action.subject, event))
        sighting = self._struck_sightings.get(action.subject, {}).pop(event, None)
        if sighting is not None:
            moved.setdefault(action.subject, Moved(self.kind_of(action.subject) or SubjectKind.PERSON)).given[event] = (
                sighting
            )

    # Forgetting

    def _past_term(self, now: int, terms: Callable[[Report], int | None]) -> list[EventKey]:
        return [key for key, entry in self._entries.items() if _is_past_term(key, entry, now, terms)]

    def _forget(self, key: EventKey, now: int, moved: dict[str, Moved], changes: list[Change]) -> None:
        """The event is past its term: its sightings go without a word, and what was said of them stays said."""
        report = self._entries.pop(key).report
        changes.append(EntryDropped(key))
        for subject, seen in sightings_of(report, self._belongs_to).items():
            self._forget_sighting(subject, seen.sighting, changes)
        for token in self._following.name(key, report, None):
            self._end_if_not_followed(token, now, moved, changes)
        self._forget_documents(key, report, changes)

    def _forget_documents(self, key: EventKey, report: Report | None, changes: list[Change]) -> None:
        """Links of documents learnt from the event stay until the last sighting of the document goes."""
        learnt = links_only(report)
        for document in documents_of(report):
            known = self._documents[document]
            live = [event for event in known.events if event != key and self._has_sighting(event)]
            if live and learnt is not None:
                entry = Entry(learnt.rank, (learnt.rank,), learnt.known_at, learnt)
                self._entries[key] = entry
                changes.append(EntryPut(key, entry))
                return
            for event in list(known.events):
                if event not in live:
                    known.drop(event)
                    if self._entries.pop(event, None) is not None:
                        changes.append(EntryDropped(event))
            if not known.events:
                del self._documents[document]

    def _has_sighting(self, event: EventKey) -> bool:
        entry = self._entries.get(event)
        return entry is not None and entry.report is not None and entry.report.occurred_at is not None

    def _forget_sighting(self, subject: str, sighting: Sighting, changes: list[Change]) -> None:
        window = self._windows.get(subject)
        if window is None:
            return
        if self._struck_sightings.get(subject, {}).pop(sighting.event, None) is None:
            window.change((sighting,), ())
            changes.append(SightingTaken(subject, window.kind, sighting))
            self._freeze_stale(subject)

    def _freeze_stale(self, subject: str) -> None:
        """What was said and no longer follows, because evidence was forgotten, is settled as it stands."""
        window, active = self._windows[subject], self._windows[subject].active()
        for alert_id, alert in self._said.get(subject, {}).items():
            if alert.status == AlertStatus.WITHDRAWN:
                continue
            found = active.get(alert_id)
            stale = window.finding_of(found) != alert.finding if found else self.is_active(alert_id, subject)
            if stale or window.newest is None:
                self._frozen.setdefault(subject, set()).add(alert_id)

    # Conclusions

    def _window(self, subject: str, kind: str) -> Window:
        window = self._windows.get(subject)
        if window is None:
            window = self._windows[subject] = Window(subject, kind, self.rules, self._distances)
        return window

    def _conclude(self, moved: dict[str, Moved], known_at: int, changes: list[Change], verdict: Verdict) -> Step:
        """Change the windows, and tell the differences in their order (section 6, step 5)."""
        told: dict[str, Difference] = {}
        for subject in sorted(moved):
            difference = self._change_window(subject, moved[subject], changes)
            if difference is not None and not difference.is_empty:
                told[subject] = difference
        alerts: list[Alert] = []
        for subject, difference in told.items():
            alerts.extend(self._messages(subject, difference, moved, known_at))
        for alert in alerts:
            self._said.setdefault(alert.subject, {})[alert.alert_id] = alert
        return Step(verdict, tuple(alerts), tuple(changes))

    def _change_window(self, subject: str, step: Moved, changes: list[Change]) -> Difference | None:
        struck = self._struck.get(subject)
        if struck:
            self._set_aside_struck(subject, step, struck)
        if not step.taken and not step.given:
            return None
        window = self._window(subject, step.kind)
        newest_before = window.newest
        if step.taken or len(step.given) != 1:
            touched = window.change(step.taken.values(), step.given.values())
        else:
            touched = window.add(*step.given.values())
        changes.extend(SightingTaken(subject, step.kind, sighting) for sighting in step.taken.values())
        changes.extend(SightingGiven(subject, step.kind, sighting) for sighting in step.given.values())
        lost = frozenset(
            event for event, sighting in step.taken.items() if not _stands(sighting, step.given.get(event))
        )
        return differences(
            window,
            self._said.get(subject, {}),
            touched,
            Before(newest_before, lost, frozenset(self._frozen.get(subject, ()))),
        )

    def _set_aside_struck(self, subject: str, step: Moved, struck: dict[EventKey, Strike]) -> None:
        """Struck sightings come and go beside the window."""
        aside = self._struck_sightings.setdefault(subject, {})
        window = self._windows.get(subject)
        for event in struck:
            if event in step.taken and (window is None or window.sighting_of(event) is None):
                del step.taken[event]
                aside.pop(event, None)
            if event in step.given:
                aside[event] = step.given.pop(event)

    def _messages(self, subject: str, told: Difference, moved: dict[str, Moved], known_at: int) -> list[Alert]:
        window = self._windows[subject]
        reason = _reason(moved[subject].reasons)
        active = window.active() if told.withdrawn else {}
        gone = [withdrawn(last, reason, self._successor(last, active, moved), known_at) for last in told.withdrawn]
        changed = [revised(window, last, found, finding, known_at) for last, found, finding in told.revised]
        new = [raised(window, last, found, finding, known_at) for last, found, finding in told.raised]
        return [*sorted(gone, key=_told_order), *sorted(changed, key=_told_order), *sorted(new, key=_told_order)]

    def _successor(self, last: Alert, active: dict[str, Relocation], moved: dict[str, Moved]) -> str | None:
        """The active alert that replaces a withdrawn one, if there is one."""
        arrival = EventKey(last.arrival_source, last.arrival_type, last.finding.arrival_event_id)
        same = _of_arrival(active, arrival)
        if same:
            return min(same)
        elsewhere = [
            alert_id
            for subject, step in moved.items()
            if subject != last.subject and arrival in step.given and arrival not in step.taken
            for alert_id in _of_arrival(self._windows[subject].active(), arrival)
        ]
        if elsewhere:
            return min(elsewhere)
        return _nearest(last, active)


def _nearest(last: Alert, active: dict[str, Relocation]) -> str | None:
    """Of the same subject and with the same ``to``: the nearest arrival, then the earlier, then the smaller id."""
    candidates = [
        (abs(arrival.occurred_at - last.finding.arrived_at), arrival.occurred_at, alert_id)
        for alert_id, arrival in ((alert_id, found.passed.arrival) for alert_id, found in active.items())
        if arrival.place == last.finding.to_place
    ]
    return min(candidates)[2] if candidates else None


def _of_arrival(active: dict[str, Relocation], arrival: EventKey) -> list[str]:
    return [alert_id for alert_id, found in active.items() if found.passed.arrival.event == arrival]


def _reason(reasons: set[WithdrawnReason]) -> WithdrawnReason:
    """The first that applies."""
    for reason in (WithdrawnReason.NOT_FOLLOWED, WithdrawnReason.CORRECTED, WithdrawnReason.IDENTITY):
        if reason in reasons:
            return reason
    return WithdrawnReason.LATER_EVIDENCE


def _told_order(alert: Alert) -> tuple[int, str]:
    return alert.finding.arrived_at, alert.alert_id


def _stands(old: Sighting, new: Sighting | None) -> bool:
    """Whether the sighting kept its time, class and place."""
    return new is not None and (old.occurred_at, old.evidence, old.place) == (
        new.occurred_at,
        new.evidence,
        new.place,
    )


def _is_past_term(key: EventKey, entry: Entry, now: int, terms: Callable[[Report], int | None]) -> bool:
    report = entry.report
    if report is None:
        return key.type == EventType.VEHICLE and entry.known_at + TOMBSTONE_MS <= now
    term_ms = terms(report)
    return term_ms is not None and report.occurred_at is not None and report.occurred_at + term_ms <= now


def _nobody(_document: str) -> None:
    return None


def _event_of(action: SubjectAction) -> EventKey:
    if action.event is None:
        raise _invalid("event", "which event's sighting is missing", "source, type and event_id of the event")
    return action.event


def _invalid(field_name: str, message: str, hint: str) -> InvalidAction:
    return InvalidAction(Problem(Code.INVALID_VALUE, message, field_name, hint))
