"""What recovery read of a partition, kept as bytes until a subject is needed: so it costs little more than reading."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from schemas.alerts import Alert
from schemas.reports import EventType
from schemas.sightings import SubjectSighting

_PASSAGE = f"/{EventType.VEHICLE}/"


@dataclass(frozen=True, slots=True)
class KeeperReader:
    """How to read what was kept as bytes; the keeper itself knows nothing of them."""

    sighting: Callable[[bytes], SubjectSighting | None]
    """None of bytes that are no sighting: they were given up when they were new."""
    alert: Callable[[bytes], Alert | None]
    """None of bytes that are no alert, though they begin like one."""
    alert_head: Callable[[bytes], tuple[str, str, int]]
    """Subject, alert_id and revision, in little time: what follows them is not looked at."""


class Said(NamedTuple):
    """``SaidBytes``, read."""

    committed: Alert | None
    since: list[Alert]
    last: Alert
    settled: bool
    is_overtaken: bool


class SaidBytes:
    """What was said of one alert: as of what is committed, and since."""

    __slots__ = ("_committed_revision", "committed", "is_overtaken", "last", "revision", "settled", "since")

    def __init__(self) -> None:
        self.committed: bytes | None = None
        """The last message as of what is committed, as far as that can be told; None: there was none."""
        self._committed_revision = 0
        self.since: tuple[bytes, ...] = ()
        """Messages of later revisions: one of them may have been the last instead."""
        self.last = b""
        """The first message of the highest revision, which counts."""
        self.revision = 0
        """The highest."""
        self.settled = False
        """As the message that lies last has it."""
        self.is_overtaken = False
        """The message that lies last is not the one that counts, nor that repeated."""

    def hear(self, revision: int, body: bytes, *, settled: bool, is_later: bool) -> None:
        """The next message in the log."""
        self.settled = settled
        self.is_overtaken = revision <= self.revision and body != self.last
        if revision > self.revision:
            self.revision, self.last = revision, body
        if revision <= self._committed_revision:
            return
        if is_later:
            self.since = self.since if body in self.since else (*self.since, body)
        else:
            self.committed, self._committed_revision = body, revision


class Archive:
    """Bytes by subject. What is taken out is no longer here."""

    def __init__(self, read: KeeperReader) -> None:
        self._read = read
        self._facts: dict[str, list[bytes | str]] = {}
        """Records in the order of the log; a key alone is its tombstone."""
        self._said: dict[str, dict[str, SaidBytes]] = {}
        self.vehicles: set[str] = set()
        """Vehicles that passages are known of."""
        self.questions: dict[str, set[str]] = {}
        """Subjects of which something was said that need not follow from what is committed: of which alerts."""

    def put(self, key: str, body: bytes | None) -> str:
        """A record of ``sightings.<class>``, or a tombstone. The subject."""
        subject = key.partition("/")[0]
        held = self._facts.get(subject)
        if held is None:
            held = self._facts[subject] = []
        held.append(key if body is None else body)
        if _PASSAGE in key:
            self.vehicles.add(subject)
        return subject

    def put_alert(self, body: bytes, *, settled: bool, is_later: bool) -> None:
        """A message of ``alerts``."""
        subject, alert_id, revision = self._read.alert_head(body)
        said = self._said.setdefault(subject, {}).setdefault(alert_id, SaidBytes())
        said.hear(revision, body, settled=settled, is_later=is_later)
        if is_later or said.is_overtaken:
            self.questions.setdefault(subject, set()).update((alert_id,) if is_later else ())

    def has(self, subject: str) -> bool:
        """Whether anything of the subject is here."""
        return subject in self._facts or subject in self._said

    def subjects(self) -> set[str]:
        """Everybody of whom there are facts here."""
        return set(self._facts)

    def take_facts(self, subject: str) -> Iterator[SubjectSighting | str]:
        """The facts of the subject in the order of the log; of tombstones their keys."""
        for held in self._facts.pop(subject, ()):
            fact = held if isinstance(held, str) else self._read.sighting(held)
            if fact is not None:
                yield fact

    def take_said(self, subject: str) -> list[Said]:
        """What was said of the subject, an entry an alert."""
        said = map(self._said_of, self._said.pop(subject, {}).values())
        return [one for one in said if one is not None]

    def _said_of(self, held: SaidBytes) -> Said | None:
        """None where nothing of it can be read."""
        read = self._read.alert
        last, committed = read(held.last), None
        if held.committed is not None:
            committed = last if held.committed is held.last else read(held.committed)
        since = [alert for body in held.since if (alert := read(body)) is not None]
        if last is None:
            last = max((*since, *(() if committed is None else (committed,))), key=_revision, default=None)
        if last is None:
            return None
        return Said(committed, since, last, settled=held.settled, is_overtaken=held.is_overtaken)


def _revision(alert: Alert) -> int:
    return alert.revision
