"""Commits what is done, by and by: one commit is under way at a time, and carries all that came since the last."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from streams.kafka.membership import NotAMember, Noted
from streams.kafka.records import Partition

if TYPE_CHECKING:
    from concurrent.futures import Future

EVERY_S = 0.1
"""Not after every batch: a commit costs the brokers as much. What is redone after a crash says the same again."""

Send = Callable[[Mapping[Partition, Noted]], "Future[None]"]


class Committer:
    """Belongs to one thread; commits are made by another, under the membership of the group."""

    def __init__(self, send: Send, *, at_point: Callable[[str], None] = lambda _: None) -> None:
        """``at_point`` is told when it is before and after a commit."""
        self._send = send
        self._at_point = at_point
        self._pending: dict[Partition, Noted] = {}
        self._under_way: Future[None] | None = None
        self._next_at = 0.0
        self.waiting_since: float | None = None
        """Since when (``time.monotonic()``) something is not committed yet."""

    def note(self, positions: Mapping[Partition, Noted]) -> None:
        """This is done, and may be committed."""
        if positions and self.waiting_since is None:
            self.waiting_since = time.monotonic()
        self._pending.update(positions)

    def turn(self) -> None:
        """See what became of the commit under way, and begin the next when it is time. Raises NotAMember."""
        if self._under_way is not None and self._under_way.done():
            self._finish(0)
        if self._under_way is None and self._pending and time.monotonic() >= self._next_at:
            self._begin()

    def drain(self, within_s: float) -> None:
        """All that is done is committed when it returns. Raises NotAMember; TimeoutError where nobody answers."""
        deadline = time.monotonic() + within_s
        while self._under_way is not None or self._pending:
            if self._under_way is None:
                self._begin()
            self._finish(max(0.0, deadline - time.monotonic()))

    def forget(self) -> None:
        """Somebody else says what is done from now on."""
        self._pending.clear()
        self._under_way = None
        self.waiting_since = None

    def _begin(self) -> None:
        self._at_point("before_commit")
        sent, self._pending = self._pending, {}
        self._under_way = self._send(sent)

    def _finish(self, within_s: float) -> None:
        assert self._under_way is not None
        try:
            self._under_way.result(within_s)
        except NotAMember:
            self.forget()
            raise
        self._under_way = None
        self._next_at = time.monotonic() + EVERY_S
        self.waiting_since = time.monotonic() if self._pending else None
        self._at_point("after_commit")
