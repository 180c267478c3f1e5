"""What the console tells of single subjects, from what a history knows of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from processors.geography import Distances
from processors.rules import Rules
from processors.transit import in_transit
from processors.windows import Window
from schemas.dossiers import Companion, Dossier, FollowedUntil, Known, Met, Retained, Unfollowed
from schemas.reports import EventKey
from schemas.sightings import Sighting, SubjectKind
from schemas.views import NoHistory, SilentSource, StayView, Timeline

_PERSONS = ("bvh_person", "document", "name")


class Past(Protocol):
    """A history that can be asked. Calls block, from any thread; they raise NoHistory when it cannot be asked now."""

    def known(self, *subjects: str) -> dict[str, list[Known]]:
        """What is known of each, in the order of its sightings; struck ones included."""
        ...

    def met_with(self, subject: str, events: Sequence[EventKey]) -> list[Met]:
        """Who and what else these events of the subject name, the most met first."""
        ...

    def behind(self, document: str) -> str | None:
        """The BVH person that a document now belongs to."""
        ...

    def follow_of(self, vehicle: str) -> FollowedUntil | Unfollowed | None:
        """What coordinators last asked of following it: a follow, or its end."""
        ...

    def silent_sources(self, now: int) -> list[SilentSource]:
        """Sources that are quiet at ``now`` (UTC ms) for longer than usual, the latest to fall silent first."""
        ...

    def zero_signal_places(self, since: int) -> list[str]:
        """The place of each 0-signal that occurred since then (UTC ms)."""
        ...

    def complete_until(self) -> int:
        """UTC ms: everything known before is in it."""
        ...


@dataclass(frozen=True, slots=True)
class SubjectParts:
    """What it takes to tell of subjects. ``past`` None: there is no history here."""

    past: Past | None
    is_followed: Callable[[str], bool]
    rules: Rules
    distances: Distances


class Subjects:
    """Calls block, from any thread, and raise NoHistory."""

    def __init__(self, parts: SubjectParts) -> None:
        self._parts = parts

    def timeline(self, subject: str) -> Timeline | None:
        """What is known of the subject, or None."""
        past = self._past()
        complete_until = past.complete_until()  # asked first: what is known before is then certainly in the answer
        known, followed = past.known(subject)[subject], self._parts.is_followed(subject)
        if not (known or followed):
            return None
        counting = _counting(known)
        kind = known[0].kind if known else SubjectKind.VEHICLE
        return Timeline(
            subject=subject,
            subject_kind=kind,
            sightings=tuple(counting),
            struck=tuple(one.sighting for one in known if one.struck is not None),
            stays=self._stays(subject, kind, counting),
            complete_until=complete_until,
            followed=followed,
        )

    def timeline_of_token(self, kind: str, token: str) -> Timeline | None:
        """What is known of the subject of an identifier of this kind."""
        found = self.timeline(token)
        if found is not None or kind not in _PERSONS:
            return found
        belongs_to = self._past().behind(token)
        return None if belongs_to is None else self.timeline(belongs_to)

    def companions(self, subject: str, among: frozenset[EventKey] | None = None) -> tuple[Companion, ...]:
        """Who and what shares counting events (``among`` these) with the subject, with their own stays."""
        past = self._past()
        counting = [sighting.event for sighting in _counting(past.known(subject)[subject])]
        events = [event for event in counting if among is None or event in among]
        met = past.met_with(subject, events)
        known = past.known(*(one.subject for one in met)) if met else {}
        return tuple(self._companion(one, _counting(known[one.subject])) for one in met)

    def _companion(self, met: Met, counting: Sequence[Sighting]) -> Companion:
        stays = self._stays(met.subject, met.kind, counting)
        return Companion(*met, stays, in_transit(counting, stays))

    def dossier(self, subject: str, among: frozenset[EventKey] | None = None) -> Dossier | None:
        """When its records go, how it is followed, why sightings were struck; of events ``among`` these."""
        past = self._past()
        known = past.known(subject)[subject]
        if not (known or self._parts.is_followed(subject)):
            return None
        known = [one for one in known if among is None or one.sighting.event in among]
        struck = tuple(one.struck for one in known if one.struck is not None)
        return Dossier(_retained(known), past.follow_of(subject), struck)

    def silent_sources(self, now: int) -> list[SilentSource]:
        """The sources that are quiet for longer than usual. Raises NoHistory."""
        return self._past().silent_sources(now)

    def zero_signal_places(self, since: int) -> list[str]:
        """The place of each 0-signal that occurred since then (UTC ms)."""
        return self._past().zero_signal_places(since)

    def _past(self) -> Past:
        if self._parts.past is None:
            raise NoHistory("there is no history here: RELOCATION_CLICKHOUSE is not set")
        return self._parts.past

    def _stays(self, subject: str, kind: str, sightings: Sequence[Sighting]) -> tuple[StayView, ...]:
        window = Window(subject, kind, self._parts.rules, self._parts.distances)
        window.change((), sightings)
        return tuple(StayView(*stay) for stay in window.stays())


def _counting(known: Sequence[Known]) -> list[Sighting]:
    return [one.sighting for one in known if one.struck is None]


def _retained(known: Sequence[Known]) -> tuple[Retained, ...]:
    """The terms of its records: REGISTER gave each its own when it came."""
    spans: dict[tuple[str, int], list[Known]] = {}
    for one in known:
        spans.setdefault((one.sighting.type, one.kept_until - one.sighting.occurred_at), []).append(one)
    found = [
        Retained(
            type_,
            len(alike),
            min(one.kept_until for one in alike),
            max(one.kept_until for one in alike),
            min((one.open_until for one in alike if one.open_until < one.kept_until), default=None),
        )
        for (type_, _), alike in spans.items()
    ]
    return tuple(sorted(found, key=lambda retained: retained.first_goes_at))
