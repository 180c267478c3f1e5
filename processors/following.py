"""Whom to follow: a vehicle that a counting control or BVH event names, or a coordinator follows (DESIGN section 5)."""

from processors.changes import Follow
from schemas.reports import EventKey, EventType, Report


class Following:
    """Which vehicles are followed, and since when passages of those that no longer were do not count."""

    def __init__(self) -> None:
        self._namers: dict[str, set[EventKey]] = {}
        self._follows: dict[str, Follow] = {}
        self._ended: dict[str, int] = {}

    def is_followed(self, token: str, at: int) -> bool:
        """Whether a passage of this vehicle, known at ``at`` (UTC ms), is a hit."""
        return self._is_named_or_asked(token, at) and at >= self._ended.get(token, 0)

    def lasts(self, token: str, at: int) -> bool:
        """Whether anything follows this vehicle at ``at``, whatever ended before."""
        return self._is_named_or_asked(token, at)

    def name(self, event: EventKey, before: Report | None, after: Report | None) -> list[str]:
        """The event now names other vehicles. Those that it no longer names, sorted."""
        named_before, named_after = _named(before), _named(after)
        for token in named_after:
            self.add_namer(token, event)
        lost = sorted(named_before - named_after)
        for token in lost:
            self.drop_namer(token, event)
        return lost

    def add_namer(self, token: str, event: EventKey) -> None:
        """The event names the vehicle."""
        self._namers.setdefault(token, set()).add(event)

    def drop_namer(self, token: str, event: EventKey) -> None:
        """The event does not name the vehicle any more, if it did."""
        namers = self._namers.get(token, set())
        namers.discard(event)
        if not namers:
            self._namers.pop(token, None)

    def is_named(self, token: str) -> bool:
        """Whether an event names the vehicle."""
        return token in self._namers

    def ended_at(self, token: str) -> int | None:
        """When following it ended last (UTC ms); None: never."""
        return self._ended.get(token)

    def ask(self, follow: Follow) -> None:
        """A coordinator asks to follow a vehicle."""
        self._follows[follow.token] = follow

    def follow_of(self, token: str) -> Follow | None:
        """The coordinator's follow of this vehicle, running or run out."""
        return self._follows.get(token)

    def release(self, token: str) -> None:
        """The coordinator's follow is over."""
        self._follows.pop(token, None)

    def run_out(self, now: int) -> list[str]:
        """The vehicles whose coordinator's follow has come to its end, sorted."""
        return sorted(token for token, follow in self._follows.items() if follow.until <= now)

    def end(self, token: str, at: int) -> None:
        """Following ended at ``at``: passages known earlier never count again."""
        self._ended[token] = max(at, self._ended.get(token, 0))

    def _is_named_or_asked(self, token: str, at: int) -> bool:
        if token in self._namers:
            return True
        follow = self._follows.get(token)
        return follow is not None and at < follow.until


def _named(report: Report | None) -> set[str]:
    if report is None or report.type not in (EventType.CONTROL, EventType.BVH_MUTATION):
        return set()
    return set(report.vehicles)
