"""What is told of following: whether passages of a vehicle count, and what is destroyed when they do not any more."""

from typing import NamedTuple

from schemas.reports import EventKey


class Followed(NamedTuple):
    """Whether a vehicle is followed, as its keeper last said. Times are UTC milliseconds."""

    token: str
    named: bool
    """A counting control or BVH mutation names it."""
    asked_until: int | None = None
    """A coordinator's follow runs until then."""
    ended_at: int | None = None
    """Following ended then, last: passages known earlier never count."""

    def holds(self, at: int) -> bool:
        """Whether a passage known at ``at`` is a hit."""
        asked = self.asked_until is not None and at < self.asked_until
        return (self.named or asked) and at >= (self.ended_at or 0)


class Destroyed(NamedTuple):
    """A passage that lost its ground: nothing of it may be left anywhere. Doing it again is harmless."""

    event: EventKey
    at: int
    """When that was decided (UTC ms)."""
