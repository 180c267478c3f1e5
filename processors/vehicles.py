"""The keeper of a vehicle: whether it is followed, which of its passages count, and which have lost their ground.

A passage counts while its vehicle is followed (DESIGN section 5). One that comes before the naming that made it a hit,
on another way, waits; so what is decided does not hang on which of the two was read first.
"""

from processors.following import Following
from processors.keeper_steps import Turn
from processors.kept import Kept
from schemas.alerts import WithdrawnReason
from schemas.following import Destroyed, Followed
from schemas.keys import fact_key
from schemas.reports import EventKey, EventType
from schemas.sightings import Evidence, SubjectKind, SubjectSighting
from schemas.times import HOUR_MS, MINUTE_MS

WAIT_MS = 15 * MINUTE_MS
"""How long a passage waits for the naming that made it a hit."""
TAKEN_KEPT_MS = 72 * HOUR_MS
"""How long it is known of a passage that it was taken away (DESIGN section 5, no hit)."""
_NAMERS = (EventType.CONTROL, EventType.BVH_MUTATION)
PASSAGE = int(Evidence.PASSAGE)


def is_passage(record: SubjectSighting) -> bool:
    """Whether the fact comes from a camera."""
    return record.sighting.evidence == PASSAGE


class Vehicles:
    """Whom to follow, and what was said of that."""

    def __init__(self) -> None:
        self.following = Following()
        self._said: dict[str, Followed] = {}
        self._waiting: dict[str, dict[EventKey, int | None]] = {}
        """Passages without ground, and since when they wait: the first tick after they came."""

    # A turn of one vehicle

    def note(self, kept: Kept, record: SubjectSighting) -> None:
        """A fact of the vehicle, in recovery: whether it names it."""
        if _names(record):
            self.following.add_namer(kept.subject, record.sighting.event)

    def take(self, kept: Kept, record: SubjectSighting, turn: Turn) -> None:
        """A fact of the vehicle is new, or has a new version."""
        token, event = kept.subject, record.sighting.event
        was_named = self.following.is_named(token)
        if _names(record):
            self.following.add_namer(token, event)
        else:
            self.following.drop_namer(token, event)
        if was_named != self.following.is_named(token):
            self.changed(kept, turn, is_less=was_named)
        elif is_passage(record):
            self._judge(kept, record, turn)

    def changed(self, kept: Kept, turn: Turn, *, is_less: bool) -> None:
        """Something more follows it, or something less: judge all its passages, and say so."""
        if is_less and not self.following.lasts(kept.subject, turn.at):
            self._end(kept, turn)
        self.judge_all(kept, turn)
        self.say(kept, turn)

    def forget(self, kept: Kept, record: SubjectSighting, turn: Turn) -> None:
        """A fact of the vehicle is past its term, and what it said of following with it."""
        if is_passage(record):
            self._no_longer_waits(kept.subject, record.sighting.event)
        elif _names(record):
            was_named = self.following.is_named(kept.subject)
            self.following.drop_namer(kept.subject, record.sighting.event)
            if was_named and not self.following.is_named(kept.subject):
                self.changed(kept, turn, is_less=True)

    def judge_all(self, kept: Kept, turn: Turn) -> None:
        """Which of its passages count, wait, or have lost their ground."""
        for record in [record for record in kept.records() if is_passage(record)]:
            self._judge(kept, record, turn)

    def counts(self, record: SubjectSighting) -> bool:
        """Whether a passage of the vehicle counts now."""
        return self.following.is_followed(record.subject, record.sighting.known_at)

    def destroy(self, kept: Kept, record: SubjectSighting, turn: Turn) -> None:
        """The passage has lost its ground: nothing of it may be left anywhere."""
        event = record.sighting.event
        turn.moved.reasons.add(WithdrawnReason.NOT_FOLLOWED)
        turn.events.add(event)
        turn.destroyed.append(Destroyed(event, max(turn.at, record.sighting.known_at)))
        turn.tombstones.append(fact_key(kept.subject, event))
        kept.drop(event, None)
        self._no_longer_waits(kept.subject, event)

    def say(self, kept: Kept, turn: Turn) -> None:
        """Say whether it is followed, where that is not what was last said."""
        now = self.now(kept.subject)
        if now != self._said.get(kept.subject, Followed(kept.subject, named=False)):
            self._said[kept.subject] = now
            turn.followed.append(now)

    def now(self, token: str) -> Followed:
        """What follows of the vehicle."""
        follow = self.following.follow_of(token)
        return Followed(
            token,
            self.following.is_named(token),
            None if follow is None else follow.until,
            self.following.ended_at(token),
        )

    def hear(self, followed: Followed) -> None:
        """What was said, by whomever: an end that was said stays."""
        self._said[followed.token] = followed
        if followed.ended_at is not None:
            self.following.end(followed.token, followed.ended_at)

    # Time

    def overdue(self, now: int) -> list[tuple[str, EventKey]]:
        """Passages that have waited long enough, in order; those that came since the last tick begin to wait."""
        over = []
        for token, events in self._waiting.items():
            for event, since in events.items():
                if since is None:
                    events[event] = now
                elif since + WAIT_MS <= now:
                    over.append((token, event))
        return sorted(over)

    def spoken_of(self) -> set[str]:
        """Vehicles of which something was said."""
        return set(self._said)

    def is_said_to_be_followed(self, token: str, at: int) -> bool:
        """Whether it was last said that passages of the vehicle are hits at ``at`` (UTC ms)."""
        said = self._said.get(token)
        return said is not None and said.holds(at)

    def forget_ended_follow(self, token: str) -> None:
        """In recovery: a coordinator's follow that had run out when it was said that following ended is over."""
        follow, ended_at = self.following.follow_of(token), self.following.ended_at(token)
        if follow is not None and ended_at is not None and follow.until <= ended_at:
            self.following.release(token)

    def _end(self, kept: Kept, turn: Turn) -> None:
        self.following.end(kept.subject, turn.at)
        for record in [record for record in kept.records() if is_passage(record) and not record.taken]:
            self.destroy(kept, record, turn)

    def _judge(self, kept: Kept, record: SubjectSighting, turn: Turn) -> None:
        token, event, known_at = kept.subject, record.sighting.event, record.sighting.known_at
        turn.events.add(event)
        if record.taken or self.counts(record):
            self._no_longer_waits(token, event)
        elif known_at < (self.following.ended_at(token) or 0):
            self.destroy(kept, record, turn)
        else:
            self._waiting.setdefault(token, {}).setdefault(event, None)

    def _no_longer_waits(self, token: str, event: EventKey) -> None:
        waiting = self._waiting.get(token)
        if waiting is not None and waiting.pop(event, -1) != -1 and not waiting:
            del self._waiting[token]


def _names(record: SubjectSighting) -> bool:
    return not record.taken and record.sighting.type in _NAMERS and record.subject_kind == SubjectKind.VEHICLE
