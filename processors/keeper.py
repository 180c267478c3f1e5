"""RELOCATION of one partition: a window per subject, who is who, whom to follow, and what is told of it.

Everything it remembers is a fold of logs (docs/distributed.md): of sightings by their version, of what was said and
done by its first message. So order between partitions, repetition and words of the dead cannot matter.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from processors.geography import Geography
from processors.rules import Rules
from schemas.actions import SubjectAction
from schemas.alerts import Alert
from schemas.decisions import ActionAnswer, SubjectState
from schemas.following import Destroyed, Followed
from schemas.sightings import Sighting, SubjectSighting


@dataclass(frozen=True, slots=True)
class Told:
    """A message about an alert, for ``alerts``."""

    alert: Alert
    successor: str | None = None
    """The subject of ``superseded_by``, where that is known: for the header."""
    settled: bool | None = None
    """None: a new revision. Else the last one is repeated, with this as its header."""


@dataclass(frozen=True, slots=True)
class KeeperStep:
    """What one message led to, topic by topic. Empty for most."""

    alerts: tuple[Told, ...] = ()
    """In the order in which they are to be told."""
    sightings: tuple[SubjectSighting, ...] = ()
    """What documents pass on, and facts told again because something older came after them (``sightings.<class>``)."""
    followed: tuple[Followed, ...] = ()
    destroyed: tuple[Destroyed, ...] = ()
    tombstones: tuple[str, ...] = ()
    """Keys to be tombstoned on ``sightings.passage``, in this partition."""
    states: tuple[SubjectState, ...] = ()
    answers: tuple[ActionAnswer, ...] = ()


NOTHING = KeeperStep()


@dataclass(frozen=True, slots=True)
class KeeperReader:
    """How to read what was kept as bytes until it is needed; the keeper itself knows nothing of them."""

    sighting: Callable[[bytes], SubjectSighting]
    alert: Callable[[bytes], Alert]
    alert_head: Callable[[bytes], tuple[str, str, int]]
    """Subject, alert_id and revision, in little time."""


class Keeper:
    """All state of RELOCATION of one partition. Times are UTC milliseconds."""

    def __init__(self, rules: Rules, geography: Geography, read: KeeperReader, term_min_ms: int = 0) -> None:
        """``term_min_ms``: no legal term is shorter, so nothing is looked at for its end before."""
        raise NotImplementedError

    # Recovery, in any order; nothing is told

    def restore(self, key: str, body: bytes | None) -> None:
        """A record of ``sightings.<class>`` below the committed offset; None is a tombstone. Kept as its bytes."""
        raise NotImplementedError

    def restore_alert(self, body: bytes, *, settled: bool | None, is_later: bool) -> None:
        """A message of ``alerts``, to the end of the log, with its header ``relocation_settled``.

        ``is_later``: it lies at or after ``said`` of the commit metadata: a batch that was not committed said it, or
        a worker that is no more. What was said before and follows no more rests on evidence that was forgotten.
        """
        raise NotImplementedError

    def restore_state(self, state: SubjectState) -> None:
        """A message of ``subject-states``, to the end of the log."""
        raise NotImplementedError

    def restore_followed(self, followed: Followed) -> None:
        """A message of ``followed``, to the end of the log."""
        raise NotImplementedError

    # Messages

    def take(self, record: SubjectSighting, offset: int) -> KeeperStep:
        """A record of ``sightings.<class>`` at its offset."""
        raise NotImplementedError

    def take_tombstone(self, key: str) -> KeeperStep:
        """A tombstone on ``sightings.passage``: whoever wrote it, the passage is gone."""
        raise NotImplementedError

    def act(self, action: SubjectAction) -> KeeperStep:
        """A coordinator's request; ``action.at`` is when it is decided. The same again is answered the same."""
        raise NotImplementedError

    def tick(self, now: int) -> KeeperStep:
        """Time has passed: follows run out, passages have waited long enough, terms are over.

        The first tick also compares what was said with what follows, where a restart left that open.
        """
        raise NotImplementedError

    # What is said by others (or was, by this one: ``ours``), read on from where recovery ended

    def hear_alert(self, alert: Alert, *, ours: bool) -> KeeperStep:
        """A message of ``alerts``."""
        raise NotImplementedError

    def hear_state(self, state: SubjectState, *, ours: bool) -> KeeperStep:
        """A message of ``subject-states``."""
        raise NotImplementedError

    def hear_followed(self, followed: Followed, *, ours: bool) -> KeeperStep:
        """A message of ``followed``."""
        raise NotImplementedError

    # Questions

    def followed_now(self) -> KeeperStep:
        """What has to be said of following so that ``followed`` holds what follows: at start, and every hour."""
        raise NotImplementedError

    def is_followed(self, token: str, known_at: int) -> bool:
        """Whether a passage of this vehicle that became known at ``known_at`` counts."""
        raise NotImplementedError

    def sightings_of(self, subject: str) -> list[Sighting]:
        """Every counting sighting of the subject, in order."""
        raise NotImplementedError

    def subjects(self) -> Iterable[str]:
        """Everybody who has or had sightings here."""
        raise NotImplementedError
