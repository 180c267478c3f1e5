"""The state of RELOCATION of one partition, and how one turn of one subject begins and ends."""

from collections.abc import Collection

from processors.archive import Archive, KeeperReader, Said
from processors.changes import Follow, Strike
from processors.documents import note_document
from processors.geography import Geography
from processors.keeper_steps import Turn
from processors.kept import NEVER, Kept
from processors.rules import Rules
from processors.subjects import Moved, Subjects
from processors.vehicles import TAKEN_KEPT_MS, Vehicles, is_passage
from processors.words import Words
from schemas.actions import SubjectAction
from schemas.decisions import SubjectState
from schemas.keys import fact_of
from schemas.reports import EventKey
from schemas.sightings import Sighting, SubjectKind, SubjectSighting
from schemas.times import HOUR_MS


class Keeping:
    """Facts, windows, what was said and what was asked. Subjects that nobody needed yet are still bytes."""

    def __init__(self, rules: Rules, geography: Geography, read: KeeperReader, acted_until: int) -> None:
        self.subjects = Subjects(rules, geography)
        self.archive = Archive(read)
        self.vehicles = Vehicles()
        self.words = Words(self.subjects)
        self.kept: dict[str, Kept] = {}
        self.struck: dict[str, dict[EventKey, Strike]] = {}
        self.done: dict[str, SubjectState] = {}
        """Requests that were done, by ``action_id``."""
        self.ahead: set[str] = set()
        """Of those, whose request was not taken yet: they take effect when it is, in the order of the requests."""
        self.acted_until = acted_until
        """The offset of the next request to be taken."""
        self.due: dict[int, list[str]] = {}
        """By the hour: subjects of which something may have to go then."""
        self.now = 0
        """UTC ms: the last tick."""

    # A turn

    def turn(self, subject: str, at: int, kind: str | None = None) -> tuple[Kept, Turn]:
        """A turn of the subject begins, ``at`` (UTC ms); ``kind`` where it is known."""
        turn = Turn(Moved(kind or self.kind_of(subject) or SubjectKind.PERSON), at)
        kept = self.kept.get(subject)
        if kept is None:
            kept = self.begin(subject, kind)
            if self.archive.has(subject):
                self._build(kept, turn)
        return kept, turn

    def begin(self, subject: str, kind: str | None) -> Kept:
        """Nothing is kept of the subject yet, or it is still bytes."""
        kept = self.kept[subject] = Kept(subject)
        kept.is_plain = kind not in (None, SubjectKind.VEHICLE) and subject not in self.struck
        return kept

    def conclude(self, kept: Kept, turn: Turn, questions: Collection[str] = ()) -> Turn:
        """Find what moves in the subject's window, and tell what is to be told of it.

        ``questions``: alerts of which what was said before need not be what followed before.
        """
        window, moved = self.subjects.window(kept.subject), turn.moved
        for event in sorted(turn.events):
            held = None if window is None else window.sighting_of(event)
            shown = None if self.is_struck(kept.subject, event) else self.shown(kept, event)
            if held == shown:
                continue
            if held is not None:
                moved.taken[event] = held
            if shown is not None:
                moved.given[event] = shown
        alerts = list(self.subjects.change({kept.subject: moved}, turn.at)) if moved.taken or moved.given else []
        if questions:
            alerts.extend(self.subjects.compare(kept.subject, questions, kept.settled, turn.at))
        turn.alerts.extend(self.words.tell(kept, alerts, moved.heirs))
        return turn

    def note_done(self, state: SubjectState, offset: int) -> bool:
        """Another did it, or this one before it began anew. Whether that is news, and to take effect at once."""
        action_id = state.action.action_id
        if action_id in self.done:
            return False
        self.done[action_id] = state
        if offset >= self.acted_until:
            self.ahead.add(action_id)
        return offset < self.acted_until

    def follow_through(self, kept: Kept, action: SubjectAction, turn: Turn) -> None:
        """What was asked is done, and what follows from it is looked at."""
        self.redo(action)
        if action.event is not None:
            kept.is_plain = False
            turn.events.add(action.event)
        else:
            self.vehicles.changed(kept, turn, is_less=action.action == "unfollow")

    def redo(self, action: SubjectAction) -> None:
        """What was asked is so from now on."""
        if action.action == "follow" and action.until is not None:
            follow = Follow(action.subject, action.at, action.until, action.reason, action.by)
            self.vehicles.following.ask(follow)
        elif action.action == "unfollow":
            self.vehicles.following.release(action.subject)
        elif action.action == "strike" and action.event is not None:
            strike = Strike(action.subject, action.event, action.reason, action.by, action.at)
            self.struck.setdefault(action.subject, {})[action.event] = strike
        elif action.action == "unstrike" and action.event is not None:
            self.struck.get(action.subject, {}).pop(action.event, None)

    def schedule(self, kept: Kept, at: int) -> None:
        """Something of the subject has to go ``at`` (UTC ms)."""
        if at < kept.due:
            kept.due = at
            self.due.setdefault(at // HOUR_MS, []).append(kept.subject)

    # Questions

    def shown(self, kept: Kept, event: EventKey) -> Sighting | None:
        """What the event shows of the subject, struck or not."""
        return kept.shown(event, lambda record: self._counts(kept, record))

    def is_struck(self, subject: str, event: EventKey) -> bool:
        """Whether a coordinator took this sighting out."""
        return event in self.struck.get(subject, ())

    def kind_of(self, subject: str) -> str | None:
        """The kind of a subject that has or had sightings."""
        window = self.subjects.window(subject)
        return None if window is None else window.kind

    def _counts(self, kept: Kept, record: SubjectSighting) -> bool:
        if record.is_document:
            return kept.document is None or kept.document.belongs_to is None
        return not is_passage(record) or self.vehicles.counts(record)

    # Building from bytes

    def _build(self, kept: Kept, turn: Turn) -> None:
        """As of what is committed first: what was said until then and does not follow rests on what was forgotten."""
        self._build_facts(kept)
        said = self.archive.take_said(kept.subject)
        kinds = [*(record.subject_kind for record in kept.records()), *(alert.last.subject_kind for alert in said)]
        if not kinds:
            return
        turn.moved.kind = kinds[0]
        for alert in said:
            if alert.committed is not None:
                self.subjects.restore_said(alert.committed)
        self.subjects.restore_window(kept.subject, turn.moved.kind, self._committed(kept))
        if kept.subject in self.archive.questions:
            kept.in_question, kept.is_plain = True, False
        for alert in said:
            self._build_said(kept, alert, turn)
        if turn.moved.kind == SubjectKind.VEHICLE:
            kept.is_plain = False
            self.vehicles.forget_ended_follow(kept.subject)
            self.vehicles.judge_all(kept, turn)

    def _build_facts(self, kept: Kept) -> None:
        for fact in self.archive.take_facts(kept.subject):
            if isinstance(fact, str):
                kept.drop(fact_of(fact)[1], None)
            elif fact.via != kept.subject:
                known = kept.known(fact.sighting.event, fact.via)
                if known is None or known.version < fact.version:
                    kept.put(fact)
        for record in kept.records():
            if record.is_document:
                note_document(kept, record)
            self.vehicles.note(kept, record)
            self.schedule(kept, end_of(record))

    def _build_said(self, kept: Kept, said: Said, turn: Turn) -> None:
        """One of the messages since may have been the last of what is committed: then nothing was forgotten."""
        for alert in (*said.since, said.last):
            self.subjects.restore_said(alert)
            self.subjects.thaw(kept.subject)
        self.words.note(kept, said.last, settled=said.settled)
        if said.is_overtaken:
            turn.alerts.append(self.words.repeated(kept, said.last.alert_id))

    def _committed(self, kept: Kept) -> list[Sighting]:
        """What counted as of what is committed, without what is past its term by now."""
        follows = self.vehicles.following
        is_followed = follows.is_named(kept.subject) or follows.follow_of(kept.subject) is not None

        def counted(record: SubjectSighting) -> bool:
            if end_of(record) <= self.now:
                return False
            return is_followed if is_passage(record) else self._counts(kept, record)

        told = (kept.shown(event, counted) for event in kept.events() if not self.is_struck(kept.subject, event))
        return [sighting for sighting in told if sighting is not None]


def end_of(record: SubjectSighting) -> int:
    """When the fact has to go (UTC ms)."""
    until = record.kept_until or NEVER
    if record.taken and is_passage(record):
        return min(until, changed_at(record) + TAKEN_KEPT_MS)
    return until


def changed_at(record: SubjectSighting) -> int:
    """Since when it is so (UTC ms)."""
    return record.changed_at or record.sighting.known_at
