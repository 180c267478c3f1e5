"""RELOCATION of one partition: a window per subject, who is who, whom to follow, and what is told of it.

Everything it remembers is a fold of logs (docs/distributed.md): of sightings by their version, of what was said and
done by its first message. So order between partitions, repetition and words of the dead cannot matter.
"""

from processors.archive import KeeperReader
from processors.documents import take_document
from processors.geography import Geography
from processors.keeper_acts import act
from processors.keeper_steps import NOTHING, KeeperStep, Turn, joined, step_of
from processors.keeper_time import end_waiting, forget, run_out
from processors.keeping import Keeping, changed_at, end_of
from processors.rules import Rules
from processors.words import Heirs
from schemas.actions import SubjectAction
from schemas.alerts import Alert, WithdrawnReason
from schemas.decisions import SubjectState
from schemas.following import Followed
from schemas.keys import fact_of
from schemas.sightings import Sighting, SubjectKind, SubjectSighting
from schemas.times import HOUR_MS, MINUTE_MS

NO_HEIRS: Heirs = {}
REVIEW_AFTER_MS = MINUTE_MS
"""So long after its first tick a keeper compares what a restart left open, if nobody asked it to before."""


class Keeper:
    """All state of RELOCATION of one partition. Times are UTC milliseconds."""

    def __init__(
        self, rules: Rules, geography: Geography, read: KeeperReader, term_min_ms: int = 0, *, acted_until: int = 0
    ) -> None:
        """``term_min_ms``: no legal term is shorter, so nothing restored is looked at for its end before.

        ``acted_until``: the requests below this offset were taken, as of what is committed.
        """
        self._keeping = Keeping(rules, geography, read, acted_until)
        self._term_min_ms, self._window_ms = term_min_ms, rules.window_ms
        self._first_tick: int | None = None

    # Recovery, in any order of the topics; nothing is told

    def restore(self, key: str, body: bytes | None, occurred_at: int) -> None:
        """A record of ``sightings.<class>`` below the committed offset, with its timestamp; None is a tombstone."""
        subject = self._keeping.archive.put(key, body)
        if body is not None:
            self._keeping.due.setdefault((occurred_at + self._term_min_ms) // HOUR_MS, []).append(subject)

    def restore_alert(self, body: bytes, *, settled: bool = False, is_later: bool = False) -> None:
        """A message of ``alerts``, to the end of the log; ``settled``: its header says 1.

        ``is_later``: by the marks of the commit it need not follow from what is committed. Of what was said otherwise,
        what follows no more rests on evidence that was forgotten.
        """
        self._keeping.archive.put_alert(body, settled=settled, is_later=is_later)

    def restore_state(self, state: SubjectState, offset: int) -> None:
        """A message of ``subject-states``, to its end; ``offset``: of the request that it answers."""
        if self._keeping.note_done(state, offset):
            self._keeping.redo(state.action)

    def restore_followed(self, followed: Followed) -> None:
        """A message of ``followed``, to the end of the log."""
        self._keeping.vehicles.hear(followed)

    def review(self, now: int) -> KeeperStep:
        """Compare what a restart left open with what follows: once the log as of the start has been read on to its end.

        Nothing is wrong when it is done before; what was said by a batch to be done again is then taken back first.
        """
        questions = self._keeping.archive.questions
        turns = [self._compare(subject, now) for subject in sorted(questions)]
        questions.clear()
        return step_of(turns)

    def _compare(self, subject: str, now: int) -> Turn:
        kept, turn = self._keeping.turn(subject, now)
        kept.in_question = False
        return self._keeping.conclude(kept, turn, self._keeping.archive.questions.get(subject, ()))

    # Messages

    def take(self, record: SubjectSighting, offset: int) -> KeeperStep:
        """A record of ``sightings.<class>`` at its offset."""
        subject, kind, sighting, taken, _, via, is_document, _, _, kept_until, since = record
        if taken or is_document or via is not None:
            return self._take(record, offset)
        kept = self._keeping.kept.get(subject)
        if kept is None and not self._keeping.archive.has(subject):
            kept = self._keeping.begin(subject, kind)
        if kept is None or not kept.is_plain:
            return self._take(record, offset)
        event_id, facts = sighting.event_id, kept.facts
        if event_id in facts:
            return self._take(record, offset)
        facts[event_id] = record
        if 0 < kept_until < kept.due:
            self._keeping.schedule(kept, kept_until)
        window, subjects = kept.window, self._keeping.subjects
        if window is None:
            window = kept.window = subjects.window_for(subject, kind)
        alerts = subjects.give(window, sighting, since or sighting.known_at, is_first=True)
        if not alerts and kept.reopens_at <= sighting.occurred_at - self._window_ms < kept.settles_at:
            return NOTHING
        told = self._keeping.words.tell(kept, alerts, NO_HEIRS)
        return KeeperStep(tuple(told)) if told else NOTHING

    def _take(self, record: SubjectSighting, offset: int) -> KeeperStep:
        """The same of any record, whatever it may lead to."""
        if record.via == record.subject:
            return NOTHING
        event = record.sighting.event
        kept, turn = self._keeping.turn(record.subject, changed_at(record), record.subject_kind)
        known = kept.known(event, record.via)
        if known is None or known.version < record.version:
            kept.put(record)
            turn.events.add(event)
            turn.moved.heirs[event] = record.gained
            if known is not None and not known.taken:
                turn.moved.reasons.add(WithdrawnReason.CORRECTED if record.via is None else WithdrawnReason.IDENTITY)
            if record.is_document:
                take_document(kept, known, record, offset, turn)
            elif record.subject_kind == SubjectKind.VEHICLE:
                self._keeping.vehicles.take(kept, record, turn)
            self._keeping.schedule(kept, end_of(record))
        elif known.version > record.version:
            turn.sightings.append(known)
        return step_of((self._keeping.conclude(kept, turn),))

    def take_tombstone(self, key: str) -> KeeperStep:
        """A tombstone on ``sightings.passage``: whoever wrote it, the passage is gone."""
        subject, event = fact_of(key)
        kept, turn = self._keeping.turn(subject, 0, SubjectKind.VEHICLE)
        known = kept.known(event, None)
        if known is not None and known.taken:
            kept.drop(event, None)
        elif known is not None:
            turn.at = changed_at(known)
            self._keeping.vehicles.destroy(kept, known, turn)
        return step_of((self._keeping.conclude(kept, turn),))

    def act(self, action: SubjectAction, offset: int) -> KeeperStep:
        """A coordinator's request at its offset; ``action.at`` is when it is decided. The same again is answered so."""
        return act(self._keeping, action, offset)

    def tick(self, now: int) -> KeeperStep:
        """Time has passed: follows run out, passages have waited long enough, terms are over.

        The first tick comes before all messages: what is past its term is then not taken up any more.
        """
        self._keeping.now = max(now, self._keeping.now)
        turns: list[Turn] = []
        if self._first_tick is None:
            self._first_tick = now
            turns = self._judge_restored(now)
        turns += run_out(self._keeping, now) + forget(self._keeping, now) + end_waiting(self._keeping, now)
        step = step_of(turns)
        if not self._keeping.archive.questions or now < self._first_tick + REVIEW_AFTER_MS:
            return step
        return joined(step, self.review(now))

    def _judge_restored(self, now: int) -> list[Turn]:
        """Passages that may have been waiting when the last keeper ended."""
        vehicles, archive = self._keeping.vehicles, self._keeping.archive
        waiting = sorted(token for token in archive.vehicles if not vehicles.is_said_to_be_followed(token, now))
        archive.vehicles.clear()
        return [self._keeping.conclude(*self._keeping.turn(token, now, SubjectKind.VEHICLE)) for token in waiting]

    # What is said by others, or was by this one, read on from where recovery ended

    def hear_own_alert(self, alert_id: str, revision: int) -> None:
        """A message of its own in ``alerts``: the next one. Its own on other topics tell it nothing."""
        self._keeping.words.hear_own(alert_id, revision)

    def hear_alert(self, alert: Alert) -> KeeperStep:
        """A message of ``alerts`` that another wrote."""
        words = self._keeping.words
        kept, turn = self._keeping.turn(alert.subject, alert.known_at, alert.subject_kind)
        self._keeping.conclude(kept, turn)
        if words.hear(kept, alert, turn.alerts):
            self._keeping.conclude(kept, turn, (alert.alert_id,))
        return step_of((turn,))

    def hear_state(self, state: SubjectState, offset: int) -> KeeperStep:
        """A message of ``subject-states`` that another wrote; ``offset``: of the request that it answers."""
        if not self._keeping.note_done(state, offset):
            return NOTHING
        kept, turn = self._keeping.turn(state.action.subject, state.action.at)
        self._keeping.follow_through(kept, state.action, turn)
        return step_of((self._keeping.conclude(kept, turn),))

    def hear_followed(self, followed: Followed) -> KeeperStep:
        """A message of ``followed`` that another wrote."""
        self._keeping.vehicles.hear(followed)
        return self._say_followed(followed.token, followed.ended_at or 0)

    def followed_now(self, now: int) -> KeeperStep:
        """What has to be said so that ``followed`` holds what follows: at start, and every hour."""
        steps = [self._say_followed(token, now) for token in sorted(self._keeping.vehicles.spoken_of())]
        return joined(*steps)

    def _say_followed(self, token: str, at: int) -> KeeperStep:
        kept, turn = self._keeping.turn(token, at, SubjectKind.VEHICLE)
        self._keeping.vehicles.judge_all(kept, turn)
        self._keeping.vehicles.say(kept, turn)
        return step_of((self._keeping.conclude(kept, turn),))

    # Questions

    def is_followed(self, token: str, known_at: int) -> bool:
        """Whether a passage of this vehicle that became known at ``known_at`` counts."""
        return self._keeping.vehicles.following.is_followed(token, known_at)

    def is_active(self, alert_id: str, subject: str) -> bool:
        """Whether what was last said of the alert is active: neither withdrawn nor settled."""
        return self._keeping.subjects.is_active(alert_id, subject)

    def sightings_of(self, subject: str) -> list[Sighting]:
        """Every counting sighting of the subject, in order."""
        window = self._keeping.subjects.window(subject)
        return [] if window is None else window.all_sightings

    def kind_of(self, subject: str) -> str | None:
        """The kind of a subject that has or had sightings."""
        return self._keeping.kind_of(subject)
